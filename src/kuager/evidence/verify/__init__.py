"""Checking a bundle that comes from strangers: offline, bounded, without running or unpacking anything of it."""
