"""How fast a bundle is checked, as a folder and as a zip.

Run from the root of the repository: ``python -m benchmarks.verifying [ENTRIES]``; without a number 10,000 entries, each
of an object of its own. Every file is read and hashed, every proof checked. Both the clock and the processor's time are
told: the first grows with whatever else the machine does.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from datetime import date
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Contents
from kuager.evidence.bundle.writing import write_bundle
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign
from kuager.evidence.keys import ssh_signature
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.public_key import pem, public_of
from kuager.evidence.leaves import Method, Observation, encode_leaf
from kuager.evidence.merkle import Subtrees, inclusion_proof, leaf_hash, root
from kuager.evidence.note import COSIGNATURE, ED25519, SignedNote, VerifierKey, sign
from kuager.evidence.proof import LogProof
from kuager.evidence.verify.verifying import verify_bundle

ORIGIN = "kuager.invalid/speed"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
WITNESSES = {f"w{number}.invalid": Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)}
TIMES = 3


def main() -> None:
    """Print the best of three for each form."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f}\n"
    )
    print("| bundle | entries | clock, s | processor, s |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents = bundle(folder / "objects", count)
        for place in (folder / "bundle", folder / "bundle.zip"):
            write_bundle(contents, place, lambda data: ssh_signature.sign(data, KEY, layout.NAMESPACE))
            clock, processor = min(_timed(place) for _ in range(TIMES))
            print(f"| {'zip' if place.suffix else 'folder'} | {count:,} | {clock:.2f} | {processor:.2f} |")


def bundle(folder: Path, count: int) -> Contents:
    """A bundle of a log of so many observations, with three witnesses."""
    folder.mkdir()
    objects, entries = {}, []
    for number in range(count):
        data = b'{"measured":%d}\n' % number
        digest = sha256(data).hexdigest()
        objects[digest] = folder / digest
        objects[digest].write_bytes(data)
        moment = "2025-11-01T00:00:00Z"
        leaf = Observation(
            f"sha256:{digest}", len(data), "application/json", moment, moment, Method("kuager", "1"), "collector"
        )
        entries.append(encode_leaf(leaf))
    hashes = [leaf_hash(entry) for entry in entries]
    text = Checkpoint(ORIGIN, count, root(hashes)).text()
    lines = [cosign(text, name, key, 1_762_300_000) for name, key in WITNESSES.items()]
    head = SignedNote(text, (sign(text, ORIGIN, KEY), *lines))
    subtrees = _subtrees(hashes)
    return Contents(
        name="speed",
        dated=date(2025, 11, 1),
        objects=objects,
        statements={},
        results={},
        case_files={},
        withheld=(),
        leaves=dict(enumerate(entries)),
        proofs={
            index: LogProof(index, inclusion_proof(index, count, subtrees), head).encode() for index in range(count)
        },
        checkpoint=head.encode(),
        keys=_keys(),
        texts={"VERIFY.txt": b"Read me.\n"},
    )


def _keys() -> dict[str, bytes]:
    log = VerifierKey.of(ORIGIN, ED25519, KEY).text
    witnesses = {name: VerifierKey.of(name, COSIGNATURE, key).text for name, key in WITNESSES.items()}
    policy = [
        f"log {log}",
        *(f"witness {name} {text}" for name, text in witnesses.items()),
        f"group all-three 2 {' '.join(witnesses)}",
        "quorum all-three",
    ]
    signer = AllowedSigner((layout.CUSTODIAN,), public_of(KEY), (layout.NAMESPACE,))
    return {
        "log.vkey": f"{log}\n".encode(),
        "log.pem": pem(public_of(KEY)),
        "policy": "\n".join([*policy, ""]).encode(),
        "allowed_signers": f"{signer.text}\n".encode(),
    }


def _subtrees(hashes: list[bytes]) -> Subtrees:
    levels = [hashes]
    while len(levels[-1]) > 1:
        level = levels[-1]
        levels.append([root(level[at : at + 2]) for at in range(0, len(level) - 1, 2)])
    return lambda height, number: levels[height][number]


def _timed(place: Path) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    report = verify_bundle(place)
    spent = time.perf_counter() - clock, time.process_time() - processor
    if report.wrong:
        raise SystemExit("The bundle of the benchmark does not hold.")
    return spent


if __name__ == "__main__":
    main()
