"""Nothing acknowledged is lost or torn, whatever happens at whichever call; and the work can be done again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Container, Iterator
from pathlib import Path

import pytest
from tests.evidence.faults import (
    ERRORS,
    Fault,
    Outcome,
    Run,
    Stopped,
    every,
    kernel_calls,
    points,
    survive,
    survive_in_kernel,
    traceable,
)

from kuager.errors import CaseDamaged
from kuager.evidence import durable
from kuager.evidence.objects import ObjectStore

OLD, NEW = b"old" * 100, b"new" * 100
SURVIVED = frozenset({*ERRORS, Fault.STOPPED_BEFORE})
MANY = [b"first" * 50, b"second" * 50, b"first" * 50]

Work = Callable[[Path, Callable[[str], None]], object]


def _put(folder: Path, acknowledge: Callable[[str], None]) -> None:
    acknowledge(ObjectStore(folder).put(NEW)[0])


def _put_many(folder: Path, acknowledge: Callable[[str], None]) -> None:
    for digest, _ in ObjectStore(folder).put_many(MANY):
        acknowledge(digest)


def _seal(folder: Path, acknowledge: Callable[[str], None]) -> None:
    store = ObjectStore(folder)
    with store.incoming() as incoming:
        incoming.write(b"broken off")
        incoming.seek(0)
        incoming.write(NEW)
        acknowledge(store.seal(incoming)[0])


def _write_new(folder: Path, acknowledge: Callable[[str], None]) -> None:
    durable.write_new(folder / "within" / "file", NEW)
    acknowledge("file")


def _replace(folder: Path, acknowledge: Callable[[str], None]) -> None:
    durable.replace(folder / "within" / "file", NEW)
    acknowledge("file")


def _put_file(folder: Path, acknowledge: Callable[[str], None]) -> None:
    temporary = folder / "within" / f"{durable.TEMPORARY}file"
    temporary.write_bytes(NEW)
    durable.put(folder / "within" / "file", temporary)
    acknowledge("file")


def _adopt(folder: Path, acknowledge: Callable[[str], None]) -> None:
    temporary = folder / f"{durable.TEMPORARY}file"
    temporary.write_bytes(NEW)
    durable.adopt(folder / "within" / "file", temporary)
    acknowledge("file")


@pytest.fixture
def within() -> Iterator[Path]:
    """In memory: what a power cut takes is reckoned, not tried, and disks are slow."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a name in one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def _named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no files without a name."""
    if request.param:
        monkeypatch.setattr(durable, "_unnamed_draft", lambda _folder: None)


OBJECTS = pytest.mark.parametrize(
    ("work", "_named"),
    [(_put, False), (_put, True), (_put_many, False), (_seal, False), (_seal, True)],
    indirect=["_named"],
)
FILES = pytest.mark.parametrize(
    ("work", "before", "_named"),
    [
        (_write_new, None, False),
        (_write_new, None, True),
        (_write_new, OLD, False),
        (_replace, OLD, False),
        (_replace, OLD, True),
        (_put_file, OLD, False),
        (_adopt, None, False),
    ],
    indirect=["_named"],
)


@OBJECTS
@pytest.mark.usefixtures("_named")
def test_objects_survive_everything(within: Path, work: Work) -> None:
    acknowledged = 0
    for folder, run, point, call, fault in _everything(within, work, frozenset(Fault) - {Fault.STOPPED_BEFORE}):
        outcome = survive(run, point, fault)
        _told_as_it_was(outcome, call, fault)
        _are_there(folder, outcome)
        acknowledged += len(outcome.acknowledged)
        if fault in {Fault.KILLED_BEFORE, Fault.POWER_CUT_NAMES_KEPT}:
            again = _done_again(folder, work)
            assert again.acknowledged
            _are_there(folder, again)
    assert acknowledged


@OBJECTS
@pytest.mark.usefixtures("_named")
def test_what_failed_is_not_taken_for_written_when_it_is_tried_again(within: Path, work: Work) -> None:
    def stubborn(folder: Path, acknowledge: Callable[[str], None]) -> None:
        try:
            work(folder, acknowledge)
        except (OSError, Stopped):
            work(folder, acknowledge)

    for folder, run, point, _call, fault in _everything(within, stubborn, {Fault.BROKEN, Fault.STOPPED_BEFORE}):
        outcome = survive(run, point, fault, Fault.POWER_CUT_NAMES_LOST)
        assert outcome.ended == "killed"
        assert outcome.acknowledged
        _are_there(folder, outcome)


