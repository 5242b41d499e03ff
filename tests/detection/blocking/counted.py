"""Counts for tests: drawn ones with a change at a known day, and real ones."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np

from kuager.detection.blocking.base_rates import BaseRate, base_rate
from kuager.detection.blocking.counts import Counts, of_days

DAY = 86_400
QUIET = BaseRate(0.03, 30.0, 0.08, 500)
"""A test that hardly ever flags, known from many pairs."""
NOISY = BaseRate(0.4, 20.0, 0.08, 500)
EPOCH = date(1970, 1, 1).toordinal()


def drawn(shares: list[float], a_day: float = 5, seed: int = 1, until: int | None = None) -> Counts:
    """Counts of one day after the other from day 100 on; NaN: nobody measured that day."""
    generator = np.random.default_rng(seed)
    share = np.array(shares)
    measured = np.isfinite(share)
    total = np.maximum(generator.poisson(a_day, share.size), 1) * measured
    blocked = generator.binomial(total, np.where(measured, share, 0.0))
    days = 100 + np.arange(share.size, dtype=np.int64)
    return of_days(days, blocked.astype(np.float64), total.astype(np.float64), until)


def real(folder: Path) -> dict[tuple[str, str], Counts]:
    """Daily counts of a test in a country, July 2023 to June 2024."""
    rows: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    with (folder / "ooni" / "app_tests_daily_2023-07_2024-06.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            flagged = int(row["anomaly_count"]) + int(row["confirmed_count"])
            day = date.fromisoformat(row["measurement_start_day"]).toordinal() - EPOCH
            rows[row["probe_cc"], row["test_name"]].append((day, flagged, flagged + int(row["ok_count"])))
    made = {}
    for key, own in rows.items():
        table = np.array(own, dtype=np.int64)
        made[key] = of_days(table[:, 0], table[:, 1].astype(np.float64), table[:, 2].astype(np.float64))
    return made


def own_base(*some: Counts) -> BaseRate:
    """The base rate of the pairs with these counts."""
    return base_rate(
        np.repeat(np.arange(len(some)), [one.days.size for one in some]),
        np.concatenate([one.days for one in some]),
        np.concatenate([one.blocked for one in some]),
        np.concatenate([one.total for one in some]),
    )
