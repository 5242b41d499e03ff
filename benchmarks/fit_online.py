"""Fit the live detector's probability and its two bars, and write ``src/kuager/detection/online.json``.

Run from the root of the repository: ``python -m benchmarks.fit_online [--worlds 36]`` (needs scikit-learn, in the
``develop`` extra). Trees are fitted on looks at series of the training seeds of two generators, with more cuts in
each series, for few losses are total; then they are brought to agree with frequencies on other seeds without those.
The bars are chosen for each kind of signal on the tuning seeds, so that false alarms stay below what is ``ALLOWED``,
and the figures of these seeds, with total cuts in each series, go into the file; probabilities are judged there without
those cuts. The sealed seeds are not touched.
While looks are drawn, an alarm is opened by a true loss and by nothing else: what is learnt beside it depends on no
bar.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from benchmarks.fit_calibration import AGREEING, written
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from kuager.detection.online import begin, follow
from kuager.detection.online_looks import FALLING, FEATURES, RISING, Bars, Fitted
from kuager.evaluation import second
from kuager.evaluation.cuts import with_cuts
from kuager.evaluation.online import STEP_S, WITHIN_MINUTES, is_total, wanted_in
from kuager.evaluation.plans import Simulation
from kuager.evaluation.protocol import TRAINING_SEEDS, TUNING_SEEDS, Part
from kuager.evaluation.scores import brier, calibration_error
from kuager.evaluation.shapes import HOUR_S, MONTH_S
from kuager.evaluation.worlds import worlds
from kuager.model.words import SignalKind
from kuager.sources.registry import signal

TARGET = Path(__file__).parents[1] / "src" / "kuager" / "detection" / "online.json"
ALLOWED = {"worlds": (0.003, 0.008, 0.003), "second": (0.02, 0.05, 0.03)}
"""False alarms per month by generator: raised by the first sample of a run, by a later one, and confirmed. In the
second, single series dip at no true loss about 0.03 times a month, and nobody who looks at one series can know that."""
CONFIRMABLE_SAMPLES = 3
ALL_CUTS, TOTAL_CUTS, NO_CUTS = (0.0, 0.8), (0.0, 0.03), None
"""Shares between which more cuts of each series leave something, for few of the losses of a world are total."""
AT_A_TIME = 1
TUNING_TIMES = 3
"""So many more worlds are drawn to choose the bars on than to fit on: what is rare must be seen."""
LEARNT_STEPS_S = (300, 600, 900, 1_800)
KEPT_AGES, KEPT_EVERY = 12, 6
"""Of a run of looks all are kept up to so many samples, then every sixth."""
OPENS_AT = 2.5
TREES = {"max_iter": 250, "max_leaf_nodes": 16, "learning_rate": 0.06, "min_samples_leaf": 25, "l2_regularization": 2.0}

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks at one series.

    Attributes:
        kind: of the signal.
        months: how long it was watched.
        at: int64 [n], when they were made.
        samples: float64 [n], measured samples of the run of loss that is looked at.
        features: float64 [n, FEATURES].
        true: bool [n], whether a true loss was going on.
        near: bool [n], whether one was, or had ended within the hour before the look, or before the run began.
        total: start and end of every total outage.
    """

    kind: SignalKind
    months: float
    at: npt.NDArray[np.int64]
    samples: Numbers
    features: Numbers
    true: npt.NDArray[np.bool_]
    near: npt.NDArray[np.bool_]
    total: tuple[tuple[int, int], ...]


class Task(NamedTuple):
    """Some worlds to be drawn, and what for."""

    purpose: str
    part: Part
    seed: int
    number: int
    cut: tuple[float, float] | None
    steps: tuple[int, ...]


