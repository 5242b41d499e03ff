"""What codecs give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kuager.model.notes import Note
from kuager.model.series import Series

Table = Any
"""A ``pyarrow.Table``; the library comes without types."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one file says.

    Attributes:
        series: values over time.
        remarks: what a reader should be told about how it was read, such as skipped columns.
        tables: rows that are no series, by the name of their schema in ``model.tables.TABLES``.
    """

    series: tuple[Series, ...] = ()
    remarks: tuple[Note, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
