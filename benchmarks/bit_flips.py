"""Whether any single bit of a bundle can be changed unseen: every bit of every file, one after the other.

Run from the root of the repository: ``python -m benchmarks.bit_flips``; half a minute. A changed bundle is first
checked by its lists and the custodian's signature alone, a part of the whole check; what they do not find is
checked whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.verifying import KEY, bundle

from kuager.errors import ProofRefused
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.files import bundle_files
from kuager.evidence.keys import ssh_signature
from kuager.evidence.verify.bag import read_bag
from kuager.evidence.verify.custody import check_custody
from kuager.evidence.verify.report import Outcome
from kuager.evidence.verify.trusted import Trusted
from kuager.evidence.verify.verifying import verify_files

ENTRIES = 5


class InMemory:
    """Files of a bundle by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.sizes = {path: len(data) for path, data in files.items()}
        self.refused: dict[str, ProofRefused] = {}

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file."""
        yield self._files[path]


def main() -> None:
    """Print how many changes were found by what, and every one that was not found."""
    with tempfile.TemporaryDirectory() as name:
        made = bundle_files(
            bundle(Path(name) / "objects", ENTRIES), lambda data: ssh_signature.sign(data, KEY, layout.NAMESPACE)
        )
        files = {path: b"".join(file.chunks()) for path, file in made.items()}
    now = datetime.now(UTC)
    if _listed(files, now) or verify_files(InMemory(files), Trusted(), now).wrong:
        raise SystemExit("The bundle of the benchmark does not hold.")
    listed = whole = 0
    unseen = []
    for path, data in files.items():
        for at in range(len(data)):
            for bit in range(8):
                changed = bytearray(data)
                changed[at] ^= 1 << bit
                flipped = {**files, path: bytes(changed)}
                if _listed(flipped, now):
                    listed += 1
                elif verify_files(InMemory(flipped), Trusted(), now).wrong:
                    whole += 1
                else:
                    unseen.append((path, at, bit))
    bits = 8 * sum(map(len, files.values()))
    print(f"{len(files)} files, {bits:,} bits, each changed once.")
    print(f"Found by lists and custody: {listed:,}; by the other checks: {whole:,}; not found: {len(unseen):,}.")
    for path, at, bit in unseen:
        print(f"  {path}, byte {at}, bit {bit}")


def _listed(files: Mapping[str, bytes], now: datetime) -> bool:
    bag, section = read_bag(InMemory(files))
    found = (*section.findings, *check_custody(bag, Trusted(), now).findings)
    return any(one.outcome is Outcome.FAILS for one in found)


if __name__ == "__main__":
    main()
