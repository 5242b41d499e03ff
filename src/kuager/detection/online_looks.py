"""From what the newest samples look like to the probability that something is really going on.

Its own calibration, for a right edge knows no end, no rebound and no later hour: trees (``calibrate.Trees``) fitted by
``benchmarks/fit_online.py`` on looks at simulated series in which the truth is known, and bars of probability for each
kind of signal, chosen there on other seeds. They stand in ``online.json`` beside this file.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources

import msgspec
import numpy as np

from kuager.detection.calibrate import Numbers, Trees, log_odds
from kuager.detection.online_forward import AGE, BEFORE, DEEPEST, GAP, LAST, PREVIOUS, SCORE, SERIES, TOTAL, best_level
from kuager.detection.online_outlook import LENGTHS, Outlook
from kuager.model.series import Values
from kuager.model.words import SignalKind

FEATURES = (
    "evidence",
    "depth",
    "last",
    "both",
    "standing",
    "deepest",
    "before",
    "gap",
    "samples",
    "step",
    "sigma",
    "dips",
    "earlier",
    "kind",
)
"""Names of the columns that the trees look at, in order. ``both`` is what each of the two latest measured samples lost
at least, and ``standing`` that in scales of the noise: they tell a sudden loss within a run of slight ones."""
RISING = ("evidence", "depth", "last", "both", "standing", "deepest", "samples")
FALLING = ("dips", "earlier")
"""Of these more never makes a loss less, or more, probable."""
KINDS = tuple(SignalKind)


class Bars(msgspec.Struct, frozen=True):
    """Probabilities from which on something is told of signals of one kind.

    What lone wrong samples look like differs from kind to kind, and one bar for all would make the quiet kinds pay for
    the others.

    Attributes:
        at_once: from this probability on an alarm is raised by the first sample of a loss.
        alarm: from this on it is raised by a later sample.
        confirmed: from this on, at a later look, it is confirmed.
    """

    at_once: float
    alarm: float
    confirmed: float

    def raises(self, chance: float, samples: float) -> bool:
        """Whether an alarm is raised at that probability, after so many measured samples of the loss."""
        return chance >= (self.at_once if samples < 2 else self.alarm)


class Fitted(msgspec.Struct, frozen=True):
    """What was fitted.

    Attributes:
        trees: of which the probability comes.
        bars: by kind of signal.
    """

    trees: Trees
    bars: dict[SignalKind, Bars]


def features(state: Values, outlook: Outlook, index: int, step_s: int, kind: SignalKind) -> Values:
    """What a look at the newest sample shows, float64 [FEATURES].

    Args:
        state: float64 [7, levels], see :mod:`kuager.detection.online_forward`.
        outlook: what was expected.
        index: of the newest sample.
        step_s: seconds between samples.
        kind: what the series counts.
    """
    level = best_level(state)
    age = state[AGE, level]
    where = index - outlook.first
    both = min(state[SERIES, LAST], state[SERIES, PREVIOUS])
    known = [position for position, length in enumerate(LENGTHS) if length <= age]
    return np.array(
        [
            math.log1p(max(0.0, state[SCORE, level])),
            state[TOTAL, level] / age,
            state[SERIES, LAST],
            both,
            math.log1p(max(0.0, both) / outlook.sigma[where]),
            state[DEEPEST, level],
            state[BEFORE, level],
            math.log1p(state[GAP, level]),
            math.log(age),
            math.log(step_s),
            math.log(outlook.sigma[where]),
            math.log1p(outlook.dips),
            outlook.deepest[known[-1] if known else 0],
            float(KINDS.index(kind)),
        ]
    )


@cache
def fitted() -> Fitted:
    """The fitted trees and bars."""
    return msgspec.json.decode(resources.files(__package__).joinpath("online.json").read_bytes(), type=Fitted)


@cache
def _forest() -> tuple[Values, float, Numbers, Numbers, Values, Numbers, Numbers]:
    trees = fitted().trees
    roots, feature, left, right = (
        np.array(one, dtype=np.int64) for one in (trees.roots, trees.feature, trees.left, trees.right)
    )
    return np.array(trees.value), trees.base, roots, feature, np.array(trees.threshold), left, right


def probability(row: Values) -> float:
    """The calibrated probability that a look sees a real loss, strictly between 0 and 1.

    Args:
        row: float64 [FEATURES].
    """
    value, base, roots, feature, threshold, left, right = _forest()
    found = np.empty(1)
    log_odds(value, row[np.newaxis, :], base, roots, feature, threshold, left, right, found)
    trees = fitted().trees
    odds = min(30.0, max(-30.0, trees.scale * float(found[0]) + trees.shift))
    return 1.0 / (1.0 + math.exp(-odds))
