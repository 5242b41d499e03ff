"""Tables of classified measurements made small: by day, and base rates. Questions for any engine, in Ibis.

Every engine must give the same answer to the last digit, but a sum of floating numbers depends on their order, which no
engine promises. So masses (``model.verdicts``: probabilities of blocked, down and ok that sum to 1) are summed as whole
billionths. Rounding each to 1e-9 shifts a mean by less than 1e-9; the sums are exact up to nine thousand million
measurements in a group, and the divisions at the end are the same everywhere (IEEE 754). No number is written with a
point here: Spark takes such a literal for a decimal, and its quotients for decimals too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuager.model.verdicts import VerdictKind

if TYPE_CHECKING:
    import ibis

UNITS = 1_000_000_000
MASSES = ("blocked", "down", "ok")


def verdicts_by_day(classified: ibis.Table) -> ibis.Table:
    """Counts of verdicts and sums of masses by place, network, test and day.

    Args:
        classified: rows of ``model.verdicts.CLASSIFIED``.

    Returns:
        ``place``, ``network``, ``test``, ``day`` (its first moment in UTC; null where a measurement has no start),
        ``measurements``, a count of each verdict (``count_ok``, ``count_blocked`` …) and ``sum_blocked``, ``sum_down``,
        ``sum_ok``: sums of masses over measurements that did not fail.
    """
    day = classified.start.truncate("D")
    by = {"place": classified.place, "network": classified.network, "test": classified.test, "day": day}
    counts = {f"count_{kind.value}": (classified.verdict == kind.value).sum() for kind in VerdictKind}
    sums = {f"sum_{mass}": _units(classified, mass).sum().cast("int64").cast("float64") / UNITS for mass in MASSES}
    kept = {name: value.fill_null(0).cast("float64") for name, value in sums.items()}
    table = classified.group_by(**by).aggregate(measurements=classified.count(), **counts, **kept)
    return table.order_by("place", "network", "test", "day")


def base_rates(classified: ibis.Table) -> ibis.Table:
    """How often each test finds something at a place, over all that is there: what is ordinary, to compare a day with.

    Args:
        classified: rows of ``model.verdicts.CLASSIFIED``.

    Returns:
        ``place``, ``test``, ``measurements``, ``judged`` (those that did not fail), ``networks``, and, as shares of
        judged ones and null where there are none, ``rate_blocked``, ``rate_down`` (of verdicts), ``mean_blocked`` and
        ``mean_down`` (of masses). A failed measurement says nothing, so it is in no share.
    """
    judged = (classified.verdict != VerdictKind.FAILED.value).sum()
    rates = {f"rate_{name}": _share((classified.verdict == name).sum(), judged) for name in ("blocked", "down")}
    means = {
        f"mean_{name}": _share(_units(classified, name).sum().cast("int64"), judged) / UNITS
        for name in ("blocked", "down")
    }
    table = classified.group_by("place", "test").aggregate(
        measurements=classified.count(), judged=judged, networks=classified.network.nunique(), **rates, **means
    )
    return table.order_by("place", "test")


def _units(classified: ibis.Table, mass: str) -> ibis.expr.types.IntegerColumn:
    """A mass in whole billionths; null where the measurement failed."""
    judged = classified.verdict != VerdictKind.FAILED.value
    return judged.ifelse((classified[mass] * UNITS).round().cast("int64"), None)


def _share(part: ibis.expr.types.IntegerScalar, of: ibis.expr.types.IntegerScalar) -> ibis.expr.types.FloatingScalar:
    return part.cast("float64") / of.nullif(0).cast("float64")
