"""From sealed objects to the tables of a case. Tables are disposable: all are derived here from the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from kuager.case.answered import ANSWERS_OF_NOTHING, days_answered, days_of_measurements
from kuager.case.derivation import Derivation, Parameter
from kuager.case.folder import Case
from kuager.case.proving import TABLE
from kuager.case.received import Received
from kuager.codecs.decoded import Decoded
from kuager.codecs.registry import KINDS, MEASUREMENT_KINDS, check, decode
from kuager.errors import CodecError, UsageError, message
from kuager.evidence.objects import sha256
from kuager.model.notes import Note
from kuager.model.places import find
from kuager.observations import coverage
from kuager.observations.store import Merged

OBSERVE, READ_AS = "observe", "read-as"
"""A derivation, and its parameter that says as what each input is read."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one object says: series and rows, or how many measurements were kept of it."""

    decoded: Decoded
    measurements: int = 0

    @property
    def empty(self) -> bool:
        """Whether it has neither a value nor a row."""
        values = any(np.isfinite(series.values).any() for series in self.decoded.series)
        return not (values or self.measurements or any(rows.num_rows for rows in self.decoded.tables.values()))

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how it was read."""
        return self.decoded.remarks


def read(case: Case, digest: str, kind: str, place: str, signal: str, name: str) -> Content:
    """What a sealed object says; its measurements are kept as a table of their own.

    Raises:
        CodecError: it is not of that kind.
        UsageError: nobody reads that kind, or it has no such signal.
    """
    check(kind)
    try:
        if kind in MEASUREMENT_KINDS:
            return _read_measurements(case, digest, kind)
        return Content(_chosen(decode(kind, case.objects.get(digest), place), signal, name))
    except CodecError as error:
        raise error.in_file(name) from error


def rebuild(case: Case, known: Mapping[Received, Content] | None = None) -> Merged:
    """Decode every sealed object again, replace the tables and enter them into the log.

    The case must be held for writing.

    Args:
        case: the case.
        known: what was read a moment ago and need not be read again.
    """
    merged = make_tables(case, known)
    case.proving.received(case.records.all())
    case.proving.derived(TABLE, _observing(case), hashes_of_tables(case))
    return merged


def make_tables(case: Case, known: Mapping[Received, Content] | None = None) -> Merged:
    """As :func:`rebuild`, without the log."""
    contents = list(_contents(case, known or {}))
    merged = case.observations.rebuild(
        (record.digest, series) for record, content in contents for series in content.decoded.series
    )
    coverage.write(case.path / "observations" / coverage.FILE, [one for one, _ in case.observations.series()])
    case.tables.rebuild(
        (name, record.digest, rows) for record, content in contents for name, rows in content.decoded.tables.items()
    )
    measured = frozenset(record.digest for record, _ in contents if record.kind in MEASUREMENT_KINDS)
    case.tables.keep_measurements_of(measured)
    case.tables.write_answers(_answers(case, contents))
    case.derivations.record(_observing(case), _together(case))
    return merged


def up_to_date_tables(case: Case) -> list[str]:
    """The hashes of the tables of series, after decoding again what a killed step left undone or somebody changed.

    What they are is claimed where a killed step did not come to that. The case must be held for writing.
    """
    if case.records.all():
        if case.derivations.output_of(_observing(case)) != _together(case):
            rebuild(case)
        case.proving.derived(TABLE, _observing(case), hashes_of_tables(case))
    return _series_hashes(case)


def _contents(case: Case, known: Mapping[Received, Content]) -> Iterator[tuple[Received, Content]]:
    for record in case.records.all():
        if record.kind in KINDS or record.kind in MEASUREMENT_KINDS:
            content = known.get(record)
            if content is None:
                content = _kept(case, record) or read(
                    case, record.digest, record.kind, record.place, record.signal, record.name
                )
            yield record, content


def _kept(case: Case, record: Received) -> Content | None:
    """The measurements of an object that this very code read before."""
    if record.kind not in MEASUREMENT_KINDS or not case.tables.has_measurements(record.digest):
        return None
    count = case.derivations.output_of(_measuring(record.digest, record.kind))
    return None if count is None else Content(Decoded(), int(count))


def _read_measurements(case: Case, digest: str, kind: str) -> Content:
    measurements = MEASUREMENT_KINDS[kind](case.objects.chunks(digest))
    count = 0

    def counted() -> Iterator[object]:
        nonlocal count
        for batch in measurements:
            count += batch.num_rows
            yield batch

    case.tables.write_measurements(digest, counted())
    case.derivations.record(_measuring(digest, kind), str(count))
    return Content(Decoded(remarks=measurements.remarks), count)


def _chosen(decoded: Decoded, signal: str, name: str) -> Decoded:
    series = tuple(replace(one, place=_canonical(one.place)) for one in decoded.series)
    if not signal:
        return replace(decoded, series=series)
    chosen = tuple(one for one in series if one.signal == signal)
    if not chosen:
        raise UsageError(
            message("{file} has no signal “{signal}”; it has: {signals}."),
            remedy=message("Leave --signal out to take all of them."),
            file=name,
            signal=signal,
            signals=", ".join(sorted({one.signal for one in series})),
        )
    return Decoded(chosen, decoded.remarks)


def _canonical(place: str) -> str:
    """The one code of a place that has had several; a region of a country not in the register keeps its own."""
    try:
        return find(place).code
    except UsageError:
        return place


def _answers(case: Case, contents: Iterable[tuple[Received, Content]]) -> object:
    parts = [ANSWERS_OF_NOTHING]
    for record, content in contents:
        if record.kind in MEASUREMENT_KINDS:
            days = days_of_measurements(case.tables.measurements(record.digest))
        else:
            days = days_answered(content.decoded)
        parts.append(days.table(record.digest, record.kind))
    return pa.concat_tables(parts)


def _measuring(digest: str, kind: str) -> Derivation:
    return Derivation("measure", {"read-as": kind}, [digest])


def _observing(case: Case) -> Derivation:
    return Derivation(OBSERVE, read_as(case), [record.digest for record in case.records.all()])


def read_as(case: Case) -> dict[str, Parameter]:
    """What each received object is read as, in order, as a parameter of what is derived from them."""
    return {READ_AS: [f"{one.kind} {one.place} {one.signal}".strip() for one in case.records.all()]}


def _series_hashes(case: Case) -> list[str]:
    return [case.observations.table_hash(name) for name in case.observations.signals()]


def _together(case: Case) -> str:
    return sha256("".join(hashes_of_tables(case).values()).encode())


def hashes_of_tables(case: Case) -> dict[str, str]:
    """The identity of every table: those of series by their signal, those of rows with an underscore before."""
    series = zip(case.observations.signals(), _series_hashes(case), strict=True)
    return dict(series) | {f"_{name}": digest for name, digest in case.tables.hashes().items()}
