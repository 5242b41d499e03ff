"""Blocking over time: from sparse verdicts on a target to when it was first and last seen blocked."""
