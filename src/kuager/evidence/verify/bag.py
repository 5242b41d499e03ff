"""Whether every file has the bytes that the lists of the bag say (BagIt 1.0, RFC 8493), and no other file is there.

Each file is read once: it is hashed, and what has to be understood is kept, so that nothing can be put in its place
between two looks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.verify.kinds import MOST_FILES, is_held
from kuager.evidence.verify.reading import BundleFiles
from kuager.evidence.verify.report import FILES, Section

_LINE = re.compile(rb"([0-9a-f]{64})  ([!-~]{1,200})\n")
_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_BAG_INFO = re.compile(
    rb"Bagging-Date: (\d{4}-\d\d-\d\d)\nExternal-Identifier: [A-Za-z0-9][A-Za-z0-9._-]{0,99}\n"
    rb"Payload-Oxum: (0|[1-9]\d{0,18})\.(0|[1-9]\d{0,8})\n"
)
_PAYLOAD = "data/"
_UNLISTED = frozenset({layout.TAG_MANIFEST, layout.SIGNATURE})


@dataclass(frozen=True, slots=True)
class Bag:
    """What was read: sizes and SHA-256 of all files, and the bytes of those that have to be understood."""

    sizes: Mapping[str, int]
    digests: dict[str, str] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, path: object) -> bool:
        """Whether the file was read."""
        return path in self.digests

    def below(self, folder: str) -> list[str]:
        """The paths of the files in a folder that were read, in order."""
        return sorted(path for path in self.digests if path.startswith(folder))

    @property
    def dated(self) -> str:
        """The day that the bag says it was made, or nothing."""
        found = _BAG_INFO.fullmatch(self.held.get(layout.BAG_INFO, b""))
        return found[1].decode() if found else ""


def read_bag(files: BundleFiles) -> tuple[Bag, Section]:
    """Read all files, and compare them with both lists."""
    bag, section = Bag(files.sizes), Section(FILES)
    for path, error in sorted(files.refused.items()):
        section.refused(error, path)
    for path in sorted(files.sizes):
        try:
            _read(files, path, bag)
        except ProofRefused as error:
            section.refused(error, path)
    _declared(bag, section)
    payload = {path for path in files.sizes if path.startswith(_PAYLOAD)}
    _listed(layout.MANIFEST, payload, bag, section)
    _listed(layout.TAG_MANIFEST, set(files.sizes) - payload - _UNLISTED, bag, section)
    return bag, section


def _read(files: BundleFiles, path: str, bag: Bag) -> None:
    if is_held(path):
        data = b"".join(files.chunks(path))
        bag.digests[path] = hashlib.sha256(data).hexdigest()
        bag.held[path] = data
        return
    digest = hashlib.sha256()
    for piece in files.chunks(path):
        digest.update(piece)
    bag.digests[path] = digest.hexdigest()


def _declared(bag: Bag, section: Section) -> None:
    """The two files that say what the bag is."""
    if bag.held.get(layout.BAGIT) != _BAGIT:
        section.fails(message("The file does not declare a bag of BagIt 1.0."), layout.BAGIT)
    found = _BAG_INFO.fullmatch(bag.held.get(layout.BAG_INFO, b""))
    sizes = [size for path, size in bag.sizes.items() if path.startswith(_PAYLOAD)]
    if found is None:
        section.fails(message("The file is no description of a bag as Kuager writes it."), layout.BAG_INFO)
    elif (int(found[2]), int(found[3])) != (sum(sizes), len(sizes)):
        section.fails(
            message(
                "Under data there should be {listed_count} files of {listed_bytes} bytes in all; "
                "there are {count} of {bytes}."
            ),
            layout.BAG_INFO,
            listed_count=found[3].decode(),
            listed_bytes=found[2].decode(),
            count=len(sizes),
            bytes=sum(sizes),
        )


def _listed(name: str, paths: set[str], bag: Bag, section: Section) -> None:
    """Compare the files that a list should have with those that it has."""
    if name not in bag.held:
        section.fails(
            message("The list of files {list} is missing: nothing shows that these files are unchanged."), list=name
        )
        return
    listed = _parsed(bag.held[name])
    if listed is None:
        section.fails(message("The file is no list of SHA-256 in order of the paths, as Kuager writes it."), name)
        return
    for path in sorted(paths - set(listed)):
        section.fails(message("The file is not in the list {list}: somebody added it."), path, list=name)
    for path in sorted(set(listed) - paths):
        section.fails(message("The file is in the list {list}, but not in the bundle."), path, list=name)
    same = 0
    for path in sorted(paths & set(listed)):
        if bag.digests.get(path) == listed[path]:
            same += 1
        elif path in bag.digests:
            section.fails(
                message("The file does not have the bytes that the list {list} says: it was changed."), path, list=name
            )
    section.counted(
        message("{count} of {all} files have the bytes that the list {list} says."),
        same,
        len(paths | set(listed)),
        list=name,
    )


def _parsed(data: bytes) -> dict[str, str] | None:
    """SHA-256 by path; None when it is not a list in its one spelling."""
    listed: dict[str, str] = {}
    at, last = 0, b""
    while at < len(data):
        line = _LINE.match(data, at)
        if line is None or line[2] <= last or len(listed) == MOST_FILES:
            return None
        at, last = line.end(), line[2]
        listed[last.decode()] = line[1].decode()
    return listed