@FILES
@pytest.mark.usefixtures("_named")
def test_a_file_is_the_old_or_the_new_one(within: Path, work: Work, before: bytes | None) -> None:
    def prepare(folder: Path) -> None:
        if before is not None:
            (folder / "within").mkdir()
            (folder / "within" / "file").write_bytes(before)

    last = OLD if work is _write_new and before is not None else NEW
    for folder, run, point, call, fault in _everything(within, work, frozenset(Fault), prepare):
        outcome = survive(run, point, fault)
        _told_as_it_was(outcome, call, fault)
        file = folder / "within" / "file"
        found = file.read_bytes() if file.exists() else None
        assert found in {before, last}, (point, fault)
        assert not outcome.acknowledged or found == last
        if fault is Fault.KILLED_BEFORE:
            assert _done_again(folder, work).acknowledged
            assert file.read_bytes() == last


def test_an_acknowledgement_comes_after_the_last_fsync(within: Path) -> None:
    calls = points(lambda tell: _put(within, tell))
    kinds = [call.split()[0] for call in calls]
    assert kinds.index("link") < kinds.index("write") + 2  # the name is there before the one fsync of the file
    assert kinds[-3:] == ["fsync", "fsync", "fchmod"]


@pytest.mark.skipif(not traceable(), reason="strace is absent or not let at processes")
@pytest.mark.parametrize("work", [_put, _put_many, _seal])
def test_objects_survive_what_the_kernel_itself_does(within: Path, work: Work) -> None:
    store, run = _fresh(within, "counted", work)
    calls = kernel_calls(run)
    assert {"openat", "write", "linkat", "syncfs" if work is _put_many else "fchmod"} <= set(calls)
    _are_there(store, Outcome("done", ()))
    for call, count in calls.items():
        for number in range(1, count + 1):
            for fault in (Fault.KILLED_BEFORE, Fault.BROKEN):
                folder, run = _fresh(within, f"{call}-{number}-{fault.name}", work)
                outcome = survive_in_kernel(run, call, number, fault)
                assert fault is Fault.BROKEN or outcome.ended == "killed"
                if fault is Fault.BROKEN and call in {"linkat", "fsync", "syncfs"}:
                    assert outcome == Outcome("OSError", ())
                _are_there(folder, outcome)
                kept: list[str] = []
                work(folder, kept.append)
                _are_there(folder, Outcome("done", tuple(kept)))


def _fresh(within: Path, name: str, work: Work, prepare: Callable[[Path], None] = lambda _: None) -> tuple[Path, Run]:
    folder = within / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    prepare(folder)
    return folder, lambda acknowledge: work(folder, acknowledge)


def _everything(
    within: Path, work: Work, among: Container[Fault], prepare: Callable[[Path], None] = lambda _: None
) -> Iterator[tuple[Path, Run, int, str, Fault]]:
    for point, call, fault in every(_fresh(within, "counted", work, prepare)[1], among):
        yield *_fresh(within, "tried", work, prepare), point, call, fault


def _done_again(folder: Path, work: Work) -> Outcome:
    """By another process, which loses power when all is acknowledged."""
    return survive(lambda acknowledge: work(folder, acknowledge), -1, Fault.BROKEN, end=Fault.POWER_CUT_NAMES_LOST)


def _told_as_it_was(outcome: Outcome, call: str, fault: Fault) -> None:
    if fault in SURVIVED:
        assert outcome.ended == ("Stopped" if fault is Fault.STOPPED_BEFORE else "OSError")
        assert not outcome.acknowledged or call.startswith("unlink ")  # of a temporary name, when all was done
    else:
        assert outcome.ended == "killed"


def _are_there(folder: Path, outcome: Outcome) -> None:
    """All that was acknowledged is whole, and nothing else that is handed out is false."""
    store = ObjectStore(folder)
    whole = {NEW, *MANY}
    for digest in outcome.acknowledged:
        assert store.get(digest) in whole
    for digest in store:
        try:
            assert store.get(digest) in whole
        except CaseDamaged:
            assert digest not in outcome.acknowledged
