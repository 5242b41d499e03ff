"""Originals that two or more can open, and whose size tells nothing."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from kuager.errors import EvidenceError, KeyUnusable, ProofRefused
from kuager.evidence.private.commitments import Disclosure
from kuager.evidence.private.sealing import LARGEST_CLASS, SMALLEST_CLASS, check_original, seal, unseal

HEADER = b"age-encryption.org/v1\n"


def _pair() -> tuple[str, str]:
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


ANNA, ANNA_PUBLIC = _pair()
BORIS, BORIS_PUBLIC = _pair()


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300) | st.sampled_from([b"", b"\x80", b"\0" * 50, b"x\x80\0\0", b"a" * (SMALLEST_CLASS - 1)]))
def test_each_recipient_opens_the_original_to_the_byte(original: bytes) -> None:
    sealed = seal(original, [ANNA_PUBLIC, BORIS_PUBLIC])
    for identity in (ANNA, BORIS):
        assert unseal(sealed.data, f"# created: today\n\n{identity}\n") == original


def test_the_age_program_opens_a_seal_made_for_keys_of_age_keygen(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        subprocess.run(["age-keygen", "-o", tmp_path / name], check=True, capture_output=True)
        keys.append(subprocess.run(["age-keygen", "-y", tmp_path / name], check=True, capture_output=True, text=True))
    original = b"%PDF-1.7 an order\n" + bytes(range(256))
    sealed = seal(original, [key.stdout.strip() for key in keys])
    (tmp_path / "sealed.age").write_bytes(sealed.data)
    for name in ("one", "two"):
        padded = subprocess.run(["age", "-d", "-i", name, "sealed.age"], cwd=tmp_path, check=True, capture_output=True)
        assert padded.stdout == (original + b"\x80").ljust(SMALLEST_CLASS, b"\0")
        assert unseal(sealed.data, (tmp_path / name).read_text()) == original


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 2**16), (2**16 - 1, 2**16), (2**16, 2**17), (2**17 - 1, 2**17), (2**17, 2**18), (300_000, 2**19)],
)
def test_only_the_size_class_is_seen(size: int, padded: int) -> None:
    sealed = seal(b"x" * size, [ANNA_PUBLIC, BORIS_PUBLIC])
    opened = pyrage.decrypt(sealed.data, [x25519.Identity.from_str(ANNA)])
    assert len(opened) == padded
    assert unseal(sealed.data, ANNA) == b"x" * size


def test_neither_who_can_open_a_seal_nor_how_many_is_seen() -> None:
    more = [_pair()[1] for _ in range(3)]
    for recipients in ([ANNA_PUBLIC, BORIS_PUBLIC], [ANNA_PUBLIC, BORIS_PUBLIC, *more]):
        data = seal(b"x", recipients).data
        header = data[: data.index(b"\n---")]
        assert header.startswith(HEADER)
        assert header.count(b"-> X25519 ") == 8
        assert not any(key[4:20].encode() in header for key in recipients)


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [ANNA_PUBLIC],
        [ANNA_PUBLIC, ANNA_PUBLIC],
        [ANNA_PUBLIC, BORIS_PUBLIC, ANNA_PUBLIC],
        [ANNA_PUBLIC, BORIS_PUBLIC.upper()],
        [ANNA_PUBLIC, BORIS_PUBLIC[:-1] + ("q" if BORIS_PUBLIC[-1] != "q" else "p")],
        [ANNA_PUBLIC, f"{BORIS_PUBLIC}\n"],
        [ANNA_PUBLIC, BORIS],
        [ANNA_PUBLIC, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIJWkjvJbVsQ0hQWPzDNlfPi5hWEAxQyUNbBDBbJ2QIW me@home"],
        [ANNA_PUBLIC, *(_pair()[1] for _ in range(8))],
    ],
)
def test_too_few_the_same_or_other_recipients_are_refused(recipients: list[str]) -> None:
    with pytest.raises(KeyUnusable) as caught:
        seal(b"x", recipients)
    assert "home" not in str(caught.value.diagnostics())


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", ANNA_PUBLIC, ANNA + "x", ANNA.lower(), f"{ANNA}\nssh", "x" * 70_000],
    ids=["empty", "comment", "public", "longer", "lower", "two", "huge"],
)
def test_what_is_no_identity_file_is_refused(text: str) -> None:
    with pytest.raises(KeyUnusable, match="identity file") as caught:
        unseal(seal(b"x", [ANNA_PUBLIC, BORIS_PUBLIC]).data, text)
    assert ANNA[20:30] not in str(caught.value.diagnostics())


def test_a_stranger_opens_nothing() -> None:
    with pytest.raises(KeyUnusable, match="None of these keys"):
        unseal(seal(b"x", [ANNA_PUBLIC, BORIS_PUBLIC]).data, _pair()[0])


def test_a_seal_that_was_changed_is_refused() -> None:
    data = seal(b"x" * 1000, [ANNA_PUBLIC, BORIS_PUBLIC]).data
    for at in [*range(0, 40, 7), *range(40, len(data), 4099), len(data) - 1]:
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((ProofRefused, KeyUnusable)):
            unseal(bytes(changed), ANNA)
    for cut in (b"", data[:30], data[:900], data[:-1], data + b"x"):
        with pytest.raises(ProofRefused):
            unseal(cut, ANNA)


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(SMALLEST_CLASS),
        b"x" * SMALLEST_CLASS,
        b"x\x80".ljust(SMALLEST_CLASS - 1, b"\0"),
        b"x\x80".ljust(SMALLEST_CLASS * 2, b"\0"),
        (b"x" * SMALLEST_CLASS + b"\x80").ljust(SMALLEST_CLASS * 4, b"\0"),
        b"x\x81".ljust(SMALLEST_CLASS, b"\0"),
    ],
)
def test_a_seal_with_other_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(ProofRefused, match="size class"):
        unseal(pyrage.encrypt(padded, [x25519.Recipient.from_str(ANNA_PUBLIC)]), ANNA)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_arbitrary_bytes_are_no_seal(data: bytes, with_header: bool) -> None:
    with pytest.raises((ProofRefused, KeyUnusable)):
        unseal(HEADER * with_header + data, ANNA)


def test_what_is_too_large_is_refused_before_it_is_sealed() -> None:
    with pytest.raises(EvidenceError, match="at most"):
        seal(bytes(LARGEST_CLASS), [ANNA_PUBLIC, BORIS_PUBLIC])


def test_the_log_learns_no_hash_of_the_original() -> None:
    original = b"an order that many have"
    first, second = (seal(original, [ANNA_PUBLIC, BORIS_PUBLIC]) for _ in range(2))
    digest = hashlib.sha256(original).hexdigest()
    assert digest not in str(first.leaf())
    assert first.leaf()["original"] != second.leaf()["original"]
    assert first.leaf()["sealed"] == f"sha256:{hashlib.sha256(first.data).hexdigest()}"
    commitment = bytes.fromhex(first.leaf()["original"].removeprefix("sha256:"))
    check_original(original, Disclosure.parse(first.disclosure.text), commitment)
    for other, disclosure in ((original + b" ", first.disclosure), (original, second.disclosure)):
        with pytest.raises(ProofRefused, match="not the one"):
            check_original(other, disclosure, commitment)
