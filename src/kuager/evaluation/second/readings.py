"""From what there is to what a source hands out: single wrong samples, gaps, and the scale of a window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kuager.evaluation.second.dice import between
from kuager.evaluation.second.nuisances import Manner, Nuisance
from kuager.model.series import Values
from kuager.model.words import SignalKind

FEWEST_MISSING = 0.002
MOST_MISSING = 0.03
_COUNTED = (SignalKind.TELESCOPE, SignalKind.TRAFFIC, SignalKind.USERS, SignalKind.COUNT)


def glitched(
    stream: np.random.Generator, values: Values, kind: SignalKind, minutes: int
) -> tuple[Values, list[Nuisance]]:
    """The same with a wrong sample in four of ten months: too high, too low, and in one of forty a false zero."""
    values = values.copy()
    found = []
    for _ in range(int(stream.poisson(0.5))):
        at = int(stream.integers(values.size))
        chance = stream.random()
        if chance < 0.5:
            factor = between(stream, 1.005, 1.1) if kind is SignalKind.BGP else between(stream, 1.2, 5.0)
        elif chance < 0.95:
            factor = 1 - between(stream, 0.05, 0.9)
        else:
            factor = 0.0
        values[at] *= factor
        found.append(Nuisance(Manner.GLITCH, at * minutes, (at + 1) * minutes, factor))
    if kind is SignalKind.INDEX:
        values = np.minimum(values, 100.0)
    return values, found


def missing(stream: np.random.Generator, count: int, minutes: int) -> npt.NDArray[np.bool_]:
    """Bool [n], .2 to 3 % of the samples: single ones, runs of a few, outages of the collector of 1 to 12 hours.

    In one series of five the last samples are not in yet.
    """
    gone = np.zeros(count, dtype=np.bool_)
    lowest = int(np.ceil(FEWEST_MISSING * count))
    wanted = int(np.clip(round(between(stream, FEWEST_MISSING, MOST_MISSING) * count), lowest, MOST_MISSING * count))
    if stream.random() < 0.2:
        gone[count - min(int(stream.integers(1, 13)), wanted) :] = True
    scattered = stream.random()
    while (left := wanted - int(gone.sum())) > 0:
        if stream.random() < 0.1 + 0.85 * scattered:
            length = int(stream.geometric(0.6))
        else:
            length = max(1, round(between(stream, 60, 720) / minutes))
        length = min(length, left)
        start = int(stream.integers(count - length + 1))
        gone[start : start + length] = True
    return gone


def cut_short(
    stream: np.random.Generator, values: Values, gone: npt.NDArray[np.bool_], kind: SignalKind, minutes: int
) -> tuple[Values, list[Nuisance]]:
    """The same where one in four of the samples before a gap of an hour counted only a part of its time."""
    if kind not in _COUNTED:
        return values, []
    values = values.copy()
    found = []
    edges = np.flatnonzero(np.diff(gone.astype(np.int8)) == 1)
    ends = np.append(np.flatnonzero(np.diff(gone.astype(np.int8)) == -1), gone.size - 1)
    for before in edges.tolist():
        length = int(ends[np.searchsorted(ends, before, side="right")]) - before
        if length * minutes >= 60 and stream.random() < 0.25:
            factor = float(stream.uniform(0.2, 0.95))
            values[before] = (
                np.floor(values[before] * factor) if kind is not SignalKind.TRAFFIC else values[before] * factor
            )
            found.append(Nuisance(Manner.CUT_SHORT, before * minutes, (before + 1) * minutes, factor))
    return values, found


def relative(values: Values) -> Values:
    """Per cent of the maximum of the window, as a dashboard gives it; a window without a value stays as it is."""
    highest = float(np.nanmax(values))
    if highest <= 0:
        return values
    result: Values = 100 * values / highest
    return result
