"""``kuager classify``: raw measurements in, verdicts out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from kuager.case.classified import ENDINGS, Counted, classify_files, counted, lists_folder, write_classified
from kuager.case.many import is_many
from kuager.cli.many import Totals, one_file_needs_no_engine, run_many
from kuager.cli.reader import progress, results, say, translation
from kuager.errors import UsageError, message
from kuager.model.verdicts import VerdictKind

_VERDICTS: Mapping[VerdictKind, str] = {
    VerdictKind.BLOCKED: message("Blocked: {count}."),
    VerdictKind.DOWN: message("Down for everybody: {count}."),
    VerdictKind.OK: message("Ok: {count}."),
    VerdictKind.FAILED: message("Failed, so that they say nothing: {count}."),
}
_LAYERS = {
    "dns": message("Blocked when looking up the name (DNS): {count}."),
    "tcp": message("Blocked when connecting (TCP): {count}."),
    "tls": message("Blocked when encryption began (TLS): {count}."),
    "http": message("Blocked when asking for the page (HTTP): {count}."),
    "": message("Blocked at a step that is not known: {count}."),
}
_FLAGS = message("The source's own flags: anomaly {anomaly}, confirmed {confirmed}, failed {failed} times.")


def classify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="Measurements: .jsonl, .jsonl.gz, or one as .json; or a folder of such files, or @LIST, a text file "
            "with one path a line (# begins a comment).",
        ),
    ],
    to: Annotated[
        Path, typer.Argument(metavar="OUT.parquet", help="Where the verdicts go; a folder when there are many files.")
    ],
    fingerprints: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="OONI's lists of fingerprints; else those in KUAGER_DATA.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="ENGINE", help="For many files: local, local-cluster or spark://HOST:PORT.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Say of each raw measurement whether its target was blocked, down or ok, and why; without a case."""
    if is_many(file):
        function = classify_files(lists_folder(fingerprints))
        totals = Totals(lambda files: _tell_counts(counted(files)), _totals)
        run_many(function, file, to, endings=ENDINGS, engine=engine, as_json=as_json, totals=totals)
        return
    if engine is not None:
        raise one_file_needs_no_engine(file)
    if to.is_dir():
        raise UsageError(
            message("“{path}” is a folder; the verdicts of one file go to a file."),
            remedy=message("Name a file in it, such as verdicts.parquet."),
            path=str(to),
        )
    for path, usable in ((file, file.is_file()), (to.parent, to.parent.is_dir())):
        if not usable:
            raise UsageError(message("There is no file or folder “{path}”."), path=str(path))
    if to.exists() and file.samefile(to):
        raise UsageError(
            message("“{path}” is the file of the measurements itself."),
            meaning=message("Writing the verdicts there would destroy it; it is as it was."),
            remedy=message("Name another file for the verdicts."),
            path=str(to),
        )
    lists = lists_folder(fingerprints)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress, transient=True, disable=not progress.is_terminal) as shown:
        task = shown.add_task(file.name, total=file.stat().st_size)
        found = write_classified(file, to, lists, lambda size: shown.advance(task, size))
    if as_json:
        results.file.write(json.dumps(_record(found), ensure_ascii=False, indent=2) + "\n")
    else:
        _tell(found)


def _record(found: Counted) -> dict[str, Any]:
    remarks = [translation().gettext(note.template, **note.facts) for note in found.remarks]
    return {"measurements": found.rows, **_counts(found), "remarks": remarks}


def _totals(files: Sequence[Path]) -> dict[str, Any]:
    return _counts(counted(files))


def _counts(found: Counted) -> dict[str, Any]:
    return {
        "verdicts": {kind.value: found.verdicts.get(kind, 0) for kind in _VERDICTS},
        "blocked_at": {layer or "unknown": found.layers.get(layer, 0) for layer in _LAYERS},
        "flags": dict(found.flags),
    }


def _tell(found: Counted) -> None:
    language = translation()
    say(language.gettext(message("Measurements classified: {count}."), count=language.number(found.rows)))
    _tell_counts(found)
    for note in found.remarks:
        say(f"• {language.gettext(note.template, **note.facts)}")


def _tell_counts(found: Counted) -> None:
    language = translation()
    for kind, template in _VERDICTS.items():
        say(language.gettext(template, count=language.number(found.verdicts.get(kind, 0))))
    for layer, template in _LAYERS.items():
        if found.layers.get(layer):
            say(language.gettext(template, count=language.number(found.layers[layer])))
    say(language.gettext(_FLAGS, **{name: language.number(count) for name, count in found.flags.items()}))
