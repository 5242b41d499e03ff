"""The registers of a case: rows and documents sealed like any evidence, read where pages and levels need them.

A file of rows is sealed as it came, but for what is private in it (``kuager.case.closed``).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from msgspec.structs import replace

from kuager.accountability.annotated import fields
from kuager.accountability.citing import Citation, Library, library
from kuager.accountability.loading import LARGEST_FILE, decode, unknown_operators
from kuager.accountability.media import BEGINNING, media_type
from kuager.accountability.registers import Registers
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.disclosure import Notice
from kuager.accountability.rows.documents import Document, SourceClass
from kuager.accountability.rows.row import Holds, Row
from kuager.case.adding import forget, opened, sealed
from kuager.case.closed import keep_closed, without_private
from kuager.case.documents import happenings
from kuager.case.folder import Case
from kuager.case.operators import known_operators
from kuager.case.received import DOCUMENT_KIND, OWN_WORDS_KIND, REGISTER_KIND, Received
from kuager.codecs.text import excerpt, refusal
from kuager.errors import CodecError, KuagerError, UsageError, message
from kuager.evidence.private.commitments import Disclosure
from kuager.model.notes import Note
from kuager.model.time import parse_utc

LARGEST_DOCUMENT = 256 * 2**20


@dataclass(frozen=True, slots=True)
class AddedRows:
    """What came of adding rows, or a document with its row: the sealed objects, the rows, and what to look at."""

    digests: tuple[str, ...]
    new: bool
    registers: Registers
    remarks: tuple[Note, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, Row], ...]:
        """Each row with the name of its register."""
        return tuple((name, row) for name, rows in self.registers.rows.items() for row in rows)


def add_rows(case: Case, file: Path) -> AddedRows:
    """Seal a file of rows and make them part of the case; a row with a known id takes the place of the older one.

    Raises:
        KuagerError: it cannot be read, or a row is not as its register wants it; the case is then as it was.
    """
    with opened(file) as stream:
        data = stream.read(LARGEST_FILE + 1)
    try:
        return add_row_bytes(case, data, file.name)
    except CodecError as error:
        raise error.in_file(file.name) from error


def add_row_bytes(case: Case, data: bytes, name: str) -> AddedRows:
    """As :func:`add_rows`, for bytes in hand."""
    rows = _prepared(case, data)
    with case.writing("add"):
        record, new = _seal(case, rows, name)
        case.proving.received(case.records.all())
    return AddedRows((record.digest,), new, rows.registers, (*rows.remarks, *_remarks(case, rows.registers)))


def add_document(case: Case, file: Path, said: dict[str, Any]) -> AddedRows:
    """Seal a document as it is, and a row of the register ``documents`` that says what it is.

    Args:
        case: the case.
        file: in any format; nothing of it is published, and it goes into confidential bundles only.
        said: the row's fields; ``id``, ``seen``, ``object`` and ``media`` follow from the file where they are left out.

    Raises:
        KuagerError: the file is empty or too large, its name is that of another document, or the row is not as its
            register wants it; the case is then as it was.
    """
    with opened(file) as stream:
        size = file.stat().st_size
        if not 0 < size <= LARGEST_DOCUMENT:
            raise KuagerError(
                message("{file} is empty.") if not size else message("{file} is larger than 256 MiB."),
                remedy=message("Add the page, the paper or the recording that is meant, and leave out the rest."),
                file=file.name,
            )
        row = {
            "id": _identifier(file) or DOCUMENT_KIND,
            "seen": f"{datetime.now(UTC):%Y-%m-%d}",
            "media": media_type(stream.read(BEGINNING), file.name),
            **said,
        }
        _described(case, {**row, "object": ""}, file)  # a mistake in the row is told before a large file is copied
        stream.seek(0)
        with case.writing("add"), case.objects.incoming() as incoming:
            shutil.copyfileobj(stream, incoming, 1 << 20)
            put = case.objects.seal(incoming)
            row["id"] = said.get("id") or _identifier(file) or f"{DOCUMENT_KIND}-{put[0][:8]}"
            document, new, rows = sealed(
                case,
                put,
                file.name,
                DOCUMENT_KIND,
                case.settings.places[0],
                "",
                read=lambda: _described(case, {**row, "object": f"sha256:{put[0]}"}, file, named="id" in said),
            )
            try:
                record, new_rows = _seal(case, rows, file.name)
            except BaseException:
                if new:
                    forget(case, document)  # a document of which nobody says what it is
                raise
            case.proving.received(case.records.all())
    remarks = (*rows.remarks, *_remarks(case, rows.registers))
    return AddedRows((document.digest, record.digest), new or new_rows, rows.registers, remarks)


def registers_of(case: Case, among: Sequence[Received] | None = None) -> Registers:
    """The rows of a case, or of what was received among some records; the newest row of each id."""
    found = Registers()
    for record in case.records.all() if among is None else among:
        if record.kind in (REGISTER_KIND, OWN_WORDS_KIND):
            found = found.with_later(decode(case.objects.get(record.digest), parse_utc(record.received)))
    return found


def record_citations(case: Case, among: Sequence[Received] | None = None) -> tuple[Citation, ...]:
    """The rows of the documentary record as rows of registers cite them."""
    return tuple(
        Citation(
            id=row.id,
            says=row.text,
            by=row.source,
            published=row.start,
            group=row.source,
            source_class=tuple(SourceClass(one.value) for one in row.source_class),
            links=row.urls,
        )
        for row in happenings(case, among)
    )


def library_of(case: Case) -> Library:
    """All that can be cited in a case."""
    return library(registers_of(case), record_citations(case))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that may be sealed: the bytes, what opens the commitments in them, what to look at."""

    data: bytes
    disclosures: tuple[Disclosure, ...]
    registers: Registers
    remarks: tuple[Note, ...] = ()


