"""``kuager networks``: who holds the networks of a country, how people reach them, and how large they are."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from rich.table import Table
from rich.text import Text

from kuager.case.manners import settings_file
from kuager.case.operators import known_operators
from kuager.cli.reader import results, say, translation
from kuager.errors import UsageError, message
from kuager.model.places import find
from kuager.publications.wording.networks import (
    ACCESS,
    NetworkRow,
    footer,
    holder,
    network_rows,
    owner_lines,
    record,
    states,
)

SHOWN = 25
_LONGEST_WORD = 13
"""Columns are as wide as most names' longest word, such as Kazakhtelecom, so that few are broken."""


def print_networks(code: str, on: str, *, as_json: bool) -> None:
    """The networks of a place on a day, today when none is given; the terminal shows the largest.

    Raises:
        UsageError: no such place, or no day.
        KuagerError: the reader's own operators cannot be read.
    """
    place, day = find(code), _day(on)
    rows = network_rows(place, day, known_operators([settings_file().parent]))
    if as_json:
        results.file.write(json.dumps(record(place, day, rows), ensure_ascii=False, indent=2) + "\n")
        return
    if not rows:
        say(translation().gettext(message("No network of {place} is in the register."), place=place.code))
    else:
        shown = rows[:SHOWN]
        results.print(_table(shown, day))
        if len(rows) > SHOWN:
            template = message("{count} more networks are not shown; --json gives all of them.")
            say(translation().gettext(template, count=len(rows) - SHOWN))
        for line in owner_lines(shown, day, translation()):
            say(f"• {line}")
    for line in footer(day, translation()):
        say(line, style="dim")


def _table(rows: tuple[NetworkRow, ...], day: date) -> Table:
    """A row for each network; the country and the days only where they tell rows apart or are known."""
    gettext = translation().gettext
    countries = len({row.facts.country for row in rows}) > 1
    dated = any(row.held is not None and (row.held.since or row.held.until) for row in rows)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(gettext(message("network")), no_wrap=True)
    if countries:
        table.add_column(gettext(message("in")))
    table.add_column(gettext(message("share of IPv4")), justify="right")
    table.add_column(gettext(message("holder")), overflow="fold", min_width=_LONGEST_WORD)
    table.add_column(gettext(message("operator")), overflow="fold", min_width=_LONGEST_WORD)
    table.add_column(gettext(message("access")), overflow="fold")
    if dated:
        table.add_column(gettext(message("from, to")), overflow="fold")
    table.add_column(gettext(message("state as owner")), overflow="fold")
    for row in rows:
        cells = [row.facts.code]
        if countries:
            cells.append(row.facts.country or "–")
        cells += [_share(row), holder(row) or "–", _operator(row), gettext(ACCESS[row.access])]
        if dated:
            cells.append(_days(row))
        cells.append(states(row, day, translation()) or "–")
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _share(row: NetworkRow) -> str:
    share = row.facts.share
    if share is None:
        return "–"
    return translation().fine_share(share) if share >= 0.0005 else f"< {translation().fine_share(0.001)}"


def _operator(row: NetworkRow) -> str:
    return row.operator.called(translation().code) if row.operator else "–"


def _days(row: NetworkRow) -> str:
    if row.held is None or not (row.held.since or row.held.until):
        return "–"
    return f"{row.held.since or '…'} – {row.held.until or '…'}"


def _day(text: str) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            message("“{text}” is no day."), remedy=message("Write it as year, month and day: 2022-01-05."), text=text
        ) from error
