"""A small bundle of a log of a few entries, with all kinds of files, made by hand: keys are the same every time."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kuager.evidence import base64_text
from kuager.evidence.bundle.contents import Contents, Withheld
from kuager.evidence.bundle.layout import CUSTODIAN, NAMESPACE
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign
from kuager.evidence.leaves import Claim, CustodyEvent, Document, Event, Leaf, Method, Observation, encode_leaf
from kuager.evidence.merkle import Subtrees, consistency_proof, inclusion_proof, leaf_hash, root
from kuager.evidence.note import COSIGNATURE, ED25519, SignedNote, VerifierKey, sign
from kuager.evidence.proof import LogProof
from kuager.evidence.statements import Statement

ORIGIN = "kuager.example/kz-2022-01"
LOG_KEY, CUSTODY_KEY, *WITNESS_KEYS = (Ed25519PrivateKey.from_private_bytes(bytes([9, one]) * 16) for one in range(5))
LOG = VerifierKey.of(ORIGIN, ED25519, LOG_KEY)
WITNESSES = [
    VerifierKey.of(f"witness-{number}.example", COSIGNATURE, key) for number, key in enumerate(WITNESS_KEYS, 1)
]
CODE = "0.1.0+0123456789abcdef"
METHOD = Method("kuager", CODE)
COSIGNED_AT = 1_762_300_000


@dataclass
class Material:
    """What entries speak of, gathered while they are written."""

    folder: Path
    objects: dict[str, Path] = field(default_factory=dict)
    statements: dict[str, bytes] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)
    withheld: list[Withheld] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    def add(self, leaf: Leaf) -> None:
        self.entries.append(encode_leaf(leaf))

    @property
    def now(self) -> str:
        """Entries are written a minute after one another."""
        hours, minutes = divmod(len(self.entries), 60)
        return f"2025-11-{1 + hours // 24:02d}T{hours % 24:02d}:{minutes:02d}:00Z"

    def received(self, data: bytes, *, here: bool = True) -> str:
        """Raw bytes, of which a bundle has all but those that are withheld."""
        digest = sha256(data).hexdigest()
        if here:
            path = self.folder / digest
            path.write_bytes(data)
            self.objects[digest] = path
        else:
            self.withheld.append(Withheld(f"sha256:{digest}", "terms"))
        media, place, signal = "application/json", "KZ", "ioda.bgp"
        now = self.now
        self.add(Observation(f"sha256:{digest}", len(data), media, now, now, METHOD, "collector", place, signal))
        return digest

    def document(self, data: bytes) -> str:
        digest = sha256(data).hexdigest()
        path = self.folder / digest
        path.write_bytes(data)
        self.objects[digest] = path
        now = self.now
        self.add(Document(f"sha256:{digest}", len(data), "application/pdf", now, now, METHOD, "collector", "KZ"))
        return digest

    def claim(self, about: str, name: str, inputs: list[str], output: bytes, *, is_file: bool) -> str:
        """Something derived, with the statement that says from what."""
        digest = sha256(output).hexdigest()
        statement = Statement({name: digest, f"{name}, beside it": "0" * 64}, "derive", CODE, {}, inputs).encode()
        self.statements[sha256(statement).hexdigest()] = statement
        if is_file:
            self.results[digest] = output
        event = Event("2022-01-05T10:30:00Z", "2022-01-10T18:00:00Z") if about == "episode" else None
        self.add(Claim(about, name, f"sha256:{sha256(statement).hexdigest()}", f"sha256:{digest}", self.now, event))
        return digest


def entries(folder: Path, *, observations: int = 2) -> Material:
    """Entries of a case: received, derived, handed over; the second observation is withheld."""
    folder.mkdir(parents=True, exist_ok=True)
    material = Material(folder)
    material.add(CustodyEvent("made", material.now, METHOD))
    received = [
        material.received(b'{"bgp":[%d,null,4]}\n' % number, here=number != 1) for number in range(observations)
    ]
    document = material.document(b"%PDF-1.7 an order\r\n\x00\xff")
    table = material.claim("table", "ioda.bgp", received, b"rows in their order", is_file=False)
    material.claim("episode", "kz-2022-01-05-a", [table, document], b'{"id":"kz-2022-01-05-a"}', is_file=True)
    material.add(CustodyEvent("handed over", material.now, METHOD, "to a third party"))
    return material


def small_bundle(
    folder: Path,
    *,
    observations: int = 2,
    witnesses: int = 2,
    earlier: tuple[int, ...] = (3, 4),
    texts: dict[str, bytes] | None = None,
    stamps: dict[str, bytes] | None = None,
    keys: dict[str, bytes] | None = None,
) -> Contents:
    """A bundle, before it is written.

    Args:
        folder: for the objects, outside of the bundle.
        observations: the log has five entries more.
        witnesses: how many cosigned, of three that the policy names and asks two of.
        earlier: sizes of earlier heads.
        texts: instead of a short VERIFY.txt.
        stamps: files of ``log/stamps/``.
        keys: further files of ``keys/``.
    """
    material = entries(folder, observations=observations)
    hashes = [leaf_hash(entry) for entry in material.entries]
    subtrees = subtrees_of_hashes(hashes)
    size = len(hashes)
    head = signed_checkpoint(hashes, witnesses)
    return Contents(
        name="kz-2022-01",
        dated=date(2025, 11, 1),
        objects=material.objects,
        statements=material.statements,
        results=material.results,
        case_files={"case.toml": b'title = "Kazakhstan, January 2022"\n'},
        withheld=tuple(material.withheld),
        leaves=dict(enumerate(material.entries)),
        proofs={index: LogProof(index, inclusion_proof(index, size, subtrees), head).encode() for index in range(size)},
        checkpoint=head.encode(),
        checkpoints={one: signed_checkpoint(hashes[:one], witnesses).encode() for one in earlier},
        consistency={(one, size): consistency_proof(one, size, subtrees) for one in earlier},
        stamps=stamps or {},
        keys={**public_keys(), **(keys or {})},
        texts=texts or {"VERIFY.txt": b"Read me.\n"},
    )


def signed_checkpoint(hashes: list[bytes], witnesses: int) -> SignedNote:
    """The head of a log of these leaf hashes."""
    text = Checkpoint(ORIGIN, len(hashes), root(hashes)).text()
    lines = [
        cosign(text, key.name, private, COSIGNED_AT + number)
        for number, (key, private) in enumerate(zip(WITNESSES[:witnesses], WITNESS_KEYS, strict=False))
    ]
    return SignedNote(text, (sign(text, ORIGIN, LOG_KEY), *lines))


def public_keys() -> dict[str, bytes]:
    """The files of ``keys/``."""
    names = [key.name for key in WITNESSES]
    policy = [
        f"log {LOG.text}",
        *(f"witness {key.name} {key.text}" for key in WITNESSES),
        f"group witnesses 2 {' '.join(names)}",
        "quorum witnesses",
    ]
    public = CUSTODY_KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    found = {
        "log.vkey": f"{LOG.text}\n".encode(),
        "log.pem": _pem(LOG_KEY),
        "policy": "\n".join([*policy, ""]).encode(),
        "allowed_signers": f'{CUSTODIAN} namespaces="{NAMESPACE}" {public}\n'.encode(),
    }
    for number, (key, private) in enumerate(zip(WITNESSES, WITNESS_KEYS, strict=True), start=1):
        found |= {f"witness-{number}.vkey": f"{key.text}\n".encode(), f"witness-{number}.pem": _pem(private)}
    return found


def custody_signature(data: bytes) -> bytes:
    """The custodian's signature, made by OpenSSH."""
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.touch(mode=0o600)
        key.write_bytes(CUSTODY_KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def subtrees_of_hashes(hashes: list[bytes]) -> Subtrees:
    """The hashes of complete subtrees, each counted once."""
    levels = [hashes]
    while len(levels[-1]) > 1:
        level = levels[-1]
        levels.append([root(level[at : at + 2]) for at in range(0, len(level) - 1, 2)])
    return lambda height, number: levels[height][number]


def consistency_text(proof: tuple[bytes, ...]) -> str:
    """A proof as ``log/consistency/`` has it."""
    return "".join(f"{base64_text.encode(one)}\n" for one in proof)


def _pem(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
