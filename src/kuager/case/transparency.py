"""A transparency report of an operator's case: from its sealed log of demands to files in a folder of their own.

Nothing of the log leaves the machine by this but what the report tells; the folder is made whole or not at all.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from kuager.accountability.citing import library
from kuager.accountability.registers import Registers
from kuager.accountability.rows.disclosure import Policy
from kuager.accountability.transparency.report import Report, report
from kuager.accountability.transparency.totals import Period
from kuager.case.demands import read_demands
from kuager.case.detecting import detect_case, standing
from kuager.case.examining import examine
from kuager.case.folder import Case
from kuager.case.operators import known_operators
from kuager.case.publishing import safe_views, told_until
from kuager.errors import CaseError, CaseExists, KuagerError, UsageError, message
from kuager.evidence.durable import TEMPORARY, sync_folder, write_new
from kuager.evidence.objects import sha256
from kuager.model.operators import Operator
from kuager.model.places import find, zones
from kuager.model.time import parse_utc, to_epoch
from kuager.publications.language import translator
from kuager.publications.report.pdf import available, pdf_of
from kuager.publications.transparency.pages import render_report
from kuager.publications.transparency.record import report_csv, report_json
from kuager.publications.view import CaseView


def report_of(
    case: Case, operator: str, first: date, last: date, identity: Path, withheld: Mapping[str, str]
) -> Report:
    """The report of a period.

    Args:
        case: in which the log of demands is.
        operator: whose networks it is about.
        first: day of the period.
        last: day of the period, included.
        identity: of age, that opens the log.
        withheld: numbers that the law forbids to tell, each with the law.

    Raises:
        KuagerError: the operator is not known, the period ends before it begins, or an entry of the log cannot be read,
            so that no total would be true.
    """
    held = _operator(case, operator)
    if last < first:
        raise UsageError(
            message("The period would end ({last}) before it begins ({first})."),
            remedy=message("Exchange --from and --to."),
            first=first,
            last=last,
        )
    log = read_demands(case, identity)
    if unread := len(log.closed) + len(log.damaged) + len(log.incomplete):
        raise KuagerError(
            message("{count} entries of the log of demands cannot be read, so that no total would be true."),
            meaning=message("They were sealed for other keys, or are not what was sealed. Nothing was written."),
            remedy=message("Use the key of another recipient; kuager demand list CASE --identity FILE names them."),
            count=unread,
        )
    view = _view(case)
    shelf = library(view.registers, view.record) if view is not None else library(Registers(), ())
    policies = view.registers.of(Policy) if view is not None else ()
    entries = case.proving.log.entries()
    return report(
        operator=held,
        period=Period(first, last, zones(find(held.country), first)[0]),
        known=parse_utc(max(entry.leaf.known for entry in entries)) if entries else datetime.now(UTC),
        demands=log.demands,
        withheld=withheld,
        policies=[one for one in policies if one.operator == operator and shelf.counts(one)],
        notices=[one for one in view.notices if one.newest.operator == operator] if view is not None else (),
        episodes=[one.episode for one in view.episodes] if view is not None else (),
        seen=_Seen(case),
    )


def write_report(made: Report, into: Path, languages: Sequence[str]) -> tuple[str, ...]:
    """Write a report into a folder of its own; the names of the files.

    Raises:
        CaseExists: something is there already.
    """
    if into.exists():
        raise CaseExists(
            message("“{path}” exists already."),
            remedy=message("Name another folder with --into."),
            path=str(into),
        )
    files = {"report.json": report_json(made), "report.csv": report_csv(made)}
    for code in languages:
        html = render_report(made, translator(code))
        files[f"report.{code}.html"] = html.encode()
        if available():
            files[f"report.{code}.pdf"] = pdf_of(html, {})
    sums = "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    temporary = into.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        temporary.mkdir(parents=True)
        for name, data in files.items():
            write_new(temporary / name, data)
        temporary.rename(into)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(into.parent)
    return tuple(sorted(files))


class _Seen:
    """Whether anything measured a place within a time: a series has values of then."""

    def __init__(self, case: Case) -> None:
        self._series = [one.series for one in examine(case)]

    def __call__(self, places: Sequence[str], start: datetime, end: datetime) -> bool:
        first, last = to_epoch(start), max(to_epoch(end), to_epoch(start) + 1)
        wanted = set(places)
        return any(
            bool(((one.times + one.step_s > first) & (one.times < last) & (one.values == one.values)).any())
            for one in self._series
            if one.place in wanted
        )


def _view(case: Case) -> CaseView | None:
    """What may be shown of the case; None where nothing but demands was ever received."""
    if not case.records.all():
        return None
    try:
        found = standing(case)
    except CaseError:
        found = detect_case(case)
    return next(iter(safe_views(case, found, told_until(case, datetime.now(UTC))).values()))


def _operator(case: Case, name: str) -> Operator:
    known = known_operators([case.path])
    for one in known:
        if one.id == name:
            return one
    raise UsageError(
        message("Nobody knows the operator “{operator}”."),
        remedy=message("Known are: {known}."),
        operator=name,
        known=", ".join(one.id for one in known),
    )
