"""Which stretches of an own series were not judged, and why: silence about them would read as “nothing happened”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection import Detection, Finding, could_have_seen, stretches
from kuager.detection.decode import LEAST_CONTRAST
from kuager.detection.gate import stuck
from kuager.errors import message
from kuager.model.series import Times
from kuager.model.words import State

Codes = npt.NDArray[np.int8]

JUDGED, MISSING, STUCK, CONTROLS, LEVEL, OPEN, UNKNOWN = range(7)
REASONS = {
    MISSING: message("It has no value that can be used."),
    STUCK: message("It repeats its own numbers, as a sensor does that is stuck."),
    CONTROLS: message("Its controls lost as much or stood still at the same time: that is the sensor's, not its own."),
    LEVEL: message("It lies at another level than the rest, for good; whether that is a loss is not known."),
    OPEN: message("It is low up to its end, and that is less probably an event than not."),
    UNKNOWN: message("Too little is known of what is ordinary: even a complete loss would not stand out."),
}
LONG = 10_000
"""A series of so many samples has shown what is ordinary somewhere; a shorter one may be too short to show a loss."""


@dataclass(frozen=True, slots=True, eq=False)
class NotJudged:
    """The stretches of one series that were not judged.

    Attributes:
        series: its name.
        bounds: int64 [k, 2], half-open, seconds since the epoch.
        reasons: int8 [k], keys of ``REASONS``.
        length_s: of the whole series.
    """

    series: str
    bounds: Times
    reasons: Codes
    length_s: int


def not_judged(name: str, found: Detection, told: Sequence[Finding], *, controlled: bool) -> NotJudged | None:
    """What was not judged of a series; None where everything was.

    Args:
        name: of the series.
        found: what detection says of it.
        told: its events that are told. A change of level that is told as an event was judged.
        controlled: whether it has controls that were used.
    """
    grid = found.grid
    codes = np.where(np.isfinite(grid.values), JUDGED, MISSING).astype(np.int8)
    blind = ~found.observed & (codes == JUDGED)
    if blind.any():
        codes[blind] = UNKNOWN
        codes[blind & (found.expected > 0) & controlled] = CONTROLS
        codes[blind & stuck(grid)] = STUCK
    for first, last in found.shifts:
        codes[first:last][codes[first:last] == JUDGED] = LEVEL
    for event in found.findings:
        if event.end is None and event not in told:
            codes[event.first : event.last][codes[event.first : event.last] == JUDGED] = OPEN
    if _may_be_hidden(found):
        for first, last in _hidden(found):
            codes[first:last][codes[first:last] == JUDGED] = UNKNOWN
    for event in told:
        inside = codes[event.first : event.last]
        inside[inside == LEVEL] = JUDGED
    if not codes.any():
        return None
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1, [codes.size]))
    where = np.column_stack((cuts[:-1], cuts[1:]))[codes[cuts[:-1]] != JUDGED]
    return NotJudged(name, grid.start + where * grid.step_s, codes[where[:, 0]], codes.size * grid.step_s)


def shows_nothing(found: Detection) -> bool:
    """Whether a series is so short or so noisy that it would not have shown even its complete loss."""
    size = found.grid.values.size
    return size <= LONG and not could_have_seen(found, 0, size, 1.0)


def _may_be_hidden(found: Detection) -> bool:
    """Whether its noise is anywhere so large as to hide a complete loss, which is so for few series."""
    ordinary = found.ordinary
    if ordinary is None or ordinary.counts:
        return False
    return bool((ordinary.noise.sigma * LEAST_CONTRAST > 1.0).any())


def _hidden(found: Detection) -> list[tuple[int, int]]:
    """The stretches that detection calls not observable, as half-open pairs of samples."""
    grid = found.grid
    return [
        ((one.start - grid.start) // grid.step_s, (one.end - grid.start) // grid.step_s)
        for one in stretches(found)
        if one.state is State.NOT_OBSERVABLE
    ]
