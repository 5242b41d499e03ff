"""Measurements in batches, so that a file of any length is never held as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from kuager.model.tables import MEASUREMENTS


def in_batches(rows: Iterable[dict[str, Any]], at_once: int) -> Iterator[Any]:
    """Arrow record batches of ``model.tables.MEASUREMENTS``, of so many rows but for the last one."""
    left = iter(rows)
    while batch := list(islice(left, at_once)):
        yield pa.RecordBatch.from_pylist(batch, schema=MEASUREMENTS)
