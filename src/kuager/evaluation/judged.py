"""One series, judged: what was to be found, what detection found, and which of both belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kuager.detection import Detection, Finding, detect
from kuager.detection.gate import stuck
from kuager.detection.grid import to_grid
from kuager.detection.order import Mask
from kuager.episodes.findings import TRUSTED
from kuager.evaluation.oracle import measured_noise
from kuager.evaluation.plans import Artefact, SeriesPlan, Simulation
from kuager.evaluation.scores import Match, match_events
from kuager.evaluation.truths import Wanted, to_find
from kuager.model.series import Series
from kuager.model.words import SignalKind
from kuager.sources.registry import signal

LEAST_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a judged series comes from, so that a reader can draw it again: generator, seed, number of the world."""

    generator: str
    seed: int
    world: int


@dataclass(frozen=True, slots=True)
class Found:
    """An event that detection found, in seconds since the epoch."""

    start: int
    end: int
    depth: float
    probability: float

    @property
    def interval(self) -> tuple[int, int]:
        """Start and end."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Judged:
    """One series compared with its truth.

    Attributes:
        origin: where it comes from.
        signal: id of the signal.
        place: its place.
        access: how its people reach the network.
        kind: what it counts.
        step_s: seconds between samples.
        watched_s: how long it was watched.
        wanted: what was to be found, in order of time.
        candidates: everything that detection found, in order of time, whatever its probability.
        artefacts: what went wrong with its measurement, as far as that is told.
    """

    origin: Origin
    signal: str
    place: str
    access: str
    kind: SignalKind
    step_s: int
    watched_s: float
    wanted: tuple[Wanted, ...]
    candidates: tuple[Found, ...]
    artefacts: tuple[Artefact, ...] = ()

    @property
    def found(self) -> tuple[Found, ...]:
        """The events that count as seen."""
        return tuple(one for one in self.candidates if one.probability >= TRUSTED)

    @property
    def entity(self) -> tuple[str, int, int, str]:
        """The place of a world: what fails or falls together, and so is drawn together when errors are estimated."""
        return (self.origin.generator, self.origin.seed, self.origin.world, self.place)

    def matches(self, least_iou: float = LEAST_IOU) -> tuple[Match, ...]:
        """Pairs of what was wanted and found, one to one."""
        return match_events([one.interval for one in self.wanted], [one.interval for one in self.found], least_iou)


def judge(simulation: Simulation, detections: Sequence[Detection], origin: Origin) -> Iterator[Judged]:
    """Every series of a simulation with its detection, in the order of its series."""
    for number, detection in enumerate(detections):
        yield compare(simulation, number, detection, origin)


def compare(simulation: Simulation, number: int, detection: Detection, origin: Origin) -> Judged:
    """A series of a simulation, named by its number, with what was detected in it."""
    series = simulation.series[number]
    truth = simulation.truth_of(series)
    noise = (
        simulation.noises[number]
        if simulation.noises
        else measured_noise(series, [(event.start, event.end) for event in truth])
    )
    kind = signal(series.signal).kind
    plan = SeriesPlan(series.signal, series.place, kind, series.access)
    return Judged(
        origin=origin,
        signal=series.signal,
        place=series.place,
        access=series.access.value,
        kind=kind,
        step_s=series.step_s,
        watched_s=float(series.times[-1] - series.times[0]) + series.step_s,
        wanted=to_find(series, truth, noise),
        candidates=found_in(detection),
        artefacts=tuple(artefact for artefact in simulation.artefacts if artefact.reach.covers(plan)),
    )


def examined_alone(series: Series, unhealthy: Mask | None = None) -> Detection:
    """A series as a case examines it: what its own sensor repeats is not observable; then detection."""
    frozen = stuck(to_grid(series.times, series.values, series.step_s))
    mask = frozen if unhealthy is None else frozen | unhealthy
    return detect(series.times, series.values, series.step_s, signal(series.signal).kind, mask)


def found_in(detection: Detection) -> tuple[Found, ...]:
    """The events of a detection; one that lasts ends where the data do."""
    observed = detection.observed.nonzero()[0]
    last = detection.grid.start + (int(observed[-1]) + 1 if observed.size else 0) * detection.grid.step_s
    return tuple(_found(finding, last) for finding in detection.findings)


def _found(finding: Finding, last: int) -> Found:
    end = finding.end.best if finding.end is not None else last
    return Found(finding.start.best, end, finding.depth, finding.probability)


def is_true(found: Found, wanted: Iterable[Wanted]) -> bool:
    """Whether most of what was found lies within true events: what its probability speaks of."""
    inside = sum(max(0, min(found.end, one.end) - max(found.start, one.start)) for one in wanted)
    return inside > (found.end - found.start) / 2


def touches(found: Found, wanted: Sequence[Wanted]) -> bool:
    """Whether what was found overlaps any true event."""
    return any(found.start < one.end and one.start < found.end for one in wanted)
