"""``kuager detect-series``: bring your own series."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from kuager.case.many import DETECT_SERIES, is_many
from kuager.case.own_series import EventsOfFile, Written
from kuager.case.own_stretches import REASONS, NotJudged
from kuager.cli.many import one_file_needs_no_engine, run_many
from kuager.cli.reader import progress, results, say, translation
from kuager.codecs.text import excerpt
from kuager.errors import UsageError, message
from kuager.model.notes import Note

SHOWN, EVENTS_SHOWN = 5, 20
_TIMES = ("start", "end", "start_earliest", "start_latest", "end_earliest", "end_latest")


def detect_series(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="IN.parquet",
            help="Long: series, kind, time, value[, controls]. Or a folder of such files, or @LIST of their paths.",
        ),
    ],
    to: Annotated[
        Path, typer.Argument(metavar="OUT.parquet", help="Where the events go; a folder when there are many files.")
    ],
    engine: Annotated[
        str | None, typer.Option(metavar="ENGINE", help="For many files: local, local-cluster or spark://HOST:PORT.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Find events in your own series, without a case."""
    if is_many(file):
        run_many(DETECT_SERIES, file, to, endings=(".parquet",), engine=engine, as_json=as_json)
        return
    if engine is not None:
        raise one_file_needs_no_engine(file)
    for path, usable in ((file, file.is_file()), (to.parent, to.parent.is_dir()), (to, not to.is_dir())):
        if not usable:
            raise UsageError(message("There is no file or folder “{path}”."), path=str(path))
    if to.exists() and file.samefile(to):
        raise UsageError(
            message("“{path}” is the file of your series itself."),
            meaning=message("Writing the events there would destroy it; it is as it was."),
            remedy=message("Name another file for the events."),
            path=str(to),
        )
    events = EventsOfFile(file)
    with Progress(console=progress, transient=True, disable=not progress.is_terminal) as shown:
        for _ in shown.track(events.detect(), total=events.count, description=to.name):
            pass
    written = events.write(to)
    if as_json:
        results.file.write(json.dumps(_record(written), ensure_ascii=False, indent=2) + "\n")
    else:
        _tell(written)


def _record(written: Written) -> dict[str, Any]:
    return {
        "series": written.series,
        "events": written.events.num_rows,
        "not_observable": [{"series": one.series, "why": _sentence(one.why)} for one in written.unjudged],
        "found": list(_events(written.events)),
        "not_judged": [
            {"series": one.series, "start": start, "end": end, "reason": translation().gettext(REASONS[reason])}
            for one in written.silent
            for (start, end), reason in zip(_moments(one.bounds).tolist(), one.reasons.tolist(), strict=True)
        ],
        "remarks": [{"series": one.series, "remark": _sentence(one.what)} for one in written.remarks],
    }


def _tell(written: Written) -> None:
    language = translation()
    count = written.events.num_rows
    series = language.number(written.series)
    say(language.ngettext("{n} event in {series} series.", "{n} events in {series} series.", count, series=series))
    if count:
        _print_events(written.events.slice(0, EVENTS_SHOWN))
    if count > EVENTS_SHOWN:
        say(
            language.gettext(
                message("{count} more are not shown; --json lists all of them."), count=count - EVENTS_SHOWN
            )
        )
    for one in written.unjudged[:SHOWN]:
        why = _sentence(one.why)
        say(language.gettext(message("Not observable: {series}. {why}"), series=one.series, why=why))
    if len(written.unjudged) > SHOWN:
        more = len(written.unjudged) - SHOWN
        say(language.gettext(message("{count} more series are not observable; --json lists all of them."), count=more))
    for silent in written.silent[:SHOWN]:
        for line in _not_judged(silent):
            say(line)
    if len(written.silent) > SHOWN:
        template = message("More series with stretches that were not judged: {count}; --json lists all of them.")
        say(language.gettext(template, count=len(written.silent) - SHOWN))
    _print_remarks(written)


def _print_events(events: Any) -> None:
    language = translation()
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in (message("series"), message("start, UTC"), message("end, UTC")):
        table.add_column(language.gettext(title), overflow="fold")
    for title in (message("depth"), message("probability")):
        table.add_column(language.gettext(title), justify="right")
    table.add_column(language.gettext(message("phase")))
    for event in _events(events):
        start, end = (event[name].rstrip("Z").replace("T", " ") for name in ("start", "end"))
        cells = (
            excerpt(event["series"]),
            start,
            language.gettext(message("goes on")) if event["ongoing"] else end,
            language.share(event["depth"]),
            language.probability(event["probability"]),
            event["phase"],
        )
        table.add_row(*(Text(cell) for cell in cells))
    results.print(table)


def _events(events: Any) -> Iterator[dict[str, Any]]:
    """The rows of a table of events with their times as RFC 3339; any year can be told."""
    for batch in events.to_batches():
        columns = {
            name: _written(batch.column(name)) if name in _TIMES else batch.column(name).to_pylist()
            for name in batch.schema.names
        }
        yield from (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _written(column: Any) -> list[str | None]:
    present = column.is_valid().to_numpy(zero_copy_only=False).tolist()
    moments = _moments(column.cast("int64").fill_null(0).to_numpy()).tolist()
    return [moment if there else None for moment, there in zip(moments, present, strict=True)]


def _moments(seconds: Any) -> Any:
    return np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC")


def _not_judged(one: NotJudged) -> Iterator[str]:
    """A sentence for each reason for which stretches of a series were not judged."""
    language = translation()
    for reason in np.unique(one.reasons).tolist():
        bounds = one.bounds[one.reasons == reason]
        first, last = _moments(np.array([bounds[0, 0], bounds[-1, 1]])).tolist()
        yield language.ngettext(
            "{series}: {n} stretch was not judged, from {start} to {end}, {share} of the series. {why}",
            "{series}: {n} stretches were not judged, from {start} to {end}, {share} of the series. {why}",
            bounds.shape[0],
            series=excerpt(one.series),
            start=first,
            end=last,
            share=language.share(float((bounds[:, 1] - bounds[:, 0]).sum()) / one.length_s),
            why=language.gettext(REASONS[reason]),
        )


def _print_remarks(written: Written) -> None:
    """Each remark once, with the first of the series that it is about."""
    language = translation()
    about: dict[str, list[str]] = defaultdict(list)
    for one in written.remarks:
        about[_sentence(one.what)] += [one.series] if one.series is not None else []
    for sentence, names in list(about.items())[:EVENTS_SHOWN]:
        first = ", ".join(excerpt(name) for name in names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        say(f"• {f'{first}: ' if first else ''}{sentence}")
    if len(about) > EVENTS_SHOWN:
        template = message("{count} more are not shown; --json lists all of them.")
        say(language.gettext(template, count=len(about) - EVENTS_SHOWN))


def _sentence(note: Note) -> str:
    return translation().gettext(note.template, **note.facts)
