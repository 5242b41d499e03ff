"""``kuager demand``: what authorities demand, in a log that is sealed, and of which single fields can be opened."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kuager.accountability.demand_checks import REQUIRED, SAYABLE
from kuager.accountability.demands import DemandKind
from kuager.case.demand_export import export_demand
from kuager.case.demand_saying import demand_form, read_demand
from kuager.case.demand_writing import SealedEntry, add_demand, open_demand, update_demand
from kuager.case.demands import opened_fields, reading
from kuager.case.folder import open_case
from kuager.case.private_files import identities_of
from kuager.cli.asking import spoken_time
from kuager.cli.demand_printing import print_closed, print_log
from kuager.cli.notice_printing import print_json
from kuager.cli.reader import say, translation, working
from kuager.errors import message

demand = typer.Typer(no_args_is_help=True, help="Keep a sealed log of what authorities demand, and open what you may.")

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")]
Name = Annotated[str, typer.Argument(metavar="DEMAND", help="The id of the demand.")]
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="What is said, in TOML: kuager demand form.")]
To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="RECIPIENT", help="age1…, of who may read it. Two or more; known later."),
]
Copies = Annotated[list[Path] | None, typer.Option("--copy", metavar="FILE", help="A document. Repeatable.")]
Identity = Annotated[Path, typer.Option("--identity", metavar="FILE", help="Your identity of age; it is not kept.")]
Authority = Annotated[str | None, typer.Option("--authority", help="Who demands it.")]
Office = Annotated[str | None, typer.Option("--office", help="Of the official, never a name.")]
Law = Annotated[str | None, typer.Option("--legal-basis", metavar="LAW", help="Law and article.")]
Kind = Annotated[str | None, typer.Option("--kind", help="cut, slow or block.")]
Places = Annotated[list[str] | None, typer.Option("--place", help="KZ, KZ-75. Repeatable.")]
Networks = Annotated[list[str] | None, typer.Option("--network", metavar="AS", help="Repeatable.")]
Services = Annotated[list[str] | None, typer.Option("--service", help="A name, or all. Repeatable.")]
Received = Annotated[str | None, typer.Option("--received", metavar="TIME", help="…T10:30Z, a day, 14:30, now.")]
Executed = Annotated[str | None, typer.Option("--executed", metavar="TIME", help="When service was changed.")]
Ended = Annotated[str | None, typer.Option("--ended", metavar="TIME", help="When service was given back.")]
Decided = Annotated[str | None, typer.Option("--decision", help="pending, complied, partly or refused.")]
Challenged = Annotated[str | None, typer.Option("--challenged", metavar="TIME", help="When it was challenged.")]
Court = Annotated[str | None, typer.Option("--challenged-where", metavar="COURT", help="Before whom.")]
Result = Annotated[str | None, typer.Option("--challenge-result", metavar="TEXT", help="How that ended.")]
Gagged = Annotated[str | None, typer.Option("--gag", help="none, content or existence.")]
GagLaw = Annotated[str | None, typer.Option("--gag-basis", metavar="LAW", help="Law and article of the gag.")]
GagEnd = Annotated[str | None, typer.Option("--gag-until", metavar="TIME", help="Until when it runs.")]
Remark = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="For those who may read the log.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]

_RENAMED = {"place": "places", "network": "networks", "service": "services"}
_CLOCKS = ("received", "executed", "ended", "challenged", "gag_until")
_QUESTIONS = {
    "authority": message("Who demanded it"),
    "kind": message("What is demanded (cut, slow, block)"),
    "received": message("When was it received (now, 14:30 by the clocks there, 2026-01-05T10:30Z)"),
}


@demand.command()
def add(
    case: Folder,
    file: File = None,
    to: To = None,
    authority: Authority = None,
    office: Office = None,
    legal_basis: Law = None,
    kind: Kind = None,
    place: Places = None,
    network: Networks = None,
    service: Services = None,
    received: Received = None,
    executed: Executed = None,
    ended: Ended = None,
    decision: Decided = None,
    challenged: Challenged = None,
    challenged_where: Court = None,
    challenge_result: Result = None,
    gag: Gagged = None,
    gag_basis: GagLaw = None,
    gag_until: GagEnd = None,
    note: Remark = None,
    copy: Copies = None,
    as_json: Json = False,
) -> None:
    """Seal a demand: from a file, from options, or answering questions. What options say is seen by this machine."""
    flags = dict(locals())
    opened = open_case(case)
    said = _together(file, flags)
    if sys.stdin.isatty():
        said = _asked(said)
    with working(message("Sealing…")):
        sealed = add_demand(opened, said, copy or (), to or (), datetime.now(UTC))
    _print_sealed(sealed, file, as_json=as_json)


@demand.command()
def update(
    case: Folder,
    name: Name,
    identity: Identity,
    file: File = None,
    to: To = None,
    authority: Authority = None,
    office: Office = None,
    legal_basis: Law = None,
    kind: Kind = None,
    place: Places = None,
    network: Networks = None,
    service: Services = None,
    received: Received = None,
    executed: Executed = None,
    ended: Ended = None,
    decision: Decided = None,
    challenged: Challenged = None,
    challenged_where: Court = None,
    challenge_result: Result = None,
    gag: Gagged = None,
    gag_basis: GagLaw = None,
    gag_until: GagEnd = None,
    note: Remark = None,
    copy: Copies = None,
    as_json: Json = False,
) -> None:
    """Seal what is new of a demand. What was sealed before stays as it is."""
    flags = dict(locals())
    opened = open_case(case)
    said = _together(file, flags)
    with working(message("Sealing…")):
        sealed = update_demand(opened, name, said, copy or (), to or (), identity, datetime.now(UTC))
    _print_sealed(sealed, file, as_json=as_json)


@demand.command(name="list")
def list_(
    case: Folder,
    identity: Annotated[
        Path | None, typer.Option("--identity", metavar="FILE", help="Your identity of age; it is not kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print every demand that an identity opens; without one, how many sealed entries there are."""
    opened = open_case(case)
    if identity is None:
        print_closed(len(opened.entrusted.closed()), opened_fields(opened), as_json=as_json)
        return
    with working(message("Opening…")):
        read = reading(opened, identities_of(identity))
    print_log(read, opened_fields(opened), datetime.now(UTC), as_json=as_json)


