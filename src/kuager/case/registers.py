"""The registers of a case: rows and documents sealed like any evidence, read where pages and levels need them.

A file of rows is sealed as it came. Where a row has something ``private``, that is taken out first: what is sealed then
is canonical JSON with a commitment in its place, and what opens the commitment lies in ``evidence/closed``, a folder of
its owner's only, under the commitment as its name: ``sha256sum`` over the file gives the name. It is in no bundle.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

from kuager.accountability.annotated import fields
from kuager.accountability.citing import Citation, Library, library
from kuager.accountability.loading import LARGEST_FILE, decode, parsed, unknown_operators
from kuager.accountability.media import BEGINNING, media_type
from kuager.accountability.registers import Registers
from kuager.accountability.rows.documents import SourceClass
from kuager.accountability.rows.row import Holds, Row
from kuager.case.adding import opened, sealed
from kuager.case.documents import happenings
from kuager.case.folder import Case
from kuager.case.operators import known_operators
from kuager.case.received import DOCUMENT_KIND, REGISTER_KIND, Received
from kuager.errors import CodecError, KuagerError, UsageError, message
from kuager.evidence.private.commitments import SALT_BYTES, Disclosure
from kuager.evidence.private.folder import keep, make_private
from kuager.model.notes import Note
from kuager.model.time import parse_utc

CLOSED = "closed"
"""The folder below ``evidence`` in which what is private lies."""
LARGEST_DOCUMENT = 256 * 2**20
PRIVATE = "private"


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
    now = datetime.now(UTC)
    found = decode(data, now)
    _refuse_unknown_operators(case, found)
    public, disclosures = _without_private(data, found)
    with case.writing("add"):
        for one in disclosures:
            _keep_closed(case, one)
        record, new, registers = sealed(
            case,
            case.objects.put(public),
            name,
            REGISTER_KIND,
            case.settings.places[0],
            "",
            read=lambda: decode(public, now),
        )
        case.proving.received(case.records.all())
    return AddedRows((record.digest,), new, registers, tuple(_remarks(case, registers)))


def add_document(case: Case, file: Path, said: dict[str, Any]) -> AddedRows:
    """Seal a document as it is, and a row of the register ``documents`` that says what it is.

    Args:
        case: the case.
        file: in any format; nothing of it is published, and it goes into confidential bundles only.
        said: the row's fields; ``id``, ``seen``, ``object`` and ``media`` follow from the file where they are left out.

    Raises:
        KuagerError: the file is empty or too large, or the row is not as its register wants it; the case is as it was.
    """
    with opened(file) as stream:
        size = file.stat().st_size
        if not 0 < size <= LARGEST_DOCUMENT:
            raise KuagerError(
                message("{file} is empty.") if not size else message("{file} is larger than 256 MiB."),
                remedy=message("Add the page, the paper or the recording that is meant, and leave out the rest."),
                file=file.name,
            )
        beginning = stream.read(BEGINNING)
        row = {
            "id": _identifier(file),
            "seen": f"{datetime.now(UTC):%Y-%m-%d}",
            "media": media_type(beginning, file.name),
            **said,
        }
        _decoded({**row, "object": f"sha256:{'0' * 64}"}, file)  # a mistake in the row must not leave the file behind
        stream.seek(0)
        with case.writing("add"), case.objects.incoming() as incoming:
            shutil.copyfileobj(stream, incoming, 1 << 20)
            put = case.objects.seal(incoming)
            document, new, _ = sealed(
                case, put, file.name, DOCUMENT_KIND, case.settings.places[0], "", read=lambda: None
            )
            case.proving.received(case.records.all())
    added = add_row_bytes(case, _as_json({**row, "object": document.object}), file.name)
    return AddedRows((document.digest, *added.digests), new or added.new, added.registers, added.remarks)


def registers_of(case: Case, among: Sequence[Received] | None = None) -> Registers:
    """The rows of a case, or of what was received among some records; the newest row of each id."""
    found = Registers()
    for record in case.records.all() if among is None else among:
        if record.kind == REGISTER_KIND:
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


def _decoded(row: dict[str, Any], file: Path) -> Registers:
    try:
        return decode(_as_json(row), datetime.now(UTC))
    except CodecError as error:
        raise error.in_file(file.name) from error


def _as_json(row: dict[str, Any]) -> bytes:
    return bytes(rfc8785.dumps({"documents": [row]}))


def _identifier(file: Path) -> str:
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem.lower())
    return "-".join(part for part in kept.split("-") if part)[:60] or "document"


def _without_private(data: bytes, found: Registers) -> tuple[bytes, tuple[Disclosure, ...]]:
    """The bytes to seal, and what opens the commitments in them; the same bytes where nothing is private."""
    if not any(row.private for row in found):
        return data, ()
    tables = parsed(data)
    disclosures = []
    for rows in tables.values():
        for row in rows if isinstance(rows, list) else ():
            if row.get(PRIVATE):
                one = Disclosure(secrets.token_bytes(SALT_BYTES), PRIVATE, row[PRIVATE])
                disclosures.append(one)
                row[PRIVATE] = f"sha256:{one.commitment.hex()}"
    return bytes(rfc8785.dumps(tables)), tuple(disclosures)


def _keep_closed(case: Case, disclosure: Disclosure) -> None:
    folder = case.path / "evidence" / CLOSED
    folder.parent.mkdir(exist_ok=True)
    make_private(folder)
    keep(folder / disclosure.commitment.hex(), disclosure.text.encode("ascii"), dated=0)


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
