"""``kuager add --as document``, ``--as register``, and ``kuager form``: what people enter of what was said and done."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from kuager.accountability.annotated import fields
from kuager.accountability.form import form as form_of
from kuager.accountability.loading import LARGEST_FILE, parsed
from kuager.accountability.registers import REGISTERS, which_one
from kuager.accountability.rows.documents import Document
from kuager.accountability.rows.row import Holds
from kuager.case.adding import opened
from kuager.case.folder import Case
from kuager.case.received import DOCUMENT_KIND, REGISTER_KIND
from kuager.case.registers import AddedRows, add_document, add_rows
from kuager.cli.reader import results, say, translation
from kuager.codecs.text import excerpt
from kuager.errors import CodecError, UsageError, message

_NUMBER = re.compile("[0-9]{1,15}")
KINDS = (DOCUMENT_KIND, REGISTER_KIND)
"""What is added here, and not as a file of measurements."""


def form(
    register: Annotated[str, typer.Argument(metavar="REGISTER", help=f"One of {', '.join(REGISTERS)}.")],
) -> None:
    """Print the form of a register, to be filled in and added with --as register."""
    if register not in REGISTERS:
        remedy, facts = which_one(register)
        raise UsageError(message("“{name}” is no register."), remedy=remedy, name=excerpt(register), **facts)
    say(form_of(register).rstrip("\n"))


def refuse_other_options(kind: str, meta: Sequence[str] | None, place: str | None, signal: str) -> None:
    """What is said and not heard would be missed later."""
    if meta and kind != DOCUMENT_KIND:
        raise UsageError(
            message("--meta says what a document is, and this is added as “{kind}”."),
            remedy=message("Add it with --as document, or leave --meta out."),
            kind=excerpt(kind),
        )
    if kind in KINDS and (place is not None or signal):
        raise UsageError(
            message("--place and --signal are for files of measurements."),
            remedy=message("A document says it with --meta places=KZ, a row in its field `places`."),
        )


def add(case: Case, file: Path, kind: str, meta: Sequence[str], *, as_json: bool) -> None:
    """Add a document with what is said of it, or a file of rows, and print what came of it."""
    added = add_rows(case, file) if kind == REGISTER_KIND else add_document(case, file, _said(meta))
    _print(added, file.name, as_json=as_json)


def _said(meta: Sequence[str]) -> dict[str, Any]:
    """The fields of a document's row from ``field=value`` and from forms; a later one counts more."""
    described = {field.name: field for field in fields(Document)}
    said: dict[str, Any] = {}
    for one in meta:
        name, equals, value = one.partition("=")
        if not equals:
            said |= _from_form(Path(one))
            continue
        if name not in described:
            raise UsageError(
                message("A document has no field “{name}”."),
                remedy=message("Its fields are: {fields}."),
                name=excerpt(name),
                fields=", ".join(described),
            )
        field = described[name]
        if field.several:
            said[name] = [*said.get(name, ()), value]
        elif field.holds is Holds.PROSE:
            said[name] = value
        else:
            said[name] = int(value) if field.numeric and _NUMBER.fullmatch(value) else value
    return said


def _from_form(file: Path) -> dict[str, Any]:
    with opened(file) as stream:
        data = stream.read(LARGEST_FILE + 1)
    try:
        tables = parsed(data)
    except CodecError as error:
        raise error.in_file(str(file)) from error
    rows = tables.get("documents")
    if isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], dict):
        language = str(tables.get("language", "en"))
        prose = {field.name for field in fields(Document) if field.holds is Holds.PROSE}
        return {
            name: {language: value} if name in prose and isinstance(value, str) and value else value
            for name, value in rows[0].items()
        }
    raise UsageError(
        message("{file} describes no document: it needs one table [[documents]]."),
        remedy=message("`kuager form documents` prints the form."),
        file=str(file),
    )


def _print(added: AddedRows, name: str, *, as_json: bool) -> None:
    reader = translation()
    remarks = [reader.note(remark) for remark in added.remarks]
    if as_json:
        rows = [{"register": register, "id": row.id} for register, row in added.rows]
        objects = [f"sha256:{digest}" for digest in added.digests]
        record = {"objects": objects, "new": added.new, "rows": rows, "remarks": remarks}
        say(json.dumps(record, ensure_ascii=False, indent=2))
        return
    sealed = message("Sealed {file} as sha256:{digest}")
    again = message("{file} is in the case already, as sha256:{digest}")
    say(reader.gettext(sealed if added.new else again, file=name, digest=added.digests[0]))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in (message("register"), message("row"), message("status")):
        table.add_column(reader.gettext(title), overflow="fold")
    for register, row in added.rows:
        table.add_row(Text(register), Text(row.id), Text(row.status.value))
    results.print(table)
    for remark in remarks:
        say(f"• {remark}")
