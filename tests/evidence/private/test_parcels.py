"""Parcels open for curators only, tell nothing on their way, and are refused when parts do not belong together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from kuager.errors import EvidenceError, KeyUnusable, ProofRefused
from kuager.evidence.private.commitments import PLACES, commit
from kuager.evidence.private.contributors import contribute
from kuager.evidence.private.parcels import pack, unpack
from kuager.evidence.private.sealing import seal, unseal
from kuager.evidence.private.strict import canonical

ANNA, BORIS, STRANGER = (x25519.Identity.generate() for _ in range(3))
CURATORS = [str(ANNA.to_public()), str(BORIS.to_public())]
KEY = str(ANNA)
FIELDS = {"place": "Almaty", "saw": "the lights went out"}
FILES = [b"first original", b"", b"third\n\x80\0"]
Said = dict[str, Any]


def _opened(sealed: bytes) -> tuple[Said, bytes]:
    header, _, rest = unseal(sealed, KEY).partition(b"\n")
    return json.loads(header), rest


def _sealed(header: Said, rest: bytes = b"") -> bytes:
    return seal(canonical(header) + b"\n" + rest, CURATORS).data


def test_each_curator_finds_what_was_put_in() -> None:
    sealed = pack(FILES, FIELDS, CURATORS)
    for identity in (ANNA, BORIS):
        parcel = unpack(sealed, str(identity))
        fields = {one.name: one.value for one in parcel.record.disclosures}
        hashes = [hashlib.sha256(file).hexdigest() for file in FILES]
        assert fields == {**FIELDS, "original": hashes[0], "original.2": hashes[1], "original.3": hashes[2]}
        assert list(parcel.originals.values()) == FILES
        assert set(parcel.originals) <= set(parcel.record.commitments)
        assert parcel.contribution.root == parcel.record.root
    with pytest.raises(KeyUnusable, match="None of these keys"):
        unpack(sealed, str(STRANGER))


def test_nothing_that_becomes_public_is_seen_on_the_way() -> None:
    sealed = pack(FILES, FIELDS, CURATORS)
    contribution = unpack(sealed, KEY).contribution
    for secret in (contribution.root, contribution.key, contribution.signature, b"Almaty", *FILES[::2]):
        assert secret not in sealed
        assert secret.hex().encode() not in sealed


def test_what_is_sealed_says_no_more_than_it_must() -> None:
    header, rest = _opened(pack(FILES, FIELDS, CURATORS))
    assert set(header) == {"type", "commitments", "disclosures", "key", "signature", "recipients", "sizes"}
    assert rest == b"".join(FILES)


def test_names_of_originals_cannot_be_said() -> None:
    for name in ("original", "original.2"):
        with pytest.raises(EvidenceError, match="cannot be said"):
            pack([], {name: "0" * 64}, CURATORS)


def _more_commitments(header: Said) -> None:
    header["commitments"].append("f" * 64)


def _unsorted(header: Said) -> None:
    header["commitments"].reverse()


def _another_signature(header: Said) -> None:
    header["signature"] = _opened(pack([], {}, CURATORS))[0]["signature"]


def _another_field(header: Said) -> None:
    header["disclosures"].append(commit({"zeal": "x"}).disclosures[0].text)


def _a_field_twice(header: Said) -> None:
    header["disclosures"].insert(0, header["disclosures"][0])


def _no_recipient(header: Said) -> None:
    header["recipients"] = []


def _strangers(header: Said) -> None:
    header["recipients"] = [str(STRANGER.to_public()), CURATORS[1]]


def _swapped_sizes(header: Said) -> None:
    header["sizes"].reverse()


def _negative_size(header: Said) -> None:
    header["sizes"] = [-1, *header["sizes"][1:-1], header["sizes"][-1] + header["sizes"][0] + 1]


def _fewer_originals(header: Said) -> None:
    header["sizes"] = [sum(header["sizes"])]


def _something_else(header: Said) -> None:
    header["name"] = "IMG_1.jpg"


@pytest.mark.parametrize(
    "change",
    [
        _more_commitments, _unsorted, _another_signature, _another_field, _a_field_twice, _no_recipient, _strangers,
        _swapped_sizes, _negative_size, _fewer_originals, _something_else,
    ],
)  # fmt: skip
def test_parts_that_do_not_belong_together_are_refused(change: Callable[[Said], None]) -> None:
    header, rest = _opened(pack(FILES, FIELDS, CURATORS))
    unpack(_sealed(header, rest), KEY)
    change(header)
    with pytest.raises(ProofRefused):
        unpack(_sealed(header, rest), KEY)


def test_other_originals_or_more_of_them_are_refused() -> None:
    header, rest = _opened(pack(FILES, FIELDS, CURATORS))
    for other in (rest[:-1], rest + b"x", b"F" + rest[1:]):
        with pytest.raises(ProofRefused):
            unpack(_sealed(header, other), KEY)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    for sealed in (data, seal(data, CURATORS).data, seal(data + b"\n", CURATORS).data):
        with pytest.raises(ProofRefused):
            unpack(sealed, KEY)


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["commitments", "disclosures", "key", "recipients", "signature", "sizes"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3) | st.integers(), max_size=3),
        min_size=1,
    )
)
def test_members_of_any_kind_are_refused_in_words(changed: Said) -> None:
    record, contribution = contribute({})
    header: Said = {
        "type": "parcel/v1",
        "commitments": [one.hex() for one in record.commitments],
        "disclosures": [],
        "key": "",
        "signature": "",
        "recipients": CURATORS,
        "sizes": [],
    }
    assert len(record.commitments) == PLACES
    assert contribution.root == record.root
    try:
        sealed = _sealed({**header, **changed})
    except ValueError:
        return  # no canonical form: an integer that is too large
    with pytest.raises(ProofRefused):
        unpack(sealed, KEY)
