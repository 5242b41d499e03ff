"""``kuager notice``: what an operator says of a disruption, from its first sentence to its last, with all versions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from kuager.accountability.notices import NoticeHistory
from kuager.accountability.rows.disclosure import Notice, NoticeState
from kuager.accountability.rows.row import Status
from kuager.case.adding import opened as opened_file
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, open_case
from kuager.case.notices import check_notice, notice_of, notices_of
from kuager.case.notices import say as seal
from kuager.case.operators import known_operators
from kuager.case.saying import as_said, notice_form, notice_of_said, opened_for, read_said, together
from kuager.cli import answers, publishing
from kuager.cli.asking import ask, with_clocks
from kuager.cli.notice_printing import (
    print_facts,
    print_history,
    print_json,
    print_list,
    print_messages,
    print_preview,
    version_record,
)
from kuager.cli.reader import say, tell, translation, working
from kuager.errors import CaseError, CodecError, KuagerError, UsageError, message
from kuager.model.time import format_utc
from kuager.publications import clock
from kuager.publications.site import addresses

_LARGEST_FILE = 2**20

notice = typer.Typer(no_args_is_help=True, help="Say that service is disrupted, how it stands, and that it is back.")

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case; made when it is not there.")]
Name = Annotated[str, typer.Argument(metavar="NOTICE", help="The name of the notice.")]
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="What is said, in TOML: kuager notice form.")]
Operator_ = Annotated[str, typer.Option("--operator", metavar="ID", help="Whose notice it is.")]
Effect_ = Annotated[str, typer.Option("--effect", help="cut, slowed or blocked.")]
State = Annotated[str, typer.Option("--state", help="investigating, identified, monitoring or resolved.")]
Start = Annotated[str, typer.Option("--start", metavar="TIME", help="…T10:30Z, 14:30 by the clocks there, now.")]
End = Annotated[str, typer.Option("--end", metavar="TIME", help="As --start.")]
Networks = Annotated[list[str] | None, typer.Option("--network", metavar="AS", help="Repeatable.")]
Access_ = Annotated[str, typer.Option("--access", help="mobile, fixed or mixed.")]
Places = Annotated[list[str] | None, typer.Option("--place", help="KZ, KZ-75. Repeatable.")]
Services = Annotated[list[str] | None, typer.Option("--service", help="A name, or all. Repeatable.")]
Reason_ = Annotated[str, typer.Option("--reason", help="order, fault, damage, power, work, attack or unknown.")]
Law = Annotated[str, typer.Option("--legal-basis", metavar="LAW", help="Law and article.")]
Authority = Annotated[str, typer.Option("--authority", help="Who demanded it.")]
Contact = Annotated[str, typer.Option("--contact", help="Whom people can turn to.")]
Remedy = Annotated[str, typer.Option("--remedy", metavar="TEXT", help="What people get for it.")]
Secret = Annotated[
    list[str] | None,
    typer.Option("--withheld", metavar="FACT=LAW", help="What may not be told, and by which law. Repeatable."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Seal and publish nothing; print what would be said.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@notice.command()
def new(
    case: Folder,
    file: File = None,
    operator: Operator_ = "",
    effect: Effect_ = "",
    state: State = "",
    start: Start = "",
    end: End = "",
    network: Networks = None,
    access: Access_ = "",
    place: Places = None,
    service: Services = None,
    reason: Reason_ = "",
    legal_basis: Law = "",
    authority: Authority = "",
    contact: Contact = "",
    remedy: Remedy = "",
    withheld: Secret = None,
    name: Annotated[str, typer.Option("--id", help="Its name; operator and day when left out.")] = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Say that service is disrupted: from a file, from options, or answering questions. It is sealed and published."""
    now, operators = datetime.now(UTC), known_operators([case])
    said = with_clocks(together(_read(file), _flags(locals())), operators, now)
    if file is None and sys.stdin.isatty():
        said = ask(said, operators, now)
    named = notice_of_said(said, operators, now)
    check_notice(named, operators)
    if dry_run:
        print_preview(named, operators, as_json=as_json)
        return
    opened = opened_for(case, named, now)
    if not said.get("id"):
        named = msgspec.structs.replace(named, id=_free(named.id, notices_of(opened)))
    _said(opened, named, as_json=as_json)


