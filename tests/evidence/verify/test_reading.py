"""Bundles as strangers hand them over: folders with traps in them, zips of another making, bombs."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence.bundles import small_bundle
from tests.evidence.verify.sealing import NOW, sign, wrong

from kuager.errors import EvidenceError, ProofRefused
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.writing import write_bundle
from kuager.evidence.verify.folder import FolderFiles
from kuager.evidence.verify.report import Report, shown
from kuager.evidence.verify.verifying import verify_bundle
from kuager.evidence.verify.zip_records import END_BYTES
from kuager.evidence.verify.zipped import ZipFiles

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bundle(small_bundle(tmp_path / "objects"), tmp_path / "bundle", sign)
    return tmp_path / "bundle"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    write_bundle(small_bundle(tmp_path / "objects"), tmp_path / "bundle.zip", sign)
    return tmp_path / "bundle.zip"


def _checked(path: Path) -> Report:
    return verify_bundle(path, now=NOW)


def test_a_folder_and_a_zip_hold(folder: Path, packed: Path) -> None:
    first, second = _checked(folder), _checked(packed)
    assert not first.wrong
    assert first == second
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert not _checked(link).wrong


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        _checked(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    assert _checked(tmp_path / "empty").wrong
    for name, data in (("text", b"hello"), ("nothing", b""), ("end.zip", b"PK\x05\x06" + bytes(18))):
        (tmp_path / name).write_bytes(data)
        assert "no zip" in wrong(_checked(tmp_path / name))[0]
    os.mkfifo(tmp_path / "fifo")
    assert "no zip" in wrong(_checked(tmp_path / "fifo"))[0]


@pytest.mark.parametrize(
    "trap",
    [
        lambda path: path.symlink_to("/etc/hostname"),
        lambda path: path.symlink_to(path.parent / "nowhere"),
        os.mkfifo,
        lambda path: socket.socket(socket.AF_UNIX).bind(str(path)),
        lambda path: path.mkdir(),
    ],
)
@pytest.mark.parametrize("name", ["VERIFY.txt", layout.CHECKPOINT, "VERIFY.ru.txt"])
def test_what_is_no_file_is_not_opened(
    folder: Path, name: str, trap: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    Path(name).unlink(missing_ok=True)
    trap(Path(name))
    found = wrong(_checked(folder))
    assert any(line.startswith((f"{name}: It is a link", f"{name}: No bundle")) for line in found)


def test_links_to_folders_are_not_followed(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "keys", tmp_path / "keys")
    (folder / "keys").symlink_to(tmp_path / "keys")
    (folder / "data" / "sealed").symlink_to("/")
    found = wrong(_checked(folder))
    assert "keys: It is a link or a device, not a file or folder." in found
    assert "data/sealed: It is a link or a device, not a file or folder." in found
    assert any(layout.LOG_KEY in line and "not in the bundle" in line for line in found)


def test_names_of_any_bytes(folder: Path) -> None:
    here = os.fsencode(folder)
    for name in (
        b"\xff\xfe",
        b"a\nb",
        b"\x1b[31m",
        "\u202etxt.exe".encode(),
        b"VERIFY.TXT",
        b"-rf",
        b"$(id)",
        b"a" * 255,
    ):
        with open(here + b"/" + name, "wb"):  # noqa: PTH123 - a name that no text has
            pass
    found = [line for line in wrong(_checked(folder)) if "No bundle has" in line]
    assert len(found) == 8
    assert all(line.isprintable() for line in found)


def test_deep_and_strange_folders_are_not_entered(folder: Path) -> None:
    deep = folder
    for _ in range(300):
        deep /= "d"
        deep.mkdir()
    (folder / "data" / "objects" / "sha256" / "xx").mkdir()
    assert [line for line in wrong(_checked(folder)) if "No bundle has" in line] == [
        "d: No bundle has a file or folder of that name.",
        "data/objects/sha256/xx: No bundle has a file or folder of that name.",
    ]


def test_files_that_are_too_large_are_not_read(folder: Path) -> None:
    zeros = "data/objects/sha256/00/" + "0" * 64
    (folder / zeros).parent.mkdir(exist_ok=True)
    for path, size in (("log/0.leaf", 65_536), (layout.CHECKPOINT, 1 << 43), (zeros, 1 << 43)):
        (folder / path).touch()
        os.truncate(folder / path, size)
    begun = time.monotonic()
    found = wrong(_checked(folder))
    assert sum("larger than such a file can be" in line for line in found) == 3
    assert time.monotonic() - begun < 5


def test_a_file_that_changes_or_vanishes_while_it_is_read(folder: Path) -> None:
    with FolderFiles(folder) as files:
        (folder / "VERIFY.txt").write_bytes(b"Other.me\n")
        (folder / layout.BAGIT).unlink()
        (folder / layout.LOG_KEY).unlink()
        (folder / layout.LOG_KEY).symlink_to("/etc/hostname")
        pieces = files.chunks(layout.CHECKPOINT)
        for path in ("VERIFY.txt", layout.BAGIT, layout.LOG_KEY):
            with pytest.raises(ProofRefused):
                list(files.chunks(path))
        first = next(pieces)
        (folder / layout.CHECKPOINT).write_bytes(first[:-1] + b"!")
        with pytest.raises(ProofRefused):
            next(pieces)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(folder: Path) -> None:
    (folder / "VERIFY.txt").chmod(0)
    assert any("refused to read it" in line for line in wrong(_checked(folder)))


def _with_member(packed: Path, name: str) -> Path:
    """A zip beside with one member more."""
    other = packed.with_name("other.zip")
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(other, "w") as target:
        for member in source.infolist():
            target.writestr(member, source.read(member))
        target.writestr(name, b"")
    return other


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "name", ["kz-2022-01/../x", "/etc/passwd", "kz-2022-01\\x", "C:/x", "zz/x", "kz-2022-01/verify.sh", "kz-2022-01/é"]
)
def test_members_that_should_not_be_there(packed: Path, name: str) -> None:
    assert _checked(_with_member(packed, name)).wrong


def test_zips_of_another_making_are_refused(packed: Path) -> None:
    def again(compression: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
        other = packed.with_name("other.zip")
        with zipfile.ZipFile(packed) as source, zipfile.ZipFile(other, "w", compression) as target:
            for member in source.infolist():
                target.writestr(member.filename, source.read(member))
            target.comment = comment
        return other.read_bytes()

    data = packed.read_bytes()
    for made in (again(), again(zipfile.ZIP_DEFLATED), again(comment=b"x"), b"#!" + data, data + b"\0", data[:-1]):
        packed.with_name("made.zip").write_bytes(made)
        report = _checked(packed.with_name("made.zip"))
        assert wrong(report) == [": The file is no zip, or not packed in the one way in which Kuager packs bundles."]


def test_every_byte_of_a_zips_records_counts(packed: Path) -> None:
    data = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        start = archive.start_dir
        headers = [
            at
            for one in archive.infolist()
            for at in range(one.header_offset, one.header_offset + 30 + len(one.filename))
        ]
    for at in [*headers[::17], *range(start, len(data), 13)]:
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        packed.with_name("changed.zip").write_bytes(changed)
        try:
            with ZipFiles(packed.with_name("changed.zip")) as files:
                for path in files.sizes:
                    list(files.chunks(path))
                assert files.refused
        except ProofRefused:
            continue


def test_cut_off_zips_are_refused(packed: Path) -> None:
    data = packed.read_bytes()
    for size in range(0, len(data), 101):
        packed.with_name("cut.zip").write_bytes(data[:size])
        with pytest.raises(ProofRefused), ZipFiles(packed.with_name("cut.zip")):
            pass


@given(st.binary(max_size=400), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_are_a_zip_or_refused(tmp_path: Path, data: bytes, count: int, size: int, offset: int) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
    assert len(end) == END_BYTES
    (tmp_path / "x.zip").write_bytes(data + end)
    try:
        with ZipFiles(tmp_path / "x.zip") as files:
            assert not files.sizes
    except ProofRefused:
        pass


@given(st.text())
def test_what_is_shown_moves_nothing(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 10 * 301


_LIMITED = """
import resource, sys
from pathlib import Path
from kuager.evidence.verify.verifying import verify_bundle
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
report = verify_bundle(Path(sys.argv[1]))
print(report.wrong, len(report.findings))
"""


def _bomb_of_zeros(folder: Path) -> None:
    with (
        zipfile.ZipFile(folder / "bomb", "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("kz-2022-01/VERIFY.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(64):
            member.write(bytes(1 << 20))


def _bomb_of_holes(folder: Path) -> None:
    claims = folder / "bomb" / "data" / "claims"
    claims.mkdir(parents=True)
    for number in range(100):
        (claims / f"{number:064x}.json").touch()
        os.truncate(claims / f"{number:064x}.json", 16 << 20)


def _bomb_of_depth(folder: Path) -> None:
    (folder / "bomb" / "log").mkdir(parents=True)
    (folder / "bomb" / "data").mkdir()
    (folder / "bomb" / "data" / "withheld.json").write_bytes(b"[" * (32 << 20))
    (folder / "bomb" / "manifest-sha256.txt").write_bytes((b"0" * 64 + b"  a\n") * 500_000)
    for number in range(300):
        (folder / "bomb" / "log" / f"{number}.leaf").write_bytes(b'{"a":' * 13_000)
        (folder / "bomb" / "log" / f"{number}.tlog-proof").write_bytes(b"c2sp.org/tlog-proof@v1\n" + b"\n" * 200_000)
    (folder / "bomb" / "log" / "checkpoint").write_bytes("— a AAAA\n".encode() * 20_000)


@pytest.mark.slow
@pytest.mark.parametrize("make", [_bomb_of_zeros, _bomb_of_holes, _bomb_of_depth])
def test_bombs_fill_neither_memory_nor_time(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path)
    command = [sys.executable, "-c", _LIMITED, str(tmp_path / "bomb")]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=surroundings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True")
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != 20