def _prepared(case: Case, data: bytes, objects: Collection[str] = ()) -> _Rows:
    """The rows of a file, checked and without what is private; ``objects`` are sealed though no record says so yet."""
    now = datetime.now(UTC)
    found = decode(data, now)
    _refuse_own_words(found)
    _refuse_unknown_operators(case, found)
    _refuse_names_of_the_record(case, found)
    _refuse_missing_objects(case, found, objects)
    public, disclosures = without_private(data, found)
    registers = decode(public, now)
    return _Rows(public, disclosures, registers, tuple(_replaced(case, registers)))


def _described(case: Case, row: dict[str, Any], file: Path, *, named: bool = True) -> _Rows:
    """The row of a document; refused where an id that nobody chose is that of another one."""
    try:
        rows = _prepared(case, _as_json(row), [row["object"]])
    except CodecError as error:
        raise error.in_file(file.name) from error
    if not named and any(
        one.id == row["id"] and one.object != row["object"] for one in registers_of(case).of(Document)
    ):
        raise UsageError(
            message("Another document of this case is called “{id}” after the name of its file."),
            meaning=message("This one would take its place."),
            remedy=message("Choose an id for this one: --meta id=…"),
            id=row["id"],
        )
    return rows


def _seal(case: Case, rows: _Rows, name: str) -> tuple[Received, bool]:
    """Seal rows, what opens their commitments first; the case must be held for writing."""
    for one in rows.disclosures:
        keep_closed(case.path / "evidence", one)
    put = case.objects.put(rows.data)
    record, new, _ = sealed(case, put, name, REGISTER_KIND, case.settings.places[0], "", read=lambda: None)
    return record, new


def _as_json(row: dict[str, Any]) -> bytes:
    try:
        return bytes(rfc8785.dumps({"documents": [row]}))
    except rfc8785.CanonicalizationError as error:
        raise refusal(
            message("What is said of {file} cannot be sealed: {what}."),
            remedy=message("`kuager form {register}` prints the form of this register."),
            what=excerpt(str(error), 160),
            register="documents",
        ) from error


def _identifier(file: Path) -> str:
    """An id after the name of a file; empty where nothing of it is Latin."""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem.lower())
    return "-".join(part for part in kept.split("-") if part)[:60].rstrip("-")


def _refuse_unknown_operators(case: Case, registers: Registers) -> None:
    known = [one.id for one in known_operators([case.path])]
    if unknown := unknown_operators(registers, known):
        operator, row = next(iter(unknown.items()))
        raise UsageError(
            message("The row “{row}” names the operator “{operator}”, whom nobody knows."),
            meaning=message("What it says could not be held against what was measured on that operator's networks."),
            remedy=message("Known are: {known}. Add yours to operators.toml in the case; docs/how-to.md shows how."),
            row=row,
            operator=operator,
            known=", ".join(known),
        )


def _refuse_own_words(registers: Registers) -> None:
    """A notice has versions, a signed canary its day, each with the moment of it: no file brings those along."""
    for one in registers.of(Notice):
        raise UsageError(
            message("The row “{row}” is a notice, which is not added as a register."),
            remedy=message("An operator says it: kuager notice new CASE FILE."),
            row=one.id,
        )
    for canary in registers.of(Canary):
        if canary.signed or canary.signature:
            raise UsageError(
                message("The row “{row}” is a canary with its signature, which is not added as a register."),
                meaning=message("When it was signed would be what somebody wrote, not what a clock said."),
                remedy=message("An operator signs it: kuager canary sign CASE --operator ID --due DAY."),
                row=canary.id,
            )


def _refuse_names_of_the_record(case: Case, registers: Registers) -> None:
    """Whoever cites a row of the record must not find another document under its name."""
    taken = {row.id for row in happenings(case)}
    for one in registers.of(Document):
        if one.id in taken:
            raise UsageError(
                message("“{id}” is the name of a row of the documentary record of this case."),
                meaning=message("This one would take its place."),
                remedy=message("Choose an id for this one: --meta id=…"),
                id=one.id,
            )


def _refuse_missing_objects(case: Case, registers: Registers, objects: Collection[str]) -> None:
    """A page would say of a document that it is sealed here."""
    here = {record.object for record in case.records.all()}.union(objects)
    for row in registers.of(Document):
        if row.object and row.object not in here:
            raise UsageError(
                message("The row “{row}” names bytes that are not in this case: {object}."),
                meaning=message("Its page would say that they are sealed here."),
                remedy=message("Add the document itself with --as document, or leave `object` out."),
                row=row.id,
                object=row.object,
            )


def _replaced(case: Case, registers: Registers) -> Iterator[Note]:
    """A note on the rows whose place others take; a commitment to something private is another each time."""
    known = {row.id: replace(row, private="") for row in registers_of(case)}
    ids = sorted(row.id for row in registers if row.id in known and known[row.id] != replace(row, private=""))
    if ids:
        yield Note(message("These rows take the place of earlier ones: {rows}."), {"rows": ", ".join(ids)})


def _remarks(case: Case, registers: Registers) -> Iterable[Note]:
    """What a person may not have meant: sources that are not in the case."""
    shelf = library_of(case)
    missing = sorted(
        {
            source
            for row in registers
            for field in fields(type(row))
            if field.holds is Holds.SOURCE
            for source in field.values(row)
            if source not in shelf.citations
        }
    )
    if missing:
        template = message("Not in the case yet, so that rows that cite them do not count: {sources}.")
        yield Note(template, {"sources": ", ".join(missing)})
