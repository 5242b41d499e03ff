"""Tables of classified measurements drawn at random, and what is asked of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.model.verdicts import CLASSIFIED, VerdictKind


def drawn(folder: Path, rows: int, files: int) -> list[Path]:
    """Files of classified measurements: masses with all their digits, some without a start, some failed."""
    chance = np.random.default_rng(5)
    made = []
    for number in range(files):
        masses = chance.dirichlet((0.3, 0.3, 2.0), rows)
        table = [
            {
                "source": "ooni",
                "uid": "",
                "test": str(chance.choice(["web_connectivity", "telegram"])),
                "input": "",
                "domain": "example.org",
                "place": str(chance.choice(["KZ", "IR", "Ä"])),
                "network": f"AS{chance.integers(1, 5)}",
                "access": "mixed",
                "start": None
                if chance.random() < 0.05
                else datetime(2022, 1, 1, tzinfo=UTC) + timedelta(seconds=int(chance.integers(0, 5 * 86_400))),
                "received": None,
                "verdict": str(chance.choice([kind.value for kind in VerdictKind])),
                "layer": None,
                "blocked": float(one[0]),
                "down": float(one[1]),
                "ok": float(one[2]),
                "anomaly": None,
                "confirmed": None,
                "failed": None,
                "method": "",
                "reasons": ["a reason"],
            }
            for one in masses
        ]
        path = folder / f"[part]{number}.parquet"
        pq.write_table(pa.Table.from_pylist(table, CLASSIFIED), path)
        made.append(path)
    return made
