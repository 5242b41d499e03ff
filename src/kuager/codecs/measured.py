"""Measurements in batches, so that a file of any length is never held as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from kuager.model.tables import MEASUREMENTS


def in_batches(rows: Iterable[dict[str, Any]], at_once: int, schema: Any = MEASUREMENTS) -> Iterator[Any]:
    """Arrow record batches of a schema, ``model.tables.MEASUREMENTS`` if not said; of so many rows but for the last."""
    left = iter(rows)
    while batch := list(islice(left, at_once)):
        yield pa.RecordBatch.from_pylist(batch, schema=schema)
