"""``kuager canary``: signing that nothing had to be kept secret up to now, and saying when that was renewed last."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kuager.accountability.canaries import missed
from kuager.accountability.rows.conduct import Canary
from kuager.case.adding import opened as reading
from kuager.case.canaries import sign_canary
from kuager.case.folder import open_case
from kuager.case.registers import library_of, registers_of
from kuager.cli import answers
from kuager.cli.keys import passphrase_of
from kuager.cli.reader import results, say, translation
from kuager.codecs.text import text_of
from kuager.errors import message
from kuager.evidence.keys.public_key import fingerprint
from kuager.publications import clock
from kuager.publications.records.canary_files import canary_path, signature_of

_LARGEST_FILE = 2**16

canary = typer.Typer(no_args_is_help=True, help="Sign warrant canaries, and see which are overdue.")

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@canary.command()
def sign(
    case: Folder,
    operator: Annotated[str, typer.Option(metavar="ID", help="Whose canary it is.")],
    due: Annotated[str, typer.Option(metavar="DAY", help="By when it is renewed: 2026-03-31.")],
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own wording; the standard one when left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Sign a canary for the time up to now and seal it; signing again renews it. Then publish."""
    opened = open_case(case)
    own = ""
    if text is not None:
        with reading(text) as stream:
            own = text_of(stream.read(_LARGEST_FILE))
    signed = sign_canary(opened, operator, due, own, translation().code, passphrase_of("custodian"))
    if as_json:
        _print_json(_record(signed))
    else:
        say(signed.signed)
        template = message("Signed and sealed as {id}; renew it by {due}. Next: kuager publish {case}")
        say(translation().gettext(template, id=signed.id, due=_day(signed.due), case=str(case)))
    answers.tell_of_new_key(opened, translation())


@canary.command()
def show(case: Folder, as_json: Json = False) -> None:
    """List canaries, the newest first: when each was signed, by when it was to be renewed, and which are overdue."""
    opened = open_case(case)
    shelf = library_of(opened)
    every = [one for one in registers_of(opened).of(Canary) if shelf.counts(one)]
    overdue = missed(every, datetime.now(UTC))
    ordered = sorted(every, key=lambda one: (one.at, one.id), reverse=True)
    if as_json:
        late = {one.last for one in overdue}
        _print_json({"canaries": [{**_record(one), "overdue": one.id in late} for one in ordered]})
        return
    if not ordered:
        say(translation().gettext(message("This case holds no canary.")))
    for one in ordered:
        at = clock.stated(one.at, "UTC", translation())
        template = message("{id}: signed {at}, next due {due}, key {key}")
        if signature_of(one) is None:
            template = message("{id}: of {at}, next due {due}; it was signed elsewhere")
        say(translation().gettext(template, id=one.id, at=at, due=_day(one.due), key=_key(one)))
    for late_one in overdue:
        say(translation().note(late_one.notice), style="bold")


def _record(one: Canary) -> dict[str, object]:
    """For programs; ``key`` is the fingerprint of the key that signed, null where it was signed elsewhere."""
    signed = signature_of(one) is not None
    return {
        "id": one.id,
        "operator": one.operator,
        "at": one.at,
        "due": one.due,
        "text": dict(one.text),
        "key": _key(one) or None,
        "files": [canary_path(one, ending) for ending in ("txt", "sig")] if signed else [],
    }


def _key(one: Canary) -> str:
    found = signature_of(one)
    return fingerprint(found.public) if found is not None else ""


def _day(written: str) -> str:
    return clock.stated(written, "UTC", translation())


def _print_json(record: object) -> None:
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
