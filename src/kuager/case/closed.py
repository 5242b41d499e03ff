"""What is private in a row: taken out before anything is sealed, and kept where only the owner of the case can read.

What is sealed then is canonical JSON with a commitment in its place. What opens the commitment lies in
``evidence/closed`` under the commitment as its name: ``sha256sum`` over the file gives the name. It is in no bundle.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import rfc8785

from kuager.accountability.loading import parsed
from kuager.accountability.registers import Registers
from kuager.evidence.private.commitments import SALT_BYTES, Disclosure
from kuager.evidence.private.folder import keep, make_private

CLOSED = "closed"
"""The folder below ``evidence`` in which what is private lies."""
PRIVATE = "private"
"""The field of a row that never leaves the case."""


def without_private(data: bytes, found: Registers) -> tuple[bytes, tuple[Disclosure, ...]]:
    """The bytes to seal, and what opens the commitments in them; the same bytes where nothing is private."""
    if not any(row.private for row in found):
        return data, ()
    tables = parsed(data)
    disclosures = []
    for rows in tables.values():
        for row in rows if isinstance(rows, list) else ():
            if row.get(PRIVATE):
                one = Disclosure(secrets.token_bytes(SALT_BYTES), PRIVATE, row[PRIVATE])
                disclosures.append(one)
                row[PRIVATE] = f"sha256:{one.commitment.hex()}"
    return bytes(rfc8785.dumps(tables)), tuple(disclosures)


def keep_closed(evidence: Path, disclosure: Disclosure) -> None:
    """Keep what opens a commitment below the folder of the case's evidence."""
    folder = evidence / CLOSED
    folder.parent.mkdir(exist_ok=True)
    make_private(folder)
    keep(folder / disclosure.commitment.hex(), disclosure.text.encode("ascii"), dated=0)
