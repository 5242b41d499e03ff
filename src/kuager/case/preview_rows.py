"""What would become public of what people said and judged: rows, notices, roles, documents, opened fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kuager.accountability.annotated import fields
from kuager.accountability.rows.documents import Document
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.row import Holds
from kuager.publications.dossiers import dossier_of
from kuager.publications.view import CaseView

_ROWS = "data/conduct/"
_OPENED = "data/demands/"


@dataclass(frozen=True, slots=True)
class ToldRows:
    """What would be told.

    Attributes:
        rows: how many rows of each register.
        new: ids of rows that are not public yet.
        notices: each with its newest sentence.
        roles: of people who judged something.
        operators: ids of those that rows name.
        documents: ids of those that are cited by name.
        opened: files of fields of the demand log that were opened.
    """

    rows: Mapping[str, int]
    new: tuple[str, ...]
    notices: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    operators: tuple[str, ...]
    documents: tuple[str, ...]
    opened: tuple[str, ...]


def told_rows(view: CaseView, files: Mapping[str, bytes], public: Path) -> ToldRows:
    """What the files would tell.

    Args:
        view: what may be shown.
        files: all that would be written, by path below ``public/``.
        public: the folder in which what is public lies now.
    """
    registers = dossier_of(view).registers
    language = view.about.language
    named = {
        str(value)
        for row in registers
        for field in fields(type(row))
        if field.holds is Holds.OPERATOR
        for value in field.values(row)
    }
    known = set(_public_ids(public))
    return ToldRows(
        rows={name: len(rows) for name, rows in registers.rows.items()},
        new=tuple(sorted(row.id for row in registers if row.id not in known)),
        notices=tuple(
            (one.id, one.newest.text.get(language) or next(iter(one.newest.text.values()))) for one in view.notices
        ),
        roles=tuple(sorted({one.role for one in registers.of(Judgement) if one.role})),
        operators=tuple(sorted(named)),
        documents=tuple(sorted(one.id for one in registers.of(Document))),
        opened=tuple(sorted(path for path in files if path.startswith(_OPENED))),
    )


def _public_ids(public: Path) -> Iterator[str]:
    """Ids of rows that are public now; none where nothing is, or it cannot be read."""
    for path in sorted((public / _ROWS).glob("*.json")):
        try:
            record = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        rows = record.get("rows", []) if isinstance(record, dict) else []
        yield from (str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)
