"""A whole report, as values: from it come pages, tables and the file for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.demands import Demand
from kuager.accountability.notices import NoticeHistory
from kuager.accountability.rows.disclosure import Policy
from kuager.accountability.transparency.effects import Compared, Seen, compared
from kuager.accountability.transparency.elements import Element, elements
from kuager.accountability.transparency.totals import Counted, Period, counted
from kuager.accountability.transparency.withholding import Told, checked, told
from kuager.model.episodes import Episode
from kuager.model.operators import Operator


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        operator: whose it is.
        period: of which.
        known: when the newest entry of the log was made.
        told: the numbers.
        elements: of indicator F10.
        compared: with what was said and measured.
        simulated: whether what was measured was drawn by a simulator.
        counted: everything, for the officer; never published.
    """

    operator: Operator
    period: Period
    known: datetime
    told: Told
    elements: tuple[Element, ...]
    compared: Compared
    simulated: bool
    counted: Counted


def report(
    operator: Operator,
    period: Period,
    known: datetime,
    demands: Sequence[Demand],
    withheld: Mapping[str, str],
    policies: Sequence[Policy],
    notices: Sequence[NoticeHistory],
    episodes: Sequence[Episode],
    seen: Seen,
) -> Report:
    """Make a report.

    Args:
        operator: whose it is.
        period: of which.
        known: when the newest entry of the log was made.
        demands: all of the log.
        withheld: numbers that the law forbids to tell, each with the law.
        policies: of the operator, those that cite something.
        notices: of the operator.
        episodes: that may be shown.
        seen: what was measured.

    Raises:
        UsageError: a number is withheld that there is not, or without a law.
    """
    numbers = counted(demands, period, operator.country)
    shown = told(numbers, checked(withheld))
    networks = [f"AS{held.asn}" for held in operator.networks]
    return Report(
        operator=operator,
        period=period,
        known=known,
        told=shown,
        elements=elements(shown, policies, notices, period),
        compared=compared(_laid_out(numbers, shown), episodes, notices, networks, period, operator.country, seen),
        simulated=any(one.simulated for one in episodes),
        counted=numbers,
    )


def _laid_out(numbers: Counted, shown: Told) -> Sequence[Demand]:
    """The demands that are told one by one: none where that would give a withheld number away."""
    return numbers.told if all(one.value is not None for one in shown.totals.values()) else ()
