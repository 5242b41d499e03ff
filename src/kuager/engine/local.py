"""Work on this machine: a process for each core, and DuckDB for questions.

A process that is killed (out of memory, ``kill -9``) breaks the whole of Python's pool, which does not say at which
file. So what was under way is tried again, each file in a process of its own; one at which that dies too is reported,
and a new pool goes on with the rest.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kuager.engine.answers import same_types
from kuager.engine.engine import FileFunction, Input, Outcome, Question, died, failed
from kuager.engine.output import make, remove_temporary
from kuager.engine.processes import pool

AHEAD = 2
"""Files handed out for each process, so that none waits for the next one."""


class LocalEngine:
    """Processes of this machine."""

    def __init__(self, processes: int | None = None) -> None:
        """Use so many processes; as many as there are cores for us when None."""
        self._processes = processes or len(os.sched_getaffinity(0))

    def map_files(self, function: FileFunction, inputs: Sequence[Input], outputs: Path) -> Iterator[Outcome]:
        """See ``Engine.map_files``."""
        remove_temporary(outputs)
        waiting = deque(inputs)
        while waiting:
            broken = yield from self._together(function, waiting, outputs)
            for given in broken:
                yield _alone(function, given, outputs)
        remove_temporary(outputs)

    def query(self, tables: Mapping[str, Sequence[Path]], question: Question) -> Any:
        """See ``Engine.query``."""
        import ibis  # noqa: PLC0415 - takes a second, and most commands ask nothing

        connection = ibis.duckdb.connect(autoinstall_known_extensions=False, autoload_known_extensions=False)
        try:
            named = {
                name: connection.read_parquet([_literal(file) for file in files]) for name, files in tables.items()
            }
            return same_types(connection.to_pyarrow(question(named)))
        finally:
            connection.disconnect()

    def __enter__(self) -> Self:
        """Nothing is held between calls."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held between calls."""

    def _together(
        self, function: FileFunction, waiting: deque[Input], outputs: Path
    ) -> Generator[Outcome, None, list[Input]]:
        """Work off what is waiting; when a process is killed, give back what was under way."""
        running: dict[Future[Outcome], Input] = {}
        with pool(min(self._processes, len(waiting)), make.__module__) as executor:
            try:
                while waiting or running:
                    while waiting and len(running) < AHEAD * self._processes:
                        future = executor.submit(make, function, waiting[0], outputs)
                        running[future] = waiting.popleft()
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for ready in done:
                        outcome = _outcome(ready, running[ready])
                        del running[ready]
                        yield outcome
            except BrokenProcessPool:
                return list(running.values())
        return []


def _alone(function: FileFunction, given: Input, outputs: Path) -> Outcome:
    """Try a file again that may have killed its process: twice, since it may have died of another's fault before."""
    for _ in range(2):
        with pool(1, make.__module__) as executor:
            try:
                return _outcome(executor.submit(make, function, given, outputs), given)
            except BrokenProcessPool:
                continue
    return died(given)


def _outcome(future: Future[Outcome], given: Input) -> Outcome:
    """What came of a file; a fault of the program in one file is told as such and does not end the others."""
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        raise error
    return failed(given, type(error).__name__) if error is not None else future.result()


def _literal(file: Path) -> str:
    """A path in which DuckDB sees no pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file))