def main() -> None:
    """Fit, choose, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=36, help="worlds of each generator to fit on")
    drawn = draw_all(parser.parse_args().worlds)
    fitted = fit(drawn)
    TARGET.write_bytes(msgspec.json.encode(fitted) + b"\n")
    for name, value in fitted.trees.figures.items():
        print(f"{name}: {value:g}")


def draw_all(count: int) -> dict[str, list[Looks]]:
    """Looks by what they are for."""
    planned = tasks(count)
    with ProcessPoolExecutor(2) as pool:
        return sorted_out(list(zip(planned, pool.map(draw, planned), strict=True)))


def tasks(count: int) -> list[Task]:
    """What is drawn: some worlds at a time, each time with a seed of its own, all purposes in turn."""
    return [
        Task(purpose, part, seed + 1_000 * turn, AT_A_TIME, cut, steps)
        for turn in range(-(-count * TUNING_TIMES // AT_A_TIME))
        for purpose, part, seed, cut, steps in (
            ("training", Part.WORLDS, TRAINING_SEEDS[Part.WORLDS], ALL_CUTS, LEARNT_STEPS_S),
            ("training", Part.SECOND, TRAINING_SEEDS[Part.SECOND], ALL_CUTS, LEARNT_STEPS_S),
            ("agreeing", Part.WORLDS, TRAINING_SEEDS[Part.WORLDS] + AGREEING, NO_CUTS, (STEP_S,)),
            ("agreeing", Part.SECOND, TRAINING_SEEDS[Part.SECOND] + AGREEING, NO_CUTS, (STEP_S,)),
            ("worlds", Part.WORLDS, TUNING_SEEDS[Part.WORLDS], TOTAL_CUTS, (STEP_S,)),
            ("second", Part.SECOND, TUNING_SEEDS[Part.SECOND], TOTAL_CUTS, (STEP_S,)),
            ("uncut", Part.WORLDS, TUNING_SEEDS[Part.WORLDS], NO_CUTS, (STEP_S,)),
            ("uncut", Part.SECOND, TUNING_SEEDS[Part.SECOND], NO_CUTS, (STEP_S,)),
        )
        if purpose in ALLOWED or turn * AT_A_TIME < count
    ]


def sorted_out(drawn: Sequence[tuple[Task, list[Looks]]]) -> dict[str, list[Looks]]:
    """Looks by what they are for: ``training``, ``agreeing``, ``uncut``, and the two in which bars are chosen."""
    purposes: dict[str, list[Looks]] = {}
    for task, looks in drawn:
        purposes.setdefault(task.purpose, []).extend(looks)
    return purposes


def draw(task: Task) -> list[Looks]:
    """The looks at all series of some worlds that have one of some steps."""
    if task.part is Part.SECOND:
        drawn = second.worlds(task.seed, task.number)
    else:
        drawn = worlds(task.seed, task.number, failure_rate=0.0)
    random = np.random.default_rng([task.seed, 5])
    return [
        looks
        for simulation in drawn
        for looks in looks_at(simulation if task.cut is None else with_cuts(simulation, task.cut, random), task.steps)
    ]


def looks_at(simulation: Simulation, steps: Sequence[int]) -> Iterator[Looks]:
    """The looks at each series of one world."""
    for number, series in enumerate(simulation.series):
        if series.step_s not in steps:
            continue
        wanted = wanted_in(simulation, number, series)
        kept: list[tuple[int, bool, bool, Numbers]] = []

        def judge(
            at: int, row: Numbers, kept: list[tuple[int, bool, bool, Numbers]] = kept, step_s: int = series.step_s
        ) -> float:
            true = any(one.start <= at <= one.end for one in wanted)  # noqa: B023 - used up within this turn
            age = samples_of(row)
            begun = min(at - HOUR_S, at - age * step_s)
            near = any(one.start <= at and begun <= one.end for one in wanted)  # noqa: B023
            if age <= KEPT_AGES or age % KEPT_EVERY == 0:
                kept.append((at, true, near, row))
            return 1.0 if true and row[FEATURES.index("evidence")] > OPENS_AT else 0.0

        kind = signal(series.signal).kind
        follow(begin(series.step_s, kind), series.times, series.values, judge, Bars(0.5, 0.5, 2.0))
        yield Looks(
            kind,
            series.times.size * series.step_s / MONTH_S,
            np.array([one[0] for one in kept], dtype=np.int64),
            np.array([samples_of(one[3]) for one in kept], dtype=np.float64),
            np.array([one[3] for one in kept]).reshape(-1, len(FEATURES)),
            np.array([one[1] for one in kept], dtype=np.bool_),
            np.array([one[2] for one in kept], dtype=np.bool_),
            tuple((one.start, one.end) for one in wanted if is_total(one)),
        )


def samples_of(row: Numbers) -> int:
    """Measured samples of the run of loss that a look is at."""
    return round(float(np.exp(row[FEATURES.index("samples")])))


def fit(drawn: dict[str, list[Looks]]) -> Fitted:
    """Trees, bars and figures."""
    tuning = {name: drawn[name] for name in ALLOWED}
    rows, true = gathered(drawn["training"])
    signs = [1 if name in RISING else -1 if name in FALLING else 0 for name in FEATURES]
    model = HistGradientBoostingClassifier(monotonic_cst=signs, random_state=0, **TREES)
    model.fit(rows, true, sample_weight=weights(rows))
    other, other_true = gathered(drawn["agreeing"])
    agreement = LogisticRegression(C=1e6)
    agreement.fit(model.decision_function(other)[:, np.newaxis], other_true, sample_weight=weights(other))
    scale, shift = float(agreement.coef_[0, 0]), float(agreement.intercept_[0])

    def chances(looks: Looks) -> Numbers:
        if looks.at.size == 0:
            return np.empty(0)
        odds = scale * model.decision_function(looks.features) + shift
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    told = {id(one): chances(one) for looks in tuning.values() for one in looks}
    bars = bars_by_kind(tuning, told)
    figures: dict[str, float] = {"training looks": len(true), "agreeing looks": len(other_true)}
    for name, every in tuning.items():
        figures |= judged(name, every, told, bars)
        for kind in sorted({one.kind for one in every}):
            figures |= judged(f"{name} {kind}", [one for one in every if one.kind == kind], told, bars)
    _, true = gathered(drawn["uncut"])
    all_chances = np.concatenate([chances(one)[in_time(one)] for one in drawn["uncut"]])
    figures["brier"] = round(brier(all_chances, true), 4)
    figures["calibration error"] = round(calibration_error(all_chances, true), 4)
    return Fitted(written(model, scale, shift, figures), bars)


def bars_by_kind(tuning: dict[str, list[Looks]], told: dict[int, Numbers]) -> dict[SignalKind, Bars]:
    """The bars of each kind; a kind that no generator draws every five minutes gets the highest ones."""
    found: dict[SignalKind, Bars] = {}
    for kind in sorted({one.kind for looks in tuning.values() for one in looks}):
        bars = []
        for first, last, which in ((1, 1, 0), (2, np.inf, 1), (CONFIRMABLE_SAMPLES, np.inf, 2)):
            bars.append(
                max(
                    lowest_bar([one for one in looks if one.kind == kind], told, (first, last), ALLOWED[name][which])
                    for name, looks in tuning.items()
                )
            )
        found[kind] = Bars(bars[0], bars[1], max(bars[1:]))
    highest = Bars(*(max(getattr(one, name) for one in found.values()) for name in Bars.__struct_fields__))
    return {kind: found.get(kind, highest) for kind in SignalKind}


def weights(rows: Numbers) -> Numbers:
    """Looks of one run say nearly the same: the tenth counts a third of what the first does."""
    return np.asarray(np.exp(-0.5 * rows[:, FEATURES.index("samples")]))


def in_time(looks: Looks) -> npt.NDArray[np.bool_]:
    """The looks that are not at the hour after a loss, of which nothing is claimed."""
    return looks.true | ~looks.near


def gathered(every: Sequence[Looks]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Features and truth of all looks."""
    return (
        np.concatenate([one.features[in_time(one)] for one in every]),
        np.concatenate([one.true[in_time(one)] for one in every]),
    )


