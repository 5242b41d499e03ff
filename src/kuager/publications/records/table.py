"""Tables for programs: CSV as RFC 4180 has it, in UTF-8 and with lines that end in a line feed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from kuager.model.time import format_utc


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A header and its rows; None becomes an empty cell, which is what missing values are in every file."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(head)
    written.writerows(rows)
    return text.getvalue().encode()


def time(moment: datetime | None) -> str:
    """RFC 3339 in UTC; nothing for a time that is not known."""
    return "" if moment is None else format_utc(moment)


def listed(names: Iterable[str]) -> str:
    """Codes or names in one cell, separated by blanks."""
    return " ".join(names)
