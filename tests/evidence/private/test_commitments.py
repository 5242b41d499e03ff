"""Fields that can be opened or erased one by one, and not guessed."""

from __future__ import annotations

import hashlib
import ipaddress
import subprocess

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import EvidenceError, ProofRefused
from kuager.evidence.merkle import leaf_hash, root
from kuager.evidence.private.commitments import (
    LONGEST_DISCLOSURE,
    PLACES,
    SALT_BYTES,
    Disclosure,
    Record,
    Value,
    commit,
    read_opening,
)
from kuager.evidence.private.strict import canonical, to_base64url

ADDRESS, NAME = "10.20.30.40", "Aru"
FIELDS: dict[str, Value] = {"address": ADDRESS, "name": NAME, "seen": 3, "own": True, "note": None, "asked": ["a", "б"]}
VALUES = st.one_of(
    st.text(max_size=200),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=20), max_size=5),
)
NAMES = st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True)


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.data())
def test_what_is_opened_is_what_was_committed_to(fields: dict[str, Value], data: st.DataObject) -> None:
    record = commit(fields)
    shown = data.draw(st.sets(st.sampled_from(sorted(fields)))) if fields else set()
    assert read_opening(record.open(shown), record.root) == {name: fields[name] for name in shown}


def test_common_tools_check_a_commitment_and_the_root() -> None:
    record = commit(FIELDS)
    disclosure = record.disclosure("asked")
    shown = subprocess.run(["sha256sum"], input=disclosure.text.encode(), capture_output=True, check=True).stdout
    assert shown.split()[0].decode() == disclosure.commitment.hex()
    assert record.root == root([leaf_hash(one) for one in sorted(record.commitments)])


SHELL = """
set -eu
bytes() { for pair in $(printf %s "$1" | sed 's/../& /g'); do printf "\\\\$(printf %03o 0x$pair)"; done; }
digest() { sha256sum | cut -c1-64; }
hash=$( { bytes 00; bytes "$(printf %s "$1" | digest)"; } | digest)
index=$2
shift 2
for sibling; do
  case $((index % 2)) in
    0) hash=$( { bytes 01; bytes "$hash"; bytes "$sibling"; } | digest) ;;
    1) hash=$( { bytes 01; bytes "$sibling"; bytes "$hash"; } | digest) ;;
  esac
  index=$((index / 2))
done
echo "$hash"
"""


