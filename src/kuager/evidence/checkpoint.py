"""The head of a log: its name, number of entries and root, to be signed (C2SP tlog-checkpoint v1.0.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.merkle import EMPTY_ROOT, HASH_BYTES

LARGEST_SIZE = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree of a log. ``origin`` names the log, ``size`` counts entries, ``root`` is 32 bytes.

    Extension lines, which nobody but the log's own signature vouches for, are refused.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> bytes:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64_text.encode(self.root)}\n".encode()

    @classmethod
    def parse(cls, text: bytes) -> Checkpoint:
        """Read the text of a checkpoint.

        Raises:
            ProofRefused: it is not one.
        """
        try:
            lines = text.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise _refused() from error
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise _refused()
        origin, size, encoded, _ = lines
        root = base64_text.decode(encoded)
        number = decimal(size)
        if len(root) != HASH_BYTES or (number == 0 and root != EMPTY_ROOT):
            raise _refused()
        return cls(origin, number, root)


def decimal(text: str) -> int:
    """A number without sign and leading zeros, below 2**63.

    Raises:
        ProofRefused: it is not written so.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise _refused()
    return int(text)


def _refused() -> ProofRefused:
    return ProofRefused(
        message("The text is no checkpoint of a log."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )
