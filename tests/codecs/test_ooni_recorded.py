"""Real measurements of OONI, of 2014 to 2024: every file is read, and none gives away who measured."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kuager.codecs import ooni
from kuager.errors import CodecError

QA, UNIT, MANUAL = "web_connectivity_qa/*.json", "fastpath_unit/*.json", "manual_v05/*/measurement.json"
NAMES_OF_ABSENT_PROBES = {"", "127.0.0.1", "0.0.0.0"}  # noqa: S104


def read(data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a file, their details as objects, and its remarks."""
    reading = ooni.read([data])
    rows = [row | {"details": json.loads(row["details"])} for batch in reading for row in batch.to_pylist()]
    return rows, [note.template.format(**note.facts) for note in reading.remarks]


def one(path: Path) -> dict[str, Any]:
    ((row,), _) = read(path.read_bytes())
    return row


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "ooni"


@pytest.mark.parametrize(
    ("pattern", "tests"),
    [
        (QA, {"web_connectivity": 30}),
        (MANUAL, {"web_connectivity": 6}),
        (
            UNIT,
            {
                "web_connectivity": 9,
                "http_header_field_manipulation": 3,
                "meek_fronted_requests_test": 3,
                "signal": 3,
                "torsf": 3,
                "browser_web": 2,
                "http_invalid_request_line": 2,
                "tor": 2,
                "vanilla_tor": 2,
                "http_requests": 1,
                "openvpn": 1,
                "riseupvpn": 1,
                "telegram": 1,
                "whatsapp": 1,
            },
        ),
    ],
)
def test_every_file_is_read(folder: Path, pattern: str, tests: dict[str, int]) -> None:
    found = Counter(one(path)["test"] for path in folder.glob(pattern))
    assert found == tests


def test_all_of_them_as_one_compressed_file(folder: Path) -> None:
    paths = [path for pattern in (QA, UNIT, MANUAL) for path in sorted(folder.glob(pattern))]
    lines = [json.dumps(json.loads(path.read_bytes())).encode() for path in paths]
    rows, remarks = read(gzip.compress(b"\n".join(lines) + b"\n"))
    assert len(rows) == 70
    assert rows == [one(path) for path in paths]
    assert remarks == [
        "Measurements with fields of another type than OONI's, which were left out: 1.",
        "Measurements of tests whose results Kuager does not read, so that only the fact of them is kept: 13.",
        "Measurements that came without results: 4.",
        "Measurements that do not say in which country they were made: 1.",
    ]


def test_nothing_of_whoever_measured_comes_out(folder: Path) -> None:
    for pattern in (QA, UNIT, MANUAL):
        for path in folder.glob(pattern):
            record = json.loads(path.read_bytes())
            keys = record.get("test_keys") or {}
            private = {str(record.get(name) or "") for name in ("probe_ip", "resolver_ip", "report_id")}
            private.add(str(keys.get("client_resolver") or ""))
            private.add(record.get("probe_network_name") or "")
            told = json.dumps(read(path.read_bytes()), default=str)
            assert not [text for text in private - NAMES_OF_ABSENT_PROBES if text in told], path.name


def test_emulated_cases_say_what_the_probe_said(folder: Path) -> None:
    cases = [json.loads(line) for line in (folder / "web_connectivity_qa.jsonl").read_text().splitlines()]
    assert len(cases) >= 30
    compared = 0
    for case in cases:
        path = folder / (case.get("measurement_file") or "absent")
        if not path.is_file():
            continue
        details = one(path)["details"]
        expected = {name: value for name, value in case["probe_v05_result"].items() if name != "body_proportion"}
        assert {name: details.get(name) for name in expected} == expected, case["case"]
        compared += len(expected)
    assert compared == 30 * 13


