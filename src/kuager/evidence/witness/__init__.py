"""Witnesses: others who check that a log only grows, and say so under its heads (C2SP tlog-witness v1.0.0)."""
