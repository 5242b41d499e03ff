"""The files of a court pack on disk: the list of their hashes, the signature over it, and reading both strictly.

pack.html exhibits.csv chronology.csv   made of the bundle alone; anyone makes the same again
pack.pdf                                the page as a print; its bytes depend on the machine
pack.json                               which preset, episode, language, and by which code
bundle/                                 the bundle of the whole case (kuager.evidence.bundle)
README.txt check.sh rederive.sh         how to check
MANIFEST.sha256 MANIFEST.sha256.sig     SHA-256 of every other file, and the custodian's signature (SSHSIG)
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec
import rfc8785

from kuager.errors import ProofRefused, message

MANIFEST, SIGNATURE, TERMS, PDF = "MANIFEST.sha256", "MANIFEST.sha256.sig", "pack.json", "pack.pdf"
BUNDLE = "bundle"
_LINE = re.compile(rb"([0-9a-f]{64})  ([!-~]{1,300})\n")
_LARGEST = 1 << 26
"""Of a file that is read whole: the list of a bundle of many thousand files, and the page."""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what a pack was made of its bundle. ``until`` is RFC 3339, empty where there is no delay of publication."""

    preset: str
    episode: str
    language: str
    code: str
    confidential: bool
    until: str = ""

    def encode(self) -> bytes:
        """The one spelling (RFC 8785)."""
        return rfc8785.dumps(msgspec.to_builtins(self)) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Terms:
        """Read them.

        Raises:
            ProofRefused: they are not spelt like that.
        """
        try:
            terms = msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            raise _no_terms() from error
        if terms.encode() != data:
            raise _no_terms()
        return terms


def is_pack(folder: Path) -> bool:
    """Whether a folder is a pack, whole or not; a bundle never has a folder of that name."""
    return (folder / BUNDLE).is_dir()


def manifest_of(folder: Path) -> bytes:
    """The list of every file of a pack but itself and its signature, as ``sha256sum -c`` reads it."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hash_of(folder / path)}  {path}\n" for path in files if path not in (MANIFEST, SIGNATURE)
    ).encode()


def read_manifest(data: bytes) -> Mapping[str, str]:
    """The SHA-256 of each file by its path.

    Raises:
        ProofRefused: it is not such a list, is not in order, or names what cannot lie in a pack.
    """
    found: dict[str, str] = {}
    end = 0
    for line in _LINE.finditer(data):
        path = line[2].decode()
        odd = path.startswith("/") or ".." in path.split("/") or path in (MANIFEST, SIGNATURE)
        if line.start() != end or odd or (found and path <= next(reversed(found))):
            raise _no_list()
        found[path] = line[1].decode()
        end = line.end()
    if end != len(data) or not found:
        raise _no_list()
    return found


def files_in(folder: Path) -> tuple[frozenset[str], tuple[str, ...]]:
    """The plain files of a pack by path, and whatever else lies there: links, devices, folders that cannot be read."""
    plain, odd, left = set(), [], [""]
    while left:
        below = left.pop()
        try:
            with os.scandir(folder / below) as entries:
                for entry in entries:
                    path = f"{below}/{entry.name}" if below else entry.name
                    mode = entry.stat(follow_symlinks=False).st_mode
                    if stat.S_ISDIR(mode):
                        left.append(path)
                    elif stat.S_ISREG(mode):
                        plain.add(path)
                    else:
                        odd.append(path)
        except OSError:
            odd.append(below)
    return frozenset(plain), tuple(sorted(odd))


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def whole(path: Path) -> bytes:
    """The bytes of a file of a pack that is not of its bundle.

    Raises:
        ProofRefused: it is missing, cannot be read, or is larger than any that Kuager writes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise ProofRefused(message("{file} is missing, or cannot be read."), file=path.name) from error
    if len(data) > _LARGEST:
        raise ProofRefused(message("{file} is larger than any that a pack has."), file=path.name)
    return data


def _no_list() -> ProofRefused:
    return ProofRefused(
        message("{file} is not the list of a pack."),
        meaning=message("It was changed: no file can be held against it."),
        file=MANIFEST,
    )


def _no_terms() -> ProofRefused:
    return ProofRefused(
        message("{file} does not say how this pack was made."),
        meaning=message("It was changed, or written by another program."),
        file=TERMS,
    )
