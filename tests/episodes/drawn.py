"""Series drawn for tests of episodes: a daily rhythm, a little noise, whatever is cut out, and what detection says."""

from __future__ import annotations

from collections.abc import Iterable

from tests.detection.drawn import beat, rhythm

from kuager.detection import detect
from kuager.episodes.findings import Examined
from kuager.model.series import Series, Times, Values
from kuager.model.words import Access, Scale
from kuager.sources.registry import signal

Cut = tuple[float, float, float]
"""First day, last day, share that is left; NaN for a gap in the measurement."""


def ordinary(times: Times, drawn_for: str, swing: float = 0.05) -> Values:
    """Days on which nothing happens, float64 [n]; whatever is drawn for the same words has the same noise."""
    return rhythm(times, noise=0.01, swing=swing, seed=sum(map(ord, drawn_for)))


def examined(name: str, place: str, times: Times, values: Values, access: Access = Access.MIXED) -> Examined:
    """A series of regular times as episodes are given it."""
    step_s = int(times[1] - times[0])
    known = signal(name)
    made = Series(name, place, access, Scale.ABSOLUTE, "", step_s, times, values, "")
    return Examined(known, made, detect(times, values, step_s, known.kind))


def half_hourly(
    name: str,
    place: str,
    cuts: Iterable[Cut],
    drawn_for: str,
    *,
    access: Access = Access.MIXED,
    days: int = 40,
    swing: float = 0.05,
) -> Examined:
    """Half-hourly values from which something is cut out."""
    times = beat(days, 1800)
    values = ordinary(times, drawn_for, swing)
    for first, last, share in cuts:
        values[int(first * 48) : int(last * 48)] *= share
    return examined(name, place, times, values, access)
