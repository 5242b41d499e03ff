"""Stamps by Bitcoin through calendars (OpenTimestamps), with the program ``ots``, which is never imported.

``ots info`` follows a stamp from the hash of the file to what it ends in, without asking anybody. A Bitcoin block then
commits to the file if the last hash is the Merkle root in the block's header, bytes 36 to 67 reversed. What a header
itself proves, and what not, is told in ``bitcoin.py``. A stamp that ends only in the promise of a calendar proves
nothing offline until it has been upgraded, hours later.

Only files hashed with SHA-256 are taken: the format also knows SHA-1, with which one stamp can be of two files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.stamps.bitcoin import CLOCK_ERROR, BlockHeader
from kuager.evidence.stamps.finding import Unchecked, program_missing
from kuager.evidence.stamps.program import Outcome, find, run
from kuager.model.notes import Note

LARGEST_STAMP = 64 * 1024
_ONLINE_S = 60.0
_CALENDAR_S = 20
_MOST_CALENDARS = 20
_HASHED = re.compile(r"File sha256 hash: ([0-9a-f]{64})", re.ASCII)
_PENDING = re.compile(r" *verify PendingAttestation\('([A-Za-z0-9\-._/:]{0,1000})'\)", re.ASCII)
_BITCOIN = re.compile(r" *verify BitcoinBlockHeaderAttestation\((\d{1,9})\)", re.ASCII)
_ROOT = re.compile(r" *# Bitcoin block merkle root ([0-9a-f]{64})", re.ASCII)
_OTHER = re.compile(r" *verify [A-Z][A-Za-z]*Attestation\(")


@dataclass(frozen=True, slots=True)
class Attested:
    """A header that is at hand commits to the bytes: they were there not later than :attr:`latest`."""

    height: int
    block: BlockHeader

    @property
    def latest(self) -> datetime:
        """The block's time, and how far ahead its clock may have been."""
        return self.block.time + CLOCK_ERROR

    @property
    def note(self) -> Note:
        """What is proved, and under which condition."""
        return Note(
            message(
                "Bitcoin block {height} of {time} commits to these bytes, if it is in the chain: compare its hash "
                "{hash} with sources of your own. About 2^{work} hashes were spent on it."
            ),
            {
                "height": str(self.height),
                "time": f"{self.block.time:%Y-%m-%dT%H:%M:%SZ}",
                "hash": self.block.hash,
                "work": str(self.block.work_bits),
            },
        )


@dataclass(frozen=True, slots=True)
class BlockNamed:
    """The stamp ends in a block whose header is not at hand: its Merkle root has to be compared."""

    height: int
    merkle_root: str

    @property
    def note(self) -> Note:
        """What to compare."""
        return Note(
            message(
                "Not proved yet: the header of Bitcoin block {height} is missing. These bytes were there at its time "
                "if its Merkle root is {root}."
            ),
            {"height": str(self.height), "root": self.merkle_root},
        )


@dataclass(frozen=True, slots=True)
class Pending:
    """Calendars promised to have the bytes stamped."""

    calendars: tuple[str, ...]

    @property
    def note(self) -> Note:
        """That this is a promise."""
        return Note(
            message(
                "Nothing is proved yet: {calendars} promised to put a hash of these bytes into Bitcoin. Upgrade the "
                "stamp when some hours have passed."
            ),
            {"calendars": ", ".join(self.calendars)},
        )


@dataclass(frozen=True, slots=True)
class UnknownNotary:
    """The stamp ends only in notaries that Kuager does not know."""

    @property
    def note(self) -> Note:
        """That nothing can be said."""
        return Note(message("Nothing is proved: the stamp is by a notary that Kuager does not know."), {})


Standing = Attested | BlockNamed | Pending | UnknownNotary | Unchecked


def check(data: bytes, stamp: bytes, headers: Mapping[int, bytes], *, program: str = "ots") -> Standing:
    """What a stamp proves about ``data``, offline.

    Args:
        data: what should have been stamped.
        stamp: the ``.ots`` file.
        headers: 80-byte headers of Bitcoin blocks, by height.
        program: the client of OpenTimestamps.

    Returns:
        The earliest block that attests it, or else the best of what is there.

    Raises:
        ProofRefused: the stamp is of other bytes or malformed, or a header contradicts it.
    """
    if len(stamp) > LARGEST_STAMP:
        raise _malformed()
    ots = find(program)
    if ots is None:
        return program_missing(program)
    with TemporaryDirectory(prefix="kuager-") as name:
        folder = Path(name)
        (folder / "stamp.ots").write_bytes(stamp)
        told = _information(ots, folder)
    if told.code != 0:
        raise _malformed()
    lines = told.output.splitlines()
    _of_these_bytes(lines, data)
    blocks, calendars, others = _ends(lines)
    attested = [Attested(block.height, _matching(block, headers)) for block in blocks if block.height in headers]
    if attested:
        return min(attested, key=lambda one: one.block.time)
    if blocks:
        return blocks[0]
    if calendars:
        return Pending(tuple(dict.fromkeys(calendars))[:_MOST_CALENDARS])
    if others:
        return UnknownNotary()
    raise _malformed()


