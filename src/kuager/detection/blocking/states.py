"""The states a target can be in on a day, how they follow each other, and what a day's counts say of each.

An *ordinary* state has one of fifteen levels of always being flagged; it drifts to the next level now and then, as far
as the base rate of the test makes that level likely. A *blocked* state keeps its ordinary level underneath, and of what
would have worked some part is blocked: a fifth to nearly all, for blocking often meets only some paths or probes. Where
the ordinary level is so high that blocking would hardly raise it there is no such state: it cannot be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kuager.detection.blocking.base_rates import LEAST_COMPARED, MOST_ORDINARY, BaseRate
from kuager.detection.blocking.beta_binomial import log_likelihood
from kuager.detection.order import Mask
from kuager.model.series import Times, Values

LEVELS = np.array([0.004, 0.012, 0.03, 0.06, 0.11, 0.19, 0.27, 0.36, 0.46, 0.57, 0.69, 0.80, 0.93, 0.985, 0.998])
"""Ordinary shares that are told apart."""
PARTS = np.array([0.28, 0.42, 0.58, 0.75, 0.9, 0.97])
"""Of what would have worked, the part that is blocked."""
PARTS_LIKELY = np.array([0.1, 0.12, 0.14, 0.16, 0.22, 0.26])
PARTS_AT_FIRST = np.array([0.04, 0.1, 0.12, 0.15, 0.24, 0.35])
"""Where nothing changes, a share somewhat above the others' is rather a pair with more noise."""
LEAST_RISE = 0.2
"""Blocking that raises the share by less than this is not looked for."""
BEGINS, ENDS = 1 / 3_000, 1 / 90
"""Chance that blocking begins, or ends, on a day."""
AT_FIRST, COMPARED = 0.05, 10.0
"""Chance that a target is blocked when it is first measured, where there are many pairs to compare it with; of this
many, half. Of fewer than ``LEAST_COMPARED`` nothing shows that what was never otherwise is not ordinary, unless every
verdict was made against a control."""
DRIFTS = 1 / 30
"""Chance that the ordinary level is another one on the next day."""
SWITCHES = 1 / 150
"""Chance that another part is blocked on the next day."""
ODD_DAY = 0.025
"""Chance of a day whose share says nothing of the state: one broken probe that measured much."""
LEAST_UNLIKE = 0.01
"""However many pairs were seen, so many of them are like no other."""
LEAST_LIKELY = 1e-9
"""No level is impossible."""
FINENESS = 16.0
"""Sums of probabilities are taken to the nearest part of this many: finer ones say nothing more."""
FEW = 12
"""Days of no more measurements than this are computed once for all targets."""


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """States and the steps between them, of one base rate.

    Attributes:
        level: float64 [s], ordinary share of each state.
        share: float64 [s], share that is flagged in each state.
        blocked: bool [s].
        first: float64 [s], chance of each state when measuring begins.
        origin, target: int64 [e], steps from one day to the next that have a chance.
        chance: float64 [e], theirs; those of one origin sum to 1.
        correlation: of two measurements of one day: the same in all, or levels would be told apart by it.
    """

    level: Values
    share: Values
    blocked: Mask
    first: Values
    origin: Times
    target: Times
    chance: Values
    correlation: float


@lru_cache(maxsize=256)
def states(base: BaseRate) -> States:
    """All states of a test with this base rate."""
    likely = _levels_likely(base)
    parts = np.concatenate([[0.0], PARTS])
    share = LEVELS[:, None] + (1.0 - LEVELS[:, None]) * parts
    seen = (share - LEVELS[:, None] >= LEAST_RISE) | (parts == 0)
    entered, found = (_shared(np.where(seen[:, 1:], chances, 0.0)) for chances in (PARTS_LIKELY, PARTS_AT_FIRST))
    compared = base.pairs / (base.pairs + COMPARED) if base.pairs >= LEAST_COMPARED else 0.0
    compared = 1.0 if base.controlled else compared
    at_first = np.where(seen[:, 1:].any(axis=1), AT_FIRST * compared, 0.0)
    first = np.concatenate([(likely * (1 - at_first))[:, None], (likely * at_first)[:, None] * found], axis=1)
    number = np.cumsum(seen).reshape(seen.shape) - 1
    moves: dict[tuple[int, int], float] = {}
    for row in range(LEVELS.size):
        _ordinary_moves(moves, number, row, likely, entered[row])
        _blocked_moves(moves, number[row], seen[row])
    for state in range(int(seen.sum())):
        moves[state, state] = 1.0 - sum(chance for (origin, _), chance in moves.items() if origin == state)
    ordered = sorted(moves)
    return States(
        level=np.broadcast_to(LEVELS[:, None], seen.shape)[seen],
        share=share[seen],
        blocked=np.broadcast_to(parts > 0, seen.shape)[seen],
        first=first[seen],
        origin=np.array([origin for origin, _ in ordered], dtype=np.int64),
        target=np.array([target for _, target in ordered], dtype=np.int64),
        chance=np.array([moves[move] for move in ordered]),
        correlation=base.correlation,
    )


