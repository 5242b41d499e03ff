"""Bytes by their hash: exact, once, durable, checked."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.errors import CaseDamaged
from kuager.evidence.durable import TEMPORARY, replace, write_new
from kuager.evidence.objects import ObjectStore


@given(st.binary(max_size=500))
def test_what_comes_out_is_what_went_in(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    store = ObjectStore(tmp_path_factory.mktemp("objects"))
    digest, new = store.put(data)
    assert new
    assert digest == hashlib.sha256(data).hexdigest()
    assert store.get(digest) == data
    assert store.path(digest).read_bytes() == data


def test_the_same_bytes_twice_are_one_object(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    first, second = store.put(b"same"), store.put(b"same")
    assert first == (second[0], True)
    assert not second[1]
    assert list(store) == [first[0]]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first[0]]


def test_a_changed_object_is_not_handed_out_and_put_again_is_right_again(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    for again in (store.put, lambda data: _sealed(store, data), lambda data: store.put_many([data])[0]):
        digest, _ = store.put(b"original")
        _tamper(store.path(digest))
        with pytest.raises(CaseDamaged, match="does not have the bytes"):
            store.get(digest)
        assert again(b"original") == (digest, False)
        assert store.get(digest) == b"original"
    with pytest.raises(CaseDamaged, match="missing"):
        store.get("0" * 64)


def test_an_object_is_read_only_and_otherwise_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        store = ObjectStore(tmp_path)
        made = [store.put(b"one")[0], _sealed(store, b"two")[0], *(name for name, _ in store.put_many([b"three"]))]
        assert {store.path(digest).stat().st_mode & 0o777 for digest in made} == {0o440}
        write_new(tmp_path / "record", b"")
        replace(tmp_path / "state", b"")
        assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("record", "state")} == {0o640}
    finally:
        os.umask(before)


def test_many_at_once_are_as_one_by_one(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    store.put(b"there")
    put = store.put_many([b"one", b"there", b"two", b"one", b""])
    assert [new for _, new in put] == [True, False, True, False, True]
    assert [store.get(digest) for digest, _ in put] == [b"one", b"there", b"two", b"one", b""]
    assert len(list(store)) == 4
    assert store.put_many([]) == []


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=200) | st.integers(1, 5).map(lambda times: b"xyz" * times * 60_000), max_size=6))
def test_what_comes_in_pieces_is_one_object(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    store = ObjectStore(tmp_path_factory.mktemp("objects"))
    whole = b"".join(pieces)
    with store.incoming() as incoming:
        incoming.write(b"an attempt that broke off")
        incoming.seek(0)
        incoming.truncate()
        for piece in pieces:
            changing = bytearray(piece)
            incoming.write(changing)
            changing[:] = bytes(len(piece))  # what is written is what was there when it was written
        digest, new = store.seal(incoming)
    assert (digest, new) == (hashlib.sha256(whole).hexdigest(), True)
    assert store.get(digest) == whole
    assert _sealed(store, whole) == (digest, False)


def test_what_was_not_sealed_is_gone(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    with store.incoming() as incoming:
        incoming.write(b"never sealed")
        with pytest.raises(OSError, match="only to the beginning"):
            incoming.seek(3)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def _sealed(store: ObjectStore, data: bytes) -> tuple[str, bool]:
    with store.incoming() as incoming:
        incoming.write(data)
        return store.seal(incoming)


def _tamper(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"tampered")
    path.chmod(0o444)


def test_write_new_never_replaces(tmp_path: Path) -> None:
    assert write_new(tmp_path / "a" / "b", b"one")
    assert not write_new(tmp_path / "a" / "b", b"two")
    assert (tmp_path / "a" / "b").read_bytes() == b"one"
    replace(tmp_path / "a" / "b", b"three")
    assert (tmp_path / "a" / "b").read_bytes() == b"three"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_writer_killed_at_any_moment_leaves_whole_objects_only(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from kuager.evidence.objects import ObjectStore
        store = ObjectStore(Path(sys.argv[1]))
        for number in range(100_000):
            store.put(str(number).encode() * 5000)
            if number == 0:
                print("writing", flush=True)
        """
    )
    for turn in range(5):
        folder = tmp_path / str(turn)
        writer = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.02 * turn)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        store = ObjectStore(folder)
        assert [store.get(digest) for digest in store]
        strays = [path for path in folder.rglob("*") if path.is_file() and len(path.name) != 64]
        assert all(path.name.startswith(TEMPORARY) for path in strays)
