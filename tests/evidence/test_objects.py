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
from hypothesis import given
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


def test_a_changed_object_is_not_handed_out(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    digest, _ = store.put(b"original")
    store.path(digest).write_bytes(b"tampered")
    with pytest.raises(CaseDamaged, match="does not have the bytes"):
        store.get(digest)
    with pytest.raises(CaseDamaged):
        store.put(b"original")
    with pytest.raises(CaseDamaged, match="missing"):
        store.get("0" * 64)


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
