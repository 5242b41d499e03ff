"""The demand log through the commands, as an operator's officer would use it."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.case.demand_log import (
    COPY,
    FILE_NAME,
    LATER,
    NOW,
    RECIPIENTS,
    SAID,
    SECRETS,
    added,
    case_with_log,
    enter_batch,
)
from tests.case.demand_log import identity_file as identity_of
from tests.cli.conftest import Inside

from kuager.case.demand_writing import update_demand
from kuager.case.folder import Case
from kuager.evidence.private.commitments import read_opening

TO = [word for one in RECIPIENTS for word in ("--to", one)]
FLAGS = (
    *("--authority", SAID["authority"], "--office", SAID["office"], "--legal-basis", SAID["legal_basis"]),
    *("--kind", "cut", "--place", "KZ-75", "--network", "AS9198", "--service", "all"),
    *("--received", "2022-01-05T10:30Z", "--note", SAID["note"]),
)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return case_with_log(tmp_path / "kz")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return identity_of(tmp_path, 0)


def listed(inside: Inside, key: Path) -> dict[str, Any]:
    code, out, err = inside("demand", "list", "kz", "--identity", key, "--json")
    assert code == 0, err
    return dict(json.loads(out))


def test_a_demand_is_sealed_changed_and_listed(inside: Inside, case: Case, key: Path, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(COPY)
    code, out, err = inside("demand", "add", "kz", *FLAGS, "--copy", FILE_NAME, *TO)
    assert code == 0, err
    assert "It becomes an entry of the log with its batch, after" in out
    assert not any(secret in out + err for secret in SECRETS)
    (first,) = listed(inside, key)["demands"]
    assert (first["authority"], first["received"], first["copies"]) == (SAID["authority"], "2022-01-05T10:30:00Z", 1)
    assert first["entries"][0]["entry"] is None
    done = inside(
        "demand", "update", "kz", first["id"], "--identity", key, "--decision", "refused", "--note", "", "--json"
    )
    assert (done[0], json.loads(done[1])["demand"]) == (0, first["id"])
    (after,) = listed(inside, key)["demands"]
    assert (after["decision"], after["note"]) == ("refused", "")
    assert [one["fields"] for one in after["entries"]][1] == ["decision", "number"]
    _, out, _ = inside("demand", "list", "kz", "--identity", key)
    assert SAID["authority"] in out
    assert out.count("waits for its batch") == 2
    _, out, _ = inside("demand", "list", "kz")
    assert "Sealed entries of the demand log: 2. Fields that were opened: 0." in out
    assert not any(secret in out for secret in (*SECRETS, first["id"]))


def test_the_form_is_filled_in_and_options_count_more(inside: Inside, case: Case, key: Path, tmp_path: Path) -> None:
    _, form, _ = inside("demand", "form")
    assert list(tomllib.loads(form)) == ["authority", "kind", "received"]
    every = "\n".join(line.removeprefix("# ") for line in form.splitlines()[1:])
    assert set(tomllib.loads(every)) >= set(SAID), "what is commented out is TOML, too"
    filled = form.replace('authority = ""', 'authority = "Court"').replace('kind = ""', 'kind = "block"')
    (tmp_path / "demand.toml").write_text(filled.replace('received = ""', "received = 2022-01-05T10:30:00Z"))
    code, out, err = inside("demand", "add", "kz", "demand.toml", "--kind", "slow", *TO)
    assert code == 0, err
    assert "demand.toml is not sealed: delete it." in out
    (found,) = listed(inside, key)["demands"]
    assert (found["authority"], found["kind"]) == ("Court", "slow")


def test_what_is_missing_is_asked_in_a_terminal(case: Case, key: Path, tmp_path: Path, inside: Inside) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "KUAGER_KEYS": str(tmp_path / "keys")}
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "kuager", "demand", "add", "kz", "--place", "KZ-75", *TO],
            cwd=tmp_path,
            env=environment,
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        os.write(master, b"Court\nexplode\nblock\n2022-01-05T10:30Z\n")
        told, _ = process.communicate(timeout=120)
    finally:
        os.close(master)
        os.close(slave)
    assert process.returncode == 0, told
    (found,) = listed(inside, key)["demands"]
    assert (found["authority"], found["kind"], found["received"]) == ("Court", "block", "2022-01-05T10:30:00Z")


def test_errors_are_clear_and_repeat_no_secret(inside: Inside, case: Case) -> None:
    code, _, err = inside("demand", "add", "kz", "--office", SAID["office"], *TO)
    assert (code, "authority, kind, received" in err) == (2, True)
    code, _, err = inside("demand", "add", "kz", *FLAGS, "--copy", FILE_NAME, *TO)
    assert (code, "Document 1 of --copy cannot be read" in err) == (1, True)
    assert not any(secret in err for secret in SECRETS)
    code, _, err = inside("demand", "add", "kz", *FLAGS, "--to", RECIPIENTS[0], "--to", "AGE-SECRET-KEY-1QQQ")
    assert (code, "AGE-SECRET-KEY" in err) == (1, False)
    code, _, err = inside("demand", "list", "kz", "--identity", "nowhere.key")
    assert (code, "cannot be read" in err) == (1, True)


def test_a_lost_key_is_told_with_what_is_lost_and_what_still_verifies(
    inside: Inside, case: Case, tmp_path: Path
) -> None:
    added(case)
    stranger = identity_of(tmp_path, 2)
    _, out, _ = inside("demand", "list", "kz", "--identity", stranger)
    (path,) = (case.path / "evidence" / "private" / "demands").glob("*.age")
    assert f"sha256:{path.stem}" in out
    assert "Their content is lost unless another recipient's key is found." in out
    assert "can still be verified" in out
    assert listed(inside, stranger)["closed"] == [f"sha256:{path.stem}"]


def test_a_changed_entry_is_named_and_the_others_are_shown(
    inside: Inside, case: Case, key: Path, tmp_path: Path
) -> None:
    added(case)
    added(case, authority="Court")
    enter_batch(case, NOW)
    path, other = sorted((case.path / "evidence" / "private" / "demands").glob("*.age"))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    code, out, _ = inside("demand", "list", "kz", "--identity", key)
    assert code == 0
    assert f"{path.name} was changed" in out
    assert "This touches no other entry." in out
    found = listed(inside, key)
    assert [one["entries"][0]["commitment"] for one in found["demands"]] == [f"sha256:{other.stem}"]
    assert [(one["file"], one["harm"]) for one in found["damaged"]] == [(path.name, "changed")]


def test_fields_are_opened_and_listed(inside: Inside, case: Case, key: Path) -> None:
    name = added(case)
    code, _, err = inside("demand", "open", "kz", name, "kind", "--identity", key)
    assert (code, "waits for its batch" in err) == (1, True)
    enter_batch(case, NOW)
    code, out, err = inside("demand", "open", "kz", name, "kind", "--identity", key)
    assert code == 0, err
    assert "demand, kind" in out
    (found,) = listed(inside, key)["demands"]
    assert found["entries"][0]["opened"] == ["kind"]
    assert json.loads(inside("demand", "list", "kz", "--json")[1]) == {"sealed": 1, "opened": 1}


def test_one_demand_leaves_the_log_as_a_notice_of_lumen_with_all_that_opens_it(
    inside: Inside, case: Case, key: Path, tmp_path: Path
) -> None:
    name = added(case, decision="partly", executed="2022-01-05T11:00Z")
    added(case, authority="Court")
    enter_batch(case, NOW)
    update_demand(case, name, {"gag": "content", "gag_basis": "Law"}, [], (), key, LATER)
    code, out, err = inside("demand", "export", "kz", name, "--identity", key, "--into", "one.json")
    assert code == 0, err
    assert "It is not sealed" in out
    assert "A gag on this demand still runs." in out
    path = tmp_path / "one.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    record = json.loads(path.read_bytes())
    assert {name: record[name] for name in ("type", "sender_name", "action_taken", "jurisdictions")} == {
        "type": "GovernmentRequest",
        "sender_name": SAID["authority"],
        "action_taken": "Partial",
        "jurisdictions": ["KZ"],
    }
    assert [one["description"] for one in record["works"]] == ["all"]
    assert record["kuager"]["demand"]["note"] == SAID["note"]
    assert "Court" not in path.read_text()
    first, second = record["kuager"]["entries"]
    for one, expected in ((first, "partly"), (second, None)):
        root = one["commitment"].removeprefix("sha256:")
        opened = read_opening(json.dumps(one["opening"], separators=(",", ":")).encode(), bytes.fromhex(root))
        assert opened.get("decision") == expected
    leaf = case.proving.log.entries()[first["entry"]].leaf
    assert leaf.commit == first["commitment"]
    assert second["entry"] is None
    assert case.entrusted.openings() == {}, "an export opens nothing to the public"
    assert inside("demand", "export", "kz", name, "--identity", key, "--into", "one.json")[0] == 1


def test_an_identity_may_come_through_a_pipe(inside: Inside, case: Case, tmp_path: Path) -> None:
    name = added(case)
    key = identity_of(tmp_path, 1)
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    with subprocess.Popen(["/bin/sh", "-c", f"cat {key} > {fifo}"]):
        assert [one["id"] for one in listed(inside, fifo)["demands"]] == [name]
