"""How well changes of blocking over time are found: months of one target, drawn with the truth known, and scored.

A month has a few measurements a day (Poisson), a share of noise that the test always flags, days that nobody measured,
and odd days on which one broken probe flags much. The level of noise differs from target to target. In some months
blocking begins. The base rate is not given to detection: it is fitted to all months of a setting, as it would be to all
targets of a country.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kuager.detection.blocking.base_rates import base_rate
from kuager.detection.blocking.changepoint import stretches
from kuager.detection.blocking.counts import Counts, of_days
from kuager.detection.grid import DAY_S
from kuager.evaluation.outcome import BlockingRow

DAYS = 30
MISSING = 0.1
"""Share of days on which nobody measures, beside those on which chance has it."""
ODD = 0.02
"""Share of days on which one broken probe makes so much of the measurements that a tenth to six tenths are flagged."""
SPREAD = 25.0
"""Concentration of the beta law of the noise of targets."""
TOGETHER = 0.08
"""Correlation of measurements of one day, in noise; twice this in blocking that meets some probes only."""
EARLIEST, LATEST = 5, 25
"""Blocking begins on a day between these; what begins on the last days nobody can tell yet."""
LEAST_LENGTH, MEAN_LENGTH = 5, 20
WITHIN_DAYS = 2
EMPTY_TO_CHANGED = 4
"""So many months without a change to one with: empty ones tell how often a change is invented."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A sort of target-month.

    Attributes:
        name: of the row.
        a_day: mean measurements a day.
        noise: mean share that the test always flags.
        share: of what would have worked that is blocked, 0 to 1.
        drifts: whether the noise goes on changing, to a half or to the double within the month.
    """

    name: str
    a_day: float
    noise: float = 0.03
    share: float = 0.9
    drifts: bool = False


SETTINGS = (
    Setting("5 a day", 5),
    Setting("1 a day", 1),
    Setting("2 a day", 2),
    Setting("10 a day", 10),
    Setting("5 a day, half blocked", 5, share=0.5),
    Setting("5 a day, noise drifts", 5, drifts=True),
    Setting("5 a day, noise 20 %", 5, noise=0.2),
    Setting("5 a day, noise 20 % that drifts", 5, noise=0.2, drifts=True),
)
MAIN = SETTINGS[0].name


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """A drawn target-month: its counts, and the days from which and until which it was blocked; None when never."""

    counts: Counts
    begins: int | None
    ends: int | None


def blocking_rows(seed: int, months: int) -> Iterator[BlockingRow]:
    """A row of scores for each setting, of so many months with a change and four times as many without."""
    for number, setting in enumerate(SETTINGS):
        generator = np.random.default_rng((seed, number))
        drawn = [draw(generator, setting, changes=True) for _ in range(months)]
        drawn += [draw(generator, setting, changes=False) for _ in range(EMPTY_TO_CHANGED * months)]
        yield _scored(setting, drawn)


def draw(generator: np.random.Generator, setting: Setting, *, changes: bool) -> Month:
    """One month."""
    amount = generator.poisson(setting.a_day, DAYS) * (generator.random(DAYS) >= MISSING)
    noise = generator.beta(setting.noise * SPREAD, (1 - setting.noise) * SPREAD)
    level = np.full(DAYS, noise)
    if setting.drifts:
        level = np.minimum(0.6, noise * 2.0 ** np.linspace(0.0, generator.choice([-1.0, 1.0]), DAYS))
    begins = ends = None
    share = np.array([_spread(generator, one, TOGETHER) for one in level])
    if changes:
        begins = int(generator.integers(EARLIEST, LATEST))
        ends = min(DAYS, begins + LEAST_LENGTH + int(generator.geometric(1 / (MEAN_LENGTH - LEAST_LENGTH))) - 1)
        for day in range(begins, ends):
            share[day] += (1 - share[day]) * _spread(generator, setting.share, 2 * TOGETHER)
    odd = generator.random(DAYS) < ODD
    share = np.where(odd, np.maximum(share, generator.uniform(0.1, 0.6, DAYS)), share)
    flagged = generator.binomial(amount, share)
    counts = of_days(
        np.arange(DAYS, dtype=np.int64), flagged.astype(np.float64), amount.astype(np.float64), until=DAYS - 1
    )
    return Month(counts, begins, ends)


def _spread(generator: np.random.Generator, share: float, correlation: float) -> float:
    width = 1.0 / correlation - 1.0
    return float(generator.beta(max(1e-3, share * width), max(1e-3, (1.0 - share) * width)))


def _scored(setting: Setting, months: list[Month]) -> BlockingRow:
    measured = [month.counts for month in months]
    base = base_rate(
        np.repeat(np.arange(len(measured)), [one.days.size for one in measured]),
        np.concatenate([one.days for one in measured]),
        np.concatenate([one.blocked for one in measured]),
        np.concatenate([one.total for one in measured]),
    )
    changed = found = near = bounded = false = 0
    late: list[int] = []
    for month in months:
        named = stretches(month.counts, base)
        own = [one for one in named if _touches(month, one.first_seen.best // DAY_S, one.last_measured)]
        false += len(named) - len(own)
        if month.begins is None:
            continue
        changed += 1
        if own:
            error = own[0].first_seen.best // DAY_S - month.begins
            found += 1
            late.append(error)
            near += abs(error) <= WITHIN_DAYS
            bounded += own[0].first_seen.earliest // DAY_S <= month.begins <= own[0].first_seen.latest // DAY_S
    return BlockingRow(
        name=setting.name,
        target_months=len(months),
        changes=changed,
        found=found,
        recall=found / changed if changed else None,
        onset_within_2_days=near / changed if changed else None,
        onset_in_bounds=bounded / found if found else None,
        onset_bias_days=float(np.median(late)) if late else None,
        false_changes=false,
        false_changes_per_1000=1_000 * false / len(months) if months else None,
        base=base.share,
    )


def _touches(month: Month, first: int, last_measured: int | None) -> bool:
    """Whether a found stretch meets the true one."""
    if month.begins is None or month.ends is None or last_measured is None:
        return False
    return first < month.ends and last_measured // DAY_S >= month.begins
