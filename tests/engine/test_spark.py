"""Work on a real cluster on this machine: a master and two workers, each a process of its own.

The same files and questions give the same answers as on one machine, also while a worker is killed.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engine.functions import LINES, counting, written
from tests.engine.questions import drawn

from kuager.case.classified import classify_files, lists_folder
from kuager.engine.engine import Engine, Input, Outcome
from kuager.engine.local import LocalEngine
from kuager.errors import EngineError
from kuager.observations.reductions import base_rates, verdicts_by_day

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PYTHON_PATH = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A standalone cluster on loopback, its two workers with one core each."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("NO SPARK: install kuager[spark] and Java (default-jre-headless) to test the cluster")
    folder = tmp_path_factory.mktemp("cluster")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    master = start(folder, "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
    workers = []
    try:
        wait_for(port)
        own = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0")
        for number in range(2):
            work = ("--work-dir", str(folder / f"work{number}"))
            workers.append(start(folder, "worker.Worker", *own, *work, address))
        yield Cluster(address, workers)
    finally:
        for process in (*workers, master):
            process.terminate()
        for process in (*workers, master):
            process.wait(30)


def start(folder: Path, what: str, *words: str) -> subprocess.Popen[bytes]:
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.submodule_search_locations
    home = spec.submodule_search_locations[0]
    with (folder / f"{what}.log").open("ab") as log:
        return subprocess.Popen(
            [f"{home}/bin/spark-class", f"org.apache.spark.deploy.{what}", *words],
            env={**os.environ, "SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": PYTHON_PATH},
            cwd=folder,
            stdout=log,
            stderr=log,
        )


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < until, "the master does not start"
            time.sleep(0.2)
        else:
            return


@pytest.fixture(scope="session")
def spark(cluster: Cluster) -> Iterator[Engine]:
    from kuager.engine.spark import SparkEngine  # noqa: PLC0415 - an extra

    with SparkEngine(cluster.address) as engine:
        yield engine


def rows(outcomes: list[Outcome]) -> dict[str, tuple[Any, ...]]:
    """All that came of each file, with the text of every row."""
    return {
        one.input: (
            pq.read_table(one.output).to_pylist() if one.output is not None else None,
            one.rows,
            one.remarks,
            one.refused.diagnostics() if one.refused is not None else None,
        )
        for one in outcomes
    }


def answer(engine: Engine, files: list[Path], question: Callable[[Any], Any]) -> Any:
    return engine.query({"classified": files}, lambda tables: question(tables["classified"]))


def test_the_cluster_answers_as_one_machine_does(tmp_path: Path, spark: Engine) -> None:
    files = drawn(tmp_path, 400, 3)
    for question in (verdicts_by_day, base_rates):
        here, there = (answer(engine, files, question) for engine in (LocalEngine(), spark))
        assert here.num_rows > 5
        assert here.schema == there.schema
        assert here.to_pylist() == there.to_pylist()


def test_files_are_read_the_same_there_and_none_twice(tmp_path: Path, spark: Engine) -> None:
    texts = {f"sub{number % 2}/[{number}].gz": f"one\n\nline {number}" for number in range(5)}
    inputs = written(tmp_path / "in", {**texts, "killer.gz": "die", "fault.gz": "fail", "z.gz": "a line"})
    cut = tmp_path / "in" / "z.gz"
    cut.write_bytes(cut.read_bytes()[:-9])
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    done = rows(list(spark.map_files(counting(), inputs, there)))
    local = rows(list(LocalEngine(2).map_files(counting(), inputs, here)))
    assert {name: one for name, one in done.items() if name != "killer.gz"} == {
        name: one for name, one in local.items() if name != "killer.gz"
    }
    assert done["killer.gz"][0] is None
    assert done["killer.gz"][3] is not None
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in there.iterdir()}
    assert len(before) == 5
    good = inputs[:5]
    assert all(one.skipped for one in spark.map_files(counting(), good, there))
    assert {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in there.iterdir()} == before


def test_real_measurements_are_classified_the_same_there(tmp_path: Path, spark: Engine, shared_data: Path) -> None:
    records = [path.read_bytes() for path in sorted((shared_data / "ooni/web_connectivity_qa").glob("*.json"))]
    for number in range(3):
        lines = b"".join(json.dumps(json.loads(one)).encode() + b"\n" for one in records[number::3])
        (tmp_path / f"{number}.jsonl.gz").write_bytes(gzip.compress(lines))
    cut = gzip.compress(b"".join(json.dumps(json.loads(one)).encode() + b"\n" for one in records))
    (tmp_path / "z.jsonl.gz").write_bytes(cut[: len(cut) // 2])
    inputs = [Input(path.name, path) for path in sorted(tmp_path.glob("*.gz"))]
    function = classify_files(lists_folder(shared_data / "ooni/fingerprints"))
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    done = rows(list(spark.map_files(function, inputs, there)))
    assert done == rows(list(LocalEngine(2).map_files(function, inputs, here)))
    assert sum(done[f"{number}.jsonl.gz"][1] for number in range(3)) == len(records)
    assert 0 < done["z.jsonl.gz"][1] < len(records)
    assert any("cut off" in remark.what.template for remark in done["z.jsonl.gz"][2])


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path, spark: Engine, cluster: Cluster) -> None:
    inputs = written(tmp_path / "in", {f"{number}.gz": f"line {number}" for number in range(24)})
    outputs = tmp_path / "out"
    outputs.mkdir()
    running = spark.map_files(counting(0.4), inputs, outputs)
    done = [next(running)]
    cluster.workers[0].send_signal(signal.SIGKILL)
    done += running
    assert len(done) == 24
    assert all(one.refused is None for one in done)
    assert [one.skipped for one in done].count(False) >= 12
    tables = [pq.read_table(outputs / path.name) for path in sorted(outputs.glob("*.parquet"))]
    assert sorted(pa.concat_tables(tables)["line"].to_pylist()) == sorted(f"line {number}" for number in range(24))
    assert all(one.schema.equals(LINES) for one in tables)
    assert not list(outputs.glob(".tmp-*"))


def test_the_command_on_a_cluster_of_its_own_gives_what_it_gives_here(tmp_path: Path, cluster: Cluster) -> None:
    assert cluster  # only where Spark is
    from tests.cli.test_detect_series import table, with_cut  # noqa: PLC0415 - one of its tables

    (tmp_path / "in").mkdir()
    for number in range(3):
        pq.write_table(table({f"series {number}": with_cut(number)}), tmp_path / "in" / f"{number}.parquet")
    (tmp_path / "in" / "z.parquet").write_bytes((tmp_path / "in" / "0.parquet").read_bytes()[:900])
    for engine in ("local", "local-cluster"):
        words = ["detect-series", "in", engine, "--engine", engine]
        done = subprocess.run(
            [sys.executable, "-m", "kuager", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == "z.parquet is no whole Parquet file.\n"  # Spark's own words do not reach anybody
    names = sorted(path.name for path in (tmp_path / "local").glob("*.parquet"))
    assert len(names) == 3
    for name in names:
        here, there = (pq.read_table(tmp_path / engine / name) for engine in ("local", "local-cluster"))
        assert here.num_rows > 0
        assert here.equals(there)
    assert (tmp_path / "local/_report.json").read_text() == (tmp_path / "local-cluster/_report.json").read_text()


def test_a_cluster_that_is_not_there_is_told_at_once() -> None:
    from kuager.engine.spark import SparkEngine  # noqa: PLC0415 - an extra

    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("NO SPARK: install kuager[spark] and Java (default-jre-headless) to test the cluster")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(EngineError, match=f"No cluster answers at spark://127.0.0.1:{port}"):
        SparkEngine(f"spark://127.0.0.1:{port}")
    assert time.monotonic() - began < 10


def test_without_spark_or_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kuager.engine.spark_start import check_installed  # noqa: PLC0415 - an extra

    if importlib.util.find_spec("pyspark") is not None:
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(EngineError, match="needs Java 17"):
            check_installed()
    monkeypatch.setattr(sys, "path", [])
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    with pytest.raises(EngineError, match="needs PySpark") as caught:
        check_installed()
    assert "kuager[spark]" in caught.value.diagnostics().remedy
