"""What a kind of signal counts at a place before anything goes wrong, and how it looks at what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kuager.model.series import Values

Look = Callable[[np.random.Generator, Values], Values]
"""A stream and what there truly is, float64 [n], to what is read off."""


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """What is counted at each operator of a place.

    Attributes:
        held: float64 [o, n], what there is at each operator while everyone is reachable.
        look: how the sum over operators is read off.
        unit: what a value counts.
    """

    held: Values
    look: Look
    unit: str

    def whole(self) -> Values:
        """Float64 [n], what there is while everyone is reachable."""
        result: Values = self.held.sum(axis=0)
        return result

    def reached(self, reach: Values) -> Values:
        """Float64 [n], what there is when of each operator the share ``reach``, float64 [o, n], is reachable."""
        result: Values = (self.held * reach).sum(axis=0)
        return result
