"""``kuager stamp`` and ``kuager bundle``: having a log vouched for, and packing what proves a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from kuager.case.adding import opened as reading
from kuager.case.anchors import read_anchors
from kuager.case.bundling import Bundled, Chosen, bundle_case
from kuager.case.folder import open_case
from kuager.case.manners import settings_file
from kuager.case.stamping import (
    AUTHORITY,
    CALENDARS,
    WITNESS,
    Stamped,
    request_for_witness,
    stamp_case,
    take_cosignatures,
)
from kuager.cli.keys import passphrase_of
from kuager.cli.reader import results, say, translation, working
from kuager.errors import message
from kuager.evidence.durable import write_new
from kuager.evidence.witness.request import LARGEST_REQUEST
from kuager.model.time import format_utc

_HOW = {WITNESS: message("witness"), AUTHORITY: message("authority"), CALENDARS: message("Bitcoin")}
_WITHHELD = {
    "identifying": message("could point at a volunteer"),
    "terms": message("the terms of its source let nobody pass it on"),
    "sealed": message("only the recipients of the sealed original can open it"),
}


def stamp(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")],
    offline: Annotated[bool, typer.Option("--offline", help="Sign, ask nobody, and say what is missing.")] = False,
    for_witness: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a request for a witness without a network.")
    ] = None,
    seen: Annotated[int, typer.Option(min=0, metavar="N", help="How many entries that witness saw before.")] = 0,
    cosignature: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take the lines that a witness handed back.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Sign the log's head, have it cosigned by witnesses and stamped by authorities; say what is missing."""
    opened, anchors = open_case(case), read_anchors(settings_file())
    if cosignature is not None:
        with reading(cosignature) as stream:
            names = take_cosignatures(opened, anchors, stream.read(LARGEST_REQUEST))
        say(translation().gettext(message("Cosigned by: {names}."), names=", ".join(names)))
    with working(message("Signing and stamping…")):
        quiet = offline or for_witness is not None or cosignature is not None
        stamped = stamp_case(opened, anchors, passphrase_of("log"), offline=quiet)
    if for_witness is not None:
        write_new(for_witness, request_for_witness(opened, seen))
    if as_json:
        print_json(_record(stamped))
    else:
        _print_stamped(stamped, case)


def bundle(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")],
    episode: Annotated[str, typer.Option(metavar="ID", help="Only what this episode rests on.")] = "",
    entry: Annotated[int | None, typer.Option(metavar="N", help="Only what this claim of the log rests on.")] = None,
    into: Annotated[Path | None, typer.Option(metavar="PATH", help="A folder, or a file ending in .zip.")] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Hold back nothing: for a court or an expert, never to publish.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Pack what proves a case, an episode or a claim, to be checked offline and without Kuager."""
    opened = open_case(case)
    chosen = Chosen(episode, entry, confidential)
    place = into or Path(f"{episode or opened.name}-bundle")
    with working(message("Writing the bundle…")):
        bundled = bundle_case(opened, chosen, place, read_anchors(settings_file()), passphrase_of("custodian"))
    if as_json:
        record = {"path": str(bundled.path), "files": bundled.files, "entries": bundled.entries}
        withheld = [msgspec.to_builtins(one) for one in bundled.withheld]
        print_json({**record, "withheld": withheld, "fingerprints": bundled.fingerprints})
    else:
        _print_bundled(bundled, confidential=confidential)


def _print_stamped(stamped: Stamped, case: Path) -> None:
    told = translation()
    say(told.gettext(message("Signed: {count} entries."), count=stamped.size))
    if stamped.unsigned:
        say(told.gettext(message("Not signed yet: {count} entries."), count=stamped.unsigned))
    if stamped.locked is not None:
        reason = stamped.locked.diagnostics(told.gettext)
        say(f"{reason.happened} {reason.remedy}".strip())
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in stamped.vouched:
        known = format_utc(one.time) if one.time is not None else told.gettext(message("nothing yet"))
        table.add_row(one.who, told.gettext(_HOW[one.how]), known, told.note(one.note) if one.note else "")
    if stamped.vouched:
        results.print(table)
    if not stamped.enough:
        say(
            told.gettext(
                message(
                    "The head is not vouched for enough: it takes the witnesses of the policy and two authorities "
                    "that have nothing to do with each other. Name them in {file}, and run kuager stamp {case} again."
                ),
                file=str(settings_file()),
                case=str(case),
            )
        )


def _print_bundled(bundled: Bundled, *, confidential: bool) -> None:
    told = translation()
    wrote = message("Wrote {path}: {files} files, {entries} entries of the log, each with its proof.")
    say(told.gettext(wrote, path=str(bundled.path), files=bundled.files, entries=bundled.entries))
    print_held_back(bundled, confidential=confidential)
    say(told.gettext(message("Check it: kuager verify {path}, or sh verify.sh in it."), path=str(bundled.path)))


def print_held_back(bundled: Bundled, *, confidential: bool) -> None:
    """What is not in a bundle and why, that it is not to be published, and whose keys signed."""
    told = translation()
    for reason, words in _WITHHELD.items():
        count = sum(one.reason == reason for one in bundled.withheld)
        if count:
            template = message("Objects held back: {count} ({reason}).")
            say(told.gettext(template, count=count, reason=told.gettext(words)))
    if confidential:
        say(told.gettext(message("It holds addresses and identifiers of volunteers. Do not publish it.")))
    for name, fingerprint in bundled.fingerprints.items():
        say(told.gettext(message("Fingerprint of the {role} key: {fingerprint}"), role=name, fingerprint=fingerprint))


def _record(stamped: Stamped) -> dict[str, object]:
    return {
        "signed": stamped.size,
        "unsigned": stamped.unsigned,
        "vouched": [
            {"who": one.who, "how": one.how, "time": format_utc(one.time) if one.time is not None else None}
            for one in stamped.vouched
        ],
        "enough": stamped.enough,
    }


def print_json(record: object) -> None:
    """A result for a program."""
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