@demand.command(name="open")
def open_(
    case: Folder,
    name: Name,
    field: Annotated[list[str], typer.Argument(metavar="FIELD...", help="What everyone may read from now on.")],
    identity: Identity,
    as_json: Json = False,
) -> None:
    """Open fields of a demand to the public; the rest stays closed."""
    entries = open_demand(open_case(case), name, field, identity, datetime.now(UTC))
    if as_json:
        print_json({"demand": name, "opened": [{"entry": one.entry, "fields": list(one.fields)} for one in entries]})
        return
    told = translation()
    line = message("Bundles and published files open these fields of entry {index} from now on: {fields}")
    for one in entries:
        say(told.gettext(line, index=one.entry, fields=", ".join(one.fields)))
    say(told.gettext(message("Next: kuager publish {case}, kuager bundle {case}"), case=str(case)))


@demand.command()
def export(
    case: Folder,
    name: Name,
    identity: Identity,
    into: Annotated[Path, typer.Option("--into", metavar="FILE", help="The file to be made.")],
) -> None:
    """Write one demand into a file for one reader, in the shape of Lumen, with all that opens it."""
    gagged = export_demand(open_case(case), name, identity, into, datetime.now(UTC))
    told = translation()
    say(told.gettext(message("Wrote {path}. It is not sealed: whoever has it can read all of the demand."), path=into))
    if gagged:
        say(told.gettext(message("A gag on this demand still runs. Ask your lawyer before you hand it to anybody.")))


@demand.command()
def form() -> None:
    """Print the form of a demand, to be filled in."""
    say(demand_form().rstrip("\n"))


def _together(file: Path | None, flags: Mapping[str, Any]) -> dict[str, Any]:
    """What a file and options say; options count more."""
    said = read_demand(file) if file else {}
    return {**said, **_flags(flags, said)}


def _flags(given: Mapping[str, Any], file_said: Mapping[str, Any]) -> dict[str, Any]:
    """What options say, by the names of fields; times of day are those of the first place that is named."""
    said = {_RENAMED.get(name, name): value for name, value in given.items() if value is not None}
    said = {name: value for name, value in said.items() if name in SAYABLE}
    places = said.get("places") or file_said.get("places") or ()
    for name in _CLOCKS:
        if said.get(name):
            said[name] = spoken_time(said[name], next(iter(places), ""))
    return said


def _asked(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, with answers to what every demand needs and was not said."""
    told, found = translation(), dict(said)
    for name in (one for one in REQUIRED if not found.get(one)):
        question = told.gettext(_QUESTIONS[name])
        answer = str(typer.prompt(question)).strip()
        while name == "kind" and answer not in set(DemandKind):
            answer = str(typer.prompt(question)).strip()
        found[name] = answer
    return found | _flags({name: value for name, value in found.items() if name not in said}, said)


def _print_sealed(sealed: SealedEntry, file: Path | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"demand": sealed.demand, "due": sealed.due})
        return
    told = translation()
    say(told.gettext(message("Sealed as {demand}."), demand=sealed.demand))
    say(told.gettext(message("Kept. It becomes an entry of the log with its batch, after {time}."), time=sealed.due))
    if file is not None:
        say(told.gettext(message("{file} is not sealed: delete it."), file=file.name))
