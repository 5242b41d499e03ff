"""The 80-byte header of a Bitcoin block: what it commits to, its clock, and the work that was spent on it.

Layout (Bitcoin protocol): version 4, previous block 32, Merkle root 32, time 4, bits 4, nonce 4, numbers little-endian.
Hashes are written reversed. The hash is SHA-256 of SHA-256, and must not be above the target that ``bits`` encodes.

A header whose hash keeps to its own target shows that somebody spent about ``work`` hashes on it. It does not show
that the block is in the chain that everybody has: a header of little work can be made by anyone, with any time in it.
Compare the hash of the block at that height with sources of your own. The network takes a block when its time is at
most two hours ahead of its own clocks, and later than half of the eleven blocks before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kuager.errors import ProofRefused, message

HEADER_SIZE = 80
CLOCK_ERROR = timedelta(hours=2)
"""How far ahead of the network's clock a block's time may be."""
_EASIEST = 0xFFFF << 208
"""The largest target that Bitcoin's main chain has ever allowed."""


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """A header with enough work for its own target.

    Attributes:
        hash: of the block, hexadecimal as it is usually written.
        merkle_root: of its transactions, hexadecimal as it is usually written.
        time: by the clock of whoever made the block.
        work: how many hashes it takes on average to find such a header.
    """

    hash: str
    merkle_root: str
    time: datetime
    work: int

    @classmethod
    def parse(cls, header: bytes) -> BlockHeader:
        """Read a header.

        Raises:
            ProofRefused: it has another length, an impossible target, or not the work that it claims.
        """
        if len(header) != HEADER_SIZE:
            raise _refused()
        digest = hashlib.sha256(hashlib.sha256(header).digest()).digest()
        target = _target(int.from_bytes(header[72:76], "little"))
        if not 0 < target <= _EASIEST or int.from_bytes(digest, "little") > target:
            raise _refused()
        return cls(
            digest[::-1].hex(),
            header[36:68][::-1].hex(),
            datetime.fromtimestamp(int.from_bytes(header[68:72], "little"), UTC),
            (1 << 256) // (target + 1),
        )

    @property
    def work_bits(self) -> int:
        """The work as a power of two, rounded down."""
        return self.work.bit_length() - 1


def _target(bits: int) -> int:
    """The target that the compact form encodes; 0 for a negative one, which is as impossible."""
    exponent, mantissa = bits >> 24, bits & 0xFFFFFF
    if mantissa & 0x800000:
        return 0
    return mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)


def _refused() -> ProofRefused:
    return ProofRefused(
        message("A header of a Bitcoin block is not one."),
        meaning=message("It has not 80 bytes, or less work was spent on it than it says."),
        remedy=message("Take the header of that block from another source."),
    )
