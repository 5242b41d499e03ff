"""``kuager peers`` and ``kuager joint-statement``: operators side by side, and what several can state together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from kuager.case.folder import open_case
from kuager.case.joint_statement import joint_statement as assembled
from kuager.case.peering import peers_of
from kuager.cli.reader import progress, results, say, translation, working
from kuager.cli.writing import refuse_other_endings, write
from kuager.errors import message
from kuager.publications.report.joint_statement import as_html, as_text
from kuager.publications.report.pdf import pdf_of

_COLUMNS = 4
"""More operators side by side do not fit on a sheet of paper."""

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")]
Language = Annotated[str, typer.Option(metavar="CODE", help="en, ru or kk; yours when left out.")]


def peers(
    case: Folder,
    episode: Annotated[str, typer.Option(metavar="ID", help="Which one; the only one when left out.")] = "",
    language: Language = "",
    into: Annotated[Path | None, typer.Option(metavar="FILE", help="Ends in .csv or .html.")] = None,
) -> None:
    """Hold operators side by side: the same dates and the same questions for each."""
    if into is not None:
        refuse_other_endings(into, ".csv", ".html")
    with working(message("Looking at the operators…")):
        found = peers_of(open_case(case), episode, language or translation().code, _COLUMNS)
    if into is not None:
        write(into, found.csv if into.suffix == ".csv" else found.html)
        return
    say(found.title, style="bold")
    if found.simulated:
        say(translation().gettext(message("simulated signals")), style="bold")
    for part in found.tables:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for name in ("", *part.names):
            table.add_column(name, overflow="fold")
        for point, cells in part.dates:
            table.add_row(*(Text(cell) for cell in (point, *cells)))
        for question, answers in part.questions:
            table.add_row(Text(question), *(Text(f"{shape} {word}") for shape, word in answers))
        results.print(table)


def joint_statement(
    case: Folder,
    claim: Annotated[list[str], typer.Option(metavar="ID", help="An episode, a row or a notice. Repeatable.")],
    into: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .html, .pdf or .txt.")],
    signed_by: Annotated[
        list[str] | None, typer.Option(metavar="OPERATOR", help="Who will sign; blanks when left out. Repeatable.")
    ] = None,
    language: Language = "",
) -> None:
    """Draft a statement that several can sign: each sentence with what proves it."""
    refuse_other_endings(into, ".html", ".pdf", ".txt")
    with working(message("Putting the statement together…")):
        statement = assembled(open_case(case), claim, signed_by or (), language or translation().code)
        if into.suffix == ".txt":
            data = as_text(statement).encode()
        else:
            html = as_html(statement)
            data = pdf_of(html, {}) if into.suffix == ".pdf" else html.encode()
    write(into, data)
    progress.print(Text(translation().gettext(message("It is a draft: whoever is named has not signed it."))))
