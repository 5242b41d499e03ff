"""Contributions of people who stay unknown, and the receipts that they can keep.

A contribution is the root of a committed record, signed with an Ed25519 key that is made for it alone and forgotten
as soon as it has signed. So no key links two contributions, none can be seized to sign again, and nobody ever signs
with the key of an SSH or PGP identity. Who wants to come forward later opens fields of the record.

The leaf that the log holds is canonical JSON of constant length; its signature is over two lines, so that ``openssl
pkeyutl -verify -rawin`` checks it. A receipt is a signed note (C2SP signed-note) of a curator: that a leaf, by its
hash, belongs to a batch of a log. It names no person, no field and no time but that of the batch. Still, who is found
with a receipt is found to have one: keep it where it can be denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kuager.errors import message
from kuager.evidence import base64_text
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.note import SignedNote, VerifierKey, sign, verified
from kuager.evidence.private.commitments import Record, Value, commit
from kuager.evidence.private.strict import canonical, from_digest, read_canonical, refused, to_digest
from kuager.model.time import format_utc, from_epoch, to_epoch

_CONTRIBUTION = "contribution/v1"
_RECEIPT = "kuager.receipt/v1"
_LARGEST_LEAF, _LARGEST_RECEIPT = 1_024, 4_096


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the public may know of a contribution.

    Attributes:
        root: of the committed record, 32 bytes.
        key: the Ed25519 public key that was made for it, 32 bytes.
        signature: by that key over :attr:`signed`, 64 bytes.
    """

    root: bytes
    key: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The bytes that are signed."""
        return _signed(self.root)

    def leaf(self, batch: int) -> bytes:
        """The leaf of the log, in a batch that is named by the start of its interval (seconds since the epoch)."""
        return canonical(
            _Leaf(
                batch=format_utc(from_epoch(batch)),
                commit=to_digest(self.root),
                key=self.key,
                signature=self.signature,
            )
        )


class _Leaf(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag=_CONTRIBUTION):
    batch: str
    commit: str
    key: bytes
    signature: bytes


def contribute(fields: Mapping[str, Value]) -> tuple[Record, Contribution]:
    """Commit to fields and sign the root with a key of its own.

    The record goes to the curators on a safe way, the contribution can be shown to everyone. Without fields, the
    contribution looks like one that has some.

    Raises:
        EvidenceError: the fields cannot be committed to.
    """
    record = commit(fields)
    key = Ed25519PrivateKey.generate()
    return record, Contribution(record.root, key.public_key().public_bytes_raw(), key.sign(_signed(record.root)))


def read_contribution(data: bytes) -> tuple[Contribution, int]:
    """A contribution and the start of its batch from a leaf.

    Raises:
        ProofRefused: the leaf is not in the format, or the signature is not by its key.
    """
    leaf = read_canonical(data, _Leaf, _LARGEST_LEAF)
    contribution = Contribution(from_digest(leaf.commit), leaf.key, leaf.signature)
    try:
        Ed25519PublicKey.from_public_bytes(contribution.key).verify(contribution.signature, contribution.signed)
    except (ValueError, InvalidSignature) as error:
        raise refused(message("The contribution is not signed by the key that it names.")) from error
    return contribution, _batch(leaf.batch)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A curator's word that a leaf belongs into a batch of a log.

    Attributes:
        origin: the log, as its checkpoints name it.
        batch: start of the interval, seconds since the epoch.
        leaf: RFC 6962 hash of the leaf.
    """

    origin: str
    batch: int
    leaf: bytes

    def issue(self, name: str, key: Ed25519PrivateKey) -> bytes:
        """The receipt as a signed note of the curator of that name; the same each time."""
        text = self._text()
        return SignedNote(text, (sign(text, name, key),)).encode()

    def covers(self, leaf: bytes) -> None:
        """That a leaf of the log is the one that the receipt is for; its inclusion is proved by the proof of the log.

        Raises:
            ProofRefused: it is another leaf, or in another batch.
        """
        if leaf_hash(leaf) != self.leaf or read_contribution(leaf)[1] != self.batch:
            raise refused(message("The receipt is for another leaf of the log."))

    def _text(self) -> bytes:
        batch = format_utc(from_epoch(self.batch))
        return f"{_RECEIPT}\n{self.origin}\n{batch}\n{base64_text.encode(self.leaf)}\n".encode()


def receipt_of(leaf: bytes, origin: str) -> Receipt:
    """The receipt of a contribution's leaf.

    Raises:
        ProofRefused: the leaf is no contribution.
    """
    return Receipt(origin, read_contribution(leaf)[1], leaf_hash(leaf))


def read_receipt(data: bytes, curators: Iterable[VerifierKey]) -> Receipt:
    """A receipt that one of these curators signed.

    Raises:
        ProofRefused: it is not in the format, or none of them signed it.
    """
    if len(data) > _LARGEST_RECEIPT:
        raise refused(message("It has {size} bytes; at most {most} are read."), size=len(data), most=_LARGEST_RECEIPT)
    note = SignedNote.parse(data)
    verified(note, tuple(curators))
    lines = note.text.decode("utf-8", "replace").split("\n")
    if len(lines) != 5 or lines[0] != _RECEIPT:
        raise refused(message("It is not a receipt of a contribution."))
    receipt = Receipt(lines[1], _batch(lines[2]), base64_text.decode(lines[3]))
    if len(receipt.leaf) != 32 or receipt._text() != note.text:
        raise refused(message("It is not a receipt of a contribution."))
    return receipt


def _signed(root: bytes) -> bytes:
    return f"{_CONTRIBUTION}\n{to_digest(root)}\n".encode("ascii")


def _batch(text: str) -> int:
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise refused(message("The time of a batch is not a time in UTC.")) from error
    if format_utc(moment) != text:
        raise refused(message("The time of a batch is not a time in UTC."))
    return to_epoch(moment)
