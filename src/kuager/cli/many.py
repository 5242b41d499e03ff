"""A command on whole folders: how far it is, what was refused, what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from kuager.case.many import LOCAL, Held, engine_named, held, record_of, write_report
from kuager.cli import reader
from kuager.cli.reader import results, say, translation
from kuager.engine.engine import FileFunction, Outcome
from kuager.errors import KuagerError, UsageError, message

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Totals:
    """What a command tells of all files of results together: to people, and as names and values to a program."""

    tell: Callable[[Sequence[Path]], None]
    record: Callable[[Sequence[Path]], Mapping[str, Any]]


def one_file_needs_no_engine(file: Path) -> UsageError:
    """What to say to who names an engine for a single file."""
    return UsageError(
        message("An engine is for many files, and “{path}” is one."),
        remedy=message("Name a folder, or leave --engine out."),
        path=str(file),
    )


def run_many(
    function: FileFunction,
    given: Path,
    to: Path,
    *,
    endings: Sequence[str],
    engine: str | None,
    as_json: bool,
    totals: Totals | None = None,
) -> None:
    """Do all files of a folder or a list, and tell of it; exit 1 when none could be read.

    Args:
        function: how the rows of a file are found.
        given: a folder, or ``@`` and the name of a list.
        to: the folder of results, which is made when it is not there.
        endings: of the files of a folder that are read.
        engine: which one; this machine's when None.
        as_json: tell it to a program.
        totals: what is told of all results together, beside the counts of files and rows.
    """
    outcomes: list[Outcome] = []
    with held(given, to, endings, function.name) as work:
        whole = False
        try:
            _do(function, work, engine or LOCAL, outcomes)
            whole = True
        except KeyboardInterrupt:
            left = message("{done} of {all} files are done and whole; the same command goes on from there.")
            text = translation().gettext(left, done=len(outcomes), all=len(work.inputs))
            reader.progress.print(Text(text), soft_wrap=True)
            raise
        finally:
            write_report(to, outcomes, whole=whole)
    if as_json:
        _print_json(outcomes, work, totals)
    else:
        _tell(outcomes, work, totals)
    if all(one.refused is not None for one in outcomes):
        raise typer.Exit(1)


def _do(function: FileFunction, work: Held, engine: str, outcomes: list[Outcome]) -> None:
    """Do the files, adding what came of each as it comes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with reader.working(message("Starting…")):
        opened = engine_named(engine)
    progress = Progress(*columns, console=reader.progress, transient=True, disable=not reader.progress.is_terminal)
    with opened, progress as shown:
        task = shown.add_task(function.name, total=len(work.inputs))
        for outcome in opened.map_files(function, work.inputs, work.outputs):
            outcomes.append(outcome)
            shown.advance(task)
            if outcome.refused is not None:
                _tell_refused(outcome.input, outcome.refused)


def _tell_refused(name: str, error: KuagerError) -> None:
    """One line; the rest stands in the report."""
    happened = error.diagnostics(translation().gettext).happened
    reader.progress.print(Text(happened if name in happened else f"{name}: {happened}", style="red"), soft_wrap=True)


def _tell(outcomes: Sequence[Outcome], work: Held, totals: Totals | None) -> None:
    language = translation()
    say(
        language.gettext(
            message("Files: {all}; done now: {done}, done before: {before}, refused: {refused}. Rows: {rows}."),
            **{name: language.number(count) for name, count in _counts(outcomes).items()},
        )
    )
    if totals is not None:
        totals.tell(_results(outcomes))
    if work.others:
        text = message("The folder also holds results of {count} files that are not among those.")
        say(language.gettext(text, count=language.number(work.others)))
    said: Counter[str] = Counter()
    by_files: dict[str, set[str]] = {}
    for one in outcomes:
        for remark in one.remarks:
            sentence = language.gettext(remark.what.template, **remark.what.facts)
            said[sentence] += remark.times
            by_files.setdefault(sentence, set()).add(one.input)
    told = sorted(said.items(), key=lambda item: (-item[1], item[0]))
    for sentence, times in told[:SHOWN]:
        named = f"{next(iter(by_files[sentence]))}: " if len(by_files[sentence]) == 1 else ""
        say(f"• {language.number(times)} × {named}{sentence}")
    if len(told) > SHOWN:
        say(language.gettext(message("{count} more are not shown; --json lists all of them."), count=len(told) - SHOWN))


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    before = sum(one.skipped for one in outcomes)
    refused = sum(one.refused is not None for one in outcomes)
    return {
        "all": len(outcomes),
        "done": len(outcomes) - before - refused,
        "before": before,
        "refused": refused,
        "rows": sum(one.rows for one in outcomes),
    }


def _results(outcomes: Sequence[Outcome]) -> list[Path]:
    return sorted(one.output for one in outcomes if one.output is not None)


def _print_json(outcomes: Sequence[Outcome], work: Held, totals: Totals | None) -> None:
    files = [{**record_of(one), "done_before": one.skipped} for one in sorted(outcomes, key=lambda one: one.input)]
    together = {} if totals is None else totals.record(_results(outcomes))
    record = {**_counts(outcomes), **together, "others": work.others, "files": files}
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
