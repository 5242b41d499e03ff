"""``kuager transparency-report``: a report on demands, or a check of one that somebody published."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from kuager.accountability.transparency.checking import LARGEST, findings, read
from kuager.accountability.transparency.report import Report
from kuager.accountability.transparency.totals import NUMBERS
from kuager.case.adding import opened
from kuager.case.folder import open_case
from kuager.case.transparency import report_of, write_report
from kuager.cli.reader import results, say, translation, working
from kuager.errors import CodecError, UsageError, message
from kuager.publications.transparency.pages import NUMBER
from kuager.publications.wording.notices import WITHHELD

WRONG = 3
_SHAPE = {True: "✓", False: "✗", None: "○"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def transparency_report(
    case: Annotated[Path | None, typer.Argument(metavar="[CASE]", help="The folder of the case.")] = None,
    operator: Annotated[str, typer.Option(metavar="ID", help="Whose report it is.")] = "",
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, included.")] = "",
    identity: Annotated[Path | None, typer.Option(metavar="FILE", help="Your identity of age; it is not kept.")] = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER=LAW", help=f"A number that the law forbids to tell: {', '.join(NUMBERS)}."),
    ] = None,
    into: Annotated[Path | None, typer.Option(metavar="FOLDER", help="To be made.")] = None,
    check: Annotated[Path | None, typer.Option(metavar="FILE", help="Check a published report.json instead.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Report on demands from the sealed log, or check a report that was published."""
    if check is not None:
        _check(check, as_json=as_json)
        return
    if case is None or not operator or not first or not last or identity is None:
        raise UsageError(
            message("It is not said of what to report."),
            remedy=message(
                "kuager transparency-report CASE --operator ID --from DAY --to DAY --identity FILE, or --check FILE."
            ),
        )
    days = _day(first), _day(last)
    folder = into or Path(f"transparency-{operator}-{first}-{last}")
    case_opened = open_case(case)
    with working(message("Reading the log of demands…")):
        made = report_of(case_opened, operator, *days, identity, dict(_pair(one) for one in withhold or ()))
    with working(message("Writing the report…")):
        files = write_report(made, folder, case_opened.settings.languages)
    if as_json:
        counted = made.counted
        private = {"not_told": counted.untold, "outside_of_period": counted.outside}
        record = {"folder": str(folder), "files": list(files), "only_for_you": private}
        results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        return
    _print(made, folder)


def _print(made: Report, folder: Path) -> None:
    """What the report tells and withholds; and, for the officer only, how that adds up to the log."""
    reader = translation()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name in NUMBERS:
        one = made.told.totals[name]
        value = reader.number(one.value) if one.value is not None else reader.gettext(WITHHELD, basis=one.basis)
        table.add_row(Text(reader.gettext(NUMBER[name])), Text(value))
    results.print(table)
    counted = made.counted
    say(
        reader.gettext(
            message(
                "Only for you: the log holds {all} demands; {counted} are counted, {outside} are of other times,"
                " {untold} may not even be counted."
            ),
            all=counted.totals["received"] + counted.untold + counted.outside,
            counted=counted.totals["received"],
            outside=counted.outside,
            untold=counted.untold,
        )
    )
    say(reader.gettext(message("Wrote the report into {folder}. Read it before you publish it."), folder=str(folder)))


def _check(file: Path, *, as_json: bool) -> None:
    with opened(file) as stream:
        data = stream.read(LARGEST + 1)
    try:
        found = list(findings(read(data)))
    except CodecError as error:
        raise error.in_file(file.name) from error
    reader = translation()
    if as_json:
        rows = [{"holds": one.holds, "what": reader.note(one.note)} for one in found]
        results.file.write(json.dumps({"findings": rows}, ensure_ascii=False, indent=2) + "\n")
    else:
        for one in found:
            say(f"{_SHAPE[one.holds]} {reader.note(one.note)}")
    if any(one.holds is False for one in found):
        raise typer.Exit(WRONG)


def _day(written: str) -> date:
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise UsageError(message("“{day}” is no day."), remedy=message("Write it as 2026-01-05."), day=written)


def _pair(written: str) -> tuple[str, str]:
    name, _, law = written.partition("=")
    return name.strip(), law.strip()
