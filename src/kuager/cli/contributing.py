"""``kuager contribute``, ``receive``, ``reveal``, ``erase`` and ``strip``: for sources who must stay unknown."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kuager.case import contributing
from kuager.case.consent import Consent
from kuager.case.folder import Case, open_case
from kuager.cli.keys import passphrase_of
from kuager.cli.reader import results, say, tell, translation, working
from kuager.errors import KeyUnusable, UsageError, message
from kuager.evidence.private.contributors import read_contribution
from kuager.model.time import format_utc, from_epoch

_AGREED = {
    Consent.SEALED: message("kept, and nothing opened"),
    Consent.COURT: message("fields opened for a court that keeps them, in confidential bundles"),
    Consent.PUBLIC: message("fields opened in any bundle"),
}
_FEARED = message("What could happen, they say: {risk}")

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Number = Annotated[int, typer.Argument(metavar="ENTRY", help="The number of the entry in the log.")]


def contribute(
    to: Annotated[list[str], typer.Option(metavar="RECIPIENT", help="age1…, of a curator. Two or more.")],
    into: Annotated[Path, typer.Option(metavar="PARCEL", help="The file to be made.")],
    file: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Originals; names are not told.")
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option("--say", metavar="NAME=VALUE", help="A field that can be opened later. Repeatable."),
    ] = None,
    consent: Annotated[str, typer.Option(help="How far it may go: sealed (kept, no more), court, or public.")] = "",
    risk: Annotated[str, typer.Option(metavar="WORDS", help="What could happen to anybody if it became known.")] = "",
) -> None:
    """Seal files and words for curators, on your own machine and without asking anybody."""
    if sys.stdin.isatty():
        told = translation()
        consent = consent or str(typer.prompt(told.gettext(message("How far may it go (sealed, court, public)"))))
        asked = message("What could happen to anybody if it became known")
        risk = risk or str(typer.prompt(told.gettext(asked)))
    with working(message("Sealing…")):
        size = contributing.contribute(file or (), said or (), to, into, consent, risk)
    told = translation()
    say(told.gettext(message("Sealed into {path}: {size} bytes."), path=str(into), size=size))
    say(told.gettext(message("Whoever finds it on you finds that you made it. Hand it over, then delete it.")))


def receive(
    case: Folder,
    parcel: Annotated[Path | None, typer.Argument(metavar="[PARCEL]", help="What somebody handed over.")] = None,
    identity: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your identity of age (age-keygen); it is not kept.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Enter what is due: for a timer, every hour.")] = False,
    as_json: Json = False,
) -> None:
    """Take a parcel into a case, for the next batch; or enter the batches that are due."""
    if due == (parcel is not None) or (parcel is None) != (identity is None):
        raise UsageError(
            message("It is not clear what is to be received."),
            remedy=message("kuager receive CASE PARCEL --identity FILE, or kuager receive CASE --due."),
        )
    opened = open_case(case)
    if parcel is None or identity is None:
        _enter_due(opened, as_json=as_json)
        return
    with working(message("Opening and sealing…")):
        leaf = contributing.receive(opened, parcel, identity, int(time.time()))
    _print_received(opened, leaf, as_json=as_json)


def reveal(
    case: Folder,
    entry: Annotated[int | None, typer.Argument(metavar="[ENTRY]", help="The number of the entry in the log.")] = None,
    field: Annotated[list[str] | None, typer.Argument(metavar="[FIELD]...", help="What bundles may tell.")] = None,
    as_json: Json = False,
) -> None:
    """Open fields of a contribution in the bundles that are made from now on; or list what can be opened."""
    opened = open_case(case)
    if entry is None or not field:
        _print_kept([one for one in contributing.kept(opened) if entry in (None, one.index)], as_json=as_json)
        return
    names = contributing.reveal(opened, entry, field)
    if as_json:
        _print_json({"entry": entry, "revealed": names})
        return
    told = translation()
    line = message("Bundles open these fields of entry {index} from now on: {fields}")
    say(told.gettext(line, index=entry, fields=", ".join(names)))
    say(told.gettext(message("Next: kuager bundle {case}"), case=str(case)))


def erase(
    case: Folder,
    entry: Number,
    field: Annotated[list[str], typer.Argument(metavar="FIELD...", help="What nobody shall be able to open.")],
    because: Annotated[str, typer.Option(metavar="WORDS", help="Why; everyone can read it.")],
    as_json: Json = False,
) -> None:
    """Destroy fields of a contribution for good, and the originals that they commit to. The log stays provable."""
    erased, signed = contributing.erase(open_case(case), entry, field, because, _passphrase())
    if as_json:
        _print_json({"entry": entry, "erased": erased, "signed": signed})
        return
    told = translation()
    line = message("Erased of entry {index}: {fields}")
    say(told.gettext(line, index=entry, fields=", ".join(erased)))
    if not signed:
        say(told.gettext(message("The log says so, and is signed when its key can be used: kuager stamp CASE.")))
    say(told.gettext(message("Copies of the case, parcels and bundles are not in reach: destroy them where they are.")))


def strip(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture or a plain text.")],
    into: Annotated[Path, typer.Option(metavar="OUT", help="The file to be made.")],
    identity: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your identity of age, for a sealed original.")
    ] = None,
) -> None:
    """Write what may be made public of a file, its pixels or its words, to look at it."""
    size = contributing.strip(file, into, identity)
    told = translation()
    say(told.gettext(message("Wrote {path}: {size} bytes, and nothing that came along."), path=str(into), size=size))
    say(told.gettext(message("Look at it before you publish it: what is seen or said in it is still there.")))


def _enter_due(case: Case, *, as_json: bool) -> None:
    with working(message("Entering…")):
        count = contributing.enter_due(case, int(time.time()))
    if as_json:
        _print_json({"entered": count})
        return
    say(translation().gettext(message("Entries made of contributions, dummies among them: {count}."), count=count))


def _print_received(case: Case, leaf: bytes, *, as_json: bool) -> None:
    """That it is kept, and the receipt; where the key cannot be used, why there is none."""
    start = read_contribution(leaf)[1]
    due = format_utc(from_epoch(start + case.settings.contributions.interval_s))
    refused: KeyUnusable | None = None
    receipt = None
    try:
        receipt = contributing.receipt(case, leaf, passphrase_of("log"))
    except KeyUnusable as error:
        refused = error
    consent, risk = contributing.agreed(case, leaf)
    if as_json:
        record = {"batch": format_utc(from_epoch(start)), "due": due, "receipt": receipt}
        _print_json({**record, "consent": (consent or Consent.SEALED).value, "risk": risk})
    else:
        told = translation()
        line = message("Kept. It becomes an entry of the log with its batch, after {time}.")
        say(told.gettext(line, time=due))
        if consent is None:
            say(told.gettext(message("Its contributor did not say how far it may go: nothing of it can be opened.")))
        else:
            say(told.gettext(message("Its contributor agreed to: {consent}."), consent=told.gettext(_AGREED[consent])))
        say(told.gettext(_FEARED, risk=risk or "–"))
        if receipt is not None:
            say(told.gettext(message("The receipt, to be kept where it can be denied:")))
            results.file.write(f"\n{receipt}")
    if refused is not None:
        tell(refused)


def _print_kept(kept: list[contributing.Kept], *, as_json: bool) -> None:
    if as_json:
        _print_json({"entries": [msgspec.to_builtins(one) for one in kept]})
        return
    told = translation()
    if not kept:
        say(told.gettext(message("No entry has fields that can be opened here.")))
    for one in kept:
        line = message("Entry {index}, batch of {batch}: {fields}")
        say(told.gettext(line, index=one.index, batch=one.batch, fields=", ".join(one.fields) or "–"))
        say(told.gettext(message("  agreed to: {consent}"), consent=told.gettext(_AGREED[Consent(one.consent)])))
        say("  " + told.gettext(_FEARED, risk=one.risk or "–"))
        if one.revealed:
            say(told.gettext(message("  opened in bundles: {fields}"), fields=", ".join(one.revealed)))
        for path in one.originals:
            say(told.gettext(message("  sealed original: {path}"), path=path))


def _passphrase() -> str | None:
    """Of the log's key; None where it is open, or locked with nobody to ask: what is erased does not wait for it."""
    try:
        return passphrase_of("log")
    except KeyUnusable:
        return None


def _print_json(record: object) -> None:
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