def stamp(data: bytes, calendars: Sequence[str] = (), *, program: str = "ots") -> bytes:
    """Have bytes stamped by calendars, or by the program's own choice of public ones; they see a salted hash.

    Raises:
        EvidenceError: the program is missing, or no calendar answered.
    """
    ots = _program(program)
    with TemporaryDirectory(prefix="kuager-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        arguments = ["--no-cache", "stamp", "-m", "1", "--timeout", str(_CALENDAR_S)]
        chosen = [word for calendar in calendars for word in ("-c", calendar)]
        outcome = _online(ots, [*arguments, *chosen, "data"], folder)
        made = folder / "data.ots"
        if outcome is None or outcome.code != 0 or not made.is_file():
            raise EvidenceError(
                message("No calendar of OpenTimestamps took the hash."),
                meaning=message("There is no stamp by Bitcoin for now; other stamps are not touched by this."),
                remedy=message("Ask again when the network is there."),
            )
        return made.read_bytes()


def upgrade(stamp: bytes, calendars: Sequence[str] = (), *, program: str = "ots") -> bytes:
    """The stamp with whatever its calendars have added since; the same bytes when there is nothing, as when offline.

    ``calendars`` are asked where the stamp names them, in place of the public ones; no other address in it ever is.

    Raises:
        EvidenceError: the program is missing.
    """
    ots = _program(program)
    with TemporaryDirectory(prefix="kuager-") as name:
        folder = Path(name)
        file = folder / "stamp.ots"
        file.write_bytes(stamp)
        allowed = [word for calendar in calendars for word in ("--whitelist", calendar)]
        only = ["--no-default-whitelist"] if calendars else []
        outcome = _online(ots, ["--no-cache", "--no-bitcoin", *only, *allowed, "upgrade", "stamp.ots"], folder)
        if outcome is None or not file.is_file() or file.stat().st_size > LARGEST_STAMP:
            return stamp
        grown = file.read_bytes()
        return grown if grown != stamp and _information(ots, folder).code == 0 else stamp


def _information(ots: Path, folder: Path) -> Outcome:
    return run(ots, ["--no-cache", "--no-bitcoin", "--no-default-whitelist", "info", "stamp.ots"], folder)


def _program(program: str) -> Path:
    ots = find(program)
    if ots is None:
        raise EvidenceError(
            message("The program {program} is not installed on this machine."),
            meaning=message("Without it nothing can be stamped by Bitcoin."),
            remedy=message("Install the package opentimestamps-client."),
            program=program,
        )
    return ots


def _online(ots: Path, arguments: Sequence[str], folder: Path) -> Outcome | None:
    """How the program ended; None when calendars kept it waiting until it was stopped."""
    try:
        return run(ots, arguments, folder, network=True, longest_s=_ONLINE_S)
    except ProofRefused:
        return None


def _of_these_bytes(lines: Sequence[str], data: bytes) -> None:
    found = next((match for line in lines if (match := _HASHED.fullmatch(line))), None)
    if found is None or found[1] != hashlib.sha256(data).hexdigest():
        raise ProofRefused(
            message("The stamp by OpenTimestamps is not of these bytes."),
            meaning=message("It is of another file, or of a hash with which one stamp can be of two files."),
        )


def _ends(lines: Sequence[str]) -> tuple[list[BlockNamed], list[str], int]:
    """What the stamp ends in: blocks in order of height, calendars, and how many notaries that are neither."""
    blocks, calendars, others = [], [], 0
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if bitcoin := _BITCOIN.fullmatch(line):
            root = _ROOT.fullmatch(following)
            if root is None:
                raise _malformed()
            blocks.append(BlockNamed(int(bitcoin[1]), root[1]))
        elif pending := _PENDING.fullmatch(line):
            calendars.append(pending[1])
        elif _OTHER.match(line):
            others += 1
    return sorted(blocks, key=lambda block: block.height), calendars, others


def _matching(named: BlockNamed, headers: Mapping[int, bytes]) -> BlockHeader:
    block = BlockHeader.parse(headers[named.height])
    if block.merkle_root != named.merkle_root:
        raise ProofRefused(
            message("Bitcoin block {height} does not commit to these bytes."),
            meaning=message("The stamp is false, or the header is that of another block."),
            remedy=message("Take the header of that block from another source."),
            height=named.height,
        )
    return block


def _malformed() -> ProofRefused:
    return ProofRefused(
        message("This is no stamp by OpenTimestamps."),
        meaning=message("It is malformed, larger than such files are, or cut off."),
    )
