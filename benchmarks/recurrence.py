"""How far the tests for recurrence can be trusted: errors and power of each on series drawn here.

Run from the root of the repository: ``python benchmarks/recurrence.py``. Nothing is fitted: the tests state their null
hypotheses, and this shows that they keep to them. The last table shows which share of days may be hit at the same hour
before detection in one series learns a cut as ordinary, and that the shape of the day still gives it away.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from kuager.detection import detect
from kuager.detection.habits import sharp_habits, usual_change
from kuager.detection.order import quantile_of_rows
from kuager.detection.recurrence import Verdict, Window, against_dates, clock_windows
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

DAY_S, HOUR_S = 86_400, 3_600
START = 1_640_995_200  # 2022-01-01T00:00:00Z
FIRST = date(2018, 3, 5)


def main() -> None:
    """Print one table for each test."""
    _clock_times()
    _dates()
    _habits()


def _clock_times() -> None:
    print("Windows at one clock time, two weeks, 0.2 others a day, 100 draws each; found in per cent\n")
    print("| step | none | 3 days | 4 days | 5 days | 5 days, 15 min apart |")
    print("|---|---|---|---|---|---|")
    for step_s in (300, 1800, 3600):
        shares = [_found(step_s, days, apart) for days, apart in ((0, 0), (3, 0), (4, 0), (5, 0), (5, 900))]
        print(f"| {step_s // 60} min | " + " | ".join(f"{share:.0%}" for share in shares) + " |")


def _found(step_s: int, days: int, apart_s: int) -> float:
    found = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        starts = START + generator.integers(14 * DAY_S, size=generator.poisson(0.2 * 14))
        chosen = START + generator.permutation(14)[:days] * DAY_S + 3 * HOUR_S
        chosen += generator.integers(-apart_s, apart_s + 1, size=days)
        windows = [Window(start, start + HOUR_S, 0.9) for start in (np.r_[starts, chosen] // step_s * step_s).tolist()]
        judged = clock_windows(windows, [(START, START + 14 * DAY_S)], "Asia/Almaty", step_s)
        found += any(one.verdict is Verdict.RECURS for one in judged)
    return found / 100


def _dates() -> None:
    print("\nCuts on dated days, a quarter of a year, 15 dates, a tenth not observed, 400 draws; p <= 0.05\n")
    print("| hit on dated days | on others | found |")
    print("|---|---|---|")
    for on_dated, otherwise in ((0.2, 0.2), (0.05, 0.05), (0.3, 0.05), (0.5, 0.05), (0.8, 0.05)):
        found = 0
        for seed in range(400):
            generator = np.random.default_rng(seed)
            dated = generator.permutation(84)[:15]
            likely = np.full(84, otherwise)
            likely[dated] = on_dated
            scores = (generator.random(84) < likely).astype(np.float64)
            scores[generator.random(84) < 0.1] = np.nan
            days = [FIRST + timedelta(days=int(day)) for day in dated]
            found += against_dates(FIRST, scores, days).p_value <= 0.05
        print(f"| {on_dated:.0%} | {otherwise:.0%} | {found / 400:.1%} |")


def _habits() -> None:
    print(
        "\nThree hours lost every so many of 30 days, 10 series each: days found by detection, other events a series,"
    )
    print("and series whose day shape shows the habit to the slot\n")
    print("| step | lost | days hit | found | others | habit |")
    print("|---|---|---|---|---|---|")
    for step_s in (300, 1800):
        for lost in (0.9, 0.3):
            for share in (0.0, 0.5, 0.7, 0.8, 0.9, 1.0):
                rows = [_habit(seed, step_s, lost, share) for seed in range(10)]
                found, others, shown = np.mean(rows, axis=0)
                print(f"| {step_s // 60} min | {lost:.0%} | {share:.0%} | {found:.0%} | {others:.1f} | {shown:.0%} |")


def _habit(seed: int, step_s: int, lost: float, share: float) -> tuple[float, int, bool]:
    times, values = _people(seed, step_s)
    slots = DAY_S // step_s
    first, last = 2 * HOUR_S // step_s, 5 * HOUR_S // step_s
    hit = np.random.default_rng(seed).permutation(30)[: round(30 * share)]
    table = values.reshape(30, slots)
    table[hit, first:last] *= 1 - lost
    events = [one for one in detect(times, values, step_s, SignalKind.TRAFFIC).findings if one.probability >= 0.5]
    wanted = (START + hit * DAY_S + 2 * HOUR_S).tolist()
    found = sum(any(abs(one.start.best - start) <= step_s for one in events) for start in wanted)
    shape = quantile_of_rows(table / np.median(table, axis=1, keepdims=True), 0.5)
    habits = [(one.first, one.last) for one in sharp_habits(shape, usual_change(shape, step_s), step_s)]
    shown = habits == [(first, last)] if share else bool(habits)
    return found / max(1, hit.size), len(events) - found, shown


def _people(seed: int, step_s: int) -> tuple[Times, Values]:
    times = START + step_s * np.arange(30 * DAY_S // step_s, dtype=np.int64)
    hours = times % DAY_S / HOUR_S
    rhythm = 1 + 0.4 * np.sin(2 * np.pi * (hours - 9) / 24) + 0.1 * np.sin(4 * np.pi * (hours - 4) / 24)
    return times, 1000 * rhythm * (1 + 0.03 * np.random.default_rng(seed + 100).standard_normal(times.size))


if __name__ == "__main__":
    main()
