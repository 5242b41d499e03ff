"""The files of a bundle, from a folder or from a zip, as the checks read them. Nothing is written or unpacked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.verify.kinds import LARGEST_HELD_IN_ALL, LARGEST_IN_ALL, is_held, largest

CHUNK = 1 << 20

FOLDERS = re.compile(
    r"data(/(objects(/sha256(/[0-9a-f]{2})?)?|claims|results|disclosures|sealed|case))?"
    r"|log(/(checkpoints|stamps|consistency))?|keys|time",
    re.ASCII,
)
"""Every folder that may be in a bundle. With :data:`layout.KNOWN` no two paths differ only in case or spelling."""


class BundleFiles(Protocol):
    """The files of a bundle by path."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Of the files that can be read."""
        ...

    @property
    def refused(self) -> Mapping[str, ProofRefused]:
        """What cannot be read, and why."""
        ...

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file in pieces.

        Raises:
            ProofRefused: the file changed, vanished, or cannot be read.
        """
        ...


def objection(path: str, size: int) -> ProofRefused | None:
    """Why a regular file of that path and size is not read; None when it may be."""
    if not layout.KNOWN.fullmatch(path):
        return stranger()
    if size > largest(path):
        return ProofRefused(
            message("The file is larger than such a file can be."),
            meaning=message("It was not written by Kuager, and is not read."),
        )
    return None


def check_total(sizes: Mapping[str, int]) -> None:
    """Check that all files together can be read in reasonable time and memory.

    Raises:
        ProofRefused: they cannot.
    """
    held = sum(size for path, size in sizes.items() if is_held(path))
    if held > LARGEST_HELD_IN_ALL or sum(sizes.values()) > LARGEST_IN_ALL:
        raise too_much()


def stranger() -> ProofRefused:
    """For a name that no bundle has."""
    return ProofRefused(
        message("No bundle has a file or folder of that name."),
        meaning=message("Somebody else put it there; it is not read."),
        remedy=message("Remove it, or ask for the bundle again."),
    )


def no_file() -> ProofRefused:
    """For links, devices and whatever else is neither file nor folder."""
    return ProofRefused(
        message("It is a link or a device, not a file or folder."),
        meaning=message("It could lead anywhere; it is not read."),
        remedy=message("Ask for the bundle again."),
    )


def changed() -> ProofRefused:
    """For a file that is not the one that was listed a moment ago."""
    return ProofRefused(
        message("The file changed or vanished while it was read."),
        meaning=message("Nothing can be said of it."),
        remedy=message("Copy the bundle to a place where nobody else writes, and check that."),
    )


def unreadable(error: OSError) -> ProofRefused:
    """For what the system refuses."""
    return ProofRefused(
        message("The system refused to read it: {reason}."),
        meaning=message("Nothing can be said of it."),
        remedy=message("Look at your permissions and at the disk."),
        reason=error.strerror or type(error).__name__,
    )


def too_much() -> ProofRefused:
    """For bundles of a size that nobody makes in good faith."""
    return ProofRefused(
        message("The bundle has more files, or larger ones, than a bundle can have."),
        meaning=message("It was made to keep this machine busy, and is not read."),
        remedy=message("Ask for it again from where it should come."),
    )
