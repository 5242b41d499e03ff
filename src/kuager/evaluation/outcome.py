"""What an evaluation says, as frozen values that go to JSON (msgspec); what could not be computed is null.

Shares and probabilities are 0 to 1, edges in steps of their series unless a field says minutes, rates per month of 30
days.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from kuager.model.notes import Note


class EdgeRow(msgspec.Struct, frozen=True):
    """Errors of found edges: percentiles of their size, and the median of found minus true (positive: too late)."""

    p50: float | None
    p90: float | None
    bias: float | None


class ScoreRow(msgspec.Struct, frozen=True):
    """Scores of single series against some of their true events; see ``tally`` for what counts as what.

    ``found`` leaves out what belongs to a true event that was not asked for; ``matched`` share half of their union.
    ``f1_strict`` asks for eight tenths of it, ``precision_any`` and ``recall_any`` for any overlap. ``merges`` are
    findings over two true events or more, ``splits`` true events in two findings or more.
    """

    name: str
    series: int
    months: float
    true: int
    found: int
    matched: int
    precision: float | None
    recall: float | None
    f1: float | None
    f1_strict: float | None
    precision_any: float | None
    recall_any: float | None
    false_alarms: int
    false_alarms_per_month: float | None
    merges: int
    splits: int
    restorations: int
    restorations_found: int
    onset: EdgeRow
    end: EdgeRow


class Interval(msgspec.Struct, frozen=True):
    """An estimate and its 95 per cent interval, by drawing entities with replacement."""

    value: float
    low: float
    high: float


class CalibrationRow(msgspec.Struct, frozen=True):
    """How far probabilities lie from what happened, over everything that detection found, probable or not."""

    name: str
    candidates: int
    entities: int
    true_share: float
    brier: Interval
    brier_of_base_rate: float
    log_loss: Interval
    calibration_error: Interval


class EmptyRow(msgspec.Struct, frozen=True):
    """How much of the time of places holds no true event in any series, and what that means for precision.

    ``precision_at_tenth`` is the precision that recall and false alarms of this generator would give at one event in
    ten months, as real places have.
    """

    generator: str
    place_months: int
    empty: int
    share: float | None
    events_per_series_month: float | None
    precision: float | None
    precision_at_tenth: float | None


class FusedRow(msgspec.Struct, frozen=True):
    """Episodes of places against what happened there; ``onset`` and ``end`` in minutes."""

    name: str
    places: int
    months: float
    true: int
    found: int
    matched: int
    precision: float | None
    recall: float | None
    f1: float | None
    false_episodes: int
    false_episodes_per_month: float | None
    restorations: int
    restorations_found: int
    access_right: int
    access_of: int
    scope_right: int
    scope_of: int
    onset: EdgeRow
    end: EdgeRow


class OnlineRow(msgspec.Struct, frozen=True):
    """Alarms of the live detector: of total outages in series of five minutes, the share told so many minutes after."""

    name: str
    outages: int
    within: dict[str, float | None]
    false_alarms: int
    false_alarms_per_month: float | None


class BlockingRow(msgspec.Struct, frozen=True):
    """Changes of blocking in drawn months of one target.

    ``recall`` and ``onset_within_2_days`` are shares of all changes, found or not; ``onset_in_bounds`` of those found.
    ``onset_bias_days`` is the median of found minus true (positive: too late). ``false_changes`` meet no true one;
    ``base`` is the mean share that is always flagged, as it was fitted.
    """

    name: str
    target_months: int
    changes: int
    found: int
    recall: float | None
    onset_within_2_days: float | None
    onset_in_bounds: float | None
    onset_bias_days: float | None
    false_changes: int
    false_changes_per_1000: float | None
    base: float


class CaseRow(msgspec.Struct, frozen=True):
    """A real case with documented facts: what detection should give, what it gives, and whether that holds.

    ``judged`` is false where the data were absent: then nothing holds and nothing fails.
    """

    name: str
    wanted: str
    found: str
    holds: bool
    remark: str
    judged: bool


class Mistake(msgspec.Struct, frozen=True):
    """A miss or a false alarm, so that a reader can draw the very series again and look.

    ``what`` is ``missed`` or ``false``; ``counted`` whether it is in the headline (a miss of what could be seen, any
    false finding); ``probability`` is null for what was not found at all. ``snr`` is that of an oracle.
    """

    what: str
    table: str
    generator: str
    seed: int
    world: int
    signal: str
    place: str
    access: str
    kind: str
    step_s: int
    start: datetime
    end: datetime
    depth: float
    probability: float | None
    snr: float | None
    counted: bool
    why: str


class Seeds(msgspec.Struct, frozen=True):
    """The seed and the number of worlds of one part of the protocol."""

    part: str
    seed: int
    worlds: int


class ThrottlingRow(msgspec.Struct, frozen=True):
    """Verdicts of throttling over months of measurements.

    ``throttles`` are those asked for, ``found`` those that a verdict overlaps. ``false_verdicts`` overlap none; over
    all ``months``, with the 95 per cent upper bound of a Poisson rate. ``explained`` are slow stretches that something
    else explains or that nothing sets apart from congestion: no verdicts. ``size_held`` is the share of found throttles
    whose true factor lies in its 95 per cent interval; null where a policer has no one factor.
    """

    name: str
    months: int
    throttles: int
    found: int
    recall: float | None
    false_verdicts: int
    false_per_month: float | None
    false_at_most: float | None
    explained: int
    size_held: float | None


class Outcome(msgspec.Struct, frozen=True):
    """Everything that ``kuager evaluate`` gives.

    ``sealed`` tells whether the seeds were those that nobody may look at while working on detection. ``remarks`` say
    what was left out, and why.
    """

    command: str
    sealed: bool
    seeds: tuple[Seeds, ...]
    headline: tuple[ScoreRow, ...]
    by_series: tuple[ScoreRow, ...]
    by_event: tuple[ScoreRow, ...]
    calibration: tuple[CalibrationRow, ...]
    empty: tuple[EmptyRow, ...]
    sensors: tuple[ScoreRow, ...]
    fused: tuple[FusedRow, ...]
    online: tuple[OnlineRow, ...]
    cases: tuple[CaseRow, ...]
    mistakes: tuple[Mistake, ...]
    remarks: tuple[Note, ...]
    throttling: tuple[ThrottlingRow, ...] = ()
    blocking: tuple[BlockingRow, ...] = ()
