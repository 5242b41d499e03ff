"""What a claim says of itself: from what, how and by which code its subjects were derived.

Canonical JSON (RFC 8785) in the shape of an in-toto Statement v1, so that tools for such can read it. Strict:
what is not in this shape, or not in its one spelling, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import rfc8785

from kuager.errors import ProofRefused, message
from kuager.evidence.leaves import Digest, Word

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://kuager.invalid/derivation/v1"
LARGEST_STATEMENT = 64 * 1024 * 1024
Parameter = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What was derived from what.

    Attributes:
        subjects: SHA-256 of each result, 64 hexadecimal digits, by its name.
        name: of the derivation, such as ``detect``.
        code: the program, with its version and a hash over its files.
        parameters: everything else that the results depend on.
        inputs: SHA-256 of what they were derived from, in order.
    """

    subjects: Mapping[str, str]
    name: str
    code: str
    parameters: Mapping[str, Parameter]
    inputs: Sequence[str]

    def encode(self) -> bytes:
        """The one spelling."""
        return rfc8785.dumps(
            {
                "_type": TYPE,
                "subject": [
                    {"name": name, "digest": {"sha256": digest}} for name, digest in sorted(self.subjects.items())
                ],
                "predicateType": PREDICATE,
                "predicate": {
                    "name": self.name,
                    "code": self.code,
                    "parameters": dict(self.parameters),
                    "inputs": [f"sha256:{digest}" for digest in self.inputs],
                },
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """Read a statement.

        Raises:
            ProofRefused: it is none, or not in its one spelling.
        """
        try:
            read = msgspec.json.decode(data, type=_Statement) if len(data) <= LARGEST_STATEMENT else None
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise _refused() from error
        if read is None:
            raise _refused()
        statement = cls(
            {one.name: one.digest.sha256 for one in read.subject},
            read.predicate.name,
            read.predicate.code,
            read.predicate.parameters,
            tuple(digest.removeprefix("sha256:") for digest in read.predicate.inputs),
        )
        if len(statement.subjects) != len(read.subject) or not _spelt_so(statement, data):
            raise _refused()
        return statement


def _spelt_so(statement: Statement, data: bytes) -> bool:
    try:
        return statement.encode() == data
    except (rfc8785.CanonicalizationError, UnicodeError):
        return False


_Hex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class _Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: _Hex


class _Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Word
    digest: _Digest


class _Predicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Word
    code: Word
    parameters: dict[str, str | int | list[str]]
    inputs: list[Digest]


class _Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    subject: list[_Subject]
    type_of_predicate: Literal["https://kuager.invalid/derivation/v1"] = msgspec.field(name="predicateType")
    predicate: _Predicate


def _refused() -> ProofRefused:
    return ProofRefused(
        message("A statement about a derivation is not of the form that Kuager writes."),
        meaning=message("What it says of where a result comes from cannot be relied on."),
    )
