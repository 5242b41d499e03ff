"""L41, and the sealed half of L27: an operator's demand log, from the first demand to what a third party checks."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.case.demand_log import (
    COPY,
    FILE_NAME,
    LATER,
    NOW,
    RECIPIENTS,
    SAID,
    SECRETS,
    case_with_log,
    enter_batch,
    identity_file,
)
from typer.testing import CliRunner

from kuager.case.adding import add_bytes
from kuager.case.demand_writing import add_demand, open_demand
from kuager.case.demands import read_demands
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, open_case
from kuager.case.publishing import publish_case
from kuager.cli.app import app
from kuager.errors import ProofRefused
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.private.parcels import unpack

GAG = {"gag": "content", "gag_basis": "Law on State Secrets, article 1", "gag_until": "2022-02-01"}


def done(*words: str | Path) -> int:
    """The exit code of a command."""
    return CliRunner().invoke(app, [str(word) for word in words]).exit_code


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with a document of a demand, in the log and closed; its gag ended years ago."""
    case = case_with_log(tmp_path / "kz")
    add_bytes(case, b"time,place,signal,value\n2022-01-05T10:00Z,KZ,my.traffic,81.2\n", "own.csv", "series", None)
    (tmp_path / FILE_NAME).write_bytes(COPY)
    add_demand(case, {**SAID, **GAG}, [tmp_path / FILE_NAME], RECIPIENTS, NOW)
    enter_batch(case, NOW)
    return open_case(case.path)


def test_l41_a_byte_that_is_flipped_in_a_sealed_entry_is_found(case: Case, tmp_path: Path) -> None:
    """L41: wherever it is: in the header, in the middle, at the end."""
    (path,) = (case.path / "evidence" / "private" / "demands").glob("*.age")
    sealed, key = path.read_bytes(), identity_file(tmp_path, 0)
    assert len(read_demands(case, key).entries) == 1
    for at in (len(sealed) - 1, len(sealed) // 2, len(sealed) - 70_000 if len(sealed) > 70_000 else 2_000):
        path.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        log = read_demands(case, key)
        assert (log.entries, log.damaged) == ((), (bytes.fromhex(path.stem),))
        with pytest.raises(ProofRefused):
            unpack(path.read_bytes(), key.read_text())


def test_l41_a_field_opened_later_opens_to_the_committed_hash_and_the_rest_stays_closed(
    case: Case, tmp_path: Path
) -> None:
    """L41, L27: the bundle verifies; one byte of what it opens, or of the entry, and it does not."""
    key = identity_file(tmp_path, 0)
    (demand,) = read_demands(case, key).demands
    (opened,) = open_demand(case, demand.id, ["authority", "original"], key, LATER)
    assert done("bundle", case.path, "--into", tmp_path / "bundle") == 0
    assert done("verify", tmp_path / "bundle") == 0
    (opening,) = (tmp_path / "bundle" / "data" / "disclosures").iterdir()
    leaf = tmp_path / "bundle" / "log" / f"{opened.entry}.leaf"
    assert json.loads(leaf.read_bytes())["commit"] == f"sha256:{opening.stem}"
    fields = read_opening(opening.read_bytes(), bytes.fromhex(opening.stem))
    assert set(fields) == {"authority", "demand", "original"}
    assert fields["authority"] == SAID["authority"]
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("bundle/**/*") if path.is_file())
    assert not any(secret.encode() in everything for secret in SECRETS if secret != SAID["authority"])
    assert COPY not in everything
    for path in (opening, leaf):
        data = path.read_bytes()
        at = data.index(b"sha256:") + 20
        path.write_bytes(data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :])
        assert done("verify", tmp_path / "bundle") == 3
        path.write_bytes(data)
    assert done("verify", tmp_path / "bundle") == 0


def test_l41_nothing_of_a_demand_is_in_a_case_in_what_is_published_or_in_a_bundle(case: Case, tmp_path: Path) -> None:
    """L41: not in the clear anywhere, and nothing at all of it outside of the private folder."""
    detect_case(case)
    publish_case(case)
    assert done("bundle", case.path, "--into", tmp_path / "public-bundle") == 0
    assert done("bundle", case.path, "--into", tmp_path / "court", "--confidential") == 0
    (demand,) = read_demands(case, identity_file(tmp_path, 0)).demands
    private = case.path / "evidence" / "private"
    seen = 0
    for folder in (case.path, tmp_path / "public-bundle", tmp_path / "court"):
        for path in folder.rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            for secret in (*SECRETS, demand.id):
                assert secret.encode() not in data, path
                assert secret not in path.name
            assert COPY not in data
            if private not in path.parents:
                assert path.suffix != ".age"
                assert not any(one.encode() in data for one in RECIPIENTS)
            seen += path.is_file()
    assert seen > 50


def test_l41_what_was_opened_is_published_and_derived_again_without_it(case: Case, tmp_path: Path) -> None:
    """L41: a table and the openings themselves; who has no demand log derives all other files again."""
    detect_case(case)
    (demand,) = read_demands(case, identity_file(tmp_path, 0)).demands
    (opened,) = open_demand(case, demand.id, ["kind", "places"], identity_file(tmp_path, 0), LATER)
    publish_case(case)
    folder = case.public / "data" / "demands"
    with (folder / "opened.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["demand"], row["field"], row["value"], row["entry"]) for row in rows] == [
        (demand.id, "kind", "cut", str(opened.entry)),
        (demand.id, "places", '["KZ-75"]', str(opened.entry)),
    ]
    root = rows[0]["root"].removeprefix("sha256:")
    fields = read_opening((folder / f"{root}.json").read_bytes(), bytes.fromhex(root))
    assert fields == {"demand": demand.id, "kind": "cut", "places": ["KZ-75"]}
    (resource,) = json.loads((folder / "datapackage.json").read_bytes())["resources"]
    assert {one["name"] for one in resource["schema"]["fields"] if one["description"]} == set(rows[0])
    assert done("bundle", case.path, "--into", tmp_path / "bundle") == 0
    assert done("verify", tmp_path / "bundle", "--rederive") == 0
    assert not any(secret.encode() in path.read_bytes() for path in folder.iterdir() for secret in SECRETS)