def _shared(chances: Values) -> Values:
    """Rows brought to the sum 1; rows of nothing stay so."""
    return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-12), dtype=np.float64)


def _levels_likely(base: BaseRate) -> Values:
    """How likely each ordinary level is: the law of the pairs, and for a part any level, the larger the fewer pairs."""
    fine = (np.arange(1_000) + 0.5) / 1_000
    edges = np.concatenate([[0.0], np.sqrt(LEVELS[1:] * LEVELS[:-1]), [1.0]])
    cell = np.searchsorted(edges, fine) - 1
    together = np.zeros(LEVELS.size)
    unlike = max(LEAST_UNLIKE, 1.0 / (1.0 + base.pairs))
    own = base.share * base.concentration, (1.0 - base.share) * base.concentration
    for part, (for_it, against) in ((1.0 - unlike, own), (unlike, (0.6, 1.3))):
        density = np.exp((for_it - 1.0) * np.log(fine) + (against - 1.0) * np.log(1.0 - fine))
        cells = np.bincount(cell, weights=density, minlength=LEVELS.size)
        together += part * cells / cells.sum()
    if base.controlled:
        together[LEVELS > MOST_ORDINARY] = 0.0
    return np.maximum(together, LEAST_LIKELY)


def _ordinary_moves(
    moves: dict[tuple[int, int], float], number: Times, row: int, likely: Values, entered: Values
) -> None:
    """From an ordinary level to its neighbours (in balance with how likely they are) and into blocking."""
    origin = int(number[row, 0])
    for other in (row - 1, row + 1):
        if 0 <= other < LEVELS.size:
            moves[origin, int(number[other, 0])] = 0.5 * DRIFTS * min(1.0, float(likely[other] / likely[row]))
    for part in np.flatnonzero(entered > 0).tolist():
        moves[origin, int(number[row, part + 1])] = BEGINS * float(entered[part])


def _blocked_moves(moves: dict[tuple[int, int], float], number: Times, seen: Mask) -> None:
    """From a blocked part to its neighbours and back to ordinary."""
    for part in range(1, seen.size):
        if not seen[part]:
            continue
        origin = int(number[part])
        moves[origin, int(number[0])] = ENDS
        for other in (part - 1, part + 1):
            if 1 <= other < seen.size and seen[other]:
                moves[origin, int(number[other])] = 0.5 * SWITCHES


def evidence(blocked: Values, total: Values, among: States) -> Values:
    """How likely a day's counts are in each state, against the likeliest one: float64 [n, s], 0 to 1.

    Sums of probabilities are taken to the nearest sixteenth. Days of few measurements are looked up: thousands of
    targets share them.
    """
    parts = np.round(blocked * FINENESS)
    if bool((total <= FEW).all()) and bool((total == np.floor(total)).all()):
        number = (total - 1) * (0.5 * FINENESS * total + 1) + parts
        return _few(among)[number.astype(np.int64)]
    different, which = np.unique(np.stack([parts, total * FINENESS], axis=1), axis=0, return_inverse=True)
    return _evidence(different / FINENESS, among)[which.reshape(-1)]


@lru_cache(maxsize=32)
def _few(among: States) -> Values:
    """The evidence of all days of up to ``FEW`` measurements, by total and by sixteenths of blocked ones."""
    rows = [(part / FINENESS, total) for total in range(1, FEW + 1) for part in range(int(FINENESS) * total + 1)]
    return _evidence(np.array(rows, dtype=np.float64), among)


def _evidence(days: Values, among: States) -> Values:
    """Of days, float64 [n, 2]: blocked and total."""
    some, all_of = days[:, :1], days[:, 1:]
    usual = log_likelihood(some, all_of, among.share, np.array(among.correlation))
    odd = log_likelihood(some, all_of, np.array(0.5), np.array(1 / 3))  # any share of the day alike
    nats = np.logaddexp(np.log(1.0 - ODD_DAY) + usual, np.log(ODD_DAY) + odd)
    return np.asarray(np.exp(nats - nats.max(axis=1, keepdims=True)), dtype=np.float64)
