"""``kuager detect-series``: bring your own series."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from kuager.case.own_series import EventsOfFile, Written
from kuager.cli.reader import progress, results, say, translation
from kuager.errors import UsageError, message

SHOWN = 5


def detect_series(
    file: Annotated[Path, typer.Argument(metavar="IN.parquet", help="Long: series, kind, time, value[, controls].")],
    to: Annotated[Path, typer.Argument(metavar="OUT.parquet", help="Where the events go.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Find events in your own series, without a case."""
    for path, usable in ((file, file.is_file()), (to.parent, to.parent.is_dir()), (to, not to.is_dir())):
        if not usable:
            raise UsageError(message("There is no file or folder “{path}”."), path=str(path))
    events = EventsOfFile(file)
    with Progress(console=progress, transient=True, disable=not progress.is_terminal) as shown:
        for _ in shown.track(events.detect(), total=events.count, description=to.name):
            pass
    _tell(events.write(to), as_json=as_json)


def _tell(written: Written, *, as_json: bool) -> None:
    gettext = translation().gettext
    if as_json:
        silent = [{"series": one.series, "why": gettext(one.why.template, **one.why.facts)} for one in written.unjudged]
        told = {"series": written.series, "events": written.events, "not_observable": silent}
        results.print_json(json.dumps(told, ensure_ascii=False))
        return
    say(gettext(message("{events} events in {series} series."), events=written.events, series=written.series))
    for one in written.unjudged[:SHOWN]:
        why = gettext(one.why.template, **one.why.facts)
        say(gettext(message("Not observable: {series}. {why}"), series=one.series, why=why))
    if len(written.unjudged) > SHOWN:
        more = len(written.unjudged) - SHOWN
        say(gettext(message("{count} more series are not observable; --json lists all of them."), count=more))
