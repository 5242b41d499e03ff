"""``kuager collect`` and ``kuager sources``: asking the world, and saying what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from kuager.case.anchors import read_anchors
from kuager.case.collected import coverage_of, remarks_of
from kuager.case.collecting import collect_case
from kuager.case.folder import Case
from kuager.case.manners import read_manners, settings_file
from kuager.case.worker import Progress as SourceProgress
from kuager.cli.reader import progress, results, say, translation
from kuager.errors import KuagerError, message
from kuager.model.signals import Source
from kuager.model.time import from_epoch
from kuager.publications.licences import terms
from kuager.publications.wording.collected import DAY_SHAPE, reasons, told
from kuager.sources.registry import OFFERS, SOURCES


def collect(case: Case, chosen: Sequence[str], *, offline: bool) -> bool:
    """Ask the sources with a bar for each on stderr; false when all that were asked failed."""
    manners = read_manners(settings_file())
    if not offline and not manners["*"].contact:
        template = message("No contact is set in {file}: sources cannot reach you if your requests are in their way.")
        progress.print(Text(translation().gettext(template, file=str(settings_file()))), soft_wrap=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=progress, transient=True) as bars:
        tasks = {name: bars.add_task(name, total=None, said="") for name in OFFERS if not chosen or name in chosen}

        def watch(every: Sequence[SourceProgress]) -> None:
            for one in every:
                said = translation().gettext(message("failed: {count}"), count=one.failed) if one.failed else ""
                bars.update(tasks[one.source], total=one.planned or None, completed=one.done, said=said)

        every = collect_case(
            case,
            chosen,
            manners,
            own=(settings_file().parent,),
            beacon=read_anchors(settings_file()).beacon,
            offline=offline,
            watch=watch,
        )
        for one in every:
            for remark in one.remarks:
                progress.print(Text(f"{one.source}: {translation().note(remark)}"), soft_wrap=True)

    return any(one.answered or one.had for one in every) or not any(one.failed for one in every)


def check_answered(answered: bool) -> None:
    """End in an error when nobody answered, so that a program notices; what was found out stands in the case.

    Raises:
        KuagerError: nobody did.
    """
    if not answered:
        raise KuagerError(
            message("None of the sources answered."),
            remedy=message("The reasons stand above; collect again later, or use what is sealed with --offline."),
        )


def print_coverage(case: Case, *, as_json: bool) -> None:
    """What each source gave for each day of the case."""
    table, remarks = coverage_of(case), remarks_of(case)
    if as_json:
        rows = [
            {
                "source": one.source,
                "day": f"{from_epoch(one.day):%Y-%m-%d}",
                "status": one.status.value,
                "reason": translation().note(one.reason) if one.reason else "",
            }
            for one in table
        ]
        said = {source: [translation().note(one) for one in notes] for source, notes in remarks.items()}
        whole = {"case": case.name, "coverage": rows, "remarks": said}
        results.file.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
        return
    say(translation().gettext(message("● complete   ◐ partial   ○ absent; one sign for each day, in UTC")))
    for source, days in groupby(table, key=lambda one: one.source):
        covered = list(days)
        say(f"{source:<16} {''.join(DAY_SHAPE[one.status] for one in covered)}")
        for line in reasons(covered, translation()):
            say(f"{'':<16} {line}")
        for line in told(remarks.get(source, ()), translation()):
            say(f"{'':<16} • {line}")


def print_sources(*, as_json: bool) -> None:
    """Every source: what it can and cannot see, its limits and licence, and whether it needs a key."""
    if as_json:
        rows = [_record(source) for source in SOURCES.values() if not source.simulated]
        results.file.write(json.dumps({"sources": rows}, ensure_ascii=False, indent=2) + "\n")
        return
    gettext = translation().gettext
    for source in SOURCES.values():
        if source.simulated:
            continue
        results.print(Text(f"{source.id}  {gettext(source.name)}  {source.home}", style="bold"), soft_wrap=True)
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
        rows_ = (
            (message("sees"), gettext(source.sees) if source.sees else ""),
            (message("cannot see"), gettext(source.cannot_see) if source.cannot_see else ""),
            (message("limits"), gettext(source.limits) if source.limits else ""),
            (message("licence"), terms(source, translation())),
            (message("key"), gettext(message("in the environment: {name}"), name=source.key) if source.key else "–"),
        )
        for title, value in rows_:
            table.add_row(gettext(title), value)
        results.print(table)


def _record(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "name": source.name,
        "home": source.home,
        "licence": source.licence,
        "non_commercial": source.non_commercial,
        "sees": source.sees,
        "cannot_see": source.cannot_see,
        "limits": source.limits,
        "key": source.key,
        "asked": source.id in OFFERS,
    }
