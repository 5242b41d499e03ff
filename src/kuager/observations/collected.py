"""What each source gave for each day, as one Parquet table: for programs, and for who opens the case years later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kuager.evidence.durable import replace
from kuager.model.collected import DayCovered
from kuager.model.schemas import COLLECTED
from kuager.model.time import from_epoch

FILE = "_collected.parquet"


def write(path: Path, covered: Sequence[DayCovered]) -> None:
    """The table in the place of an earlier one; reasons are written out in English."""
    rows = [
        {
            "source": one.source,
            "day": from_epoch(one.day).date(),
            "status": one.status.value,
            "reason": one.reason.template.format(**one.reason.facts) if one.reason else "",
        }
        for one in covered
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=COLLECTED), sink, compression="zstd", version="2.6")
    replace(path, sink.getvalue().to_pybytes())
