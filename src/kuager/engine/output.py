"""One file in, one Parquet file out: whole or not at all, and not again when nothing has changed.

Each output carries in its own metadata what it was made of, so that no other record can disagree with it. It is written
under a temporary name (``.tmp-…``), made durable and renamed (POSIX ``rename`` is atomic within a folder), so two
workers that do the same file leave one of two equal results.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.engine.engine import FileFunction, Input, Outcome, Remark
from kuager.errors import CodecError, KuagerError, message
from kuager.model.notes import Note

TEMPORARY = ".tmp-"
DIGEST, REMARKS = b"kuager.digest", b"kuager.remarks"
_NOTES = msgspec.json.Decoder(list[tuple[Note, int]])


def output_name(name: str) -> str:
    """The file's own name and eight digits of the hash of its name in the list, which keep equal names apart.

    A list that is carried to another place names its outputs as before.
    """
    path = Path(name)
    return f"{path.name.split('.')[0] or 'file'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.parquet"


def remove_temporary(outputs: Path) -> None:
    """Remove what a run that was killed has left."""
    for path in outputs.glob(f"{TEMPORARY}*"):
        path.unlink(missing_ok=True)


def make(function: FileFunction, given: Input, outputs: Path) -> Outcome:
    """Do one file, unless its output stands already.

    A file that is refused has no output: one of an earlier state of it is removed. Where the system itself refuses,
    nothing is known of the file, and an output stays as it is.
    """
    output = outputs / output_name(given.name)
    try:
        digest = _digest(function, given.path)
        known = _standing(output, digest)
        rows, remarks = known if known is not None else _write(function, given.path, output, digest)
    except KuagerError as error:
        output.unlink(missing_ok=True)
        named = error.in_file(given.name) if isinstance(error, CodecError) else error
        return Outcome(given.name, None, 0, (), named, skipped=False)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        told = KuagerError(
            message("The system refused {file}: {reason}."),
            remedy=message("Look at the disk's space and at your permissions."),
            file=given.name,
            reason=reason,
        )
        return Outcome(given.name, None, 0, (), told, skipped=False)
    return Outcome(given.name, output, rows, remarks, None, skipped=known is not None)


def _digest(function: FileFunction, path: Path) -> str:
    """The hash of all that the output depends on."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    made_of = {
        "size": size,
        "sha256": content,
        "function": function.name,
        "code": function.version(),
        "parameters": dict(function.parameters),
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def _standing(output: Path, digest: str) -> tuple[int, tuple[Remark, ...]] | None:
    """Rows and remarks of an output that is what would be made now; None when it is not."""
    try:
        said = pq.read_metadata(output)
        if said.metadata.get(DIGEST) != digest.encode():
            return None
        remarks = _NOTES.decode(said.metadata.get(REMARKS, b"[]"))
    except (OSError, pa.ArrowException, AttributeError, msgspec.DecodeError):
        return None  # absent, damaged or not ours: the work is done again
    return said.num_rows, tuple(Remark(what, times) for what, times in remarks)


def _write(function: FileFunction, path: Path, output: Path, digest: str) -> tuple[int, tuple[Remark, ...]]:
    temporary = output.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        rows, remarks = _write_rows(function, path, temporary, digest)
        _sync(temporary, os.O_RDWR)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(output.parent, os.O_RDONLY | os.O_DIRECTORY)
    return rows, remarks


def _write_rows(function: FileFunction, path: Path, temporary: Path, digest: str) -> tuple[int, tuple[Remark, ...]]:
    """Write rows as they come, so that memory does not grow with them."""
    said: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
    rows = 0
    with pq.ParquetWriter(temporary, function.schema, compression="zstd") as writer:
        for found in function.rows(path):
            if isinstance(found, Note):
                said[found.template, tuple(found.facts.items())] += 1
            else:
                rows += _write_batch(writer, found)
        remarks = tuple(Remark(Note(text, dict(facts)), times) for (text, facts), times in said.items())
        told = msgspec.json.encode([(one.what, one.times) for one in remarks])
        writer.add_key_value_metadata({DIGEST.decode(): digest, REMARKS.decode(): told.decode()})
    return rows, remarks


def _write_batch(writer: Any, batch: Any) -> int:
    writer.write_batch(batch)
    return int(batch.num_rows)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
