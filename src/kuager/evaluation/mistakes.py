"""Misses and false alarms as a list, so that a reader can draw each series again and look at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from kuager.evaluation.fused import PlaceJudged, false_episodes
from kuager.evaluation.judged import Found, Judged, touches
from kuager.evaluation.outcome import Mistake
from kuager.evaluation.plans import Artefact, LevelShift, MissingWindow, SensorFailure, Spike
from kuager.evaluation.scores import iou
from kuager.evaluation.tally import every, unmatched
from kuager.evaluation.truths import LEAST_DEPTH, LEAST_OBSERVED, Wanted
from kuager.model.time import from_epoch

SINGLE, FUSED = "one series", "episodes"

_NEAR_S = 3_600


def of_series(cases: Sequence[Judged]) -> Iterator[Mistake]:
    """The misses and false alarms of single series, in order of series and time."""
    for case in cases:
        missed, wrong = unmatched(case, every)
        yield from (_miss(case, one) for one in missed)
        yield from (_false(case, one) for one in wrong)


def of_places(places: Sequence[PlaceJudged]) -> Iterator[Mistake]:
    """The misses of episodes, and those that belong to nothing or to less than half of what happened."""
    for place in places:
        pairs = place.matches()
        seen, right = {pair.truth for pair in pairs}, {pair.found for pair in pairs}
        false = false_episodes(place)
        for index, happened in enumerate(place.happened):
            if index not in seen:
                nearest = max((iou(happened.interval, one.interval) for one in place.found), default=0.0)
                why = f"best episode overlaps {nearest:.2f} of the union" if nearest else "no episode overlaps it"
                start, end = (from_epoch(moment) for moment in happened.interval)
                yield _at_place(place, "missed", start, end, happened.access.value, None, happened.depth, why)
        for index, one in enumerate(place.found):
            if index not in right:
                why = "nothing happened at that time" if one in false else "less than half of the union is true"
                start, end = from_epoch(one.start), from_epoch(one.end)
                yield _at_place(
                    place, "false", start, end, place.accesses[index].value, one.probability, one.depth, why
                )


def _miss(case: Judged, one: Wanted) -> Mistake:
    overlapping = [(iou(one.interval, other.interval), other) for other in case.candidates]
    nearest, best = max(overlapping, key=lambda pair: pair[0], default=(0.0, None))
    return _in_series(
        case,
        "missed",
        one,
        probability=best.probability if best is not None and nearest > 0 else None,
        snr=round(one.snr, 2),
        counted=one.visible,
        why=_why_missed(one, case, nearest, best),
    )


def _why_missed(one: Wanted, case: Judged, nearest: float, best: Found | None) -> str:
    if nearest == 0 or best is None:
        reason = "nothing found overlaps it"
    elif best not in case.found:
        reason = f"found ({nearest:.2f} of the union) and held to be improbable"
    else:
        reason = f"what was found shares {nearest:.2f} of the union"
    return "; ".join((reason, *_why_invisible(one)))


def _why_invisible(one: Wanted) -> Iterator[str]:
    if one.samples == 0:
        yield "not one whole sample inside"
    if one.observed < LEAST_OBSERVED:
        yield f"{one.observed:.0%} of it measured"
    if one.depth < LEAST_DEPTH:
        yield "too shallow to be asked for"
    if not one.visible and one.samples and one.observed >= LEAST_OBSERVED and one.depth >= LEAST_DEPTH:
        yield "hidden by the noise"


def _false(case: Judged, one: Found) -> Mistake:
    nearest = max((iou(one.interval, true.interval) for true in case.wanted), default=0.0)
    reason = f"shares {nearest:.2f} of the union with what is true" if touches(one, case.wanted) else "nothing is true"
    why = "; ".join((reason, *_meanwhile(case.artefacts, one)))
    return _in_series(case, "false", one, probability=one.probability, snr=None, counted=True, why=why)


def _meanwhile(artefacts: Sequence[Artefact], one: Found) -> Iterator[str]:
    """What went wrong with the measurement around that time."""
    for artefact in artefacts:
        match artefact:
            case SensorFailure(start=start, end=end, manner=manner) if _near(one, start, end):
                yield f"the source {manner} meanwhile"
            case Spike(start=start, end=end, factor=factor) if _near(one, start, end):
                yield f"values times {factor:.2f} meanwhile"
            case MissingWindow(start=start, end=end) if _near(one, start, end):
                yield "a gap beside it"
            case LevelShift(at=at, factor=factor) if _near(one, at, at + 1):
                yield f"the level times {factor:.2f} from then on"
            case _:
                pass


def _near(one: Found, start: int, end: int) -> bool:
    return one.start - _NEAR_S < end and start < one.end + _NEAR_S


def _in_series(
    case: Judged,
    what: str,
    one: Wanted | Found,
    *,
    probability: float | None,
    snr: float | None,
    counted: bool,
    why: str,
) -> Mistake:
    return Mistake(
        what=what,
        table=SINGLE,
        generator=case.origin.generator,
        seed=case.origin.seed,
        world=case.origin.world,
        signal=case.signal,
        place=case.place,
        access=case.access,
        kind=case.kind.value,
        step_s=case.step_s,
        start=from_epoch(one.start),
        end=from_epoch(one.end),
        depth=round(one.depth, 4),
        probability=probability,
        snr=snr,
        counted=counted,
        why=why,
    )


def _at_place(
    place: PlaceJudged,
    what: str,
    start: datetime,
    end: datetime,
    access: str,
    probability: float | None,
    depth: float,
    why: str,
) -> Mistake:
    return Mistake(
        what=what,
        table=FUSED,
        generator=place.origin.generator,
        seed=place.origin.seed,
        world=place.origin.world,
        signal="",
        place=place.place,
        access=access,
        kind="",
        step_s=0,
        start=start,
        end=end,
        depth=round(depth, 4),
        probability=probability,
        snr=None,
        counted=True,
        why=why,
    )
