"""How a loss came and how it went: at once or slowly, and whether it stayed where it was. Read off the samples.

A fall is the time from a fifth of the loss to four fifths of it, a return the same the other way round. Both are known
no better than the samples lie apart, so each is a shortest and a longest time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kuager.detection import Finding
from kuager.episodes.findings import Examined, Sighting

LEAST_DEPTH = 0.3
"""Of shallower losses the shape is mostly noise."""
SHALLOW, STEEP = 0.2, 0.8
"""The shares of the loss between which a fall and a return are timed."""
RETURN_WITHIN_S = 5 * 86_400


@dataclass(frozen=True, slots=True)
class Shape:
    """The loss of one series.

    Attributes:
        signal: id of the signal.
        returned_in: shortest and longest time of the return in seconds; None where no return was seen.
        unevenness: the middle half of what was left lies within this share of what was lost.
        deep_s: from the first sample to the last that lost four fifths.
    """

    signal: str
    returned_in: tuple[int, int] | None
    unevenness: float
    deep_s: int


def shapes(sightings: Sequence[Sighting]) -> tuple[Shape, ...]:
    """The shapes of the series that lost enough; of several events of one series the longest is taken."""
    longest: dict[tuple[str, str, str, str], Sighting] = {}
    for one in sightings:
        if one.finding.depth < LEAST_DEPTH:
            continue
        key = one.examined.series.key
        if key not in longest or _samples(one.finding) > _samples(longest[key].finding):
            longest[key] = one
    found = (_shape(one.examined, one.finding) for one in longest.values())
    return tuple(shape for shape in found if shape is not None)


def _samples(finding: Finding) -> int:
    return finding.last - finding.first


def _shape(one: Examined, finding: Finding) -> Shape | None:
    ratio, step_s = one.detection.ratio, one.series.step_s
    inside = ratio[finding.first : finding.last]
    deep = np.flatnonzero(inside <= 1.0 - STEEP * finding.depth) + finding.first
    if deep.size == 0:
        return None
    lowest, highest = np.nanpercentile(ratio[deep[0] : deep[-1] + 1], (25, 75))
    return Shape(
        signal=one.signal.id,
        returned_in=_return(one, finding, int(deep[-1])),
        unevenness=float(highest - lowest) / finding.depth,
        deep_s=int(deep[-1] - deep[0] + 1) * step_s,
    )


def _return(one: Examined, finding: Finding, last_deep: int) -> tuple[int, int] | None:
    """From the last sample deep down to the first that is nearly as usual, where the samples between were measured."""
    step_s = one.series.step_s
    after = one.detection.ratio[last_deep + 1 : last_deep + 1 + RETURN_WITHIN_S // step_s]
    back = np.flatnonzero(after >= 1.0 - SHALLOW * finding.depth)
    if finding.end is None or back.size == 0:
        return None
    between = after[: back[0]]
    missing = int(np.count_nonzero(~np.isfinite(between)))
    shortest = (between.size - missing) * step_s
    return shortest, (between.size + 1) * step_s
