"""What an episode says in words of windows that come back by the clock, and of what cannot be told about them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from kuager.episodes.recurring import Strand
from kuager.errors import message
from kuager.model.episodes import Recurrence
from kuager.model.notes import Note
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import PhaseKind

MOST_DATES = 14
"""More dates than this are counted instead of listed."""
LEAST_CHANCE = 0.0001
"""Smaller bounds are not written out: what is assumed of chance is not known that well."""
NEXT_TIME_S = 36 * 3_600
"""Data that end sooner after the last window have not shown whether there would have been a next one."""


def recurrence_reasons(strand: Strand) -> tuple[Note, ...]:
    """Why windows are said to come back, and on which days they did not; nothing where nothing comes back."""
    found = strand.recurrence
    if found is None:
        return ()
    simulated = any(one.examined.signal.simulated for one in strand.cluster.sightings)
    return _by_the_clock(found), _chance(found, simulated=simulated), *_not_hit(found)


def recurrence_unknowns(strand: Strand) -> tuple[Note, ...]:
    """What is open about coming back."""
    return tuple(_unknowns(strand))


def _unknowns(strand: Strand) -> Iterator[Note]:
    if strand.twin is not None:
        yield Note(
            message(
                "Whether it comes back by the clock: one other began at that clock time, on {time}; two days are too "
                "few to tell."
            ),
            {"time": format_utc(strand.twin)},
        )
    found = strand.recurrence
    if found is None:
        return
    if found.not_observable:
        several = len(found.not_observable) > MOST_DATES
        template = (
            message("Whether it came back on {count} more days: that time was not measured, or something else went on.")
            if several
            else message("Whether it came back on {days} too: that time was not measured, or something else went on.")
        )
        yield Note(template, _days(found.not_observable))
    end = strand.cluster.end
    if strand.recurs and end is not None and strand.cluster.horizon - end.best < NEXT_TIME_S:
        template = message("Whether it is over: the data end on {time}, before it could have come back.")
        yield Note(template, {"time": format_utc(from_epoch(strand.cluster.horizon))})


def _by_the_clock(found: Recurrence) -> Note:
    facts = {
        "hit": str(len(found.hit)),
        "measured": str(found.measured),
        "first": found.hit[0].isoformat(),
        "last": found.hit[-1].isoformat(),
        "start": found.start_clock,
        "zone": found.zone,
        "spread": _minutes(found.start_spread_s + found.step_s),
    }
    service = found.of is PhaseKind.RESTORATION
    if found.end_clock is None:
        template = (
            message(
                "Service came back by the clock: on {hit} of {measured} days measured from {first} to {last} about "
                "{start} ({zone}), all within {spread} minutes of each other; it ended at no common time."
            )
            if service
            else message(
                "It came back by the clock: on {hit} of {measured} days measured from {first} to {last} it began about "
                "{start} ({zone}), all within {spread} minutes of each other; it ended at no common time."
            )
        )
        return Note(template, facts)
    template = (
        message(
            "Service came back by the clock: on {hit} of {measured} days measured from {first} to {last} about "
            "{start} to {end} ({zone}); the starts lie within {spread} minutes of each other, the ends within "
            "{end_spread}."
        )
        if service
        else message(
            "It came back by the clock: on {hit} of {measured} days measured from {first} to {last} about {start} to "
            "{end} ({zone}); the starts lie within {spread} minutes of each other, the ends within {end_spread}."
        )
    )
    return Note(
        template, facts | {"end": found.end_clock, "end_spread": _minutes((found.end_spread_s or 0) + found.step_s)}
    )


def _minutes(seconds: int) -> str:
    """Whole minutes, rounded up; of clock times read from samples nothing less than a sample can be said."""
    return str(-(-seconds // 60))


def _chance(found: Recurrence, *, simulated: bool) -> Note:
    template = (
        message(
            "Chance would gather the simulated windows of as many days at one clock time in a share of at most "
            "{chance} of all cases, if each of the {count} simulated windows began at any measured moment of its day "
            "alike."
        )
        if simulated
        else message(
            "Chance would gather the windows of as many days at one clock time in a share of at most {chance} of all "
            "cases, if each of the {count} windows began at any measured moment of its day alike."
        )
    )
    bound = max(LEAST_CHANCE, math.ceil(found.chance / LEAST_CHANCE) * LEAST_CHANCE)
    return Note(template, {"chance": f"{bound:.4f}", "count": str(found.windows)})


def _not_hit(found: Recurrence) -> Iterator[Note]:
    if found.not_hit:
        several = len(found.not_hit) > MOST_DATES
        template = (
            message("On {count} days between, that time was measured and nothing happened.")
            if several
            else message("On these days between, that time was measured and nothing happened: {days}.")
        )
        yield Note(template, _days(found.not_hit))


def _days(days: Sequence[date]) -> dict[str, str]:
    """How many dates they are, and which."""
    return {"count": str(len(days)), "days": ", ".join(day.isoformat() for day in days)}
