"""Documents and rows of registers for small cases: what people might enter, and what somebody hostile would."""

from __future__ import annotations

from pathlib import Path

from kuager.case.folder import Case, open_case
from kuager.case.registers import add_document, add_row_bytes

NOTICE = {
    "text": {"en": "The notice of Kcell."},
    "kind": "notice",
    "by": "Kcell",
    "published": "2022-01-12",
    "source_class": ["company"],
}


def add_rows_to(case: Case, rows: str) -> None:
    """Rows as TOML."""
    add_row_bytes(open_case(case.path), rows.encode(), "rows.toml")


def add_file_to(case: Case, folder: Path, name: str, data: bytes, **said: object) -> None:
    """A document; what is not said of it is as in ``NOTICE``."""
    file = folder / name
    file.write_bytes(data)
    add_document(open_case(case.path), file, {**NOTICE, **said})
