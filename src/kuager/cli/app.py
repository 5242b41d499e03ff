"""The commands. Each parses its words, calls one step of ``kuager.case`` and prints what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from kuager.case.adding import add_file, opened
from kuager.case.demonstration import build_founding_case
from kuager.case.derivation import code_version
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import continued_case, new_case, open_case
from kuager.case.settings import Settings
from kuager.cli import answers, collecting, documents, publishing, reader
from kuager.cli.canary import canary
from kuager.cli.classify import classify
from kuager.cli.contributing import contribute, erase, receive, reveal, strip
from kuager.cli.court_pack import make_pack
from kuager.cli.demand import demand
from kuager.cli.evaluate import evaluate
from kuager.cli.keys import keys
from kuager.cli.networks import print_networks
from kuager.cli.notice import notice
from kuager.cli.own_series import detect_series
from kuager.cli.peers import joint_statement, peers
from kuager.cli.proving import bundle, stamp
from kuager.cli.reader import say, working
from kuager.cli.report import report
from kuager.cli.serve import serve
from kuager.cli.transparency import transparency_report
from kuager.cli.verify import verify
from kuager.cli.witness import witness
from kuager.codecs.registry import NAMED
from kuager.errors import KuagerError, UsageError, message
from kuager.model.places import find
from kuager.model.time import parse_utc

INTERRUPTED = 130
WITHOUT_CASE = frozenset(
    {
        "classify",
        "contribute",
        "detect-series",
        "evaluate",
        "form",
        "keys",
        "networks",
        "sources",
        "strip",
        "verify",
        "witness",
    }
)
"""Commands that open no case, so that none is left behind when they stop."""

app = typer.Typer(
    name="kuager",
    help="A witness of internet shutdowns: detects them, proves them and discloses them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_begun: list[str] = []

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="First day (2022-01-02) or moment (…T10:30Z).")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Last day, included, or moment.")]
Kind = Annotated[
    str, typer.Option("--as", metavar="KIND", help=f"What the file is: {', '.join((*NAMED, *documents.KINDS))}.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="en, ru or kk; else as LANG says.")] = None,
) -> None:
    """Set what holds for every command."""
    reader.choose(language)
    _begun[:] = [context.invoked_subcommand or ""]
    if version:
        say(code_version())
        raise typer.Exit


@app.command()
def new(
    case: Folder,
    place: Annotated[list[str], typer.Option(help="Country, region or network: KZ, KZ-75, AS9198. Repeatable.")],
    start: From,
    end: To,
    title: Annotated[str, typer.Option(help="For people; the place and the window when left out.")] = "",
) -> None:
    """Make an empty case about a place and a window of time."""
    made = new_case(case, _settings(place, start, end, title))
    say(answers.made(made, reader.translation()))


@app.command()
def add(
    case: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to add.")],
    kind: Kind,
    place: Annotated[str | None, typer.Option(help="The place, where the file does not say it.")] = None,
    signal: Annotated[str, typer.Option(help="Take only this signal of the file.")] = "",
    meta: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE|FORM", help="What a document is. Repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Seal a file as evidence, then read its series, or what it says of what was ordered, said, owed and done."""
    documents.refuse_other_options(kind, meta, place, signal)
    opened = open_case(case)
    if kind in documents.KINDS:
        documents.add(opened, file, kind, meta or (), as_json=as_json)
        answers.tell_of_new_key(opened, reader.translation())
        return
    with working(message("Sealing and reading…")):
        added = add_file(opened, file, kind, place, signal)
    answers.print_added(added, file.name, reader.translation(), as_json=as_json)
    answers.tell_of_new_key(opened, reader.translation())


@app.command()
def collect(
    case: Folder,
    source: Annotated[list[str] | None, typer.Option(help="Ask only this source. Repeatable.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody; use what is sealed.")] = False,
    as_json: Json = False,
) -> None:
    """Ask public sources, seal what they answer, and say what each gave for each day."""
    opened_case = open_case(case)
    answered = collecting.collect(opened_case, source or (), offline=offline)
    answers.tell_of_new_key(opened_case, reader.translation())
    collecting.print_coverage(opened_case, as_json=as_json)
    collecting.check_answered(answered)


@app.command()
def sources(as_json: Json = False) -> None:
    """List the sources: what each can and cannot see, its limits, licence and key."""
    collecting.print_sources(as_json=as_json)


@app.command()
def networks(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Country or network: KZ, AS9198.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="The day for operators and access; today if not said.")] = "",
    as_json: Json = False,
) -> None:
    """List the networks of a country: holder, operator, access, share of addresses, state as owner."""
    print_networks(place, on, as_json=as_json)


@app.command()
def detect(case: Folder, as_json: Json = False) -> None:
    """Find events in every series and fuse them into episodes."""
    opened = open_case(case)
    with working(message("Detecting…")):
        found = detect_case(opened)
    answers.print_detected(opened, found, reader.translation(), as_json=as_json)


