"""Is it the network or the sensor? A source that goes wrong in unrelated places at once has failed itself.

Falls. When the median country of one source falls, by more than that median usually wavers, the source is not to be
believed at that time anywhere: a shutdown is national, a broken collector is not. A country that lies far below even
the fallen median keeps its samples, for the source's failure does not explain them. With three to nine countries the
median proves nothing, but the *same share* lost in all of them does: a cable, a transit network or a festival takes
another share from each. Whether a loss of nearly everything in so few countries is theirs or the source's cannot be
known from them: everything is the same share everywhere.

Repeats. A sensor that repeats one number for half a day is stuck, if the series is one in which repeats need an
explanation: many different numbers, moves of several of its smallest steps, hardly a repeat elsewhere. Counts of a few
networks, an index in tens and a series that stands at its ceiling repeat themselves by nature. Such a series that gives
its last hours once more, number by number, replays an old file. Several of one source that repeat at the same samples
are stuck after a much shorter time. What a test finds is *not observable*, never down; where a test cannot tell, it
finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kuager.detection.grid import Grid
from kuager.detection.order import Mask, median, quantile_of_rows, runs
from kuager.model.series import Values

LEAST_COUNTRIES = 10
"""With fewer countries of one source their median tells nothing."""
FALLEN_TOGETHER = 0.93
"""Below this median share of the expected value over all countries the source is held to have failed."""
WAVERS = 4.0
"""... unless the median wavers so much that this many of its scales reach further down."""
SPREADS = 4.0
FURTHER_DOWN = 0.5
"""A country keeps its samples when it has at most this share of the median country and lies that many spreads below."""
LEAST_MIDDLE = 0.1
"""Of a source that has lost more than nine tenths nothing is left to compare a country with."""
_LEAST_RELATIVE = 1e-6

FEW_COUNTRIES = 3
SAME_SHARE = 0.05
"""What is left in few countries is the same share when it differs by no more than this, or by twice their noise."""
CLEARLY = 3.0
"""A common loss must be this many times as large as the difference that is allowed."""
NEARLY_ALL = 0.85

STUCK_S = 12 * 3_600
STUCK_SAMPLES = 12
ORDINARY_REPEATS = 0.05
STUCK_SHARE = 0.5
FINE_MOVES = 5.0
"""The median move of a series in which repeats need an explanation, in its smallest steps. Rounding a series that moves
less makes neighbours equal in one sample of ten or more."""
LEAST_LIVELY = 0.25
"""A series of which less than this share moves freely cannot be told from one that always stands or repeats itself."""
LONGEST_REPLAY_S = 12 * 3_600
"""Longer periods than this are looked for nowhere: a series without noise is the same every day."""
_LAGS_TRIED = 3
ROWS_AT_ONCE = 4_000
GLANCED_AT = 500
FROZEN_SERIES = 3

MAD_TO_SIGMA = 1.4826


def failing_everywhere(ratios: Values, least: int = LEAST_COUNTRIES) -> Mask | None:
    """When a source failed, judged over unrelated countries.

    Args:
        ratios: float64 [countries, n], value over expected value of one signal on one grid, NaN where missing.
        least: how many countries are needed; fewer where somebody who knows them says that they move together.

    Returns:
        bool [n], or None when there are too few countries to know. A time at which most countries have no value is not
        called failed: it is missing there already.
    """
    if ratios.shape[0] < least:
        return None
    present = np.count_nonzero(np.isfinite(ratios), axis=0)
    middle = quantile_of_rows(ratios, 0.5)
    judged = present >= max(2, min(least, ratios.shape[0]) // 2)
    failing: Mask = judged & (np.where(judged, middle, 1.0) < _least_usual(middle[judged]))
    return failing


def _least_usual(middle: Values) -> float:
    """How low the median country may lie without the source having failed.

    Its scale is that of what lies above the expectation, where no failure leads: Tor's early estimates waver by a tenth
    for all countries together, and if each of these days were a failure a third of its record could not be used.
    """
    above = middle[middle >= 1.0] - 1.0
    return min(FALLEN_TOGETHER, 1.0 - WAVERS * MAD_TO_SIGMA * median(above)) if above.size else FALLEN_TOGETHER


def own_falls(ratios: Values, failing: Mask) -> Mask:
    """Samples at failing times that the failure does not explain: far below what it left to the others.

    Args:
        ratios: as of :func:`failing_everywhere`.
        failing: bool [n], as it returned.

    Returns:
        bool [countries, n].
    """
    middle = quantile_of_rows(ratios, 0.5)
    comparable = failing & np.isfinite(middle) & (middle >= LEAST_MIDDLE)
    relative = np.full(ratios.shape, np.nan)
    np.divide(ratios, middle, out=relative, where=comparable)
    distance = np.log(np.maximum(relative, _LEAST_RELATIVE))
    spread = MAD_TO_SIGMA * quantile_of_rows(np.abs(distance), 0.5)
    with np.errstate(invalid="ignore"):  # what is missing is no fall
        found: Mask = (relative <= FURTHER_DOWN) & (distance <= -SPREADS * spread)
    return found


def fallen_alike(ratios: Values) -> Mask:
    """When a source failed, judged over a few unrelated countries: all of them lost the same share, but not everything.

    Args:
        ratios: as of :func:`failing_everywhere`, of three countries or more; of fewer nothing is found.

    Returns:
        bool [n]. What is not found may still be a failure.
    """
    if ratios.shape[0] < FEW_COUNTRIES:
        return np.zeros(ratios.shape[1], dtype=np.bool_)
    noise = MAD_TO_SIGMA * median(np.array([median(np.abs(row - median(row))) for row in ratios]))
    allowed = max(SAME_SHARE, 2.0 * noise) if np.isfinite(noise) else SAME_SHARE
    everyone = np.isfinite(ratios).all(axis=0)
    most = np.where(everyone, ratios, 1.0).max(axis=0)
    least = np.where(everyone, ratios, 1.0).min(axis=0)
    clear = most < 1.0 - max(1.0 - FALLEN_TOGETHER, CLEARLY * allowed)
    alike: Mask = everyone & clear & (most - least <= allowed) & (least > 1.0 - NEARLY_ALL)
    return alike


def stuck(grid: Grid) -> Mask:
    """Samples that repeat their predecessor for half a day, or the last hours for a dozen samples, bool [n].

    That needs an explanation only in a series that is fine and hardly repeats itself elsewhere; in others nothing is
    found. A value far below the usual one is not taken for stuck: that is what a cut looks like. Nor is the largest
    value of the series: that is its ceiling. Gaps end a repetition.
    """
    if _moves_by_few_whole_numbers(grid.values):
        return np.zeros(grid.values.shape, dtype=np.bool_)
    long = _long_repeats(grid)
    nothing = np.zeros(grid.values.shape, dtype=np.bool_)
    if _often_repeats(grid.values, long):
        return nothing
    again = _replayed(grid.values, LONGEST_REPLAY_S // grid.step_s)
    if not (long.any() or again.any()) or not _is_fine(grid.values, long):
        return nothing
    found: Mask = (long | again) & _is_ordinary(grid.values, long)
    return found


def frozen_together(grids: Sequence[Grid]) -> Mask:
    """Samples that several series of one source repeat at once, bool [n].

    Three fine series that each hardly ever repeat are stuck when all of them do for four samples: together that is a
    dozen repeats, the evidence that one of them would give in twelve. Coarse series have no voice.

    Args:
        grids: one or more series with the same start, step and length.
    """
    nothing = np.zeros(grids[0].values.shape, dtype=np.bool_)
    if len(grids) < FROZEN_SERIES:
        return nothing
    at_once = np.count_nonzero([_repeats(grid.values) for grid in grids], axis=0) >= FROZEN_SERIES
    every = [(grid.values, _long_repeats(grid)) for grid in grids] if at_once.any() else []
    witnesses = [(values, long) for values, long in every if _is_fine(values, long)]
    if len(witnesses) < FROZEN_SERIES:
        return nothing
    measured = np.count_nonzero([np.isfinite(values) for values, _ in witnesses], axis=0)
    repeating = np.count_nonzero([_repeats(values) & _is_ordinary(values, long) for values, long in witnesses], axis=0)
    together: Mask = (measured >= FROZEN_SERIES) & (repeating == measured)
    for first, last in runs(together):
        if int(measured[first:last].sum()) < STUCK_SAMPLES:
            together[first:last] = False
    return together


def _moves_by_few_whole_numbers(values: Values) -> bool:
    """Whether a glance at the first samples shows that the series cannot be fine: the usual case, and quickly told."""
    glance = values[:GLANCED_AT]
    glance = glance[np.isfinite(glance)]
    if glance.size < GLANCED_AT // 2 or bool((glance % 1 != 0).any()):
        return False
    return bool(np.median(np.abs(np.diff(glance))) < FINE_MOVES)


def _repeats(values: Values) -> Mask:
    """Samples equal to the one before, bool [n]."""
    repeats = np.zeros(values.shape, dtype=np.bool_)
    repeats[1:] = values[1:] == values[:-1]
    return repeats


def _long_repeats(grid: Grid) -> Mask:
    """Those in runs of half a day, bool [n]."""
    repeats = _repeats(grid.values)
    for first, last in runs(repeats):
        if last - first < max(STUCK_SAMPLES, STUCK_S // grid.step_s):
            repeats[first:last] = False
    return repeats


def _often_repeats(values: Values, long: Mask) -> bool:
    """Whether samples outside of long repetitions, bool [n], equal the one before too often to need an explanation."""
    lively = np.isfinite(values) & ~long
    return bool(np.count_nonzero(_repeats(values) & lively) > ORDINARY_REPEATS * np.count_nonzero(lively))


def _is_ordinary(values: Values, long: Mask) -> Mask:
    """Samples that are neither far below the usual value nor at the largest of the series, bool [n].

    The usual value is that of samples outside of long repetitions ``long``, bool [n]: a cut to nothing that lasts for
    more than half of the series would else be its usual value.
    """
    lively = values[np.isfinite(values) & ~long]
    if lively.size == 0:
        return np.zeros(values.shape, dtype=np.bool_)
    ordinary: Mask = (values >= STUCK_SHARE * float(np.median(lively))) & (values < float(np.nanmax(values)))
    return ordinary


def _replayed(values: Values, longest: int) -> Mask:
    """Samples that equal those of one and the same lag before, a dozen or more in a row, bool [n].

    Args:
        values: float64 [n].
        longest: the largest lag, in samples.
    """
    again = np.zeros(values.shape, dtype=np.bool_)
    ordered = np.sort(values)
    if np.count_nonzero(ordered[1:] == ordered[:-1]) < STUCK_SAMPLES or values.size <= longest or longest < 2:
        return again
    # any dozen in a row holds two neighbours of the samples tried
    tried = np.lib.stride_tricks.sliding_window_view(values, longest + 1)[:: STUCK_SAMPLES // 2]
    pairs = np.zeros(longest - 1, dtype=np.int64)
    for first in range(0, tried.shape[0], ROWS_AT_ONCE):
        some = tried[first : first + ROWS_AT_ONCE + 1]
        equal = some[:, :-2] == some[:, -1:]
        pairs += np.count_nonzero(equal[1:] & equal[:-1], axis=0)
    for column in np.argsort(-pairs, kind="stable")[:_LAGS_TRIED]:
        lag = longest - int(column)
        if pairs[column]:
            repeats = np.concatenate((np.zeros(lag, dtype=np.bool_), values[lag:] == values[:-lag]))
            for first, last in runs(repeats):
                again[first:last] |= last - first >= STUCK_SAMPLES
    always = np.count_nonzero(again) > (1.0 - LEAST_LIVELY) * np.count_nonzero(np.isfinite(values))
    return np.zeros_like(again) if always else again


def _is_fine(values: Values, long: Mask) -> bool:
    """Whether a repeat needs an explanation, judged by the samples outside of long repetitions ``long``, bool [n].

    They must be enough to tell, have at least a dozen different numbers, hardly repeat, and move by several of the
    smallest steps that are seen between their numbers.
    """
    measured = np.isfinite(values)
    lively = measured & ~long
    count = int(np.count_nonzero(lively))
    if count < max(2 * STUCK_SAMPLES, LEAST_LIVELY * int(np.count_nonzero(measured))):
        return False
    if _often_repeats(values, long):
        return False
    different = np.unique(values[lively])
    if different.size < STUCK_SAMPLES:
        return False
    moves = np.abs(np.diff(values))[lively[1:] & lively[:-1]]
    return bool(median(moves) >= FINE_MOVES * float(np.diff(different).min()))
