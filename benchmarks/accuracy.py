"""How often detection is right on simulated worlds that took no part in fitting: the tables of docs/accuracy.md.

Run from the root of the repository: ``python benchmarks/accuracy.py``. Worlds hold a disturbance per place in four
months, four places and four signals each, with gaps, failing sensors, holidays, spikes and changes of level that are
far more frequent than outages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kuager.detection import detect
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import episode_clusters
from kuager.evaluation.plans import Simulation, TrueEvent
from kuager.evaluation.scores import EventScores, Interval, Scored, score_events
from kuager.evaluation.worlds import worlds
from kuager.sources.registry import signal

SEED, WORLDS = 2, 100
LEAST_DEPTH, LEAST_OBSERVED = 0.05, 0.5


def main() -> None:
    """Score single series by signal, then episodes by place."""
    by_signal: dict[str, list[Scored]] = defaultdict(list)
    by_place: list[Scored] = []
    for simulation in worlds(SEED, WORLDS):
        places: dict[str, list[Examined]] = defaultdict(list)
        for series in simulation.series:
            known = signal(series.signal)
            one = Examined(known, series, detect(series.times, series.values, series.step_s, known.kind))
            places[series.place].append(one)
            found = tuple((f.start.best, f.end.best if f.end else one.end_of_data) for f in one.trusted)
            by_signal[series.signal].append(Scored(_intervals(simulation.truth_of(series)), found, _watched(one)))
        by_place += [_at_place(simulation, place, examined) for place, examined in places.items()]
    print(f"{WORLDS} worlds, seed {SEED}\n")
    print("| | true | found | precision | recall | F1 | false alarms / month | onset p50, p90 min |")
    print("|---|---|---|---|---|---|---|---|")
    for name, cases in sorted(by_signal.items()):
        print(_row(f"one series, {name}", score_events(cases)))
    print(_row("one series, all", score_events([case for cases in by_signal.values() for case in cases])))
    print(_row("episodes of a place", score_events(by_place)))


def _at_place(simulation: Simulation, place: str, examined: list[Examined]) -> Scored:
    """Episodes against what really happened there: the union of the true events of its series."""
    truth = _union(_intervals(one for one in simulation.truth if one.place == place))
    found = tuple((c.first, c.last) for c in episode_clusters(examined))
    return Scored(truth, found, max(_watched(one) for one in examined))


def _intervals(events: Iterable[TrueEvent]) -> tuple[Interval, ...]:
    wanted = [one for one in events if one.depth >= LEAST_DEPTH and one.observed >= LEAST_OBSERVED]
    return tuple((one.start, one.end) for one in wanted)


def _union(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _watched(one: Examined) -> float:
    return float(one.series.times[-1] - one.series.times[0])


def _row(name: str, scores: EventScores) -> str:
    onset = f"{scores.onset.p50 / 60:.0f}, {scores.onset.p90 / 60:.0f}"
    figures = f"{scores.precision:.2f} | {scores.recall:.2f} | {scores.f1:.2f} | {scores.false_alarms_per_month:.3f}"
    return f"| {name} | {scores.true} | {scores.found} | {figures} | {onset} |"


if __name__ == "__main__":
    main()
