"""Parcels: what a contributor hands to curators, in one seal that tells nothing but its size class.

Under the seal (``sealing``): a line of canonical JSON (RFC 8785) that holds the committed record, the one-time key with
its signature and the recipients, and after it the originals one after the other. No name of a file, no time, no person.
Each original is committed to by a field of the record, its SHA-256: ``original``, ``original.2``, ``original.3`` …

Nothing of what becomes public can be computed from the sealed bytes: who sees a parcel on its way, or finds a copy,
cannot tell which entry of a log came of it. For that, whoever receives one must open it; what is kept of the originals
is sealed anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from kuager.errors import EvidenceError, KeyUnusable, message
from kuager.evidence.private.commitments import LONGEST_DISCLOSURE, PLACES, Disclosure, Record, Value
from kuager.evidence.private.contributors import Contribution, contribute, read_contribution
from kuager.evidence.private.sealing import LARGEST_CLASS, ORIGINAL, seal, unseal
from kuager.evidence.private.strict import canonical, from_hex, read_canonical, refused

LARGEST_PARCEL = LARGEST_CLASS + LARGEST_CLASS // 1_024
"""Bytes of a sealed parcel that are read; age adds less."""
_LARGEST_HEADER = PLACES * (LONGEST_DISCLOSURE + 512)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An opened parcel, checked.

    Attributes:
        record: the fields that can be opened.
        contribution: what the public may know of it.
        originals: each original by the commitment to its hash.
        recipients: for whom it was sealed.
    """

    record: Record = field(repr=False)
    contribution: Contribution
    originals: Mapping[bytes, bytes] = field(repr=False)
    recipients: tuple[str, ...]


class _Header(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="parcel/v1"):
    commitments: list[str]
    disclosures: list[str]
    key: bytes
    recipients: list[str]
    signature: bytes
    sizes: list[int]


@dataclass(frozen=True, slots=True)
class Packed:
    """A parcel as it was sealed, and what the public may know of it: for whoever packs and enters it on one machine."""

    contribution: Contribution
    data: bytes = field(repr=False)


def pack(originals: Sequence[bytes], fields: Mapping[str, Value], recipients: Sequence[str]) -> bytes:
    """A parcel of fields and originals, to be handed over; as :func:`packed`."""
    return packed(originals, fields, recipients).data


def packed(originals: Sequence[bytes], fields: Mapping[str, Value], recipients: Sequence[str]) -> Packed:
    """Commit to fields and originals, sign with a key that is forgotten, and seal all of it.

    Raises:
        EvidenceError: the fields cannot be committed to, one has a name that originals have, or all is too large.
        KeyUnusable: there are too few recipients, one is named twice, or is none of age.
    """
    for name in fields:
        if name.partition(".")[0] == ORIGINAL:
            raise EvidenceError(
                message("The field {name} cannot be said: originals have it."),
                remedy=message("Choose another name."),
                name=name,
            )
    hashes = {_name(number): hashlib.sha256(data).hexdigest() for number, data in enumerate(originals, start=1)}
    record, contribution = contribute({**fields, **hashes})
    header = _Header(
        commitments=[one.hex() for one in record.commitments],
        disclosures=[one.text for one in record.disclosures],
        key=contribution.key,
        recipients=list(recipients),
        signature=contribution.signature,
        sizes=[len(data) for data in originals],
    )
    return Packed(contribution, seal(b"".join([canonical(header), b"\n", *originals]), recipients).data)


def unpack(sealed: bytes, identities: str) -> Parcel:
    """Open a parcel with the text of an age identity file, and check all that it says.

    Raises:
        KeyUnusable: the file holds no identity of age, or none that the parcel was sealed for.
        ProofRefused: the parcel is damaged, or its parts do not belong together.
    """
    packed = unseal(sealed, identities)
    end = packed.find(b"\n", 0, _LARGEST_HEADER + 1)
    if end < 0:
        raise refused(message("The seal holds no parcel."))
    header = read_canonical(packed[:end], _Header, _LARGEST_HEADER)
    record = _record(header)
    contribution = Contribution(record.root, header.key, header.signature)
    read_contribution(contribution.leaf(0))
    _check_recipients(header.recipients, identities)
    return Parcel(record, contribution, _originals(header, record, packed[end + 1 :]), tuple(header.recipients))


def _check_recipients(recipients: Sequence[str], identities: str) -> None:
    """That what is sealed again for those who are named opens for whoever opened the parcel."""
    try:
        unseal(seal(b"", recipients).data, identities)
    except KeyUnusable as error:
        raise refused(message("The parcel does not name those for whom it was sealed.")) from error


def _record(header: _Header) -> Record:
    if len(header.commitments) != PLACES or len(header.disclosures) > PLACES:
        raise refused(message("The record of the parcel is not complete."))
    commitments = tuple(from_hex(one) for one in header.commitments)
    if not all(one < following for one, following in pairwise(commitments)):
        raise refused(message("The commitments of the record are not in their order."))
    disclosures = tuple(Disclosure.parse(text) for text in header.disclosures)
    names = [one.name for one in disclosures]
    if names != sorted(set(names)) or not {one.commitment for one in disclosures} <= set(commitments):
        raise refused(message("The fields of the parcel are not those of its record."))
    return Record(commitments, disclosures)


def _originals(header: _Header, record: Record, data: bytes) -> dict[bytes, bytes]:
    told = {one.name: one for one in record.disclosures if one.name.partition(".")[0] == ORIGINAL}
    names = [_name(number) for number in range(1, len(header.sizes) + 1)]
    if set(names) != told.keys() or min(header.sizes, default=0) < 0 or sum(header.sizes) != len(data):
        raise refused(message("The originals of the parcel are not those of its record."))
    found, at = {}, 0
    for name, size in zip(names, header.sizes, strict=True):
        original = data[at : at + size]
        at += size
        if told[name].value != hashlib.sha256(original).hexdigest():
            raise refused(message("The originals of the parcel are not those of its record."))
        found[told[name].commitment] = original
    return found


def _name(number: int) -> str:
    return ORIGINAL if number == 1 else f"{ORIGINAL}.{number}"
