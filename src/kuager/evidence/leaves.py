"""What an entry of the log says: one JSON object in its one canonical spelling (RFC 8785), at most 65,535 bytes.

The bytes that were logged are kept and hashed, never an object written anew from them. An entry names what is larger
than itself by hash. ``known`` is when it was written, the clock of knowledge; when something happened stands in the
claim.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
import rfc8785

from kuager.errors import ProofRefused, message
from kuager.evidence.tiles import LARGEST_ENTRY

Digest = Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$", max_length=71)]
"""The SHA-256 of bytes."""

LeafHash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
"""The hash of another entry, as the tree has it (RFC 6962)."""

Time = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z$", max_length=20)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""The numbers that RFC 8785 has one spelling for, none of which is negative here."""

Word = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]


class _Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """An entry. Fields that say nothing are left out."""


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The program that received something: its name, and its version with the hash of its code."""

    name: Word
    version: Word


class Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that nobody could know before it was published, such as a round of drand."""

    kind: Word
    chain: Word
    round: Number
    randomness: Word


class Observation(_Leaf, frozen=True, tag="observation/v1"):
    """Bytes of a measurement, exactly as received. ``media`` is what they were taken for.

    ``place`` is what they are about, ``custodian`` a role, never a person. ``source`` and ``url`` say where they were
    asked for; a file that somebody added has neither. ``commit`` is the root of the commitments to fields that are not
    told (private/).
    """

    object: Digest
    size: Number
    media: Word
    received: Time
    known: Time
    method: Method
    custodian: Word
    place: Word = ""
    signal: Word = ""
    source: Word = ""
    url: Text = ""
    commit: Digest | None = None


class Document(_Leaf, frozen=True, tag="document/v1"):
    """Bytes of a document or of a record of documents, as :class:`Observation`."""

    object: Digest
    size: Number
    media: Word
    received: Time
    known: Time
    method: Method
    custodian: Word
    place: Word = ""


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When what a claim speaks of happened: the clock of events. The end is missing while it lasts."""

    start: Time
    end: Time | None = None


class Claim(_Leaf, frozen=True, tag="claim/v1"):
    """Something derived: its name, the hash of the statement that says from what and how, and that of the result.

    ``about`` is table, verdicts, episode, standing or publication. ``replaces`` names the entries of earlier claims
    about the same thing.
    """

    about: Word
    name: Word
    statement: Digest
    output: Digest
    known: Time
    event: Event | None = None
    replaces: tuple[LeafHash, ...] = ()


class CustodyEvent(_Leaf, frozen=True, tag="custody-event/v1"):
    """Something was done with the evidence: a collection began or ended, an original was opened.

    ``what`` names it by hash or word. With a ``beacon`` this entry and all after it are not older than its value.
    """

    event: Word
    known: Time
    method: Method
    what: Text = ""
    beacon: Beacon | None = None


class Retraction(_Leaf, frozen=True, tag="retraction/v1"):
    """An earlier claim is no longer made. It stays in the log, and is shown beside this."""

    retracts: LeafHash
    name: Word
    reason: Text
    known: Time


class Redaction(_Leaf, frozen=True, tag="redaction/v1"):
    """Fields of an earlier entry are told to nobody any more: their salts were destroyed."""

    redacts: LeafHash
    fields: tuple[Digest, ...]
    reason: Text
    known: Time


class KeyEvent(_Leaf, frozen=True, tag="key-event/v1"):
    """A key was made, replaced or revoked. ``signatures`` are those of the keys concerned over the statement."""

    event: Word
    role: Word
    key: Text
    fingerprint: Word
    since: Time
    known: Time
    replaces: Word = ""
    reason: Word = ""
    signatures: tuple[Text, ...] = ()


class Gap(_Leaf, frozen=True, tag="gap/v1"):
    """Our own collector was not running: what is missing in that time is missing because of us."""

    start: Time
    end: Time
    reason: Text
    known: Time


class Contribution(_Leaf, frozen=True, tag="contribution/v1"):
    """Something from a source who must stay unknown, or a dummy that looks like it (private/).

    ``batch`` is the start of the interval, the only time that is told; ``commit`` the root over the commitments to its
    fields; ``key`` and ``signature`` (base 64) are of a key that signs this and nothing else.
    """

    batch: Time
    commit: Digest
    key: Annotated[str, msgspec.Meta(min_length=44, max_length=44)]
    signature: Annotated[str, msgspec.Meta(min_length=88, max_length=88)]

    @property
    def known(self) -> str:
        """When it was entered, as far as that may be told."""
        return self.batch


class Derivative(_Leaf, frozen=True, tag="derivative/v1"):
    """A public picture or text, made from a sealed original that is committed to; ``how`` says what was taken away.

    ``batch`` is the start of the interval in which it was entered, as in :class:`Contribution`.
    """

    original: Digest
    derivative: Digest
    how: Word
    batch: Time

    @property
    def known(self) -> str:
        """When it was entered, as far as that may be told."""
        return self.batch


Leaf = (
    Observation | Document | Claim | CustodyEvent | Retraction | Redaction | KeyEvent | Gap | Contribution | Derivative
)


_ENCODER = msgspec.json.Encoder(order="sorted")
"""Spells entries as RFC 8785 does, since no field has a fraction, a larger number or a name beyond ASCII. Fast."""


def encode_leaf(leaf: Leaf) -> bytes:
    """The bytes of an entry.

    Raises:
        ProofRefused: it is longer than a log takes, or says something that an entry cannot.
    """
    data = rfc8785.dumps(msgspec.to_builtins(leaf))
    read_leaf(data)
    return data


def read_leaf(data: bytes) -> Leaf:
    """Read the bytes of an entry.

    Raises:
        ProofRefused: they are no entry, or not in its one spelling.
    """
    if len(data) > LARGEST_ENTRY:
        raise _refused()
    try:
        leaf: Leaf = msgspec.json.decode(data, type=Leaf)
        again = _ENCODER.encode(leaf)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _refused() from error
    if again != data:
        raise _refused()
    return leaf


def _refused() -> ProofRefused:
    return ProofRefused(
        message("An entry of the log is not of a form that Kuager writes."),
        meaning=message("What it says cannot be told; that it was logged can still be proved."),
    )
