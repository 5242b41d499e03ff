"""Bytes to columns, one file per wire format; pure functions that neither read files nor ask the network."""
