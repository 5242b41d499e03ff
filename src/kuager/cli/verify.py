"""``kuager verify``: what of a bundle holds, what does not, and what nothing here can prove."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from kuager.case.pack_checking import check_pack
from kuager.case.pack_files import is_pack
from kuager.case.rederiving import rederive
from kuager.cli.reader import results, say, translation, working
from kuager.errors import EvidenceError, message
from kuager.evidence.keys import allowed_signers
from kuager.evidence.leaves import Leaf
from kuager.evidence.note import VerifierKey
from kuager.evidence.policy import Policy
from kuager.evidence.stamps import certificates
from kuager.evidence.verify.contained import Contained
from kuager.evidence.verify.report import DERIVED, Finding, Outcome, Report
from kuager.evidence.verify.trusted import Trusted
from kuager.evidence.verify.verifying import verify_bundle
from kuager.model.notes import Note
from kuager.model.time import format_utc

WRONG = 3
"""The exit code when anything is wrong."""

MOST_SHOWN = 20
"""Of what is wrong with one subject; the others are counted."""

_LARGEST_FILE = 1 << 20
_WORDS = {
    Outcome.HOLDS: message("holds"),
    Outcome.FAILS: message("WRONG"),
    Outcome.NOT_CHECKED: message("not checked"),
}
_STYLES = {Outcome.HOLDS: "green", Outcome.FAILS: "bold red", Outcome.NOT_CHECKED: "yellow"}


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The folder or the zip, or the folder of a pack.")],
    key: Annotated[list[str] | None, typer.Option(metavar="VKEY", help="The log's key. Repeatable.")] = None,
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help="Witnesses, and how many are needed.")] = None,
    custodian: Annotated[Path | None, typer.Option(metavar="FILE", help="Who may sign: allowed_signers.")] = None,
    tsa_root: Annotated[
        list[Path] | None, typer.Option("--tsa-root", metavar="PEM", help="An authority's root. Repeatable.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--rederive", help="Also run detection again on what was sealed, and compare every claim.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Check a bundle or a court pack offline: what holds, what does not, what is not proved. Exit 3 if any is wrong."""
    trusted = Trusted(
        log_keys=tuple(VerifierKey.parse(text.strip()) for text in key or ()),
        policy=Policy.parse(_bytes(policy)) if policy else None,
        custodians=allowed_signers.parse(_bytes(custodian)) if custodian else (),
        tsa_roots=b"\n".join(_certificates(path) for path in tsa_root or ()),
    )
    with working(message("Verifying…")):
        if is_pack(bundle):
            report = check_pack(bundle, trusted, again=again)
        else:
            report = verify_bundle(bundle, trusted, derive=_derived_again if again else None)
    if as_json:
        results.file.write(json.dumps(_record(report), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(report)
    if report.wrong:
        raise typer.Exit(WRONG)


def _derived_again(files: Contained, leaves: Mapping[int, Leaf]) -> Iterator[Finding]:
    """What came of deriving each claim again."""
    for one in rederive(files, leaves):
        yield Finding(DERIVED, Outcome(one.outcome), one.note)


def _certificates(path: Path) -> bytes:
    data = _bytes(path)
    certificates.read(data)
    return data


def _bytes(path: Path) -> bytes:
    """The bytes of a file that names whom to trust.

    Raises:
        EvidenceError: it is not there, or too large to be one.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise EvidenceError(message("There is no file {path}."), path=path) from error
    if len(data) > _LARGEST_FILE:
        raise EvidenceError(message("The file {path} is too large to be a list of keys."), path=path)
    return data


def _print(report: Report) -> None:
    gettext = translation().gettext
    for subject in dict.fromkeys(finding.subject for finding in report.findings):
        say(gettext(subject), style="bold")
        results.print(_table([finding for finding in report.findings if finding.subject == subject]))
    wrong = sum(finding.outcome is Outcome.FAILS for finding in report.findings)
    if wrong:
        told = message("Wrong: {count}. Do not rely on this bundle before that is explained.")
        say(gettext(told, count=wrong), style="bold red")
    else:
        say(gettext(message("Nothing is wrong with what was checked.")), style="bold green")
    if report.limits:
        say(gettext(message("What this does not prove")), style="bold")
        table = Table.grid(padding=(0, 1, 0, 0))
        for limit in report.limits:
            table.add_row(Text("  •"), Text(_told(limit), overflow="fold"))
        results.print(table)


def _table(findings: Sequence[Finding]) -> Table:
    """A line for each finding; of many failures the first ones, and how many more there are."""
    gettext = translation().gettext
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, min_width=2 + max(len(gettext(word)) for word in _WORDS.values()))
    table.add_column(overflow="fold")
    wrong = [finding for finding in findings if finding.outcome is Outcome.FAILS]
    others = [finding for finding in findings if finding.outcome is not Outcome.FAILS]
    for finding in (*others, *wrong[:MOST_SHOWN]):
        outcome = Text(f"  {gettext(_WORDS[finding.outcome])}", style=_STYLES[finding.outcome])
        table.add_row(outcome, _sentence(finding))
    if len(wrong) > MOST_SHOWN:
        more = gettext(message("and {count} more that are wrong"), count=len(wrong) - MOST_SHOWN)
        table.add_row("", Text(more, style=_STYLES[Outcome.FAILS]))
    return table


def _sentence(finding: Finding) -> Group:
    """The file, the sentence, what that means and what to do."""
    lines = [Text(_told(finding.note))]
    if finding.place and finding.outcome is not Outcome.HOLDS:
        lines[0] = Text.assemble((f"{finding.place}: ", "bold"), lines[0])
    if finding.further:
        lines.append(Text(" ".join(map(_told, finding.further)), style="dim"))
    return Group(*lines)


def _told(note: Note) -> str:
    """The sentence in the reader's language; facts come from strangers and are shown as they are."""
    return translation().gettext(note.template, **note.facts)


def _record(report: Report) -> dict[str, object]:
    return {
        "wrong": report.wrong,
        "findings": [
            {
                "subject": translation().gettext(finding.subject),
                "outcome": finding.outcome.value,
                "place": finding.place,
                "says": _told(finding.note),
                "further": [_told(one) for one in finding.further],
                "facts": finding.note.facts,
            }
            for finding in report.findings
        ],
        "not_proved": [_told(limit) for limit in report.limits],
        "existed_before": [
            {"entries": one.entries, "time": format_utc(one.time), "by": one.by, "by_a_key_given": one.anchored}
            for one in report.bounds
        ],
    }
