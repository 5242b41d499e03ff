"""Adding a file to a case: seal first, then read, then rebuild the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import rfc8785

from kuager.case.derivation import Derivation
from kuager.case.folder import Case
from kuager.case.places import belongs
from kuager.codecs.decoded import Decoded
from kuager.codecs.registry import KINDS, decode
from kuager.errors import CaseDamaged, CodecError, KuagerError, UsageError, message
from kuager.evidence.durable import write_new
from kuager.evidence.objects import sha256
from kuager.model.episodes import Note
from kuager.model.places import find
from kuager.model.series import Series
from kuager.model.time import format_utc
from kuager.observations import coverage
from kuager.observations.store import Merged

LARGEST_FILE = 2 * 1024**3

T = TypeVar("T")


class Received(msgspec.Struct, frozen=True):
    """The record of one sealed object: what it was taken for and when it came. ``signal`` empty means all of it."""

    type: str
    object: str
    size: int
    kind: str
    place: str
    signal: str
    name: str
    received: str

    @property
    def digest(self) -> str:
        """The object's name in the store."""
        return self.object.removeprefix("sha256:")


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a file."""

    digest: str
    new: bool
    series: tuple[Series, ...]
    remarks: tuple[Note, ...]
    merged: Merged


def add_file(case: Case, file: Path, kind: str, place: str | None, signal: str = "") -> Added:
    """Seal a file and make its series part of the case.

    Args:
        case: the case.
        file: what to add.
        kind: what the file is, as in ``codecs.registry``.
        place: the place that the file is about where it does not say so itself; the case's own when it has only one.
        signal: take only this signal of the file; empty for all.

    Raises:
        KuagerError: the file cannot be read or is not of that kind; the case is then as it was.
    """
    data = bytes_of(file)
    return add_bytes(case, data, file.name, kind, place, signal)


def add_bytes(case: Case, data: bytes, name: str, kind: str, place: str | None, signal: str = "") -> Added:
    """As :func:`add_file`, for bytes that are already in hand."""
    about = _place(case, kind, place)
    with case.writing("add"):
        record, new, decoded = sealed(
            case, data, name, kind, about, signal, read=lambda: _decoded(kind, data, about, signal, name)
        )
        try:
            merged = rebuild(case, {record: decoded})
        except BaseException:
            if new:
                _forget(case, record)
            raise
    remarks = (*decoded.remarks, *_remarks(case, decoded.series))
    return Added(record.digest, new, decoded.series, remarks, merged)


def _remarks(case: Case, series: Sequence[Series]) -> Iterator[Note]:
    """What a person may not have meant: places that the case is not about, times that lie outside of it."""
    outside = sorted({one.place for one in series if not belongs(case, one.place)})
    if outside:
        template = message("The case is not about {places}: these series serve as comparison only.")
        yield Note(template, {"places": ", ".join(outside)})
    start, end = case.settings.window
    samples = sum(one.times.size for one in series)
    beyond = sum(int(((one.times < start) | (one.times >= end)).sum()) for one in series)
    if beyond:
        template = message(
            "{count} of {samples} samples lie outside the window of the case: they tell what is ordinary, no more."
        )
        yield Note(template, {"count": str(beyond), "samples": str(samples)})


def sealed(
    case: Case, data: bytes, name: str, kind: str, place: str, signal: str, read: Callable[[], T]
) -> tuple[Received, bool, T]:
    """Store bytes, then read them, then record that they were received; the case must be held for writing.

    What cannot be read is taken back: the case is then as it was.

    Returns:
        the record, whether it is new, and what reading gave.
    """
    digest, new = case.objects.put(data)
    try:
        content = read()
    except BaseException:
        if new:
            case.objects.withdraw(digest)
        raise
    record = Received(
        type="observation/v1",
        object=f"sha256:{digest}",
        size=len(data),
        kind=kind,
        place=place,
        signal=signal,
        name=name,
        received=format_utc(datetime.now(UTC)),
    )
    known = [other for other in received(case) if _same_reading(other, record)]
    if not known:
        _keep(case, record)
    return (known or [record])[0], not known, content


def received(case: Case) -> list[Received]:
    """The records of everything received, in order."""
    records = []
    for path in sorted(case.received.glob("*.json")):
        try:
            records.append(msgspec.json.decode(path.read_bytes(), type=Received))
        except msgspec.DecodeError as error:
            raise CaseDamaged(
                message("The record {file} cannot be read."),
                remedy=message("Bring it back from a copy of the case."),
                file=f"evidence/received/{path.name}",
            ) from error
    return records


def rebuild(case: Case, decoded: Mapping[Received, Decoded] | None = None) -> Merged:
    """Decode every sealed object again and replace the tables; the case must be held for writing.

    Args:
        case: the case.
        decoded: what was decoded a moment ago and need not be decoded again.
    """
    merged = case.observations.rebuild(_all_series(case, decoded or {}))
    coverage.write(case.path / "observations" / coverage.FILE, [one for one, _ in case.observations.series()])
    case.derivations.record(_observing(case), _together(_table_hashes(case)))
    return merged


def up_to_date_tables(case: Case) -> list[str]:
    """The hashes of the tables, after decoding again what a killed step left undone or what somebody changed.

    The case must be held for writing.
    """
    hashes = _table_hashes(case)
    if case.derivations.output_of(_observing(case)) == _together(hashes) or not received(case):
        return hashes
    rebuild(case)
    return _table_hashes(case)


def _observing(case: Case) -> Derivation:
    records = received(case)
    read_as: list[str] = [f"{record.kind} {record.place} {record.signal}".strip() for record in records]
    return Derivation("observe", {"read-as": read_as}, [record.digest for record in records])


def _table_hashes(case: Case) -> list[str]:
    return [case.observations.table_hash(name) for name in case.observations.signals()]


def _together(hashes: list[str]) -> str:
    return sha256("".join(hashes).encode())


def _all_series(case: Case, decoded: Mapping[Received, Decoded]) -> Iterator[tuple[str, Series]]:
    for record in received(case):
        if record.kind not in KINDS:
            continue
        known = decoded.get(record)
        if known is None:
            data = case.objects.get(record.digest)
            known = _decoded(record.kind, data, record.place, record.signal, record.name)
        for one in known.series:
            yield record.digest, one


def _decoded(kind: str, data: bytes, place: str, signal: str, name: str) -> Decoded:
    try:
        decoded = decode(kind, data, place)
    except CodecError as error:
        raise error.in_file(name) from error
    decoded = Decoded(tuple(replace(one, place=_canonical(one.place)) for one in decoded.series), decoded.remarks)
    if not signal:
        return decoded
    chosen = tuple(one for one in decoded.series if one.signal == signal)
    if not chosen:
        raise UsageError(
            message("{file} has no signal “{signal}”; it has: {signals}."),
            remedy=message("Leave --signal out to take all of them."),
            file=name,
            signal=signal,
            signals=", ".join(sorted({one.signal for one in decoded.series})),
        )
    return Decoded(chosen, decoded.remarks)


def _canonical(place: str) -> str:
    """The one code of a place that has had several; a region of a country not in the register keeps its own."""
    try:
        return find(place).code
    except UsageError:
        return place


def _place(case: Case, kind: str, place: str | None) -> str:
    if place is not None:
        return find(place).code
    if len(case.settings.places) == 1 or kind != "ioda-export":
        return case.settings.places[0]
    raise UsageError(
        message("This kind of file does not say which place it is about, and the case has several."),
        remedy=message("Name it with --place, for example --place {place}."),
        place=case.settings.places[0],
    )


def bytes_of(file: Path) -> bytes:
    """The content of a file that somebody named.

    Raises:
        KuagerError: it is not there, is no file, is too large or may not be read.
    """
    try:
        if file.exists() and not file.is_file():
            raise KuagerError(
                message("{file} is no file but a directory, a pipe or a device."),
                remedy=message("Name a file that holds data."),
                file=str(file),
            )
        if file.stat().st_size > LARGEST_FILE:
            raise KuagerError(
                message("{file} is larger than 2 GiB."),
                remedy=message("Divide it by time and add the parts one after the other."),
                file=file.name,
            )
        return file.read_bytes()
    except OSError as error:
        raise KuagerError(
            message("{file} cannot be read: {reason}."),
            remedy=message("Check the name of the file and that you may read it."),
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error


def _same_reading(one: Received, other: Received) -> bool:
    return (one.object, one.kind, one.place, one.signal) == (other.object, other.kind, other.place, other.signal)


def _forget(case: Case, record: Received) -> None:
    """Take back a file that could be read but not made part of the tables."""
    for path in case.received.glob("*.json"):
        if msgspec.json.decode(path.read_bytes(), type=Received) == record:
            path.unlink()
    if all(other.object != record.object for other in received(case)):
        case.objects.withdraw(record.digest)


def _keep(case: Case, record: Received) -> None:
    """Number the record after the last one; the writer's lock makes sure that nobody else takes the number."""
    numbers = [int(path.stem) for path in case.received.glob("*.json")]
    path = case.received / f"{max(numbers, default=0) + 1:06d}.json"
    write_new(path, rfc8785.dumps(msgspec.to_builtins(record)))