@notice.command()
def update(
    case: Folder,
    name: Name,
    file: File = None,
    effect: Effect_ = "",
    state: State = "",
    start: Start = "",
    end: End = "",
    network: Networks = None,
    access: Access_ = "",
    place: Places = None,
    service: Services = None,
    reason: Reason_ = "",
    legal_basis: Law = "",
    authority: Authority = "",
    contact: Contact = "",
    remedy: Remedy = "",
    withheld: Secret = None,
    withdrawn: Annotated[str, typer.Option("--withdrawn", metavar="WHY", help="Take the notice back.")] = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Say what is new. The earlier versions stay, each with the moment in which it was said."""
    opened = open_case(case)
    newest = notice_of(opened, name).newest
    file_said = _read(file)
    base = {"id": name, "operator": newest.operator} if file_said else as_said(newest)
    said = together({**base, "version": newest.version + 1}, file_said, _flags(locals()))
    if withdrawn:
        said |= {"status": Status.WITHDRAWN.value, "doubt": {translation().code: withdrawn}}
    now, operators = datetime.now(UTC), known_operators([opened.path])
    following = notice_of_said(with_clocks(said, operators, now), operators, now)
    if dry_run:
        check_notice(following, operators)
        print_preview(following, operators, as_json=as_json)
        return
    _said(opened, following, as_json=as_json)


@notice.command()
def end(
    case: Folder,
    name: Name,
    end: Annotated[str, typer.Option("--end", metavar="TIME", help="When service was back: as --start of new.")] = "",
    remedy: Remedy = "",
    as_json: Json = False,
) -> None:
    """Say that service is back, and since when."""
    opened = open_case(case)
    newest = notice_of(opened, name).newest
    if not end and sys.stdin.isatty():
        end = typer.prompt(translation().gettext(message("Since when is it back (now, 14:30, …T10:30Z, unknown)")))
    if not end:
        raise UsageError(
            message("It is not said when service was back."),
            remedy=message("Say it: --end now, --end 14:30 by the clocks there, or --end 2026-01-05T10:30Z."),
        )
    over = {"state": NoticeState.RESOLVED.value, "version": newest.version + 1}
    said = together(as_said(newest), over, _flags({"end": end, "remedy": remedy}))
    now, operators = datetime.now(UTC), known_operators([opened.path])
    _said(opened, notice_of_said(with_clocks(said, operators, now), operators, now), as_json=as_json)


@notice.command()
def show(
    case: Folder,
    name: Annotated[str, typer.Argument(metavar="[NOTICE]", help="The name of one.")] = "",
    as_json: Json = False,
) -> None:
    """Print the notices of a case, or one with all its versions: when each was said, and what it changed."""
    opened = open_case(case)
    if not name:
        print_list(notices_of(opened), as_json=as_json)
        return
    history = notice_of(opened, name)
    if as_json:
        versions = [version_record(history, number) for number in range(len(history.versions))]
        print_json({"id": history.id, "versions": versions})
        return
    print_history(history, known_operators([opened.path]))


@notice.command()
def form(
    case: Annotated[Path | None, typer.Argument(metavar="[CASE]", help="The folder of the case.")] = None,
    name: Annotated[str, typer.Argument(metavar="[NOTICE]", help="Fill it in with this one, to be updated.")] = "",
) -> None:
    """Print the form of a notice, to be filled in: a draft can lie ready long before it is needed."""
    newest = notice_of(open_case(case), name).newest if case is not None and name else None
    say(notice_form(newest).rstrip("\n"))


def _flags(given: dict[str, Any]) -> dict[str, Any]:
    """What options say, by the names of fields."""
    renamed = {"network": "networks", "place": "places", "service": "services", "name": "id"}
    ours = set(Notice.__struct_fields__) | renamed.keys()
    said = {renamed.get(key, key): value for key, value in given.items() if key in ours and value}
    if "remedy" in said:
        said["remedy"] = {translation().code: said["remedy"]}
    if "withheld" in said:
        said["withheld"] = dict(_pair(one) for one in said["withheld"])
    return said


def _pair(written: str) -> tuple[str, str]:
    fact, _, law = written.partition("=")
    return fact.strip().replace("-", "_"), law.strip()


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    with opened_file(file) as stream:
        data = stream.read(_LARGEST_FILE + 1)
    try:
        return read_said(data)
    except CodecError as error:
        raise error.in_file(file.name) from error


def _free(name: str, known: Sequence[NoticeHistory]) -> str:
    """A name that no notice has: a second one of the same day is told apart by a number."""
    taken, number, free = {one.id for one in known}, 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _said(case: Case, said: Notice, *, as_json: bool) -> None:
    """Seal a version, publish the case, and print what was said; what cannot be published stays sealed."""
    operators = known_operators([case.path])
    with working(message("Sealing…")):
        version = seal(case, said)
    failed: KuagerError | OSError | None = None
    try:
        _publish(case)
    except (KuagerError, OSError) as error:
        failed = error
    except KeyboardInterrupt:  # whoever ran the same command again would say everything twice
        failed = KuagerError(message("Stopped."))
    page = case.public / addresses.notice(case.settings.languages[0], said.id)
    shown = failed is None and page.is_file()
    if as_json:
        record = {
            "notice": said.id,
            "version": said.version,
            "said": format_utc(version.known),
            "page": str(page) if shown else None,
        }
        print_json(record)
    else:
        print_facts(said, operators)
        print_messages(said, operators)
        reader = translation()
        line = message("Said {time}: {notice}, version {version}.")
        say(reader.gettext(line, time=clock.utc(version.known, reader.locale), notice=said.id, version=said.version))
        if shown:
            say(reader.gettext(message("Published. Open {address}"), address=str(page)))
            say(reader.gettext(message("Put the folder {folder} where people can reach it."), folder=str(case.public)))
        elif failed is None:
            held = message("Sealed, and held back: the rules of publication of this case leave it out for now.")
            say(reader.gettext(held))
    answers.tell_of_new_key(case, translation())
    if failed is not None:
        sealed = message("The notice is sealed. It could not be published:")
        again = message("Do not say it again: mend what follows, then run kuager publish {case}.")
        tell(KuagerError(sealed, remedy=again, case=str(case.path)))
        raise failed


def _publish(case: Case) -> None:
    try:
        standing(case)
    except CaseError:
        with working(message("Detecting…")):
            detect_case(case)
    publishing.written(case)
