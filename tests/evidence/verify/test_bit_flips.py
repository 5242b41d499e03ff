"""No byte of a bundle can be changed unseen (every bit: benchmarks/bit_flips.py)."""

from __future__ import annotations

import pytest
from tests.evidence.verify.sealing import Files, changed_files_found, small_files, verified, wrong

from kuager.evidence.bundle import layout


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return small_files(tmp_path_factory.mktemp("objects"))


def test_the_bundle_itself_holds(files: Files) -> None:
    assert not wrong(verified(files))
    assert not changed_files_found(files)


@pytest.mark.slow
def test_every_bit_of_the_signature_is_covered(files: Files) -> None:
    size = len(files[layout.SIGNATURE])
    assert not [
        (at, bit)
        for at in range(size)
        for bit in range(8)
        if not changed_files_found(_flipped(files, layout.SIGNATURE, at, bit))
    ]


@pytest.mark.slow
def test_every_byte_of_every_file_is_covered(files: Files) -> None:
    assert not [
        (path, at)
        for path in files
        for at in range(len(files[path]))
        if not changed_files_found(_flipped(files, path, at, at % 8))
    ]


def test_every_file_counts(files: Files) -> None:
    for path in files:
        assert wrong(verified({name: data for name, data in files.items() if name != path})), path
        assert wrong(verified({**files, path: files[path][:-1]})), path
        assert wrong(verified({**files, path: files[path] + b"\n"})), path
        assert wrong(verified({**files, path: b""})), path
        assert (
            wrong(verified({**files, path: files[path].replace(b"\n", b"\r\n") or b"\r\n"})) or b"\n" not in files[path]
        )


def test_swapped_files_are_found(files: Files) -> None:
    paths = sorted(files)
    for one, other in zip(paths, [*paths[1:], paths[0]], strict=True):
        if files[one] != files[other]:
            assert wrong(verified({**files, one: files[other], other: files[one]}))


def _flipped(files: Files, path: str, at: int, bit: int) -> Files:
    data = bytearray(files[path])
    data[at] ^= 1 << bit
    return {**files, path: bytes(data)}
