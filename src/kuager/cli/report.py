"""``kuager report``: a report of one episode as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuager.case.folder import open_case
from kuager.case.reporting import report_of
from kuager.cli import reader
from kuager.cli.writing import write
from kuager.errors import UsageError, message
from kuager.publications.report.presets import PRESETS


def report(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")],
    preset: Annotated[str, typer.Option(help=f"For whom: {', '.join(one.name for one in PRESETS)}.")] = "journalist",
    episode: Annotated[str, typer.Option(metavar="ID", help="Which one; the only one when left out.")] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="en, ru or kk; yours when left out.")] = "",
    into: Annotated[Path | None, typer.Option(metavar="FILE", help="Ends in .pdf or .html.")] = None,
) -> None:
    """Write a report of one episode as PDF, or as one HTML file that any browser prints."""
    chosen = language or reader.translation().code
    file = into or Path(f"{episode or case.resolve().name}-{preset}-{chosen}.pdf")
    if file.suffix not in (".pdf", ".html"):
        raise UsageError(
            message("“{file}” is neither a .pdf nor a .html file."),
            remedy=message("Name a file that ends in .pdf or .html."),
            file=file.name,
        )
    with reader.working(message("Writing the report…")):
        data = report_of(open_case(case), preset, episode, chosen, html=file.suffix == ".html")
    write(file, data)