@app.command()
def show(
    case: Folder,
    as_of: Annotated[str, typer.Option(metavar="TIME", help="What was known then (2022-01-06, …T10:30Z).")] = "",
    as_json: Json = False,
) -> None:
    """Tell the story of a case: every signal's states over time, the phases, the sentence."""
    opened = open_case(case)
    if as_of:
        answers.print_as_of(opened, parse_utc(as_of, end_of_day=True), reader.translation(), as_json=as_json)
        return
    answers.print_story(opened, standing(opened), reader.translation(), as_json=as_json)


@app.command()
def publish(
    case: Folder,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would become public.")] = False,
    as_json: Json = False,
) -> None:
    """Write the pages of a case in all its languages, as plain files."""
    publishing.publish(case, dry_run=dry_run, as_json=as_json)


@app.command()
def investigate(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Country, region or network.")],
    start: From,
    end: To,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="What to add.")] = None,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help=f"What they are: {', '.join(NAMED)}.")] = "",
    case: Annotated[Path | None, typer.Option(help="The folder; place and month when left out.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Ask only this source. Repeatable.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody; use what is sealed.")] = False,
) -> None:
    """Ask every source about a place and a time, or read files; then detect, publish and show: all in one."""
    if files and not kind:
        raise UsageError(
            message("It is not said what the files are."),
            remedy=message("Say it with --as KIND: {kinds}."),
            kinds=", ".join(NAMED),
        )
    settings = _settings([place], start, end, "")
    for file in files or ():
        with opened(file):
            pass  # a mistyped name must not leave half a case behind
    folder = case or Path(f"{settings.places[0].lower()}-{settings.start:%Y-%m}")
    goes_on = not files and folder.exists()
    made = continued_case(folder, settings) if not files else new_case(folder, settings)
    if not goes_on:
        say(answers.made(made, reader.translation()))
    for file in files or ():
        with working(message("Sealing and reading…")):
            added = add_file(made, file, kind, None)
        answers.print_added(added, file.name, reader.translation(), as_json=False)
    answered = bool(files) or collecting.collect(made, source or (), offline=offline)
    if not files:
        collecting.print_coverage(made, as_json=False)
    with working(message("Detecting…")):
        found = detect_case(made)
    published = publishing.written(made)
    answers.print_story(made, found, reader.translation(), as_json=False)
    publishing.print_published(published, reader.translation())
    answers.tell_of_new_key(made, reader.translation())
    collecting.check_answered(answered)


@app.command()
def demo(
    case: Annotated[Path, typer.Argument(metavar="[CASE]", help="Where to build it.")] = Path("kz-2022-01"),
) -> None:
    """Build the founding case, Kazakhstan in January 2022, from its documents and simulated signals."""
    with working(message("Building the founding case…")):
        made = build_founding_case(case)
        found = detect_case(made)
    published = publishing.written(made)
    answers.print_story(made, found, reader.translation(), as_json=False)
    publishing.print_published(published, reader.translation())
    answers.tell_of_new_key(made, reader.translation())


app.command()(documents.form)
app.command()(contribute)
app.command()(receive)
app.command()(reveal)
app.command()(erase)
app.command()(strip)
app.command()(stamp)
app.command()(bundle)
app.command(name="court-pack")(make_pack)
app.command()(serve)
app.command()(report)
app.command(name="transparency-report")(transparency_report)
app.command()(peers)
app.command(name="joint-statement")(joint_statement)
app.command()(verify)
app.command()(witness)
app.command()(classify)
app.command()(evaluate)
app.command(name="detect-series")(detect_series)
app.add_typer(keys, name="keys")
app.add_typer(canary, name="canary")
app.add_typer(notice, name="notice")
app.add_typer(demand, name="demand")


def run() -> None:
    """Run a command; a person's mistake ends in one clear message, never in a traceback."""
    try:
        outcome = app(standalone_mode=False)
        if outcome == INTERRUPTED:  # Typer swallows Ctrl-C and gives back this number
            raise KeyboardInterrupt
        sys.exit(outcome)
    except TyperException as error:
        reader.tell(UsageError("{what}", remedy=message("See: kuager --help"), what=error.format_message()))
        sys.exit(error.exit_code)
    except KuagerError as error:
        reader.tell(error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        again = message("The case opens; run the same command again.")
        if _without_case():
            again = message("Run the same command again.")
        reader.tell(KuagerError(message("Stopped."), remedy=again))
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has heard enough; Python would complain while closing stdout
        sys.exit(0)
    except OSError as error:
        look = message("Look at the disk's space and at your permissions; the case opens as it was before.")
        if _without_case():
            look = message("Look at the disk's space and at your permissions.")
        reason = error.strerror or type(error).__name__
        reader.tell(KuagerError(message("The system refused: {reason}."), remedy=look, reason=reason))
        sys.exit(1)


def _without_case() -> bool:
    """Whether no case is worked on: by such a command, or because none has begun while the program is loading."""
    return not _begun or bool(WITHOUT_CASE.intersection(_begun))


def _settings(places: list[str], start: str, end: str, title: str) -> Settings:
    codes = tuple(dict.fromkeys(find(code).code for code in places))
    return Settings(title, codes, parse_utc(start), parse_utc(end, end_of_day=True))
