"""Salted commitments to the fields of a record, after SD-JWT (RFC 9901): each can be opened, or erased, by itself.

A disclosure is the base64url of the JSON array ``[salt, name, value]`` with a random salt of 256 bits for each field;
its commitment is the SHA-256 over the disclosure's ASCII, so that ``printf %s "$disclosure" | sha256sum`` shows it. A
record is always a Merkle tree (RFC 6962) of 64 commitments in order of their bytes. Those that no field needs are
hashes of random bytes: neither the number of fields nor the order of their names can be read from the tree. Who has
lost the salt of a field, and everyone who never had it, can only guess at 256 random bits: erasing the salt erases
the field, and the root and all other fields stay provable.

What an opening proves: that whoever made the record had fixed this value when the root was fixed. A maker who lies
can fix two values under one name and open either; an opening that shows both is refused, two openings must be
compared.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.merkle import inclusion_proof, leaf_hash, node_hash, root, verify_inclusion
from kuager.evidence.private.strict import (
    canonical,
    from_base64url,
    from_digest,
    from_hex,
    read_canonical,
    refused,
    to_base64url,
    to_digest,
)

Value = str | int | bool | list[str] | None

PLACES = 64
"""Commitments of every record, whatever the number of its fields."""
SALT_BYTES = 32
LONGEST_DISCLOSURE = 32_768
"""Characters; a longer value belongs into a sealed file, to whose hash a field commits."""
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_LARGEST_OPENING = PLACES * (LONGEST_DISCLOSURE + 1_024)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A field and the salt that opens it; neither salt nor value shows when an error prints it."""

    salt: bytes = field(repr=False)
    name: str
    value: Value = field(repr=False)

    @property
    def text(self) -> str:
        """The base64url that is handed over to open the field."""
        return to_base64url(canonical([to_base64url(self.salt), self.name, self.value]))

    @property
    def commitment(self) -> bytes:
        """SHA-256 over the text."""
        return hashlib.sha256(self.text.encode("ascii")).digest()

    @classmethod
    def parse(cls, text: str) -> Disclosure:
        """Read a disclosure that somebody hands over.

        Raises:
            ProofRefused: it is too long, spelt in another way, or its salt, name or value is of another kind.
        """
        if len(text) > LONGEST_DISCLOSURE:
            raise refused(message("A disclosure has more than {most} characters."), most=LONGEST_DISCLOSURE)
        salt, name, value = read_canonical(from_base64url(text), tuple[str, str, Value], LONGEST_DISCLOSURE)
        salt_bytes = from_base64url(salt)
        if len(salt_bytes) != SALT_BYTES:
            raise refused(message("The salt of a disclosure does not have {bits} bits."), bits=8 * SALT_BYTES)
        if not _NAME.fullmatch(name):
            raise refused(message("The field of a disclosure has a name that no field can have."))
        return cls(salt_bytes, name, value)


@dataclass(frozen=True, slots=True)
class Record:
    """Commitments in order of their bytes, and the disclosures of those fields that can still be opened."""

    commitments: tuple[bytes, ...]
    disclosures: tuple[Disclosure, ...]

    @property
    def root(self) -> bytes:
        """The one commitment to all fields: the root of the tree, as a leaf of the log holds it."""
        return root([leaf_hash(commitment) for commitment in self.commitments])

    def disclosure(self, name: str) -> Disclosure:
        """The disclosure of a field.

        Raises:
            EvidenceError: the record has no such field, or its salt was destroyed.
        """
        for one in self.disclosures:
            if one.name == name:
                return one
        raise EvidenceError(
            message("The record has no field {name} that can be opened."),
            meaning=message("It never had one, or what opens it was destroyed."),
            remedy=message("Choose from the fields that are kept."),
            name=name,
        )

    def open(self, names: Collection[str]) -> bytes:
        """The opening of some fields, as canonical JSON: their disclosures, and proofs that lead to the root.

        Raises:
            EvidenceError: a field that the record does not have.
        """
        levels = _levels(self.commitments)
        opened = []
        for disclosure in (self.disclosure(name) for name in set(names)):
            index = self.commitments.index(disclosure.commitment)
            proof = [one.hex() for one in inclusion_proof(index, PLACES, lambda height, at: levels[height][at])]
            opened.append(_Opened(disclosure=disclosure.text, index=index, proof=proof))
        opened.sort(key=lambda one: one.index)
        return canonical(_Opening(commit=to_digest(self.root), fields=opened))


class _Opened(msgspec.Struct, forbid_unknown_fields=True):
    disclosure: str
    index: int
    proof: list[str]


class _Opening(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="opening/v1"):
    commit: str
    fields: list[_Opened]


def commit(fields: Mapping[str, Value]) -> Record:
    """Commit to fields, each with a salt of its own from the system's randomness.

    Raises:
        EvidenceError: more fields than a record holds, or a name or value that cannot be committed to.
    """
    if len(fields) > PLACES:
        raise EvidenceError(
            message("The record has {count} fields; it can have {most}."),
            remedy=message("Put what belongs together into one field, or make two records."),
            count=len(fields),
            most=PLACES,
        )
    disclosures = tuple(_disclosure(name, value) for name, value in sorted(fields.items()))
    decoys = [hashlib.sha256(secrets.token_bytes(SALT_BYTES)).digest() for _ in range(PLACES - len(disclosures))]
    return Record(tuple(sorted([one.commitment for one in disclosures] + decoys)), disclosures)


def read_opening(data: bytes, commitment: bytes) -> dict[str, Value]:
    """The fields that an opening shows of the record with that root.

    Raises:
        ProofRefused: it is not in the format, of another record, false, or opens a name twice.
    """
    opening = read_canonical(data, _Opening, _LARGEST_OPENING)
    if from_digest(opening.commit) != commitment:
        raise refused(message("The opening belongs to another record."))
    fields: dict[str, Value] = {}
    last = -1
    for one in opening.fields:
        if not last < one.index < PLACES:
            raise refused(message("The fields of the opening are not in their order."))
        last = one.index
        disclosure = Disclosure.parse(one.disclosure)
        if disclosure.name in fields:
            raise refused(message("The opening shows the field {name} twice."), name=disclosure.name)
        proof = [from_hex(digest) for digest in one.proof[:PLACES]]
        verify_inclusion(one.index, PLACES, leaf_hash(disclosure.commitment), proof, commitment)
        fields[disclosure.name] = disclosure.value
    return fields


def _disclosure(name: str, value: Value) -> Disclosure:
    made = Disclosure(secrets.token_bytes(SALT_BYTES), name, value)
    try:
        fits = bool(_NAME.fullmatch(name)) and Disclosure.parse(made.text) == made
    except (ValueError, ProofRefused):
        fits = False
    if not fits:
        raise EvidenceError(
            message("The field {name} cannot be committed to."),
            meaning=message(
                "Its name is not lower-case Latin, or its value is too long or neither text, number nor list."
            ),
            remedy=message("Shorten it, or seal it as a file and commit to its hash."),
            name=name,
        )
    return made


def _levels(commitments: Sequence[bytes]) -> list[list[bytes]]:
    """The tree level by level from its leaves, without the root; it is full, since the number of leaves is fixed."""
    levels = [[leaf_hash(commitment) for commitment in commitments]]
    while len(levels[-1]) > 2:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=True)])
    return levels