def test_an_opened_field_is_followed_to_the_root_with_a_shell_and_sha256sum() -> None:
    record = commit(FIELDS)
    (one,) = msgspec.json.decode(record.open(["name"]))["fields"]
    arguments = [one["disclosure"], str(one["index"]), *one["proof"]]
    shown = subprocess.run(["sh", "-c", SHELL, "sh", *arguments], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == record.root.hex()


def test_every_record_has_the_same_number_of_commitments_in_the_order_of_their_bytes() -> None:
    for count in (0, 1, 7, PLACES):
        record = commit({f"field-{number}": number for number in range(count)})
        assert len(set(record.commitments)) == PLACES
        assert list(record.commitments) == sorted(record.commitments)


def test_the_same_fields_are_never_committed_to_alike() -> None:
    first, second = commit(FIELDS), commit(FIELDS)
    assert not set(first.commitments) & set(second.commitments)
    assert first.root != second.root
    assert len({one.salt for one in (*first.disclosures, *second.disclosures)}) == 2 * len(FIELDS)


def _guesses(salts: list[str], values: list[str], name: str) -> dict[bytes, str]:
    return {
        hashlib.sha256(to_base64url(canonical([salt, name, value])).encode()).digest(): value
        for salt in salts
        for value in values
    }


@pytest.mark.parametrize("name", ["address", "name"])
def test_without_its_salt_a_field_of_few_possible_values_cannot_be_guessed(name: str) -> None:
    """Everything else is known to who guesses: all commitments, all other disclosures, and the value's whole space."""
    record = commit(FIELDS)
    values = {
        "address": [str(one) for one in ipaddress.ip_network("10.20.28.0/22")],
        "name": [f"{first}{second}{third}" for first in "ABCD" for second in "aemr" for third in "aeiou"],
    }[name]
    assert FIELDS[name] in values
    erased = record.disclosure(name)
    others = [to_base64url(one.salt) for one in record.disclosures if one.name != name]
    plain = [hashlib.sha256(value.encode()).digest() for value in values]
    guesses = _guesses(["", to_base64url(bytes(SALT_BYTES)), *others], values, name)
    assert not set(record.commitments) & (guesses.keys() | set(plain))
    found = _guesses([to_base64url(erased.salt)], values, name)
    assert {found[one] for one in found.keys() & set(record.commitments)} == {FIELDS[name]}, "the search itself works"


def test_an_erased_field_leaves_the_root_and_the_other_fields_provable() -> None:
    record = commit(FIELDS)
    rest = Record(record.commitments, tuple(one for one in record.disclosures if one.name != "name"))
    assert rest.root == record.root
    assert read_opening(rest.open(["seen", "address"]), record.root) == {"seen": 3, "address": ADDRESS}
    with pytest.raises(EvidenceError, match="no field name"):
        rest.open(["name"])


def test_an_opening_that_was_changed_anywhere_is_refused() -> None:
    record = commit(FIELDS)
    opening = record.open(["name", "seen"])
    for at in range(0, len(opening), 3):
        for bit in (0, 5):
            changed = bytearray(opening)
            changed[at] ^= 1 << bit
            with pytest.raises(ProofRefused):
                read_opening(bytes(changed), record.root)
    with pytest.raises(ProofRefused, match="another record"):
        read_opening(opening, commit(FIELDS).root)


def test_an_opening_of_a_name_twice_is_refused() -> None:
    """Who makes the record can fix two values under one name, but not show both."""
    two = [Disclosure(bytes([number]) * SALT_BYTES, "name", value) for number, value in enumerate(("Aru", "Dana"))]
    decoys = [hashlib.sha256(bytes([number])).digest() for number in range(PLACES - 2)]
    record = Record(tuple(sorted([*decoys, *(one.commitment for one in two)])), tuple(two))
    first = msgspec.json.decode(Record(record.commitments, (two[0],)).open(["name"]))
    second = msgspec.json.decode(Record(record.commitments, (two[1],)).open(["name"]))
    first["fields"] = sorted([*first["fields"], *second["fields"]], key=lambda one: int(one["index"]))
    with pytest.raises(ProofRefused, match="shows the field name twice"):
        read_opening(canonical(first), record.root)
    first["fields"] = [first["fields"][0], first["fields"][0]]
    with pytest.raises(ProofRefused, match="not in their order"):
        read_opening(canonical(first), record.root)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_opening(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        read_opening(data, bytes(32))


@given(st.text(max_size=300))
def test_arbitrary_text_is_no_disclosure(text: str) -> None:
    with pytest.raises(ProofRefused):
        Disclosure.parse(text)


SALT = to_base64url(bytes(SALT_BYTES))


@pytest.mark.parametrize(
    "json",
    [
        f'["{SALT}", "name","Aru"]',
        f'["{SALT}","name","\\u0041ru"]',
        f'["{SALT}","name","Aru","more"]',
        f'["{SALT}","name"]',
        f'["{SALT}","name",1.5]',
        f'["{SALT}","name",1e2]',
        f'["{SALT}","name",{2**53}]',
        f'["{SALT}","name",{"9" * 9000}]',
        f'["{SALT}","name",{{"a":1}}]',
        f'["{SALT}","name",[1]]',
        f'["{SALT}","name",{"[" * 9000}]',
        f'["{SALT}","Name","Aru"]',
        f'["{SALT}","","Aru"]',
        f'["{SALT[:-1]}B","name","Aru"]',
        f'["{SALT[:21]}w","name","Aru"]',
        f'["{SALT}=","name","Aru"]',
        '["","name","Aru"]',
        f'["{SALT}","name","{"x" * LONGEST_DISCLOSURE}"]',
    ],
)
def test_a_disclosure_of_another_spelling_is_refused(json: str) -> None:
    with pytest.raises(ProofRefused):
        Disclosure.parse(to_base64url(json.encode()))


def test_a_disclosure_has_one_spelling_in_base64() -> None:
    text = Disclosure(bytes(SALT_BYTES), "name", "Ar").text
    assert Disclosure.parse(text).value == "Ar"
    for other in (text + "=", text + "\n", " " + text, text[:-1], text.replace(text[5], "+", 1)):
        with pytest.raises(ProofRefused):
            Disclosure.parse(other)


@pytest.mark.parametrize(
    "fields",
    [
        {"Name": "x"},
        {"name": "\ud800"},
        {"name": 2**53},
        {"name": 1.5},
        {"name": "x" * LONGEST_DISCLOSURE},
        {f"f{number}": 1 for number in range(PLACES + 1)},
    ],
)
def test_what_cannot_be_committed_to_is_said_so(fields: dict[str, Value]) -> None:
    with pytest.raises(EvidenceError, match=r"cannot be committed|can have"):
        commit(fields)


def test_neither_salt_nor_value_shows_when_an_error_prints_a_record() -> None:
    record = commit(FIELDS)
    assert ADDRESS not in repr(record)
    assert repr(record.disclosure("name").salt) not in repr(record)
