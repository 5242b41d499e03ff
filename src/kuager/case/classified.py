"""Classify raw measurements, without a case: files of OONI or Censored Planet in, Parquet files of verdicts out.

What is known of block pages comes from a folder with OONI's ``fingerprints_dns.csv`` and ``fingerprints_http.csv``,
and for Censored Planet ``blockpage_signatures.json`` and ``false_positive_signatures.json``: lists that others publish
under their own licences. Without one the few fingerprints that come with Kuager are used.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from kuager.case.derivation import code_version
from kuager.codecs import fingerprints
from kuager.codecs.censoredplanet.signatures import Signatures
from kuager.detection.verdicts.doubts import PAGE_MARKS
from kuager.detection.verdicts.measurements import Classifying, classified
from kuager.engine.engine import FileFunction
from kuager.errors import CodecError, UsageError, message
from kuager.evidence.durable import TEMPORARY, put
from kuager.evidence.objects import sha256
from kuager.model.notes import Note
from kuager.model.verdicts import CLASSIFIED

DATA = "KUAGER_DATA"
"""The variable that names a folder of data which others publish."""

ENDINGS = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
"""Of the files in a folder, those that may hold measurements."""

_LISTS = ("fingerprints_dns.csv", "fingerprints_http.csv")
_PAGES, _NO_PAGES = "blockpage_signatures.json", "false_positive_signatures.json"
_AT_ONCE = 2**20
_FLAGS = ("anomaly", "confirmed", "failed")


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a file, or of several.

    Attributes:
        rows: how many measurements were classified.
        verdicts: how many of each kind.
        layers: of those that were blocked, how many at each layer; an empty name where no layer is known.
        flags: how many have each flag of the source.
        remarks: how the file was read.
    """

    rows: int
    verdicts: Mapping[str, int]
    layers: Mapping[str, int]
    flags: Mapping[str, int]
    remarks: tuple[Note, ...]


def lists_folder(given: Path | None) -> Path | None:
    """The folder with lists of fingerprints: the one that is given, else one below ``KUAGER_DATA``, else None.

    Raises:
        UsageError: the folder that is given holds none of the lists.
    """
    if given is None:
        data = os.environ.get(DATA)
        folder = Path(data) / "ooni" / "fingerprints" if data else None
        return folder if folder is not None and any((folder / name).is_file() for name in _LISTS) else None
    if not any((given / name).is_file() for name in (*_LISTS, _PAGES)):
        raise UsageError(
            message("There are no lists of fingerprints in “{path}”."),
            meaning=message("They are called fingerprints_dns.csv and fingerprints_http.csv."),
            remedy=message("Fetch them from https://github.com/ooni/blocking-fingerprints, or leave the option out."),
            path=str(given),
        )
    return given


def classify_file(path: Path, lists: Path | None = None) -> Iterator[Any | Note]:
    """Arrow record batches of ``CLASSIFIED``, and at the end what a reader should know of how the file was read.

    Args:
        path: measurements, plain or compressed with gzip.
        lists: a folder from ``lists_folder``.

    Raises:
        CodecError: the file holds no measurements, or a list is none.
    """
    return _classify(path, lists, lambda _: None)


def classify_files(lists: Path | None) -> FileFunction:
    """``classify_file`` as an engine calls it on many files, where the folder of lists must have the same path.

    Args:
        lists: a folder from ``lists_folder``.

    Raises:
        CodecError: a list is none.
    """
    _known(lists)
    parameters = {name: sha256((lists / name).read_bytes()) for name in _present(lists)} if lists is not None else {}
    return FileFunction("classify", code_version, parameters, CLASSIFIED, partial(classify_file, lists=lists))


def by_own_fingerprints(pieces: Iterable[bytes]) -> Classifying:
    """The verdicts of a file by the fingerprints that come with Kuager, which are the same everywhere.

    Args:
        pieces: the bytes of the file in order, cut anywhere.
    """
    return classified(pieces, _known(None)[0])


def write_classified(path: Path, to: Path, lists: Path | None, progress: Callable[[int], None]) -> Counted:
    """Classify a file into a Parquet file, which is there whole or not at all; memory does not grow with the file.

    Args:
        path: measurements, plain or compressed with gzip.
        to: the Parquet file.
        lists: a folder from ``lists_folder``.
        progress: is told of every piece of the file how many bytes it had.

    Raises:
        CodecError: the file holds no measurements, or a list is none.
    """
    count = _Count()
    remarks: list[Note] = []
    temporary = to.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        with pq.ParquetWriter(temporary, CLASSIFIED, compression="zstd") as writer:
            for part in _classify(path, lists, progress):
                if isinstance(part, Note):
                    remarks.append(part)
                    continue
                writer.write_batch(part)
                count.add(part)
        put(to, temporary)
    finally:
        temporary.unlink(missing_ok=True)
    return count.with_remarks(tuple(remarks))


def counted(files: Iterable[Path]) -> Counted:
    """What files of verdicts hold, all together, without remarks."""
    count = _Count()
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(columns=["verdict", "layer", *_FLAGS]):
                count.add(batch)
    return count.with_remarks(())


class _Count:
    """Counts of verdicts, batch by batch."""

    def __init__(self) -> None:
        self._rows = 0
        self._verdicts, self._layers, self._flags = Counter[str](), Counter[str](), Counter[str]()

    def add(self, batch: Any) -> None:
        kinds, where = batch["verdict"].to_pylist(), batch["layer"].to_pylist()
        self._rows += batch.num_rows
        self._verdicts.update(kinds)
        self._layers.update(layer or "" for kind, layer in zip(kinds, where, strict=True) if kind == "blocked")
        self._flags.update({name: batch[name].true_count for name in _FLAGS})

    def with_remarks(self, remarks: tuple[Note, ...]) -> Counted:
        return Counted(self._rows, self._verdicts, self._layers, self._flags, remarks)


def _classify(path: Path, lists: Path | None, progress: Callable[[int], None]) -> Iterator[Any | Note]:
    register, signatures = _known(lists)
    reading = classified(_pieces(path, progress), register, signatures, few=lists is None)
    try:
        yield from reading
    except CodecError as error:
        raise error.in_file(path.name) from error
    yield from reading.remarks


def _present(lists: Path) -> list[str]:
    return [name for name in (*_LISTS, _PAGES, _NO_PAGES) if (lists / name).is_file()]


def _pieces(path: Path, progress: Callable[[int], None]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            progress(len(piece))
            yield piece


@lru_cache(maxsize=2)
def _known(lists: Path | None) -> tuple[fingerprints.Fingerprints, Signatures | None]:
    """The fingerprints and signatures of a folder; the automaton of them is made once."""
    marks = MappingProxyType({mark: str(kind) for mark, kind in PAGE_MARKS.items()})
    if lists is None:
        own = resources.files("kuager.model").joinpath("data", "fingerprints.csv").read_bytes()
        return fingerprints.read([own], marks), None
    tables = [lists / name for name in _LISTS if (lists / name).is_file()]
    try:
        register = fingerprints.read([table.read_bytes() for table in tables], marks)
        signatures = None
        if (lists / _PAGES).is_file() and (lists / _NO_PAGES).is_file():
            signatures = Signatures((lists / _PAGES).read_bytes(), (lists / _NO_PAGES).read_bytes())
    except CodecError as error:
        raise error.in_file(lists.name) from error
    return register, signatures
