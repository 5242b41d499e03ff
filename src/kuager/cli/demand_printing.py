"""What ``kuager demand list`` prints: the demands as they stand, and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from kuager.accountability.demands import Demand, DemandEntry, Gag, gag_runs
from kuager.case.demands import Harm, OpenedField, Reading
from kuager.cli.notice_printing import print_json
from kuager.cli.reader import results, say, translation
from kuager.errors import message
from kuager.evidence.private.strict import to_digest

_HARM = {
    Harm.CHANGED: message("{name} was changed: nothing of it can be relied on. Bring it back from a copy."),
    Harm.RENAMED: message("{name} does not hold what it is called after: give it its name again, {root}.age."),
    Harm.NOT_COMMITTED: message(
        "{name} is not committed to, neither in the log nor in a batch: anybody may have made it."
    ),
}


def print_closed(count: int, opened: Sequence[OpenedField], *, as_json: bool) -> None:
    """What can be told without an identity."""
    if as_json:
        print_json({"sealed": count, "opened": len(opened)})
        return
    line = message("Sealed entries of the demand log: {count}. Fields that were opened: {opened}.")
    say(translation().gettext(line, count=count, opened=len(opened)))
    say(translation().gettext(message("To read them: kuager demand list CASE --identity FILE.")))


def print_log(read: Reading, opened: Sequence[OpenedField], now: datetime, *, as_json: bool) -> None:
    """Every demand that the identity opens, and every entry that it does not."""
    if as_json:
        print_json(_record(read, opened, now))
        return
    told = translation()
    if not read.names:
        say(told.gettext(message("Nothing was sealed in the demand log yet.")))
    for one in read.log.demands:
        say(one.id, style="bold")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for name, value in _fields(one).items():
            table.add_row(Text(f"  {name}"), Text(value))
        results.print(table)
        if one.gag is not Gag.NONE:
            gag = message("  The gag runs.") if gag_runs(one, now) else message("  The gag is over.")
            say(told.gettext(gag))
        _print_entries(read, one.id, opened)
    for name in read.log.incomplete:
        say(name, style="bold")
        say(told.gettext(message("  The entry that says what this demand is cannot be read.")))
        _print_entries(read, name, opened)
    _print_unread(read)


def _print_entries(read: Reading, demand: str, opened: Sequence[OpenedField]) -> None:
    told = translation()
    logged = message("  {time}: {fields}; entry {index} of the log")
    waits = message("  {time}: {fields}; waits for its batch")
    for entry in read.log.of(demand):
        fields = ", ".join(sorted(_said(entry)))
        line = waits if entry.logged is None else logged
        say(told.gettext(line, time=entry.known, fields=fields, index=entry.logged))
    if public := sorted({one.field for one in opened if one.demand == demand}):
        say(told.gettext(message("  opened in bundles: {fields}"), fields=", ".join(public)))


def _print_unread(read: Reading) -> None:
    told = translation()
    if read.log.closed:
        line = message("Entries that this identity does not open, by their commitments in the log: {count}.")
        say(told.gettext(line, count=len(read.log.closed)))
        for root in read.log.closed:
            say(f"  {to_digest(root)}")
        line = message(
            "Their content is lost unless another recipient's key is found. Their commitments, and what was opened of"
            " them before, can still be verified."
        )
        say(told.gettext(line))
    for one in read.harmed:
        say(told.gettext(_HARM[one.harm], name=f"{one.name}.age", root=one.root.hex()), style="bold")
        if one.logged is not None:
            line = message("  Its commitment stays in the log as entry {index}. This touches no other entry.")
            say(told.gettext(line, index=one.logged))


def _record(read: Reading, opened: Sequence[OpenedField], now: datetime) -> dict[str, Any]:
    public = {(one.root, one.field) for one in opened}
    return {
        "demands": [
            {
                **msgspec.to_builtins(one),
                "gag_runs": gag_runs(one, now),
                "entries": _entries(read, one.id, public),
            }
            for one in read.log.demands
        ],
        "incomplete": [{"id": name, "entries": _entries(read, name, public)} for name in read.log.incomplete],
        "closed": [to_digest(root) for root in read.log.closed],
        "damaged": [{"file": f"{one.name}.age", "harm": one.harm.value, "entry": one.logged} for one in read.harmed],
    }


def _entries(read: Reading, demand: str, public: set[tuple[bytes, str]]) -> list[dict[str, Any]]:
    return [
        {
            "commitment": to_digest(one.root),
            "known": one.known,
            "entry": one.logged,
            "batch": read.batches[one.root],
            "fields": sorted(_said(one)),
            "opened": sorted(name for name in one.fields if (one.root, name) in public),
        }
        for one in read.log.of(demand)
    ]


def _fields(demand: Demand) -> dict[str, str]:
    """What it says, as text; fields that say nothing are left out."""
    said = {name: value for name, value in msgspec.to_builtins(demand).items() if name != "id" and value}
    return {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in said.items()}


def _said(entry: DemandEntry) -> list[str]:
    """The names of the fields in which an entry says something."""
    return [name for name, value in entry.fields.items() if value not in ("", [])]
