"""Every command that the documentation shows is run, in order, page by page."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyrage import x25519
from tests.case.kazakh_measurements import START, web
from tests.playing import settings
from tests.playing.ioda import answer as ioda
from tests.serving import serving

from kuager.codecs import operators_toml
from kuager.codecs.registry import NAMED

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SET_UP = re.compile(r"(make (demo|test|check)|\. \.venv/bin/activate)")
OWN_SERIES = "time,place,signal,value\n2026-01-05T10:00Z,IR,my.traffic,81.2\n2026-01-05T10:15Z,IR,my.traffic,3.1\n"


def commands(page: Path) -> list[str]:
    return [line for block in BLOCK.findall(page.read_text("utf-8")) for line in block.splitlines() if line]


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_every_command_works(page: Path, tmp_path: Path, iran_export: Path) -> None:
    shutil.copy(iran_export, tmp_path / "iran.csv")
    (tmp_path / "own.csv").write_text(OWN_SERIES)
    write_own_parquet(tmp_path / "own.parquet")
    (tmp_path / "notice.txt").write_text("Service is limited today.\n")
    (tmp_path / "notice.html").write_text("<!doctype html><title>Notice</title><p>Service is limited today.")
    (tmp_path / "said.toml").write_text(example_of_rows())
    (tmp_path / "many").mkdir()
    for name in ("first.parquet", "second.parquet"):
        shutil.copy(tmp_path / "own.parquet", tmp_path / "many" / name)
    (tmp_path / "measured").mkdir()
    for path in (tmp_path / "measured.jsonl.gz", tmp_path / "measured" / "hour.jsonl.gz"):
        path.write_bytes(gzip.compress(json.dumps(web(START, "AS9198", "orda.kz", 1, blocked=True)).encode()))
    recipients = write_keys_and_demand(tmp_path)
    with serving(ioda) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))
        own = {"KUAGER_SETTINGS": str(file), "KUAGER_KEYS": str(tmp_path / "keys"), **recipients}
        _run_all(page, tmp_path, {**os.environ, **own})


def write_keys_and_demand(folder: Path) -> dict[str, str]:
    """A demand to be sealed, the keys of two people, and what they read to each other: the public halves."""
    (folder / "order.pdf").write_bytes(b"%PDF-1.7 an order")
    (folder / "demand.toml").write_text('authority = "Court"\nkind = "cut"\nreceived = 2026-01-05T10:30:00Z\n')
    found = {}
    for name in ("first", "second"):
        key = x25519.Identity.generate()
        (folder / f"{name}.key").write_text(f"{key}\n")
        found[name.upper()] = str(key.to_public())
    return found


def example_of_rows() -> str:
    """The file of rows that the documentation shows."""
    (example,) = re.findall(
        r"^```toml\n(language = .*?)^```", (ROOT / "docs/how-to.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return str(example)


def write_own_parquet(path: Path) -> None:
    """Two weeks of one series of hours."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {"series": "own", "kind": "traffic", "time": start + timedelta(hours=hour), "value": 80.0}
        for hour in range(336)
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def _run_all(page: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    for line in commands(page):
        if SET_UP.fullmatch(line):
            continue  # done by whoever runs this test
        words = shlex.split(Template(line).safe_substitute(environment))
        assert words[0] == "kuager", line
        done = subprocess.run(
            [sys.executable, "-m", "kuager", *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_every_kind_of_file_is_listed() -> None:
    table = (ROOT / "docs" / "how-to.md").read_text("utf-8")
    assert [kind for kind in NAMED if f"`{kind}`" not in table] == []


def test_the_example_of_operators_is_read() -> None:
    (example,) = re.findall(
        r"^```toml\n(\[\[operators\]\]\n.*?)^```", (ROOT / "docs/how-to.md").read_text(), re.M | re.S
    )
    assert [one.id for one in operators_toml.decode(example.encode())] == ["example-mobile"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target
