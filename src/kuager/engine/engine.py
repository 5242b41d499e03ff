"""The two calls of every engine: *map files* and *query tables*. What runs where is the engine's own affair.

A file is the unit of work, since files are what archives consist of and what can be done again alone. Rows never pass
through whoever asks: they go to Parquet files in a folder that all who work can write to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from kuager.errors import EngineError, KuagerError, message
from kuager.model.notes import Note

if TYPE_CHECKING:
    import ibis

Question = Callable[[Mapping[str, "ibis.Table"]], "ibis.Table"]
"""From tables by name to the table that answers; it must order its rows by a whole key."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to be read, and its name within the list of files, from which its output is named."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class FileFunction:
    """How the rows of one file are found. It is carried to other processes: its callables stand at the top of modules.

    Attributes:
        name: of the function, as its users know it.
        version: says which code is at work, where the work is done.
        parameters: all besides the file's bytes and the code that the rows depend on; files by their hash.
        schema: Arrow schema of the rows.
        rows: from a path to record batches of that schema and, between them, what a reader should know. A file that is
            not what it should be is a ``CodecError``.
    """

    name: str
    version: Callable[[], str]
    parameters: Mapping[str, str]
    schema: Any
    rows: Callable[[Path], Iterator[Any | Note]]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader should know of a file, and how many times it was said of it."""

    what: Note
    times: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file.

    Attributes:
        input: its name within the list.
        output: the Parquet file of its rows, None where there is none.
        rows: how many it holds.
        remarks: on how the file was read, in the order in which they were first made.
        refused: why there are no rows, None where there are.
        skipped: the same code had made the same file of the same bytes before, so nothing was written.
    """

    input: str
    output: Path | None
    rows: int
    remarks: tuple[Remark, ...]
    refused: KuagerError | None
    skipped: bool


class Engine(Protocol):
    """Does work on many files. It is held open with ``with`` and lets go of its processes at the end."""

    def map_files(self, function: FileFunction, inputs: Sequence[Input], outputs: Path) -> Iterator[Outcome]:
        """One outcome for each input, in the order in which they are done. One writer at a time per folder.

        A file that cannot be read, or at which the program dies twice, is an outcome and ends nothing.

        Raises:
            EngineError: there is nobody left to do the work.
        """

    def query(self, tables: Mapping[str, Sequence[Path]], question: Question) -> Any:
        """The answer as an Arrow table of strings, int64, float64 and times in UTC (microseconds).

        Args:
            tables: by name the Parquet files of each; each at least one.
            question: what is asked.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def died(given: Input) -> Outcome:
    """The outcome of a file at which whoever read it was killed, and killed again."""
    error = EngineError(
        message("Reading {file} was killed each time that it was tried."),
        meaning=message("It may need more memory than there is; the other files go on."),
        remedy=message("Try it alone, or on a machine with more memory."),
        file=given.name,
    )
    return Outcome(given.name, None, 0, (), error, skipped=False)


def failed(given: Input, kind: str) -> Outcome:
    """The outcome of a file at which the program itself failed, with an error of a kind that nobody foresaw."""
    told = EngineError(
        message("Kuager failed at {file}: {kind}."),
        meaning=message("That is a fault of Kuager, not of the file; the other files go on."),
        remedy=message("Please report it."),
        file=given.name,
        kind=kind,
    )
    return Outcome(given.name, None, 0, (), told, skipped=False)
