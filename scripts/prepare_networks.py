"""Make the register of networks that Kuager carries, from published tables of addresses and of state ownership.

    python scripts/prepare_networks.py COUNTS STATE MINORITY INTO

COUNTS    CSV ``country,asn,name,ipv4_addresses``: the IPv4 ranges of npm ``@ip-location-db/asn`` (DB-IP and RouteViews,
          CC BY 4.0) counted by AS and by the country of ``@ip-location-db/asn-country`` (CC0), as of June 2026; the
          country is empty where none is given
STATE     ``state_owned_ases.csv`` of Carisimo et al., IMC 2021 (CC BY 4.0)
MINORITY  ``minority_state_owned_ases.csv`` of the same
INTO      folder of the results, ``src/kuager/model/data``

Written are ``networks.parquet`` (country, asn, name, addresses; by country, then the largest first) and
``state-owners.parquet`` (asn, country, share in per cent or null, majority, group, source, url; by number, then by
country). Quotations of the ownership tables are left out. The same tables and the same pyarrow give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NETWORKS = pa.schema(
    [
        pa.field("country", pa.string(), nullable=False),
        pa.field("asn", pa.uint32(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("addresses", pa.int64(), nullable=False),
    ],
    metadata={"as of": "2026-06", "source": "ip-location-db: DB-IP, RouteViews", "licence": "CC-BY-4.0"},
)
STATE_OWNERS = pa.schema(
    [
        pa.field("asn", pa.uint32(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("share", pa.float64()),
        pa.field("majority", pa.bool_(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
    ],
    metadata={"as of": "2021", "source": "Carisimo et al., IMC 2021", "licence": "CC-BY-4.0"},
)


def networks(counts: Path) -> Any:
    """The table of networks.

    Raises:
        ValueError: an AS stands twice in a country, or a count is not above zero.
    """
    rows = [
        {
            "country": row["country"],
            "asn": int(row["asn"]),
            "name": row["name"],
            "addresses": int(row["ipv4_addresses"]),
        }
        for row in _rows(counts)
    ]
    if len({(row["country"], row["asn"]) for row in rows}) != len(rows):
        raise ValueError(f"{counts.name} names a network twice in a country")
    if any(row["addresses"] <= 0 for row in rows):
        raise ValueError(f"{counts.name} counts no addresses of a network")
    rows.sort(key=lambda row: (row["country"], -row["addresses"], row["asn"]))
    return pa.Table.from_pylist(rows, NETWORKS)


def state_owners(state: Path, minority: Path) -> Any:
    """The table of state ownership; rows that say the same of a network are one."""
    found = {
        (
            int(row["asn"]),
            row["ownership_cc"],
            float(row["ownership_percentage"]) if "ownership_percentage" in row else None,
            majority,
            row["conglomerate"],
            row["source"],
            row["url"],
        )
        for file, majority in ((state, True), (minority, False))
        for row in _rows(file)
    }
    rows = sorted(found, key=lambda row: (*row[:2], row[2] or 0.0, *row[3:]))
    return pa.Table.from_pylist([dict(zip(STATE_OWNERS.names, row, strict=True)) for row in rows], STATE_OWNERS)


def write(table: Any, file: Path) -> None:
    """Write a table small: numbers, counts and names of networks hardly repeat, so they get no dictionary."""
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=19,
        use_dictionary=[name for name in table.schema.names if name not in ("asn", "addresses", "name")],
        write_statistics=False,
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def main() -> None:
    """Read the words of the command line and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("counts", "state", "minority", "into"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    write(networks(given.counts), given.into / "networks.parquet")
    write(state_owners(given.state, given.minority), given.into / "state-owners.parquet")


if __name__ == "__main__":
    main()
