"""The evaluation: every part of the protocol run and scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kuager.detection.online import replay
from kuager.errors import message
from kuager.evaluation import labelled, mistakes
from kuager.evaluation.blocking import SETTINGS, blocking_rows
from kuager.evaluation.empty import Emptiness
from kuager.evaluation.fused import PlaceJudged, corroborable, fused_row, judge_places
from kuager.evaluation.judged import Judged, Origin, examined_alone, judge
from kuager.evaluation.online import online_row
from kuager.evaluation.outcome import (
    BlockingRow,
    CalibrationRow,
    CaseRow,
    FusedRow,
    OnlineRow,
    Outcome,
    ScoreRow,
    Seeds,
)
from kuager.evaluation.plans import SensorFailure, Simulation
from kuager.evaluation.protocol import LEAST_EMPTY, Part, Protocolled, Source, protocolled
from kuager.evaluation.reliability import Forecast, calibration_row, forecasts
from kuager.evaluation.strata import by_event, by_series
from kuager.evaluation.tally import every, score
from kuager.evaluation.throttling import throttling_rows
from kuager.evaluation.together import examined_together
from kuager.model.notes import Note

Tell = Callable[[str, int, int], None]
"""Told of progress: which part, how many worlds are done, and of how many."""

ALL = "all"


@dataclass(slots=True)
class _Judgements:
    """What has been judged so far, by part of the protocol."""

    series: dict[Part, list[Judged]] = field(default_factory=dict)
    places: dict[Part, list[PlaceJudged]] = field(default_factory=dict)
    empty: dict[Part, Emptiness] = field(default_factory=dict)

    @property
    def every_series(self) -> list[Judged]:
        return [case for cases in self.series.values() for case in cases]

    @property
    def every_place(self) -> list[PlaceJudged]:
        return [place for places in self.places.values() for place in places]


def evaluate(count: int, folder: Path | None, tell: Tell, *, sealed: bool, command: str) -> Outcome:
    """Run the whole protocol.

    Args:
        count: worlds of each generator; everything else is in proportion.
        folder: where real data and labelled cases lie, if anywhere.
        tell: called after every world.
        sealed: whether to use the sealed seeds.
        command: what was typed, to be shown with the tables.

    Raises:
        CodecError: a real file is not what its name says.
    """
    plan = protocolled(count, folder, sealed=sealed)
    judged = _Judgements()
    for source in plan.single:
        _judge_single(source, judged, tell)
    _judge_fused(plan.fused, judged, tell)
    sensors = tuple(row for source in plan.failing for row in _sensor_rows(source, tell))
    online = (_online_row(plan.online, tell),)
    blocking = tuple(_blocking_rows(plan, tell))
    cases = _case_rows(folder, tell)
    throttling = throttling_rows(plan.throttling.seed, plan.throttling.count)
    tell(plan.throttling.part.value, plan.throttling.count, plan.throttling.count)
    headline = tuple(_headline(judged))
    visible = {row.name: row for row in headline}
    empty = tuple(one.row(part, visible[f"{part}, visible"]) for part, one in judged.empty.items())
    listed = (*mistakes.of_series(judged.every_series), *mistakes.of_places(judged.every_place))
    return Outcome(
        command=command,
        sealed=sealed,
        seeds=tuple(Seeds(one.part.value, one.seed, one.count) for one in plan.drawn),
        headline=headline,
        by_series=tuple(by_series(judged.every_series)),
        by_event=tuple(by_event(judged.every_series)),
        calibration=tuple(_calibration(judged)),
        empty=empty,
        sensors=sensors,
        fused=tuple(_fused(judged)),
        online=online,
        cases=cases,
        mistakes=listed,
        remarks=tuple(_remarks(plan, folder, judged, cases)),
        throttling=throttling,
        blocking=blocking,
    )


def _worlds(source: Source, tell: Tell) -> Iterator[tuple[Origin, Simulation]]:
    for number, simulation in enumerate(source.simulations()):
        yield Origin(source.part.value, source.seed, number), simulation
        tell(source.part.value, number + 1, source.count)


def _judge_single(source: Source, judged: _Judgements, tell: Tell) -> None:
    series = judged.series.setdefault(source.part, [])
    places = judged.places.setdefault(source.part, [])
    empty = Emptiness()
    for origin, simulation in _worlds(source, tell):
        detections = [examined_alone(one) for one in simulation.series]
        judged_series = list(judge(simulation, detections, origin))
        series += judged_series
        places += judge_places(simulation, detections, judged_series, origin)
        empty.add(simulation)
    judged.empty[source.part] = empty


def _judge_fused(source: Source, judged: _Judgements, tell: Tell) -> None:
    places = judged.places.setdefault(source.part, [])
    for origin, simulation in _worlds(source, tell):
        detections = [examined_alone(one) for one in simulation.series]
        judged_series = list(judge(simulation, detections, origin))
        places += judge_places(simulation, detections, judged_series, origin)


def _headline(judged: _Judgements) -> Iterator[ScoreRow]:
    """Two rows for everything and two for each generator: what could be seen, and all there was."""
    for name, cases in ((ALL, judged.every_series), *((part.value, own) for part, own in judged.series.items())):
        yield score(f"{name}, visible", cases)
        yield score(f"{name}, every event", cases, every)


def _calibration(judged: _Judgements) -> Iterator[CalibrationRow]:
    made: list[tuple[str, list[Forecast]]] = [(ALL, forecasts(judged.every_series))]
    made += [(part.value, forecasts(cases)) for part, cases in judged.series.items()]
    made += [
        (f"episodes, {part}", [one for place in places for one in place.forecasts])
        for part, places in judged.places.items()
    ]
    for name, forecast in made:
        row = calibration_row(name, forecast)
        if row is not None:
            yield row


def _fused(judged: _Judgements) -> Iterator[FusedRow]:
    for part in (Part.CASES, *(part for part in judged.places if part is not Part.CASES)):
        yield fused_row(part.value, judged.places[part])
        yield fused_row(f"{part}, two kinds", [corroborable(place) for place in judged.places[part]])


def _sensor_rows(source: Source, tell: Tell) -> Iterator[ScoreRow]:
    """Series judged one by one and through the gate, by the manner in which the source failed."""
    alone: dict[str, list[Judged]] = {}
    gated: dict[str, list[Judged]] = {}
    for origin, simulation in _worlds(source, tell):
        manners = {one.manner.value for one in simulation.artefacts if isinstance(one, SensorFailure)}
        name = f"{source.part}, {' and '.join(sorted(manners))}" if manners else source.part.value
        for into, detections in (
            (alone, [examined_alone(one) for one in simulation.series]),
            (gated, examined_together(simulation.series)),
        ):
            into.setdefault(name, []).extend(judge(simulation, detections, origin))
    for name, cases in alone.items():
        yield score(f"{name}: each series alone", cases)
        yield score(f"{name}: with the gate", gated[name])


def _online_row(source: Source, tell: Tell) -> OnlineRow:
    return online_row(source.part.value, replay, (simulation for _, simulation in _worlds(source, tell)))


def _blocking_rows(plan: Protocolled, tell: Tell) -> Iterator[BlockingRow]:
    for number, row in enumerate(blocking_rows(plan.blocking.seed, plan.blocking.count)):
        yield row
        tell(Part.BLOCKING.value, number + 1, len(SETTINGS))


def _case_rows(folder: Path | None, tell: Tell) -> tuple[CaseRow, ...]:
    if folder is None:
        return ()
    rows = tuple(
        CaseRow(one.name, one.wanted, one.found, one.holds, one.remark, one.judged) for one in labelled.judge(folder)
    )
    tell("real cases", len(rows), len(rows))
    return rows


def _remarks(plan: Protocolled, folder: Path | None, judged: _Judgements, cases: Sequence[CaseRow]) -> Iterator[Note]:
    if folder is None:
        yield Note(message("No folder of real data was given: no labelled case was judged."), {})
    absent = [case.name for case in cases if not case.judged]
    if absent:
        yield Note(message("Labelled cases without data: {cases}."), {"cases": "; ".join(absent)})
    if plan.bootstrap_missing:
        yield Note(message("No quiet real series were there: nothing was drawn from real noise."), {})
    for part, one in judged.empty.items():
        if one.months and one.empty < LEAST_EMPTY * one.months:
            template = message(
                "Only {share} per cent of the months of “{generator}” are empty: precision is flattered."
            )
            yield Note(template, {"share": f"{100 * one.empty / one.months:.0f}", "generator": part.value})