def lowest_bar(every: Sequence[Looks], told: dict[int, Numbers], samples: tuple[float, float], most: float) -> float:
    """The lowest bar at which false alarms per month, raised after so many samples of a run, stay below that."""
    months = sum(one.months for one in every)
    for odds in np.arange(-2.0, 12.0, 0.1):
        bar = float(1 / (1 + np.exp(-odds)))
        raised = ((one, (told[id(one)] >= bar) & within(one.samples, samples)) for one in every)
        if sum(false_alarms(one, at) for one, at in raised) <= most * months:
            return round(bar, 6)
    return 0.999999


def within(samples: Numbers, least_and_most: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """Which looks come after so many samples of a run."""
    return np.asarray((samples >= least_and_most[0]) & (samples <= least_and_most[1]))


def false_alarms(looks: Looks, raised: npt.NDArray[np.bool_]) -> int:
    """Alarms at no loss; looks within an hour of each other are one alarm."""
    at = looks.at[raised & ~looks.near]
    return int(at.size > 0) + int(np.count_nonzero(np.diff(at) > HOUR_S))


def judged(
    name: str, every: Sequence[Looks], told: dict[int, Numbers], bars: dict[SignalKind, Bars]
) -> dict[str, float]:
    """How soon total outages are told, and how many alarms are false."""
    delays: list[float] = []
    false, months = 0, sum(one.months for one in every)
    for looks in every:
        least = np.where(looks.samples < 2, bars[looks.kind].at_once, bars[looks.kind].alarm)
        raised = told[id(looks)] >= least
        false += false_alarms(looks, raised)
        for start, end in looks.total:
            during = looks.at[raised & (looks.at >= start) & (looks.at <= end)]
            delays.append(float(during[0] - start) if during.size else np.inf)
    figures: dict[str, float] = {
        f"{name}: months": round(months, 1),
        f"{name}: false per month": round(false / months, 4),
    }
    figures[f"{name}: total outages"] = len(delays)
    for minutes in WITHIN_MINUTES if delays else ():
        figures[f"{name}: told in {minutes} min"] = round(float(np.mean(np.array(delays) <= 60 * minutes)), 4)
    return figures


if __name__ == "__main__":
    main()
