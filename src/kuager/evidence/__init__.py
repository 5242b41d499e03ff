"""Bytes that can be shown to be what was received. Knows nothing of shutdowns."""
