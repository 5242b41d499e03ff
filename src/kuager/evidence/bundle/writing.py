"""A bundle on disk: a folder, or one zip that holds that folder. The same contents give the same bytes everywhere.

Nothing of the machine gets in: files are written in order of their paths, with one date, one owner's worth of
permissions and no further fields. A zip is stored, not packed, so that its bytes depend on no version of a packer.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import zipfile
from importlib import resources
from pathlib import Path

from kuager.errors import UsageError, message
from kuager.evidence.bundle.contents import Contents
from kuager.evidence.bundle.files import BundleFile, Sign, bundle_files
from kuager.evidence.durable import TEMPORARY, sync_folder

SCRIPT = "verify.sh"
"""Checks a bundle without Kuager."""

ZIP = ".zip"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every file: the earliest that a zip can tell, which looks like no date of anything."""
_SECONDS = 315_532_800
"""The same, since the epoch."""
_FILE_MODE, _PROGRAM_MODE, _FOLDER_MODE = 0o644, 0o755, 0o755
_UNIX = 3


def write_bundle(contents: Contents, into: Path, sign: Sign | None) -> int:
    """Write a bundle beside its place and move it there when it is whole.

    Args:
        contents: what goes into it.
        into: the folder to be made; with the ending ``.zip``, the file to be made.
        sign: makes the custody signature over the list of all files; without it the bundle has none.

    Returns:
        The number of files in it.

    Raises:
        UsageError: there is something at that place, no folder to write to, or the name is none for a bundle.
        CaseDamaged: an object does not have the bytes that its name says, or is missing.
    """
    if not _NAME.fullmatch(contents.name):
        raise UsageError(
            message("A bundle cannot be called “{name}”."),
            remedy=message("Give it a name of letters from a to z, digits, dots and dashes."),
            name=contents.name,
        )
    _refuse_what_is_there(into)
    files = bundle_files(contents, sign)
    temporary = into.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        if into.suffix == ZIP:
            _write_zip(files, contents.name, temporary)
        else:
            _write_folder(files, temporary)
        _move(temporary, into)
    finally:
        _remove(temporary)
    return len(files)


def verify_script() -> bytes:
    """The program ``verify.sh``, which every bundle carries."""
    return resources.files("kuager.evidence.bundle").joinpath(SCRIPT).read_bytes()


def _write_folder(files: dict[str, BundleFile], folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for path, file in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            for piece in file.chunks():
                stream.write(piece)
        place.chmod(_mode(path))
        os.utime(place, (_SECONDS, _SECONDS))
    folders = {folder / above for path in files for above in Path(path).parents}
    for one in sorted(folders, reverse=True):  # a folder's date changes with what is put into it
        one.chmod(_FOLDER_MODE)
        os.utime(one, (_SECONDS, _SECONDS))
    os.sync()  # once for all: an fsync for each of many thousand files would take minutes


def _write_zip(files: dict[str, BundleFile], name: str, place: Path) -> None:
    with place.open("xb") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for path, file in files.items():
                with archive.open(_member(name, path, file.size), "w") as member:
                    for piece in file.chunks():
                        member.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    place.chmod(_FILE_MODE)


def _member(name: str, path: str, size: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(f"{name}/{path}", _DATE)
    member.create_system = _UNIX
    member.external_attr = (stat.S_IFREG | _mode(path)) << 16
    member.file_size = size  # tells the archive whether it needs fields of 64 bits
    return member


def _mode(path: str) -> int:
    return _PROGRAM_MODE if path == SCRIPT else _FILE_MODE


def _move(temporary: Path, into: Path) -> None:
    """Into its place, unless something came there meanwhile."""
    _refuse_what_is_there(into)
    temporary.rename(into)  # not linked: a stick that is formatted for every machine has no links
    sync_folder(into.parent)


def _remove(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary)
    else:
        temporary.unlink(missing_ok=True)


def _refuse_what_is_there(into: Path) -> None:
    if into.is_symlink() or into.exists():
        raise _something_there(into)
    if not into.parent.is_dir():
        raise UsageError(
            message("There is no folder {path} to write the bundle into."),
            remedy=message("Make it first, or choose another place."),
            path=into.parent,
        )


def _something_there(into: Path) -> UsageError:
    return UsageError(
        message("There is something at {path} already."),
        meaning=message("A bundle is never written over: somebody may rely on the one that is there."),
        remedy=message("Choose another name."),
        path=into,
    )
