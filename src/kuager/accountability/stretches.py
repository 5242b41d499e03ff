"""Sets of stretches of time: what lies in one of them is counted once, however many phases tell of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

Stretches = tuple[tuple[datetime, datetime], ...]
"""Beginnings and ends in order, no two of which touch."""


def union(pieces: Iterable[tuple[datetime, datetime]]) -> Stretches:
    """All time that lies in any of the pieces; those that end before they begin hold none."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted((start, end) for start, end in pieces if start < end):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def common(some: Stretches, others: Stretches) -> Stretches:
    """All time that lies in both."""
    return union((max(one[0], two[0]), min(one[1], two[1])) for one in some for two in others)


def less(some: Stretches, others: Stretches) -> Stretches:
    """All time that lies in the first and not in the second."""
    left = list(some)
    for start, end in others:
        left = [piece for first, last in left for piece in ((first, min(last, start)), (max(first, end), last))]
        left = [(first, last) for first, last in left if first < last]
    return union(left)


def hours(stretches: Stretches) -> float:
    """How long they are together, in hours."""
    return sum((end - start for start, end in stretches), timedelta()) / timedelta(hours=1)
