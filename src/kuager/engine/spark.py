"""Work on a cluster that runs Apache Spark, or on two workers of our own; questions go to Spark SQL.

One task reads one file. Tasks go out in several jobs at a time, since a job that fails takes its tasks with it: its
files are then tried alone, so that one of them cannot spoil another. Lost workers are Spark's affair: it gives their
tasks to others. Only outcomes come back; rows go to a folder that all workers must share.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow.parquet as pq

from kuager.engine.answers import same_types
from kuager.engine.engine import FileFunction, Input, Outcome, Question, died, failed
from kuager.engine.output import make, remove_temporary
from kuager.engine.spark_start import started
from kuager.errors import EngineError, message

JOBS = 16
"""Jobs at a time: enough that the end of one does not leave workers idle."""
TASKS_AHEAD = 2
"""Tasks handed out for each core of the cluster."""
MOST_TASKS = 32
"""Tasks in a job when there are very many files: starting a job costs as much as several small files."""
PATIENCE_S = 180.0
"""How long to wait for a first worker; a loaded machine takes a minute to start one."""


class SparkEngine:
    """A connection to a cluster, as one of its applications."""

    def __init__(self, master: str) -> None:
        """Connect.

        Args:
            master: ``spark://HOST:PORT``, or ``local-cluster[2,1,1024]`` for workers of our own (how many, cores and
                MiB of each).

        Raises:
            EngineError: Spark or Java is missing, nobody answers there, or no worker is free.
        """
        self._context = started(master)
        try:
            self._slots = _wait_for_workers(self._context)
        except BaseException:
            self._context.stop()
            raise

    def map_files(self, function: FileFunction, inputs: Sequence[Input], outputs: Path) -> Iterator[Outcome]:
        """See ``Engine.map_files``. The folders must have the same path on every worker.

        Raises:
            EngineError: the workers lack Kuager or do not see the folders, or the cluster is gone.
        """
        remove_temporary(outputs)
        if not inputs:
            return
        shared = outputs.absolute()
        files = [replace(one, path=one.path.absolute()) for one in inputs]
        self._check_workers(shared, files[0].path)
        stopping = threading.Event()
        size = max(-(-TASKS_AHEAD * self._slots // JOBS), min(MOST_TASKS, len(files) // (4 * JOBS)))
        with ThreadPoolExecutor(JOBS) as threads:
            jobs = [
                threads.submit(self._job, function, files[first : first + size], shared, stopping)
                for first in range(0, len(files), size)
            ]
            try:
                for job in as_completed(jobs):
                    for outcome in job.result():
                        there = outcome.output
                        yield replace(outcome, output=outputs / there.name if there is not None else None)
            except BaseException:
                stopping.set()
                threads.shutdown(wait=False, cancel_futures=True)
                self._context.cancelAllJobs()
                raise
        remove_temporary(outputs)

    def query(self, tables: Mapping[str, Sequence[Path]], question: Question) -> Any:
        """See ``Engine.query``."""
        import ibis  # noqa: PLC0415 - takes a second, and mapping files does without
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

        from kuager.engine.spark_sql import spark_sql  # noqa: PLC0415 - loads Ibis

        session = SparkSession(self._context)
        named = {}
        for name, files in tables.items():
            rows = session.read.parquet(*(_literal(file.absolute()) for file in files))
            rows.createOrReplaceTempView(name)
            named[name] = ibis.table(ibis.Schema.from_pyarrow(pq.read_schema(files[0])), name=name)
        return same_types(session.sql(spark_sql(question(named))).toArrow())

    def __enter__(self) -> Self:
        """The connection is held from the start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the cluster's workers."""
        self._context.stop()

    def _job(
        self, function: FileFunction, files: Sequence[Input], outputs: Path, stopping: threading.Event
    ) -> list[Outcome]:
        if stopping.is_set():
            return []
        try:
            return list(self._context.parallelize(files, len(files)).map(_doing(function, outputs)).collect())
        except _of_spark() as error:
            if stopping.is_set():
                return []
            if isinstance(error, OSError) or self._context._jsc.sc().isStopped():
                raise _gone() from error
            if len(files) == 1:
                return [_failed(files[0], error)]
        return [outcome for one in files for outcome in self._job(function, [one], outputs, stopping)]

    def _check_workers(self, outputs: Path, first: Path) -> None:
        """Ask every core once; a mistake in setting up a cluster is told before it becomes one of every file."""
        probe = self._context.parallelize(range(self._slots), self._slots)
        try:
            blind = not all(probe.map(_seeing(str(outputs), str(first))).collect())
        except _of_spark() as error:
            raise EngineError(
                message("The workers of the cluster cannot run Kuager: {reason}"),
                remedy=message("Install the same version of it, and of Python, on each; PYSPARK_PYTHON says where."),
                reason=_python_error(error) or type(error).__name__,
            ) from error
        if blind:
            raise EngineError(
                message("Not every worker sees “{path}” and the files to be read."),
                remedy=message("Use folders that all machines share under the same path."),
                path=str(outputs),
            )


def _doing(function: FileFunction, outputs: Path) -> Callable[[Input], Outcome]:
    return lambda given: make(function, given, outputs)


def _seeing(*paths: str) -> Callable[[int], bool]:
    needed = make.__module__

    def sees(_: int) -> bool:
        __import__(needed)
        return all(Path(path).exists() for path in paths)

    return sees


def _of_spark() -> tuple[type[Exception], ...]:
    """All that a call to Spark may end in; which of them depends on whether SQL was spoken before."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    return Py4JError, PySparkException, OSError


def _failed(given: Input, error: Exception) -> Outcome:
    """A worker that was killed each time, or whose Python failed in a way that nobody foresaw."""
    kind = _python_error(error)
    return failed(given, kind.partition(":")[0].rpartition(".")[2]) if kind else died(given)


def _wait_for_workers(context: Any) -> int:
    """Cores that can be counted on, once a first worker has come."""
    until = time.monotonic() + PATIENCE_S
    while len(context._jsc.sc().statusTracker().getExecutorInfos()) < 2:  # the first is ourselves
        if time.monotonic() > until:
            raise EngineError(
                message("The cluster gave no worker within {seconds} seconds."),
                remedy=message("See whether its workers are up, free, and have a core and 1 GiB of memory to give."),
                seconds=int(PATIENCE_S),
            )
        time.sleep(0.2)
    return int(context.defaultParallelism)


def _gone() -> EngineError:
    return EngineError(
        message("The connection to the cluster is gone."),
        meaning=message("What was written before is whole."),
        remedy=message("Run the same command again: it goes on from there."),
    )


def _python_error(error: Exception) -> str:
    """The line in which a worker's Python says what is wrong; empty when it could not say anything any more."""
    traces = str(error).split("Traceback (most recent call last):")
    own = re.split(r"^\s+at ", traces[-1], maxsplit=1, flags=re.MULTILINE)[0] if len(traces) > 1 else ""
    said = re.findall(r"^((?:\w+\.)*[A-Z]\w*(?:Error|Exception)\b.*)$", own, flags=re.MULTILINE)
    return said[-1].strip() if said else ""


def _literal(path: Path) -> str:
    """A path in which Spark sees no pattern and no other file system."""
    return "file:" + "".join(f"\\{sign}" if sign in "\\*?[]{}" else sign for sign in str(path))


def default_master() -> str:
    """Workers of our own: as many as there are cores, two at the least, so that work is divided in any case."""
    return f"local-cluster[{max(2, len(os.sched_getaffinity(0)))},1,1024]"
