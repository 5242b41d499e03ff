"""What the owner of a case decides about what becomes public."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import UsageError
from kuager.model.places import find


@dataclass(frozen=True, slots=True)
class Rules:
    """How careful to be.

    Attributes:
        least_measurements: rows that rest on fewer measurements by people are left out and only counted.
        delay_hours: what happened later than so many hours before publishing is left out; 0 for no delay.
        withheld: codes of regions and networks of which nothing is published.
        withheld_roles: roles of people, such as those who judged a question, that are not told.
        leave_out_non_commercial: no values are passed on whose licence forbids commercial use; else they are marked.
    """

    least_measurements: int = 5
    delay_hours: int = 0
    withheld: frozenset[str] = frozenset()
    withheld_roles: frozenset[str] = frozenset()
    leave_out_non_commercial: bool = False

    def withholds(self, place: str) -> bool:
        """Whether a place, by any of its codes, is one of those of which nothing is published."""
        return bool(self.withheld) and (place in self.withheld or _code(place) in self.withheld)


def _code(place: str) -> str:
    try:
        found = find(place)
    except UsageError:
        return place
    return found.code
