"""Contributions are logged together, late, shuffled, among dummies: each once, whatever a crash interrupts."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.evidence.private.crashes import dies
from tests.evidence.private.logs import Log, logging_to

from kuager.errors import EvidenceError, KeyUnusable, LogDamaged, ProofRefused
from kuager.evidence.private.batches import DAY_S, MOST_MISSED, Batches
from kuager.evidence.private.contributors import Contribution, contribute, read_contribution

DAY = 1_641_340_800
NOON = DAY + DAY_S // 2


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with logging_to(tmp_path / "log") as opened:
        yield opened


def _contributions(count: int) -> list[Contribution]:
    return [contribute({"name": f"person {number}"})[1] for number in range(count)]


def test_a_batch_is_logged_when_its_interval_is_over_and_not_before(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=8)
    given = _contributions(3)
    leaves = [batches.submit(one, log.folder, NOON + number) for number, one in enumerate(given)]
    assert batches.log_due(log.folder, log.writer, DAY + DAY_S - 1) == []
    assert batches.log_due(log.folder, log.writer, DAY + DAY_S) == [DAY]
    logged = list(log.folder.leaves())
    assert len(logged) == 8
    assert set(leaves) <= set(logged)
    assert len({len(leaf) for leaf in logged}) == 1
    assert {read_contribution(leaf)[1] for leaf in logged} == {DAY}
    assert batches.log_due(log.folder, log.writer, DAY + DAY_S) == []
    assert [
        path for path in (tmp_path / "private").rglob("*") if path.is_file() and path.parent.name != "private"
    ] == []


def test_a_day_on_which_nobody_came_looks_like_any_other(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    batches.submit(_contributions(1)[0], log.folder, NOON)
    assert batches.log_due(log.folder, log.writer, DAY + 4 * DAY_S + 7) == [DAY + number * DAY_S for number in range(4)]
    starts = [read_contribution(leaf)[1] for leaf in log.folder.leaves()]
    assert starts == [DAY + number * DAY_S for number in range(4) for _ in range(4)]


def test_more_contributions_than_a_batch_holds_make_a_larger_batch(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    for one in _contributions(5):
        batches.submit(one, log.folder, NOON)
    batches.log_due(log.folder, log.writer, DAY + DAY_S)
    assert len(list(log.folder.leaves())) == 8


def test_the_same_contribution_again_is_the_same_leaf(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    one = _contributions(1)[0]
    assert (
        batches.submit(one, log.folder, NOON)
        == batches.submit(one, log.folder, NOON + 60)
        == batches.submit(one, log.folder, NOON + DAY_S)
    )
    batches.log_due(log.folder, log.writer, DAY + 3 * DAY_S)
    assert batches.submit(one, log.folder, NOON + 5 * DAY_S) in log.folder.leaves()
    batches.log_due(log.folder, log.writer, DAY + 8 * DAY_S)
    assert [read_contribution(leaf)[0] for leaf in log.folder.leaves()].count(one) == 1


def test_a_clock_that_goes_backwards_gives_no_batch_a_second_time(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    batches.log_due(log.folder, log.writer, NOON)
    batches.log_due(log.folder, log.writer, NOON + DAY_S)
    leaf = batches.submit(_contributions(1)[0], log.folder, NOON)
    assert read_contribution(leaf)[1] == DAY + DAY_S
    assert batches.log_due(log.folder, log.writer, NOON + DAY_S) == []
    assert batches.log_due(log.folder, log.writer, NOON + 2 * DAY_S) == [DAY + DAY_S]
    assert leaf in log.folder.leaves()


def test_a_clock_that_jumps_far_ahead_logs_nothing(tmp_path: Path, log: Log) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    batches.submit(_contributions(1)[0], log.folder, NOON)
    with pytest.raises(EvidenceError, match="due at once"):
        batches.log_due(log.folder, log.writer, NOON + (MOST_MISSED + 1) * DAY_S)
    assert list(log.folder.leaves()) == []
    assert batches.log_due(log.folder, log.writer, NOON + DAY_S) == [DAY]


@pytest.mark.parametrize(("first", "second"), [(DAY_S, DAY_S // 4), (DAY_S // 4, DAY_S)])
def test_another_interval_loses_nothing(tmp_path: Path, log: Log, first: int, second: int) -> None:
    given = _contributions(4)
    for number, one in enumerate(given):
        interval = first if number < 2 else second
        Batches(tmp_path / "private", interval_s=interval, leaves=4).submit(
            one, log.folder, DAY + number * DAY_S // 4 + 100
        )
    Batches(tmp_path / "private", interval_s=second, leaves=4).log_due(log.folder, log.writer, DAY + 2 * DAY_S)
    logged = [read_contribution(leaf)[0] for leaf in log.folder.leaves()]
    assert [logged.count(one) for one in given] == [1, 1, 1, 1]


def test_what_is_pending_is_private_and_dated_by_its_batch_only(tmp_path: Path, log: Log) -> None:
    before = os.umask(0)
    try:
        batches = Batches(tmp_path / "private", leaves=4)
        batches.submit(_contributions(1)[0], log.folder, NOON)
    finally:
        os.umask(before)
    paths = [tmp_path / "private", *(tmp_path / "private").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    files = [path for path in paths if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.stat().st_mtime for path in files if not path.name.startswith(".")} == {DAY}
    (tmp_path / "private").chmod(0o750)
    with pytest.raises(KeyUnusable, match="open to others"):
        batches.submit(_contributions(1)[0], log.folder, NOON)


def test_a_false_contribution_is_not_taken(tmp_path: Path, log: Log) -> None:
    one, two = _contributions(2)
    batches = Batches(tmp_path / "private", leaves=4)
    with pytest.raises(ProofRefused, match="not signed"):
        batches.submit(Contribution(one.root, two.key, one.signature), log.folder, NOON)
    assert batches.log_due(log.folder, log.writer, NOON + DAY_S) == [DAY]


@pytest.mark.parametrize(("damaged", "cut"), [("pending", False), ("prepared", False), ("prepared", True)])
def test_what_was_damaged_on_disk_is_not_logged(tmp_path: Path, log: Log, damaged: str, cut: bool) -> None:
    batches = Batches(tmp_path / "private", leaves=4)
    batches.submit(_contributions(1)[0], log.folder, NOON)
    if damaged == "prepared":
        (tmp_path / "log" / "tile").write_bytes(b"")  # a file in the way of a folder: nothing can be appended
        with pytest.raises(OSError, match="tile"):
            batches.log_due(log.folder, log.writer, NOON + DAY_S)
        (tmp_path / "log" / "tile").unlink()
    file = next(path for path in (tmp_path / "private" / damaged).rglob("*") if path.is_file())
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(b"" if cut else data)
    with pytest.raises(LogDamaged, match="not what was written"):
        batches.log_due(log.folder, log.writer, NOON + DAY_S)
    assert list(log.folder.leaves()) == []


def test_a_crash_at_any_call_loses_none_and_logs_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies, the machine lives on: what fsync waits for does not matter, its place among the calls does."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    acknowledged, waiting, late = _contributions(3)
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        batches = Batches(folder / "private", leaves=3)
        with logging_to(folder / "log") as log:
            batches.submit(acknowledged, log.folder, NOON)

        def work(batches: Batches = batches, path: Path = folder / "log") -> None:
            with logging_to(path) as log:
                batches.submit(waiting, log.folder, NOON + 1)
                batches.log_due(log.folder, log.writer, NOON + DAY_S)

        died = dies(work, at)
        with logging_to(folder / "log") as log:
            batches.submit(waiting, log.folder, NOON + DAY_S)  # who got no answer asks again
            batches.submit(late, log.folder, NOON + 2)  # and the clock is set back
            batches.log_due(log.folder, log.writer, NOON + DAY_S)
            batches.log_due(log.folder, log.writer, NOON + 2 * DAY_S)
            logged = [read_contribution(leaf) for leaf in log.folder.leaves()]
        found = [one for one, _ in logged]
        assert [found.count(one) for one in (acknowledged, waiting, late)] == [1, 1, 1], f"call {at}"
        assert {batch for _, batch in logged} == {DAY, DAY + DAY_S}, f"call {at}"
        for start in (DAY, DAY + DAY_S):
            assert [batch for _, batch in logged].count(start) == 3, f"call {at}"
        if not died:
            break
    assert at > 40