def test_values_of_single_files(folder: Path) -> None:
    blocked = one(folder / "fastpath_unit" / "web_connectivity_ir_fp.json")
    assert (blocked["place"], blocked["network"], blocked["access"]) == ("IR", "AS197207", "mobile")
    assert (blocked["details"]["blocking"], blocked["start"]) == ("dns", datetime(2022, 8, 15, 19, 1, 30, tzinfo=UTC))
    undecided = one(folder / "fastpath_unit" / "web_connectivity_null.json")["details"]
    assert (undecided["blocking"], undecided["accessible"], undecided["control_failure"]) == (
        None,
        None,
        "connection_refused",
    )
    whatsapp = one(folder / "fastpath_unit" / "whatsapp.json")
    assert (whatsapp["software"], whatsapp["received"], whatsapp["access"]) == (
        "ooniprobe-android 3.7.1",
        None,
        "unknown",
    )
    assert whatsapp["details"]["whatsapp_web_status"] == "blocked"
    assert whatsapp["details"]["tls_handshake_s"] == {"web.whatsapp.com": [0.036058], "v.whatsapp.net": [0.062075]}
    tor = one(folder / "fastpath_unit" / "tor.json")["details"]
    assert tor == {"targets_ok": 3, "targets_failed": 0}
    old = one(folder / "fastpath_unit" / "http_header_field_manipulation_1.json")
    assert (old["uid"], old["received"]) == (
        "01202007106531b7e19c05e300cacea8803d9f9c",
        datetime(2020, 7, 10, tzinfo=UTC),
    )
    changed = one(folder / "fastpath_unit" / "mbx-1.json")["details"]
    assert changed["tampering_list"] == [True, True, True, False, True]
    empty = one(folder / "fastpath_unit" / "test_keys_none.json")
    assert (empty["place"], empty["details"]) == ("US", {})


def test_durations_of_real_handshakes(folder: Path) -> None:
    durations = {
        path.parent.name: one(path)["details"].get("tls_handshake_s", {}) for path in sorted(folder.glob(MANUAL))
    }
    assert durations["8844"] == {"8.8.4.4": [0.040382]}
    assert durations["dnsgoogle80"]["dns.google"][:4] == [0.039065, 0.041029, 0.043416, 0.043472]
    assert durations["firefoxcom"]["firefox.com"][:4] == [0.197099, 0.205083, 0.210267, 0.200028]
    assert len(durations["youtube"]["www.youtube.com"]) > 20
    signal = one(folder / "fastpath_unit" / "signal_022.json")["details"]["tls_handshake_s"]
    assert signal["textsecure-service.whispersystems.org"] == [0.411609]
    # its clock stands still, as in all emulated cases: a duration of zero would be a claim that nobody made
    throttled = one(folder / "web_connectivity_qa" / "throttlingWithHTTPS.json")["details"]
    assert "tls_handshake_s" not in throttled
    assert (throttled["http_experiment_failure"], throttled["last_status_code"]) == ("generic_timeout_error", 200)


def test_the_speed_test_of_a_recorded_answer(folder: Path) -> None:
    answer = json.loads(json.loads((folder / "api" / "measurement_meta-example.json").read_bytes())["body"])
    ((row,), remarks) = read(answer["raw_measurement"].encode())
    assert (row["test"], row["test_version"], row["network"], remarks) == ("ndt", "0.8.0", "AS3209", [])
    assert row["details"]["summary"]["download"] == pytest.approx(29266.86, abs=0.01)
    assert row["details"]["summary"]["upload"] == pytest.approx(12117.6, abs=0.01)
    assert (row["details"]["summary"]["min_rtt"], row["details"]["protocol"]) == (38.481, 7)


def test_scored_rows_keep_ooni_s_flags(folder: Path) -> None:
    packed = (folder / "fastpath_rows_2024-01.jsonl.gz").read_bytes()
    rows, _ = read(packed)
    expected = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    assert len(rows) == 1_081
    flags = [(row["uid"], row["anomaly"], row["confirmed"], row["failed"]) for row in rows]
    assert flags == [(row["measurement_uid"], row["anomaly"], row["confirmed"], row["msm_failure"]) for row in expected]
    assert all(row["received"] is not None for row in rows)


@pytest.mark.parametrize("pattern", ["api/*.json", "manual_v05/*/analysis.json"])
def test_other_files_of_ooni_are_refused(folder: Path, pattern: str) -> None:
    paths = sorted(folder.glob(pattern))
    assert len(paths) in {5, 6}
    for path in paths:
        with pytest.raises(CodecError, match="not measurements of OONI"):
            read(path.read_bytes())
