"""A series: the values of a signal at a place over time. Missing is missing (NaN), never zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.model.words import Access, Scale

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values of one signal at one place.

    Attributes:
        signal: id of the signal, such as ``ioda.bgp``.
        place: a place code: ``KZ``, ``KZ-75`` or ``AS9198``.
        access: mobile, fixed or mixed.
        scale: whether values of another window may be compared.
        window: for a relative scale, a name of the window whose maximum is 100; empty for an absolute scale.
        step_s: seconds between samples on the series' own grid.
        times: int64 [n], seconds since the epoch UTC, strictly increasing, each the start of its sample.
        values: float64 [n], NaN where the source gave nothing.
        unit: what a value counts, in the source's words.
    """

    signal: str
    place: str
    access: Access
    scale: Scale
    window: str
    step_s: int
    times: Times
    values: Values
    unit: str

    def __post_init__(self) -> None:
        if self.times.shape != self.values.shape or self.times.ndim != 1:
            raise ValueError("times and values must be one-dimensional and equally long")
        if self.times.size > 1 and not bool(np.all(np.diff(self.times) > 0)):
            raise ValueError("times must be strictly increasing")
        if self.step_s <= 0:
            raise ValueError("a step is positive")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells this series from every other one of a case: signal, place, access, window."""
        return (self.signal, self.place, self.access.value, self.window)
