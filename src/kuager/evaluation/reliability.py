"""How far probabilities can be trusted: Brier score, log loss and calibration error, with intervals by entity.

What happens at one place of one world, or goes wrong there, shows in several series at once. Intervals are therefore
drawn over places with replacement, not over findings: Efron's bootstrap with clusters, percentiles 2.5 and 97.5.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.evaluation.judged import Judged, is_true
from kuager.evaluation.outcome import CalibrationRow, Interval
from kuager.evaluation.scores import LEAST_CHANCE, brier

DRAWS = 1_000
BINS = 10

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The probability of one finding, whether it was true, and the entity it belongs to."""

    entity: Hashable
    probability: float
    true: bool


def forecasts(cases: Sequence[Judged]) -> list[Forecast]:
    """Everything that detection found, probable or not."""
    return [
        Forecast(case.entity, one.probability, is_true(one, case.wanted)) for case in cases for one in case.candidates
    ]


def calibration_row(name: str, made: Sequence[Forecast], seed: int = 0) -> CalibrationRow | None:
    """The row of a table, or None without a forecast.

    Args:
        name: of the row.
        made: what was forecast.
        seed: of the draws.
    """
    if not made:
        return None
    probability = np.array([one.probability for one in made])
    true = np.array([one.true for one in made], dtype=np.float64)
    entities = {entity: index for index, entity in enumerate(dict.fromkeys(one.entity for one in made))}
    where = np.array([entities[one.entity] for one in made])
    sums = _sums(probability, true, where, len(entities))
    random = np.random.Generator(np.random.PCG64(seed))
    drawn = random.multinomial(len(entities), np.full(len(entities), 1 / len(entities)), size=DRAWS) @ sums
    point, spread = _scores(sums.sum(axis=0)[np.newaxis]), _scores(drawn)
    low, high = np.percentile(spread, (2.5, 97.5), axis=0)
    intervals = [Interval(float(point[0, i]), float(low[i]), float(high[i])) for i in range(3)]
    return CalibrationRow(
        name=name,
        candidates=len(made),
        entities=len(entities),
        true_share=float(true.mean()),
        brier=intervals[0],
        brier_of_base_rate=brier(np.full(true.size, true.mean()), true),
        log_loss=intervals[1],
        calibration_error=intervals[2],
    )


def _sums(probability: Numbers, true: Numbers, where: npt.NDArray[np.int64], entities: int) -> Numbers:
    """Per entity what all scores are made of, float64 [entities, 3 + BINS]: number, errors, surpluses of the bins."""
    clipped = np.clip(probability, LEAST_CHANCE, 1 - LEAST_CHANCE)
    bins = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    table = np.zeros((entities, 3 + BINS))
    np.add.at(table[:, 0], where, 1.0)
    np.add.at(table[:, 1], where, (probability - true) ** 2)
    np.add.at(table[:, 2], where, -np.where(true > 0, np.log(clipped), np.log1p(-clipped)))
    np.add.at(table, (where, 3 + bins), probability - true)
    return table


def _scores(sums: Numbers) -> Numbers:
    """Brier score, log loss and calibration error of rows of sums, float64 [rows, 3]."""
    number = np.maximum(sums[:, 0], 1.0)
    return np.column_stack((sums[:, 1] / number, sums[:, 2] / number, np.abs(sums[:, 3:]).sum(axis=1) / number))
