"""Verdicts on single measurements: what each says of its target, by the rules of its test."""
