"""What was ordered, said, owed and done: episodes and documents, weighed against law, promises and each other.

``rows/`` are the registers' schemas, one small class each; ``registers`` lists them, ``loading`` reads and checks any
of them, ``form`` writes the form that people fill in. ``data/`` holds checks, instruments, scorecards and methods with
their sources. What else is here computes: intervals, lags, ranges, chances, totals. Nothing here reads a file of a case
or the clock, and no sentence about anybody's conduct stands without what it cites.
"""
