"""Contributions are logged together, late, shuffled, among dummies: each once, whatever a crash interrupts."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.evidence.private.crashes import dies

from kuager.errors import EvidenceError, KeyUnusable, LogDamaged, ProofRefused
from kuager.evidence import merkle
from kuager.evidence.durable import write_new
from kuager.evidence.private.batches import DAY_S, MOST_MISSED, Batches
from kuager.evidence.private.contributors import Contribution, contribute, read_contribution

DAY = 1_641_340_800
NOON = DAY + DAY_S // 2


class FileLog:
    """A log that keeps each leaf in a file of its own, one after the other: a crash may leave half a batch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def leaves(self) -> list[bytes]:
        """In the order in which they were logged."""
        return [path.read_bytes() for path in sorted(self._folder.glob("[0-9]*"))]

    def holds(self, leaf_hash: bytes) -> bool:
        return any(self._folder.glob(f"*-{leaf_hash.hex()}"))

    def append(self, leaves: Sequence[bytes]) -> None:
        for number, leaf in enumerate(leaves, start=len(self.leaves())):
            write_new(self._folder / f"{number:06}-{merkle.leaf_hash(leaf).hex()}", leaf)


def _contributions(count: int) -> list[Contribution]:
    return [contribute({"name": f"person {number}"})[1] for number in range(count)]


def test_a_batch_is_logged_when_its_interval_is_over_and_not_before(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=8), FileLog(tmp_path / "log")
    given = _contributions(3)
    leaves = [batches.submit(one, log, NOON + number) for number, one in enumerate(given)]
    assert batches.log_due(log, DAY + DAY_S - 1) == []
    assert batches.log_due(log, DAY + DAY_S) == [DAY]
    logged = log.leaves()
    assert len(logged) == 8
    assert set(leaves) <= set(logged)
    assert len({len(leaf) for leaf in logged}) == 1
    assert {read_contribution(leaf)[1] for leaf in logged} == {DAY}
    assert batches.log_due(log, DAY + DAY_S) == []
    assert [
        path for path in (tmp_path / "private").rglob("*") if path.is_file() and path.parent.name != "private"
    ] == []


