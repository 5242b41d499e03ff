"""An amount that is known only to lie between two others; a single number would claim more than was measured."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Range:
    """An amount, never below zero, in the unit of whoever makes it. ``best`` is the one to quote beside the others.

    ``high`` is null where nothing bounds it, as while something lasts.

    Raises:
        ValueError: not 0 <= low <= best <= high, or an end that is no number.
    """

    low: float
    best: float
    high: float | None

    def __post_init__(self) -> None:
        ends = (self.low, self.best) if self.high is None else (self.low, self.best, self.high)
        if not all(isfinite(one) for one in ends) or not 0 <= self.low <= self.best <= ends[-1]:
            raise ValueError("a range needs 0 <= low <= best <= high")

    @classmethod
    def exactly(cls, amount: float) -> Range:
        """An amount that is given as one number."""
        return cls(amount, amount, amount)

    def __add__(self, other: Range) -> Range:
        """Both together."""
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(self.low + other.low, self.best + other.best, high)

    def __mul__(self, other: Range) -> Range:
        """The product, end by end; without an end where one of the two has none."""
        high = None if self.high is None or other.high is None else self.high * other.high
        return Range(self.low * other.low, self.best * other.best, high)

    def times(self, factor: float) -> Range:
        """In another unit, of which one of this is ``factor``."""
        return Range(self.low * factor, self.best * factor, None if self.high is None else self.high * factor)

    def beyond(self, other: Range) -> Range:
        """By how much it is more than the other, at least, at best and at most; zero where it is not more."""
        low = 0.0 if other.high is None else max(0.0, self.low - other.high)
        best = max(0.0, self.best - other.best)
        return Range(low, best, None if self.high is None else max(0.0, self.high - other.low))
