"""Work on this machine: whole files or none, nothing twice, and no file that takes others with it."""

from __future__ import annotations

import contextlib
import gzip
import multiprocessing
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.engine.functions import counting, written

from kuager.engine.engine import Outcome
from kuager.engine.local import LocalEngine
from kuager.engine.output import make, output_name
from kuager.errors import CodecError


def by_name(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return {one.input: one for one in outcomes}


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_a_file_that_is_bad_kills_or_fails_is_an_outcome_and_the_rest_goes_on(tmp_path: Path, outputs: Path) -> None:
    texts = {f"good{number}.gz": f"one\n\n\nline {number}" for number in range(6)}
    troubled = {"killer.gz": "die", "unlucky.gz": "die once\nthen fine", "fault.gz": "fail", "cut {x}.gz": "a line"}
    inputs = written(tmp_path / "in", {**troubled, **texts})
    cut = tmp_path / "in" / "cut {x}.gz"
    cut.write_bytes(cut.read_bytes()[:-9])
    done = by_name(list(LocalEngine(2).map_files(counting(), inputs, outputs)))
    assert set(done) == {one.name for one in inputs}
    assert {name for name, one in done.items() if one.refused is not None} == {"killer.gz", "fault.gz", "cut {x}.gz"}
    refused = done["cut {x}.gz"].refused
    assert isinstance(refused, CodecError)
    assert refused.diagnostics().happened == "cut {x}.gz ends in the middle of {a} line."
    assert refused.diagnostics(lambda _: "{file}!").happened == "cut {x}.gz!"  # it is told in any language
    assert done["unlucky.gz"].rows == 2
    good = done["good3.gz"]
    assert good.output is not None
    assert pq.read_table(good.output).to_pydict() == {"line": ["one", "line 3"], "length": [3, 6]}
    assert [(one.what.facts, one.times) for one in good.remarks] == [({"what": "A line"}, 2)]
    assert not list(outputs.glob(".tmp-*"))
    assert len(list(outputs.glob("*.parquet"))) == 7


def test_nothing_is_done_twice_and_what_changed_is_done_again(tmp_path: Path, outputs: Path) -> None:
    inputs = written(tmp_path / "in", {"a/same.gz": "1\n", "b/same.gz": "2\n\n", "c.gz": "3"})
    engine = LocalEngine(1)
    first = by_name(list(engine.map_files(counting(), inputs, outputs)))
    before = state(outputs)
    second = by_name(list(engine.map_files(counting(), inputs, outputs)))
    assert state(outputs) == before
    assert all(one.skipped for one in second.values())
    assert [(one.rows, one.remarks, one.output) for one in second.values()] == [
        (first[name].rows, first[name].remarks, first[name].output) for name in second
    ]
    written(tmp_path / "in", {"b/same.gz": "2\n4"})
    changed = by_name(list(engine.map_files(counting(), inputs, outputs)))
    assert {name for name, one in changed.items() if not one.skipped} == {"b/same.gz"}
    assert changed["b/same.gz"].rows == 2
    assert not any(one.skipped for one in engine.map_files(counting(other="parameter"), inputs, outputs))


def test_a_file_that_became_bad_leaves_no_rows_of_its_past(tmp_path: Path, outputs: Path) -> None:
    (given,) = written(tmp_path / "in", {"a.gz": "1"})
    assert make(counting(), given, outputs).rows == 1
    given.path.write_bytes(gzip.compress(b"1")[:-9])
    assert make(counting(), given, outputs).output is None
    assert list(outputs.iterdir()) == []
    given.path.unlink()
    missing = make(counting(), given, outputs).refused
    assert missing is not None
    assert "No such file" in str(missing)


@pytest.mark.parametrize("harm", [lambda whole: whole[:-20], lambda _: b"", lambda _: b"PAR1"])
def test_a_damaged_output_is_made_again(tmp_path: Path, outputs: Path, harm: object) -> None:
    assert callable(harm)
    (given,) = written(tmp_path / "in", {"a.gz": "1"})
    output = make(counting(), given, outputs).output
    assert output is not None
    whole = output.read_bytes()
    output.write_bytes(harm(whole))
    assert not make(counting(), given, outputs).skipped
    assert output.read_bytes() == whole


def test_what_a_killed_run_left_is_removed_and_its_processes_end(tmp_path: Path, outputs: Path) -> None:
    (given,) = written(tmp_path / "in", {"a.gz": "1"})
    (outputs / ".tmp-0123").write_bytes(b"half")
    program = (
        "from pathlib import Path\n"
        "from kuager.engine.engine import Input\n"
        "from kuager.engine.local import LocalEngine\n"
        "from tests.engine.functions import counting\n"
        f"list(LocalEngine(1).map_files(counting(60.0), [Input('a.gz', Path({str(given.path)!r}))], "
        f"Path({str(outputs)!r})))"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.Popen([sys.executable, "-c", program], cwd=root)
    until = time.monotonic() + 60
    while not list(outputs.glob(".tmp-????????????????")):
        assert time.monotonic() < until
        time.sleep(0.05)
    family = _family(killed.pid)
    assert family
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    while any(Path(f"/proc/{one}").exists() for one in family):
        assert time.monotonic() < until, "its processes live on"
        time.sleep(0.05)
    assert list(outputs.glob("*.parquet")) == []
    (outcome,) = LocalEngine(1).map_files(counting(), [given], outputs)
    assert [path.name for path in outputs.iterdir()] == [output_name("a.gz")]
    assert outcome.rows == 1


def _family(process: int) -> list[int]:
    """The processes that descend from one."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def test_who_stops_listening_leaves_no_process_behind(tmp_path: Path, outputs: Path) -> None:
    inputs = written(tmp_path / "in", {f"{number}.gz": "1" for number in range(6)})
    before = set(multiprocessing.active_children())
    running = LocalEngine(2).map_files(counting(0.2), inputs, outputs)
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert set(multiprocessing.active_children()) == before


def test_equal_names_have_outputs_of_their_own() -> None:
    assert len({output_name("a/x.jsonl.gz"), output_name("b/x.jsonl.gz"), output_name("x.jsonl.gz")}) == 3
    assert output_name("a/x.jsonl.gz").startswith("x-")
    assert output_name(".gz").startswith("file-")
