"""The records of a real case as they are published: their index describes every one, and a damaged one fails."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import frictionless
import pytest

from kuager.case.adding import add_file
from kuager.case.detecting import detect_case
from kuager.case.folder import new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.evidence.objects import sha256
from kuager.model.time import parse_utc

EPISODE = "ir-2026-01-08-a"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Path:
    settings = Settings("", ("IR",), parse_utc("2025-12-01"), parse_utc("2026-01-29", end_of_day=True), ("ru",))
    case = new_case(tmp_path_factory.mktemp("cases") / "ir-2026", settings)
    add_file(case, iran_export, "ioda-export", None)
    detect_case(case)
    publish_case(case)
    return case.public


@pytest.fixture
def copy(public: Path, tmp_path: Path) -> Path:
    return shutil.copytree(public, tmp_path / "public")


def package(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    return read


def test_the_index_holds_every_record_and_frictionless_finds_nothing_wrong(public: Path) -> None:
    resources = {one["path"]: one for one in package(public)["resources"]}
    ends = (".csv", ".json", ".geojson", ".jsonld")
    files = {path.relative_to(public).as_posix() for path in (public / "data").rglob("*") if path.name.endswith(ends)}
    stamped = {"data/conduct/denouncements.csv"}  # grows with stamps that come after the pages
    assert set(resources) == files - stamped
    assert f"data/{EPISODE}/versions/1.json" in files
    assert all(one["hash"] == f"sha256:{sha256((public / path).read_bytes())}" for path, one in resources.items())
    report = frictionless.validate(str(public / "datapackage.json"))
    assert report.valid, report.flatten(["name", "message"])
    assert len(report.tasks) == len(files - stamped)


def test_every_column_is_described(public: Path) -> None:
    for resource in package(public)["resources"]:
        for field in resource.get("schema", {}).get("fields", []):
            assert field.get("description"), (resource["path"], field["name"])


@pytest.mark.parametrize("path", ["data/episodes.csv", "data/stop.csv", f"data/{EPISODE}/series.csv"])
def test_a_damaged_record_fails(copy: Path, path: str) -> None:
    damaged = copy / path
    damaged.write_bytes(re.sub(rb"(?<=[,\n])2026-01-", b"2026-13-", damaged.read_bytes(), count=1))
    assert not frictionless.validate(str(copy / "datapackage.json")).valid
    index = package(copy)  # its values are wrong even for whoever does not look at hashes
    for one in index["resources"]:
        one.pop("hash")
    (copy / "datapackage.json").write_text(json.dumps(index), "utf-8")
    assert not frictionless.validate(str(copy / "datapackage.json")).valid


def test_records_of_readers_of_russian_are_in_english(public: Path) -> None:
    row = (public / "data" / "stop.csv").read_text("utf-8")
    assert "Iran (Islamic Republic of)" in row
    assert "Iran: internet outage" in row
    assert not any("а" <= sign <= "я" for sign in row)
