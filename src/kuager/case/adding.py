"""Adding a file to a case: seal first, then read, then rebuild the tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from kuager.case.folder import Case
from kuager.case.places import belongs
from kuager.case.reading import Content, read, rebuild
from kuager.case.received import Received
from kuager.codecs.registry import check
from kuager.errors import KuagerError, UsageError, message
from kuager.model.notes import Note
from kuager.model.places import find
from kuager.model.series import Series
from kuager.model.time import format_utc
from kuager.observations.store import Merged

LARGEST_FILE = 2 * 1024**3
_WITHOUT_PLACE = frozenset({"ioda-export", "radar", "google-traffic", "site-list"})
"""Kinds whose files do not say which place they are about."""
_NAMES_NO_PLACE = frozenset({"ioda-export", "site-list"})
"""Kinds of files that do not say which place they are about."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a file."""

    digest: str
    new: bool
    content: Content
    remarks: tuple[Note, ...]
    merged: Merged

    @property
    def series(self) -> tuple[Series, ...]:
        """The series in it."""
        return self.content.decoded.series


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
    with opened(file) as stream:
        check(kind)
        about = _place(case, kind, place)
        added = _add_stream(case, stream, file.name, kind, about, signal)
    if place is not None or kind not in _WITHOUT_PLACE:
        return added
    template = message("The file does not name its place and was read as {place}; name another one with --place.")
    return replace(added, remarks=(*added.remarks, Note(template, {"place": about})))


def _add_stream(case: Case, stream: BinaryIO, name: str, kind: str, place: str, signal: str) -> Added:
    with case.writing("add"), case.objects.incoming() as incoming:
        shutil.copyfileobj(stream, incoming, 1 << 20)
        return _added(case, case.objects.seal(incoming), name, kind, place, signal)


def add_bytes(case: Case, data: bytes, name: str, kind: str, place: str | None, signal: str = "") -> Added:
    """As :func:`add_file`, for bytes that are already in hand."""
    check(kind)
    about = _place(case, kind, place)
    with case.writing("add"):
        return _added(case, case.objects.put(data), name, kind, about, signal)


def _added(case: Case, put: tuple[str, bool], name: str, kind: str, place: str, signal: str) -> Added:
    record, new, content = sealed(
        case, put, name, kind, place, signal, read=lambda: read(case, put[0], kind, place, signal, name)
    )
    try:
        merged = rebuild(case, {record: content})
    except BaseException:
        if new and not case.proving.entered(record):  # what the log speaks of has to be there
            forget(case, record)
        raise
    remarks = (*content.remarks, *_remarks(case, content.decoded.series))
    return Added(record.digest, new, content, remarks, merged)


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
    case: Case, put: tuple[str, bool], name: str, kind: str, place: str, signal: str, read: Callable[[], T]
) -> tuple[Received, bool, T]:
    """Read bytes that were stored, then record that they were received; the case must be held for writing.

    What cannot be read is taken back: the case is then as it was.

    Args:
        case: the case.
        put: the object's sha256, and whether it is new.
        name: of the file.
        kind: what it is.
        place: what it is about.
        signal: the one signal that is taken of it; empty for all.
        read: reads it.

    Returns:
        the record, whether it is new, and what reading gave.
    """
    digest, new = put
    try:
        content = read()
    except BaseException:
        if new:
            case.objects.withdraw(digest)
        raise
    record = Received(
        type="observation/v1",
        object=f"sha256:{digest}",
        size=case.objects.path(digest).stat().st_size,
        kind=kind,
        place=place,
        signal=signal,
        name=name,
        received=format_utc(datetime.now(UTC)),
    )
    known = [other for other in case.records.all() if other.reading == record.reading]
    if not known:
        case.records.keep(record)
    return (known or [record])[0], not known, content


def forget(case: Case, record: Received) -> None:
    """Take back a file that could be read but not made part of the tables."""
    case.records.forget(record)
    if all(other.object != record.object for other in case.records.all()):
        case.objects.withdraw(record.digest)


def _place(case: Case, kind: str, place: str | None) -> str:
    if place is not None:
        return find(place).code
    if len(case.settings.places) == 1 or kind not in _NAMES_NO_PLACE:
        return case.settings.places[0]
    raise UsageError(
        message("This kind of file does not say which place it is about, and the case has several."),
        remedy=message("Name it with --place, for example --place {place}."),
        place=case.settings.places[0],
    )


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """A file that somebody named, open for reading.

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
        stream = file.open("rb")
    except OSError as error:
        raise unreadable(file, error) from error
    with stream:
        yield stream


def unreadable(file: Path, error: OSError) -> KuagerError:
    """What to say of a person's file that the system does not give."""
    return KuagerError(
        message("{file} cannot be read: {reason}."),
        remedy=message("Check the name of the file and that you may read it."),
        file=str(file),
        reason=error.strerror or type(error).__name__,
    )
