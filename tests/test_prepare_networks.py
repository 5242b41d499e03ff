"""The script that makes the register of networks, on the published tables: it gives what the package carries."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "prepare_networks.py"
HEADER = "country,asn,name,ipv4_addresses\n"
OWNED = "asn,conglomerate,ownership_cc,ownership_percentage,source,url\n"


def run(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, files)], capture_output=True, text=True, timeout=120, check=False
    )


def made(counts: str, state: str, minority: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], list[Any]]:
    """Run the script on small tables; the rows of both results."""
    files = [folder / name for name in ("counts.csv", "state.csv", "minority.csv")]
    for file, text in zip(files, (counts, state, minority), strict=True):
        file.write_text(text, "utf-8")
    done = run(*files, folder)
    results = (folder / "networks.parquet", folder / "state-owners.parquet")
    return done, [pq.read_table(one).to_pylist() for one in results if one.exists()]


def test_the_published_tables_give_what_the_package_carries(shared_data: Path, tmp_path: Path) -> None:
    tables = shared_data / "networks"
    names = ("country_asn_ipv4_counts.csv", "state_owned_ases.csv", "minority_state_owned_ases.csv")
    done = run(*(tables / name for name in names), tmp_path)
    assert done.returncode == 0, done.stderr
    carried = resources.files("kuager.model").joinpath("data")
    for name, rows in (("networks.parquet", 99_020), ("state-owners.parquet", 1_285)):
        with resources.as_file(carried.joinpath(name)) as file:
            packaged = pq.read_table(file)
        fresh = pq.read_table(tmp_path / name)
        assert fresh.equals(packaged, check_metadata=True), name
        assert fresh.num_rows == rows, name


def test_rows_are_put_in_order_and_said_once(tmp_path: Path) -> None:
    counts = f"{HEADER}KZ,2,b,256\nKZ,1,a,512\nIR,2,b,256\n,7,c,16\n"
    state = OWNED.replace("ownership_percentage,", "") + "2,G,KZ,S,u\n2,G,KZ,S,u\n"
    done, (networks, owners) = made(counts, state, f"{OWNED}1,G,NO,12.5,S,u\n", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [(row["country"], row["asn"], row["addresses"]) for row in networks] == [
        ("", 7, 16),
        ("IR", 2, 256),
        ("KZ", 1, 512),
        ("KZ", 2, 256),
    ]
    assert [(row["asn"], row["country"], row["share"], row["majority"]) for row in owners] == [
        (1, "NO", 12.5, False),
        (2, "KZ", None, True),
    ]


@pytest.mark.parametrize(
    ("rows", "clue"), [("KZ,1,a,256\nKZ,1,a,512\n", "twice"), ("KZ,1,a,0\n", "no addresses")], ids=["twice", "nothing"]
)
def test_tables_that_contradict_themselves_are_refused(tmp_path: Path, rows: str, clue: str) -> None:
    done, results = made(HEADER + rows, OWNED, OWNED, tmp_path)
    assert done.returncode != 0
    assert clue in done.stderr
    assert results == []
