"""Whole folders of files, on the engine of one's choice: each file in gives a Parquet file in a folder.

What a folder of results holds is decided by its files alone, so a run that was stopped goes on where it was. Beside
them, ``_report.json`` says of the last run what was refused and why, and how each file was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kuager.case.derivation import code_version
from kuager.case.lock import held_for_writing
from kuager.case.own_series import EVENTS, EventsOfFile
from kuager.case.own_stretches import REASONS
from kuager.engine.engine import Engine, FileFunction, Input, Outcome
from kuager.engine.local import LocalEngine
from kuager.engine.output import output_name
from kuager.errors import CaseHeld, UsageError, message
from kuager.evidence.durable import replace
from kuager.model.notes import Note

REPORT = "_report.json"
LOCAL, LOCAL_CLUSTER, SPARK = "local", "local-cluster", "spark://"


@dataclass(frozen=True, slots=True)
class Held:
    """A folder of results that is ours to write to, and what there is to do."""

    inputs: Sequence[Input]
    outputs: Path
    others: int


def engine_named(name: str) -> Engine:
    """The engine of that name: ``local``, ``local-cluster``, or the address of a cluster, ``spark://HOST:PORT``.

    Raises:
        UsageError: there is none of that name.
        EngineError: it cannot be had.
    """
    if name == LOCAL:
        return LocalEngine()
    if name == LOCAL_CLUSTER or name.startswith(SPARK):
        from kuager.engine.spark import SparkEngine, default_master  # noqa: PLC0415 - for those who have a cluster

        return SparkEngine(default_master() if name == LOCAL_CLUSTER else name)
    raise UsageError(
        message("There is no engine “{name}”."),
        remedy=message("Engines are local, local-cluster, and the address of a cluster: spark://HOST:PORT."),
        name=name,
    )


def is_many(given: Path) -> bool:
    """Whether a word of the command line stands for many files: a folder, or ``@`` and the name of a list."""
    return given.is_dir() or (given.name.startswith("@") and not given.exists())


def files_of(given: Path, endings: Sequence[str]) -> list[Input]:
    """The files of a folder and its folders that have one of the endings, or those of a list, by name.

    What begins with a point or an underscore is none: that is how unfinished files and reports are named. A line of a
    list is a path, seen from where the command runs; one that stands twice counts once, and one that begins with ``#``
    is a comment.

    Raises:
        UsageError: there is nothing to do, or no such list.
    """
    if given.is_dir():
        found = [path.relative_to(given) for path in given.rglob("*") if path.name.endswith(tuple(endings))]
        names = sorted(path.as_posix() for path in found if not any(part[0] in "._" for part in path.parts))
        inputs = [Input(name, given / name) for name in names if (given / name).is_file()]
    else:
        inputs = [Input(line, Path(line)) for line in _lines(given.with_name(given.name[1:]))]
    if not inputs:
        raise UsageError(
            message("“{path}” names no files to read."),
            remedy=message("Files to read end in {endings}."),
            path=str(given),
            endings=", ".join(endings),
        )
    return inputs


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(
            message("The list “{path}” cannot be read."),
            remedy=message(
                "A list is a text file in UTF-8 with one path a line; lines that begin with # are comments."
            ),
            path=str(file),
        ) from error
    told = (line for line in text.removeprefix("\ufeff").splitlines() if line.strip() and "\0" not in line)
    return list(dict.fromkeys(line for line in told if not line.lstrip().startswith("#")))


@contextmanager
def held(given: Path, to: Path, endings: Sequence[str], purpose: str) -> Iterator[Held]:
    """Make the folder of results and hold it against a second writer.

    Raises:
        UsageError: there is nothing to do, or the results would lie among the files that are read.
        CaseHeld: another process writes to the folder.
    """
    inputs = files_of(given, endings)
    if to.exists() and not to.is_dir():
        raise UsageError(message("“{path}” is a file; many files need a folder for their results."), path=str(to))
    if given.is_dir() and to.resolve().is_relative_to(given.resolve()):
        raise UsageError(
            message("“{path}” lies in the folder that is read."),
            meaning=message("The next run would take results for files to read."),
            remedy=message("Name a folder outside of it."),
            path=str(to),
        )
    if not to.parent.is_dir():
        raise UsageError(message("There is no file or folder “{path}”."), path=str(to.parent))
    to.mkdir(exist_ok=True)
    names = {output_name(one.name) for one in inputs}
    try:
        with held_for_writing(to / ".lock", purpose):
            yield Held(inputs, to, sum(path.name not in names for path in to.glob("*.parquet")))
    except CaseHeld as error:
        raise CaseHeld(
            message("The folder is being written by process {process} (kuager {purpose}, since {since})."),
            meaning=message("Two writers at once could lose each other's work, so the second one is refused."),
            remedy=message("Wait until it has finished, then try again."),
            **error.facts,
        ) from error


def write_report(outputs: Path, outcomes: Sequence[Outcome], *, whole: bool) -> None:
    """Write what came of each file, unless the same stands there already.

    Args:
        outputs: the folder of results.
        outcomes: of the files that were done.
        whole: whether all were, or the run was stopped.
    """
    record = {"whole": whole, "files": [record_of(one) for one in sorted(outcomes, key=lambda one: one.input)]}
    written = msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
    report = outputs / REPORT
    if not report.exists() or report.read_bytes() != written:
        replace(report, written)


def record_of(one: Outcome) -> dict[str, Any]:
    """What came of a file, in English; the same whether it was done now or before."""
    refused = one.refused.diagnostics() if one.refused is not None else None
    return {
        "input": one.input,
        "output": one.output.name if one.output is not None else None,
        "rows": one.rows,
        "remarks": [
            {"remark": remark.what.template.format(**remark.what.facts), "times": remark.times}
            for remark in one.remarks
        ],
        "refused": {"what": refused.happened, "meaning": refused.meaning, "remedy": refused.remedy}
        if refused is not None
        else None,
    }


def events_of_file(file: Path) -> Iterator[Any | Note]:
    """The events of a file of series, as ``EVENTS``, and of its series what was not judged and why.

    Raises:
        CodecError: it is no such table.
    """
    events = EventsOfFile(file)
    for _ in events.detect():
        pass
    found = events.found()
    yield from found.events.to_batches()
    for remark in found.remarks:
        yield remark.what
    for unjudged in found.unjudged:
        yield unjudged.why
    for silent in found.silent:
        yield from (Note(REASONS[reason], {}) for reason in sorted(set(silent.reasons.tolist())))


DETECT_SERIES = FileFunction("detect-series", code_version, {}, EVENTS, events_of_file)
