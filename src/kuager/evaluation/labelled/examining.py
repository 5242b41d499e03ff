"""Real series examined as those of a case are: without what a sensor repeats, then detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kuager.detection import Detection, Finding, detect
from kuager.detection.across import Shared, detect_across, shared
from kuager.detection.gate import stuck
from kuager.detection.grid import to_grid
from kuager.episodes.findings import TRUSTED, Examined
from kuager.evaluation.shapes import MONTH_S
from kuager.model.series import Series
from kuager.model.words import SignalKind
from kuager.sources.registry import signal


def examined(series: Series) -> Examined:
    """One series searched for falls."""
    known = signal(series.signal)
    frozen = stuck(to_grid(series.times, series.values, series.step_s))
    return Examined(known, series, detect(series.times, series.values, series.step_s, known.kind, frozen))


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Series of one signal in many countries: each judged alone, each judged with the others, and what they share."""

    alone: tuple[Examined, ...]
    again: tuple[Examined, ...]
    shared: tuple[Shared, ...]


def together(every: Sequence[Series]) -> Together:
    """Series of one signal, of one step, one for each country, judged as a case that watches them all would."""
    alone = tuple(examined(one) for one in every)
    detections = [one.detection for one in alone]
    common = shared(detections, range(len(every)))
    frozen = [stuck(found.grid) for found in detections]
    again = detect_across(every, alone[0].signal.kind, frozen, detections, common)
    return Together(
        alone, tuple(replace(one, detection=found) for one, found in zip(alone, again, strict=True)), tuple(common)
    )


def risen(series: Series, kind: SignalKind) -> Detection:
    """One series searched for rises."""
    return detect(series.times, series.values, series.step_s, kind, rises=True)


def trusted(detection: Detection) -> list[Finding]:
    """The events that count as seen."""
    return [finding for finding in detection.findings if finding.probability >= TRUSTED]


def months(series: Series) -> float:
    """For how many times 30 days it was watched."""
    return (float(series.times[-1] - series.times[0]) + series.step_s) / MONTH_S
