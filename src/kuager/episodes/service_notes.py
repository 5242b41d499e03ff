"""What is said in words of blocked and slowed services: how much was measured, what outlasted a cut, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.episodes.cuts import Piece
from kuager.episodes.sightings import LEAST_DAYS, LEAST_MEASUREMENTS, Sightings
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import format_utc, from_epoch

MOST_NAMED = 5


def named(services: Sequence[str]) -> str:
    """Services as a list that does not bury the sentence."""
    listed = sorted(set(services))
    more = len(listed) - MOST_NAMED
    return ", ".join(listed[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def reasons(blocked: Sequence[Blocking], slowed: Sequence[Slowing], whitelisted: Whitelisting | None) -> Iterator[Note]:
    """How much was measured."""
    if blocked:
        yield Note(
            message(
                "{blocked} of {measurements} measurements of {services} were blocked (networks: {networks}); "
                "measurements of single networks and services are in the table."
            ),
            {
                "blocked": str(sum(one.blocked for one in blocked)),
                "measurements": str(sum(one.measurements for one in blocked)),
                "services": named([one.service for one in blocked]),
                "networks": str(len({one.network for one in blocked})),
            },
        )
    yield from _compared(slowed)
    if whitelisted is not None:
        yield Note(
            message(
                "On {network} {blocked} of {measured} services that were measured on {days} days were blocked, most of "
                "which worked there at other times, while {worked} went on working."
            ),
            {
                "network": whitelisted.network,
                "blocked": str(whitelisted.blocked),
                "measured": str(whitelisted.measured),
                "days": str(whitelisted.days),
                "worked": str(whitelisted.worked),
            },
        )


def _compared(slowed: Sequence[Slowing]) -> Iterator[Note]:
    """With how much was compared what is called slow: runs of tests, or samples of traffic."""
    told = (
        (
            message("{runs} slow runs were compared with {baseline} others; sizes and intervals are in the table."),
            [one for one in slowed if not one.signal],
        ),
        (
            message(
                "{runs} low samples of the traffic of single services were compared with {baseline} others; sizes and "
                "intervals are in the table."
            ),
            [one for one in slowed if one.signal],
        ),
    )
    for template, rows in told:
        if rows:
            runs, baseline = sum(one.runs for one in rows), sum(one.baseline_runs for one in rows)
            yield Note(template, {"runs": str(runs), "baseline": str(baseline)})


def about_cuts(behind: Sequence[Piece], inside: int) -> Iterator[Note]:
    """What went on after a cut, and what counts no second time inside of it."""
    outlasted = [one for one in behind if one.residual and isinstance(one.row, Blocking)]
    if outlasted:
        yield Note(
            message(
                "Blocking went on, or had begun, when the cut was over: {services}, first seen blocked then on {seen}. "
                "What happened to them during the cut cannot be observed."
            ),
            {
                "services": named([one.row.service for one in outlasted]),
                "seen": format_utc(from_epoch(min(one.best for one in outlasted))),
            },
        )
    if unseen := [one for one in outlasted if one.cut_days_without]:
        yield Note(
            message(
                "On {without} of {all} days of cuts and of services on networks that were blocked after them, nothing "
                "was measured of those services: it may have begun at any time of these days."
            ),
            {
                "without": str(sum(one.cut_days_without for one in unseen)),
                "all": str(sum(one.cut_days for one in outlasted)),
            },
        )
    if inside:
        yield Note(
            message("Findings of blocking wholly inside the cut, which explains them and so counts alone: {count}."),
            {"count": str(inside)},
        )


def about_permitted(blocked: Sequence[Blocking], whitelisted: Sequence[Whitelisting]) -> Iterator[Note]:
    """What was blocked for longer than only permitted services worked."""
    longer = [row for row in blocked if any(_overlap(row, days) for days in whitelisted)]
    if longer:
        yield Note(
            message(
                "For a part of that time only permitted services worked there (networks: {networks}), which explains "
                "why these were blocked for as long as it lasted, and no longer: {services}."
            ),
            {
                "networks": named([row.network for row in longer]),
                "services": named([row.service for row in longer]),
            },
        )


def _overlap(row: Blocking, days: Whitelisting) -> bool:
    last = row.last_measured if row.last_seen is None else row.last_seen.best
    return row.network == days.network and row.first_seen.best <= days.end and last >= days.start


def unknowns(
    blocked: Sequence[Blocking], slowed: Sequence[Slowing], found: Sightings, *, whitelisted: bool
) -> Iterator[Note]:
    """What measurements of single services cannot tell."""
    without = sum(one.days_without for one in blocked)
    if without:
        yield Note(
            message(
                "Sites and services are measured by few people: on {without} of {all} days of networks and services "
                "nothing was measured that could tell, and nothing is known of them."
            ),
            {"without": str(without), "all": str(without + sum(one.days_measured for one in blocked))},
        )
    if already := [one.service for one in blocked if one.already and not one.residual]:
        yield Note(
            message("Blocked since the first measurement, so that it is not known when it began: {services}."),
            {"services": named(already)},
        )
    if slowed:
        yield Note(
            message("Whether it was slowed on purpose: the table says what else it could be."),
            {},
        )
    if any(one.signal for one in slowed):
        yield Note(message("Whether a service that lost its part of the traffic was slowed, or blocked for some."), {})
    if found.withheld and (blocked or slowed):
        yield Note(
            message(
                "Findings that are not named, for they rest on fewer than {measurements} measurements or {days} days: "
                "{count}."
            ),
            {
                "measurements": str(LEAST_MEASUREMENTS),
                "days": str(LEAST_DAYS),
                "count": str(found.withheld),
            },
        )
    if found.left_out and blocked:
        yield Note(
            message("Lists that hold flagged measurements only, and so tell no share, were not used: {count}."),
            {"count": str(found.left_out)},
        )
    if blocked or whitelisted:
        yield from found.not_judged
