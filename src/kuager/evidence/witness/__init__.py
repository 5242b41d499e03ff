"""Witnesses, who remember how far a log had come and vouch that it only grew since (C2SP tlog-witness v1.0.0)."""
