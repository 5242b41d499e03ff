"""``kuager evaluate``: how often detection is right, on worlds that nobody looked at and on documented cases."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kuager.cli.reader import progress, results, say, translation
from kuager.errors import UsageError, message
from kuager.evaluation.evaluate import Tell
from kuager.evaluation.evaluate import evaluate as run_protocol
from kuager.evaluation.outcome import Mistake, Outcome
from kuager.evaluation.report import MISTAKE_HEADS, around_tables, mistake_cells, rewritten, sheets

WORLDS, QUICK_WORLDS = 100, 6
SHOWN = 20
_DATA = "KUAGER_DATA"
_WIDE = 220
"""Columns of a result that is not shown in a window."""
_TEXT = 45
"""A cell longer than this is a text and may be folded."""


def evaluate(
    worlds: Annotated[
        int | None, typer.Option(min=1, help=f"Worlds of each generator, the rest in proportion; {WORLDS} if not said.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything to a JSON file.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few worlds of the seeds for tuning: not to be quoted.")
    ] = False,
    cases: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help=f"Real data and documented cases; else as {_DATA} says.")
    ] = None,
    into: Annotated[Path | None, typer.Option(metavar="PAGE", help="Rewrite the tables of a Markdown page.")] = None,
) -> None:
    """Score detection on simulated worlds, real noise and documented cases; list what it misses and invents."""
    folder = _folder(cases)
    page = _page(into) if into is not None else ""
    if file is not None and not file.parent.is_dir():
        raise UsageError(message("There is no folder “{folder}”."), folder=str(file.parent))
    count = worlds or (QUICK_WORLDS if quick else WORLDS)
    with _progress() as tell:
        outcome = run_protocol(count, folder, tell, sealed=not quick, command=_command(worlds, quick, folder))
    if file is not None:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(outcome), indent=1) + b"\n")
    if into is not None:
        into.write_text(rewritten(page, outcome), "utf-8")
    _print(outcome)


def _page(into: Path) -> str:
    """The page, looked at before the work of minutes begins."""
    try:
        page = into.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(message("“{page}” is no text in UTF-8."), page=into.name) from error
    around_tables(page)
    return page


def _folder(given: Path | None) -> Path | None:
    named = given or (Path(os.environ[_DATA]) if os.environ.get(_DATA) else None)
    if named is not None and not named.is_dir():
        raise UsageError(
            message("There is no folder “{folder}”."),
            remedy=message("Name the folder of real data with --cases, or leave it out."),
            folder=str(named),
        )
    return named


def _command(worlds: int | None, quick: bool, folder: Path | None) -> str:
    """The words that give these tables again; where the data lie is the reader's own affair."""
    words = ["kuager evaluate", "--quick" if quick else "", f"--worlds {worlds}" if worlds else ""]
    return " ".join(word for word in (*words, "--cases FOLDER" if folder is not None else "") if word)


@contextmanager
def _progress() -> Iterator[Tell]:
    """Says on stderr how far the work is; nothing when stderr is no terminal."""
    with progress.status(translation().gettext(message("Evaluating…"))) as status:

        def tell(part: str, done: int, of: int) -> None:
            template = message("Evaluating: {part}, {done} of {of}")
            status.update(translation().gettext(template, part=part, done=done, of=of))

        yield tell


def _print(outcome: Outcome) -> None:
    for sheet in sheets(outcome):
        say("")
        say(sheet.title, style="bold")
        say(sheet.explained, style="dim")
        _print_table(sheet.heads, sheet.rows)
    _print_mistakes("missed", [one for one in outcome.mistakes if one.what == "missed" and one.counted])
    _print_mistakes("false", [one for one in outcome.mistakes if one.what == "false"])
    for note in outcome.remarks:
        say(f"• {translation().gettext(note.template, **note.facts)}")


def _print_mistakes(what: str, listed: Sequence[Mistake]) -> None:
    """The surest false alarms and the clearest misses first; the file of ``--json`` holds all of them."""
    if not listed:
        return
    first = sorted(listed, key=lambda one: -(one.probability or 0.0) if what == "false" else -(one.snr or 0.0))
    say("")
    say(f"{what}: {len(listed)}", style="bold")
    _print_table(MISTAKE_HEADS, [mistake_cells(one) for one in first[:SHOWN]])
    if len(listed) > SHOWN:
        template = message("{count} more are not shown; --json lists all of them.")
        say(translation().gettext(template, count=len(listed) - SHOWN))


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in as many parts as the window needs, each with the names; long texts are folded instead."""
    console = results if results.is_terminal else Console(width=_WIDE, highlight=False)
    widths = [max(len(cell) for cell in column) + 1 for column in zip(heads, *rows, strict=True)]
    for columns in _parts(widths, console.width):
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        for column in columns:
            table.add_column(heads[column], overflow="fold")
        for row in rows:
            table.add_row(*(Text(row[column]) for column in columns))
        console.print(table)


def _parts(widths: Sequence[int], room: int) -> list[list[int]]:
    """The columns of each part, the first one in all of them."""
    if sum(widths) <= room or max(widths) > _TEXT:
        return [list(range(len(widths)))]
    parts, used = [[0]], widths[0]
    for column, width in enumerate(widths[1:], start=1):
        if used + width > room and len(parts[-1]) > 1:
            parts.append([0])
            used = widths[0]
        parts[-1].append(column)
        used += width
    return parts
