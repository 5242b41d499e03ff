"""``kuager classify``: measurements in, verdicts out, and one clear sentence for every mistake."""

from __future__ import annotations

import gzip
import json
import pickle
import re
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from kuager.case.classified import classify_file, lists_folder, write_classified
from kuager.cli.app import app
from kuager.errors import CodecError, KuagerError, UsageError
from kuager.model.notes import Note
from kuager.model.verdicts import CLASSIFIED

BLOCKED = {
    "test_name": "web_connectivity",
    "probe_cc": "IR",
    "probe_asn": "AS44244",
    "input": "http://example.org/",
    "test_keys": {
        "blocking": "dns",
        "accessible": False,
        "queries": [{"engine": "system", "hostname": "example.org", "answers": [{"ipv4": "10.10.34.36"}]}],
    },
}


@pytest.fixture(autouse=True)
def no_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are those that a test names."""
    monkeypatch.delenv("KUAGER_DATA", raising=False)


def written(folder: Path, *measurements: object) -> Path:
    path = folder / "in.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(json.dumps(one).encode() + b"\n" for one in measurements)))
    return path


def run(*words: object) -> str:
    """What the command prints; what it refuses is raised."""
    done = CliRunner().invoke(app, ["--language", "en", "classify", *map(str, words)])
    if isinstance(done.exception, KuagerError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_verdicts_are_written_and_counted(tmp_path: Path) -> None:
    told = run(written(tmp_path, BLOCKED, BLOCKED), tmp_path / "out.parquet")
    assert "Measurements classified: 2." in told
    assert "Blocked: 2." in told
    assert "(DNS): 2." in told
    assert "anomaly 2, confirmed 2, failed 0 times" in told
    assert "fingerprints only" in " ".join(told.split())
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema.names == CLASSIFIED.names
    assert table["place"].to_pylist() == ["IR", "IR"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl.gz", "out.parquet"]


def test_json_for_programs_and_a_single_measurement(tmp_path: Path) -> None:
    single = tmp_path / "one.json"
    single.write_text(json.dumps(BLOCKED, indent=2))
    told = json.loads(run(single, tmp_path / "out.parquet", "--json"))
    assert told["measurements"] == 1
    assert told["verdicts"] == {"blocked": 1, "down": 0, "ok": 0, "failed": 0}
    assert told["blocked_at"]["dns"] == 1
    assert told["flags"] == {"anomaly": 1, "confirmed": 1, "failed": 0}
    assert len(told["remarks"]) == 1


def test_lists_come_from_the_folder_that_is_named_or_from_the_data(
    tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, to = written(tmp_path, BLOCKED), tmp_path / "out.parquet"
    lists = shared_data / "ooni" / "fingerprints"
    assert json.loads(run(given, to, "--json", "--fingerprints", lists))["remarks"] == []
    monkeypatch.setenv("KUAGER_DATA", str(shared_data))
    assert json.loads(run(given, to, "--json"))["remarks"] == []
    assert lists_folder(None) == lists
    with pytest.raises(UsageError, match="no lists of fingerprints"):
        run(given, to, "--fingerprints", tmp_path)
    (tmp_path / "fingerprints_dns.csv").write_text("a,b\n")
    with pytest.raises(CodecError):
        run(given, to, "--fingerprints", tmp_path)


def test_signatures_of_pages_are_passed_on(tmp_path: Path, shared_data: Path) -> None:
    metadata = shared_data / "censoredplanet" / "metadata" / "data"
    for name in ("blockpage_signatures.json", "false_positive_signatures.json"):
        (tmp_path / name).write_bytes((metadata / name).read_bytes())
    results = shared_data / "censoredplanet" / "e2e_test_data" / "Quack-echo_v1" / "echo_results_v1.json"
    assert lists_folder(tmp_path) == tmp_path
    parts = list(classify_file(results, tmp_path))
    assert sum(part.num_rows for part in parts if not isinstance(part, Note)) == 4


def test_mistakes(tmp_path: Path) -> None:
    given, to = written(tmp_path, BLOCKED), tmp_path / "out.parquet"
    with pytest.raises(UsageError, match="no file or folder"):
        run(tmp_path / "missing.jsonl", to)
    with pytest.raises(UsageError, match="no file or folder"):
        run(given, tmp_path / "missing" / "out.parquet")
    with pytest.raises(UsageError, match="is a folder; the verdicts of one file go to a file"):
        run(given, tmp_path)
    with pytest.raises(UsageError, match="the file of the measurements itself"):
        run(given, given)
    with pytest.raises(UsageError, match="for many files"):
        run(given, to, "--engine", "local")
    to.write_bytes(b"as before")
    (tmp_path / "text.jsonl").write_text("no measurement\n")
    with pytest.raises(CodecError, match=r"text\.jsonl"):
        run(tmp_path / "text.jsonl", to)
    assert to.read_bytes() == b"as before"
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_folder_is_done_file_by_file_and_what_is_odd_is_counted_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for number in range(6):
        written(folder, BLOCKED).rename(folder / "sub" / f"{number}.jsonl.gz")
    odd = [
        {**BLOCKED, "test_keys": None},
        {**BLOCKED, "test_keys": []},
        {**BLOCKED, "test_keys": {"requests": {"a": 1}, "tcp_connect": "x", "queries": [1, None]}},
        {**BLOCKED, "test_name": "unheard_of"},
        {**BLOCKED, "probe_asn": "AS0"},
        {**BLOCKED, "probe_cc": "ZZ"},
        {**BLOCKED, "measurement_start_time": "2093-01-01 00:00:00"},
        {**BLOCKED, "test_keys": {"requests": [{"response": {"body": {"data": "@@@", "format": "base64"}}}]}},
    ]
    written(folder, *odd).rename(folder / "odd.jsonl.gz")
    whole = written(folder, *[BLOCKED | {"x": f"{number:0200}"} for number in range(400)]).read_bytes()
    (folder / "in.jsonl.gz").unlink()
    (folder / "z.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "notes.json").write_text("{}")
    told = json.loads(run(folder, tmp_path / "out", "--json"))
    assert [told[name] for name in ("all", "done", "before", "refused")] == [9, 8, 0, 1]
    assert told["rows"] > 6 + 6 + 100
    files = {one["input"]: one for one in told["files"]}
    assert "No line of notes.json" in files["notes.json"]["refused"]["what"]
    assert any("cut off at line" in one["remark"] for one in files["z.jsonl.gz"]["remarks"])
    said = " ".join(one["remark"] for one in files["odd.jsonl.gz"]["remarks"])
    assert re.search("another type than OONI's, which were left out: [23]", said)
    assert "does not score" in said
    assert "OONI discards and so are passed over: 2." in said
    assert files["odd.jsonl.gz"]["rows"] == 6
    assert sum(told["verdicts"].values()) == told["rows"]
    assert told["verdicts"]["blocked"] == told["blocked_at"]["dns"] >= 6 + 100
    assert told["flags"]["confirmed"] >= 6 + 100
    again = run(folder, tmp_path / "out")
    assert f"Blocked: {told['verdicts']['blocked']}." in again
    assert "The source's own flags: anomaly " in again
    assert "done now: 0, done before: 8, refused: 1" in again
    assert "z.jsonl.gz: The file is damaged" in again


def test_a_file_is_done_again_when_the_lists_are_others(tmp_path: Path, shared_data: Path) -> None:
    (tmp_path / "in").mkdir()
    written(tmp_path / "in", BLOCKED)
    assert "done now: 1" in run(tmp_path / "in", tmp_path / "out")
    lists = ("--fingerprints", shared_data / "ooni/fingerprints")
    assert "done now: 1, done before: 0" in run(tmp_path / "in", tmp_path / "out", *lists)
    assert "done now: 0, done before: 1" in run(tmp_path / "in", tmp_path / "out", *lists)


def test_a_file_is_classified_in_another_process_and_in_little_memory(tmp_path: Path) -> None:
    work: Any = pickle.loads(pickle.dumps(partial(classify_file, lists=None)))  # noqa: S301 - it was made here
    small, large = (written(tmp_path, *[BLOCKED | {"x": "a" * 2_000}] * count) for count in (1, 1))
    parts = list(work(small))
    assert isinstance(parts[-1], Note)
    assert pa.Table.from_batches(parts[:-1]).num_rows == 1
    large.write_bytes(gzip.compress((json.dumps(BLOCKED | {"x": "a" * 2_000}) + "\n").encode() * 8_000))
    tracemalloc.start()
    counted = write_classified(large, tmp_path / "out.parquet", None, lambda _: None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted.rows == 8_000
    assert most < 30_000_000
