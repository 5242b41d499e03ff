"""How probable each state is on each measured day, given all days: the forward-backward algorithm.

After Rabiner, Proceedings of the IEEE 77(2), 1989, section III. Days without measurements carry no evidence; the states
go on changing meanwhile, so that what is known fades with every such day.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.blocking.states import States
from kuager.detection.compiled import Loop
from kuager.model.series import Times, Values

FORGOTTEN_DAYS = 200
"""After so many days without a measurement nothing more is forgotten."""


def posterior(like: Values, days: Times, among: States) -> Values:
    """The probability of each state on each measured day: float64 [n, s], rows that sum to 1.

    Args:
        like: float64 [n, s], how likely each day's counts are in each state, up to a factor of the day.
        days: int64 [n], strictly rising.
        among: the states.
    """
    gaps = np.minimum(np.diff(days, prepend=days[:1]), FORGOTTEN_DAYS)
    made = np.empty_like(like)
    _forward_backward(like, gaps, among.first, among.origin, among.target, among.chance, made)
    return made


def later(probability: Values, days: int, among: States) -> Values:
    """The probability of each state so many days after, when nothing was measured since: float64 [s]."""
    for _ in range(min(days, FORGOTTEN_DAYS)):
        moved = probability[among.origin] * among.chance
        probability = np.bincount(among.target, weights=moved, minlength=probability.size).astype(np.float64)
    return probability


def _forward_backward_loop(
    like: Values, gaps: Times, first: Values, origin: Times, target: Times, chance: Values, made: Values
) -> int:
    """Fill ``made`` with the probabilities of states."""
    length: int = like.shape[0]
    count: int = like.shape[1]
    moves = origin.size
    now = first.copy()
    for day in range(length):
        for _ in range(gaps[day]):
            then = np.zeros(count)
            for move in range(moves):
                then[target[move]] += now[origin[move]] * chance[move]
            now = then
        whole = 0.0
        for state in range(count):
            now[state] *= like[day, state]
            whole += now[state]
        for state in range(count):
            now[state] /= whole
            made[day, state] = now[state]
    after = np.ones(count)
    for day in range(length - 1, -1, -1):
        whole = 0.0
        for state in range(count):
            made[day, state] *= after[state]
            whole += made[day, state]
        for state in range(count):
            made[day, state] /= whole
        most = 0.0
        for state in range(count):
            after[state] *= like[day, state]
            most = max(most, after[state])
        for state in range(count):
            after[state] /= most
        for _ in range(gaps[day]):
            before = np.zeros(count)
            for move in range(moves):
                before[origin[move]] += chance[move] * after[target[move]]
            after = before
    return length


_forward_backward = Loop(_forward_backward_loop)
