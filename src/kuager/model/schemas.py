"""Arrow schemas of the tables of a case. The identity of a table is the hash of its rows, not of its file."""

from __future__ import annotations

import pyarrow as pa

TIME = pa.timestamp("ms", tz="UTC")  # Parquet has no seconds

OBSERVATIONS = pa.schema(
    [
        pa.field("place", pa.string(), nullable=False),
        pa.field("access", pa.string(), nullable=False),
        pa.field("scale", pa.string(), nullable=False),
        pa.field("window", pa.string(), nullable=False),
        pa.field("step_s", pa.int32(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("value", pa.float64()),
        pa.field("object", pa.string(), nullable=False),
    ]
)
"""One file per signal; ``value`` null where the source gave nothing; ``object`` is the sealed bytes' sha256."""

COVERAGE = pa.schema(
    [
        pa.field("signal", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("access", pa.string(), nullable=False),
        pa.field("window", pa.string(), nullable=False),
        pa.field("start", TIME, nullable=False),
        pa.field("end", TIME, nullable=False),
        pa.field("status", pa.string(), nullable=False),
    ]
)
"""Intervals in which a signal measured or did not: ``measuring`` or ``not-measuring``."""

COLLECTED = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""What each source gave for each day, in UTC: ``complete``, ``partial`` or ``absent``, and in English why not all."""

SERIES_FILE = pa.schema(
    [
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("signal", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("access", pa.string()),
    ]
)
"""Our own exchange format for series, as Parquet; the CSV has the same columns."""
