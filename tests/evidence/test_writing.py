"""Bundles as they are written: the same bytes everywhere, whole or not at all, and a bag to others."""

from __future__ import annotations

import hashlib
import locale
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from tests.evidence.bundles import custody_signature, small_bundle

from kuager.errors import CaseDamaged, UsageError
from kuager.evidence.bundle.writing import write_bundle


def _tree(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_contents_give_the_same_bytes_in_another_place_time_zone_and_mood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    count = write_bundle(small_bundle(tmp_path / "a"), tmp_path / "kz", custody_signature)
    write_bundle(small_bundle(tmp_path / "a"), tmp_path / "kz.zip", custody_signature)
    before = os.umask(0o077)
    monkeypatch.setenv("TZ", "Asia/Almaty")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    locale.setlocale(locale.LC_ALL, "")
    try:
        again = small_bundle(tmp_path / "b")
        again = replace(again, leaves=dict(sorted(again.leaves.items(), reverse=True)), withheld=again.withheld[::-1])
        write_bundle(again, tmp_path / "there" / "other", custody_signature)
        write_bundle(again, tmp_path / "there" / "other.zip", custody_signature)
    finally:
        os.umask(before)
    assert _tree(tmp_path / "kz") == _tree(tmp_path / "there" / "other")
    assert len(_tree(tmp_path / "kz")) == count
    assert (tmp_path / "kz.zip").read_bytes() == (tmp_path / "there" / "other.zip").read_bytes()
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["other", "other.zip"]


def test_others_find_a_valid_bag_and_a_plain_zip_of_it(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects")
    write_bundle(contents, tmp_path / "kz-2022-01", custody_signature)
    write_bundle(contents, tmp_path / "kz-2022-01.zip", custody_signature)
    bag = bagit.Bag(str(tmp_path / "kz-2022-01"))
    bag.validate()
    assert set(bag.info) == {"Bagging-Date", "External-Identifier", "Payload-Oxum"}
    (tmp_path / "unpacked").mkdir()
    with zipfile.ZipFile(tmp_path / "kz-2022-01.zip") as archive:
        assert archive.testzip() is None
        assert {(one.date_time, one.extra, one.compress_type) for one in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), b"", zipfile.ZIP_STORED)
        }
        assert archive.namelist() == sorted(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    unpacked = _tree(tmp_path / "unpacked" / "kz-2022-01")
    assert {path: found[0] for path, found in unpacked.items()} == {
        path: found[0] for path, found in _tree(tmp_path / "kz-2022-01").items()
    }
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "-c", "--quiet", "--strict", manifest], cwd=tmp_path / "kz-2022-01", check=True)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.zip").write_bytes(b"mine")
    for name in ("link", "empty", "file.zip"):
        with pytest.raises(UsageError, match="something at"):
            write_bundle(contents, tmp_path / name, None)
    assert (tmp_path / "file.zip").read_bytes() == b"mine"
    with pytest.raises(UsageError, match="no folder"):
        write_bundle(contents, tmp_path / "not" / "there", None)
    with pytest.raises(UsageError, match="cannot be called"):
        write_bundle(replace(contents, name="../x"), tmp_path / "x", None)


@pytest.mark.parametrize("name", ["kz", "kz.zip"])
def test_a_changed_or_missing_object_stops_it_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    contents = small_bundle(tmp_path / "objects")
    path = next(iter(contents.objects.values()))
    data = path.read_bytes()
    for wrong in (data + b"\n", data[:-1] + b"x", b""):
        path.write_bytes(wrong)
        with pytest.raises(CaseDamaged):
            write_bundle(contents, tmp_path / "out" / name, None)
    path.unlink()
    with pytest.raises(CaseDamaged):
        write_bundle(contents, tmp_path / "out" / name, None)
    with pytest.raises(CaseDamaged):
        write_bundle(replace(contents, objects={}, results={"0" * 64: b"x"}), tmp_path / "out" / name, None)
    assert not list((tmp_path / "out").iterdir())


def test_large_objects_are_copied_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    program = (
        "import resource, sys; from dataclasses import replace; from pathlib import Path\n"
        "from kuager.evidence.bundle.writing import write_bundle\n"
        "from tests.evidence.bundles import small_bundle\n"
        "here = Path(sys.argv[1])\n"
        "contents = replace(small_bundle(here / 'objects'), objects={sys.argv[2]: here / 'large'})\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (250 << 20, 250 << 20))\n"
        "write_bundle(contents, here / 'kz.zip', None)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path), digest], check=True)
    assert (tmp_path / "kz.zip").stat().st_size > 300 << 20
    (tmp_path / "kz.zip").unlink()
    path.unlink()