def test_a_day_on_which_nobody_came_looks_like_any_other(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    batches.submit(_contributions(1)[0], log, NOON)
    assert batches.log_due(log, DAY + 4 * DAY_S + 7) == [DAY + number * DAY_S for number in range(4)]
    starts = [read_contribution(leaf)[1] for leaf in log.leaves()]
    assert starts == [DAY + number * DAY_S for number in range(4) for _ in range(4)]


def test_more_contributions_than_a_batch_holds_make_a_larger_batch(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    for one in _contributions(5):
        batches.submit(one, log, NOON)
    batches.log_due(log, DAY + DAY_S)
    assert len(log.leaves()) == 8


def test_the_same_contribution_again_is_the_same_leaf(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    one = _contributions(1)[0]
    assert (
        batches.submit(one, log, NOON) == batches.submit(one, log, NOON + 60) == batches.submit(one, log, NOON + DAY_S)
    )
    batches.log_due(log, DAY + 3 * DAY_S)
    assert batches.submit(one, log, NOON + 5 * DAY_S) in log.leaves()
    batches.log_due(log, DAY + 8 * DAY_S)
    assert [read_contribution(leaf)[0] for leaf in log.leaves()].count(one) == 1


def test_a_clock_that_goes_backwards_gives_no_batch_a_second_time(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    batches.log_due(log, NOON)
    batches.log_due(log, NOON + DAY_S)
    leaf = batches.submit(_contributions(1)[0], log, NOON)
    assert read_contribution(leaf)[1] == DAY + DAY_S
    assert batches.log_due(log, NOON + DAY_S) == []
    assert batches.log_due(log, NOON + 2 * DAY_S) == [DAY + DAY_S]
    assert leaf in log.leaves()


def test_a_clock_that_jumps_far_ahead_logs_nothing(tmp_path: Path) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    batches.submit(_contributions(1)[0], log, NOON)
    with pytest.raises(EvidenceError, match="due at once"):
        batches.log_due(log, NOON + (MOST_MISSED + 1) * DAY_S)
    assert log.leaves() == []
    assert batches.log_due(log, NOON + DAY_S) == [DAY]


@pytest.mark.parametrize(("first", "second"), [(DAY_S, DAY_S // 4), (DAY_S // 4, DAY_S)])
def test_another_interval_loses_nothing(tmp_path: Path, first: int, second: int) -> None:
    log = FileLog(tmp_path / "log")
    given = _contributions(4)
    for number, one in enumerate(given):
        interval = first if number < 2 else second
        Batches(tmp_path / "private", interval_s=interval, leaves=4).submit(one, log, DAY + number * DAY_S // 4 + 100)
    Batches(tmp_path / "private", interval_s=second, leaves=4).log_due(log, DAY + 2 * DAY_S)
    logged = [read_contribution(leaf)[0] for leaf in log.leaves()]
    assert [logged.count(one) for one in given] == [1, 1, 1, 1]


def test_what_is_pending_is_private_and_dated_by_its_batch_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
        batches.submit(_contributions(1)[0], log, NOON)
    finally:
        os.umask(before)
    paths = [tmp_path / "private", *(tmp_path / "private").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    files = [path for path in paths if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.stat().st_mtime for path in files if not path.name.startswith(".")} == {DAY}
    (tmp_path / "private").chmod(0o750)
    with pytest.raises(KeyUnusable, match="open to others"):
        batches.submit(_contributions(1)[0], log, NOON)


def test_a_false_contribution_is_not_taken(tmp_path: Path) -> None:
    one, two = _contributions(2)
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    with pytest.raises(ProofRefused, match="not signed"):
        batches.submit(Contribution(one.root, two.key, one.signature), log, NOON)
    assert batches.log_due(log, NOON + DAY_S) == [DAY]


@pytest.mark.parametrize(("damaged", "cut"), [("pending", False), ("prepared", False), ("prepared", True)])
def test_what_was_damaged_on_disk_is_not_logged(tmp_path: Path, damaged: str, cut: bool) -> None:
    batches, log = Batches(tmp_path / "private", leaves=4), FileLog(tmp_path / "log")
    batches.submit(_contributions(1)[0], log, NOON)
    if damaged == "prepared":
        (tmp_path / "log").write_bytes(b"")  # a file where the log's folder should be: nothing can be appended
        with pytest.raises(OSError, match="log"):
            batches.log_due(log, NOON + DAY_S)
        (tmp_path / "log").unlink()
    file = next(path for path in (tmp_path / "private" / damaged).rglob("*") if path.is_file())
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(b"" if cut else data)
    with pytest.raises(LogDamaged, match="not what was written"):
        batches.log_due(log, NOON + DAY_S)
    assert log.leaves() == []


def test_a_crash_at_any_call_loses_none_and_logs_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies, the machine lives on: what fsync waits for does not matter, its place among the calls does."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    acknowledged, waiting, late = _contributions(3)
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        batches, log = Batches(folder / "private", leaves=3), FileLog(folder / "log")
        batches.submit(acknowledged, log, NOON)

        def work(batches: Batches = batches, log: FileLog = log) -> None:
            batches.submit(waiting, log, NOON + 1)
            batches.log_due(log, NOON + DAY_S)

        died = dies(work, at)
        batches.submit(waiting, log, NOON + DAY_S)  # who got no answer asks again
        batches.submit(late, log, NOON + 2)  # and the clock is set back
        batches.log_due(log, NOON + DAY_S)
        batches.log_due(log, NOON + 2 * DAY_S)
        logged = [read_contribution(leaf) for leaf in log.leaves()]
        found = [one for one, _ in logged]
        assert [found.count(one) for one in (acknowledged, waiting, late)] == [1, 1, 1], f"call {at}"
        assert {batch for _, batch in logged} == {DAY, DAY + DAY_S}, f"call {at}"
        for start in (DAY, DAY + DAY_S):
            assert [batch for _, batch in logged].count(start) == 3, f"call {at}"
        if not died:
            break
    assert at > 40
