"""Functions on files that the engines' tests carry to other processes: they count lines, and misbehave when told to."""

from __future__ import annotations

import gzip
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from kuager.engine.engine import FileFunction, Input
from kuager.errors import CodecError, message
from kuager.model.notes import Note

LINES = pa.schema([pa.field("line", pa.string(), nullable=False), pa.field("length", pa.int64(), nullable=False)])


def lines(file: Path, pause_s: float) -> Iterator[Any | Note]:
    """Lines of a gzip file; ``die`` kills the process, ``die once`` only the first, ``fail`` is a fault of ours."""
    time.sleep(pause_s)
    try:
        text = gzip.decompress(file.read_bytes()).decode()
    except EOFError as error:
        raise CodecError(message("{file} ends in the middle of {{a}} line."), file="") from error
    for line in text.splitlines():
        if line == "die" or (line == "die once" and _first(file)):
            os.kill(os.getpid(), signal.SIGKILL)
        if line == "fail":
            raise ZeroDivisionError
        if not line:
            yield Note(message("{what} is empty."), {"what": "A line"})
            continue
        yield pa.record_batch({"line": [line], "length": pa.array([len(line)])}, LINES)


def _first(file: Path) -> bool:
    mark = file.with_suffix(".died")
    there = mark.exists()
    mark.touch()
    return not there


def version() -> str:
    return "1"


def counting(pause_s: float = 0.0, **parameters: str) -> FileFunction:
    return FileFunction("lines", version, parameters, LINES, partial(lines, pause_s=pause_s))


def written(folder: Path, texts: dict[str, str]) -> list[Input]:
    """Files of the texts, by name."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(gzip.compress(text.encode()))
    return [Input(name, folder / name) for name in texts]
