"""Signatures of OpenSSH: the real ssh-keygen makes the same bytes, and takes ours; nothing can be changed unseen."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import ProofRefused
from kuager.evidence.keys import allowed_signers
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.public_key import fingerprint, parse_ssh_line, pem, public_of, ssh_line
from kuager.evidence.keys.ssh_signature import SshSignature, sign, verify

PURPOSE = "shutdown-evidence"
NAME = "custodian@kuager.invalid"
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (7, 8))
SIGNED = b"0" * 64 + b"  bagit.txt\n"
MADE, NOON, ENDED = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 10, 20))
SIGNER = AllowedSigner((NAME,), public_of(KEY), (PURPOSE,), MADE, ENDED)
SIGNATURE = sign(SIGNED, KEY, PURPOSE)
HARMLESS = st.characters(codec="utf-8", exclude_characters="\n")


def ssh_keygen(folder: Path, *words: str, given: bytes = SIGNED) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *words], cwd=folder, input=given, capture_output=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the key, the signature, and who may sign."""
    private = tmp_path / "key"
    private.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    private.chmod(0o600)
    (tmp_path / "key.pub").write_text(ssh_line(public_of(KEY)) + "\n")
    (tmp_path / "signature").write_bytes(SIGNATURE)
    (tmp_path / "allowed").write_bytes(allowed_signers.encode([SIGNER]))
    return tmp_path


@pytest.mark.parametrize("data", [b"", SIGNED, bytes(range(256)) * 300])
def test_ssh_keygen_makes_the_same_bytes(folder: Path, data: bytes) -> None:
    theirs = ssh_keygen(folder, "-Y", "sign", "-f", "key", "-n", PURPOSE, given=data)
    assert theirs.stdout == sign(data, KEY, PURPOSE)
    assert verify(data, theirs.stdout, [SIGNER], PURPOSE, NOON, NAME) == SIGNER


def test_ssh_keygen_finds_the_structure_sound(folder: Path) -> None:
    checked = ssh_keygen(folder, "-Y", "check-novalidate", "-n", PURPOSE, "-s", "signature")
    assert checked.returncode == 0
    assert fingerprint(public_of(KEY)).encode() in checked.stdout


@pytest.mark.parametrize(
    "at",
    [MADE - timedelta(seconds=1), MADE, NOON, ENDED, ENDED + timedelta(seconds=1)],
    ids=["before", "first", "between", "last", "after"],
)
def test_ssh_keygen_and_we_agree_on_who_could_sign_when(folder: Path, at: datetime) -> None:
    time = f"-Overify-time={at:%Y%m%d%H%M%SZ}"
    allowed = "-f", "allowed", "-n", PURPOSE, "-s", "signature", time
    theirs = ssh_keygen(folder, "-Y", "verify", "-I", NAME, *allowed).returncode == 0
    found = ssh_keygen(folder, "-Y", "find-principals", "-f", "allowed", "-s", "signature", time)
    assert (found.stdout.decode().split() == [NAME]) == theirs
    assert theirs == (MADE <= at <= ENDED)
    if theirs:
        assert verify(SIGNED, SIGNATURE, [SIGNER], PURPOSE, at, NAME) == SIGNER
    else:
        with pytest.raises(ProofRefused, match="could not be used"):
            verify(SIGNED, SIGNATURE, [SIGNER], PURPOSE, at, NAME)


@pytest.mark.parametrize(
    ("data", "signature", "signer", "words"),
    [
        (SIGNED + b" ", SIGNATURE, SIGNER, "not of these bytes"),
        (SIGNED, sign(SIGNED, KEY, "file"), SIGNER, "made for"),
        (SIGNED, sign(SIGNED, OTHER, PURPOSE), SIGNER, "nobody who is allowed"),
        (SIGNED, SIGNATURE, AllowedSigner((NAME,), public_of(OTHER)), "nobody who is allowed"),
        (SIGNED, SIGNATURE, AllowedSigner((NAME,), public_of(KEY), ("file",)), "nobody who is allowed"),
        (SIGNED, SIGNATURE, AllowedSigner(("another@kuager.invalid",), public_of(KEY)), "nobody who is allowed"),
        (SIGNED, SIGNATURE, AllowedSigner((NAME,), public_of(KEY), (), ENDED), "could not be used"),
    ],
)
def test_whatever_is_not_as_it_should_be_is_refused(
    data: bytes, signature: bytes, signer: AllowedSigner, words: str
) -> None:
    with pytest.raises(ProofRefused, match=words):
        verify(data, signature, [signer], PURPOSE, NOON, NAME)


def test_a_signature_for_another_purpose_is_refused_even_of_the_right_signer() -> None:
    anything = AllowedSigner((NAME,), public_of(KEY))
    with pytest.raises(ProofRefused, match="made for"):
        verify(SIGNED, SIGNATURE, [anything], "file", NOON)


def test_one_key_in_several_lines_may_sign_in_the_times_of_each() -> None:
    later = AllowedSigner((NAME,), public_of(KEY), (), ENDED + timedelta(days=1))
    assert verify(SIGNED, SIGNATURE, [SIGNER, later], PURPOSE, ENDED + timedelta(days=2)) == later


def test_every_changed_bit_is_found() -> None:
    for place in range(len(SIGNATURE)):
        for bit in range(8):
            changed = bytearray(SIGNATURE)
            changed[place] ^= 1 << bit
            with pytest.raises(ProofRefused):
                verify(SIGNED, bytes(changed), [SIGNER], PURPOSE, NOON)


@pytest.mark.parametrize(
    "changed",
    [
        SIGNATURE.replace(b"\n", b"\r\n"),
        SIGNATURE + b"\n",
        SIGNATURE[:-1],
        b"\n" + SIGNATURE,
        SIGNATURE.replace(b"-----BEGIN SSH SIGNATURE-----\n", b"-----BEGIN SSH SIGNATURE-----\n\n"),
        SIGNATURE.replace(b"\n", b"").replace(b"-----BEGIN SSH SIGNATURE-----", b"-----BEGIN SSH SIGNATURE-----\n"),
        SIGNATURE + SIGNATURE,
        b"A" * 10_000_000,
        b"",
    ],
)
def test_another_spelling_is_refused(changed: bytes) -> None:
    with pytest.raises(ProofRefused):
        SshSignature.parse(changed)


@given(st.binary(max_size=400))
def test_bytes_are_a_signature_in_one_spelling_or_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        SshSignature.parse(data)


@given(st.data())
def test_a_signature_with_a_piece_replaced_is_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SIGNATURE)))
    end = data.draw(st.integers(start, len(SIGNATURE)))
    changed = SIGNATURE[:start] + data.draw(st.binary(max_size=40)) + SIGNATURE[end:]
    if changed != SIGNATURE:
        with pytest.raises(ProofRefused):
            verify(SIGNED, changed, [SIGNER], PURPOSE, NOON)


def test_fingerprints_are_those_of_ssh_keygen_and_openssl(folder: Path) -> None:
    shown = ssh_keygen(folder, "-lf", "key.pub").stdout.decode()
    assert fingerprint(public_of(KEY)) in shown.split()
    (folder / "key.pem").write_bytes(pem(public_of(KEY)))
    openssl = ["openssl", "pkey", "-pubin", "-in", "key.pem", "-outform", "DER"]
    assert subprocess.run(openssl, cwd=folder, capture_output=True, check=True).stdout[-32:] == public_of(KEY)


@pytest.mark.parametrize(
    "line",
    [
        "", "ssh-ed25519", "ssh-ed25519 ", ssh_line(public_of(KEY)) + " me@home", ssh_line(public_of(KEY)) + "\n",
        ssh_line(public_of(KEY)).replace("ssh-ed25519", "ssh-rsa"), ssh_line(public_of(KEY))[:-4],
        ssh_line(public_of(KEY)) + "AAAA", ssh_line(public_of(KEY)).replace(" ", "  "),
    ],
)  # fmt: skip
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    assert parse_ssh_line(ssh_line(public_of(KEY))) == public_of(KEY)
    with pytest.raises(ProofRefused):
        parse_ssh_line(line)


@given(
    st.lists(
        st.builds(
            AllowedSigner,
            st.lists(st.text("aж9.@/:+-_", max_size=9).map("x{}".format), min_size=1, max_size=3).map(tuple),
            st.sampled_from([public_of(KEY), public_of(OTHER)]),
            st.sampled_from([(), (PURPOSE,), (PURPOSE, "file")]),
            st.sampled_from([None, MADE, NOON]),
            st.sampled_from([None, ENDED]),
        ),
        max_size=4,
    ).map(tuple)
)
def test_who_may_sign_is_read_as_it_was_written(signers: tuple[AllowedSigner, ...]) -> None:
    assert allowed_signers.parse(allowed_signers.encode(signers)) == signers


def test_comments_empty_lines_and_keys_of_other_kinds_are_passed_over() -> None:
    key = ssh_line(public_of(KEY))
    others = 'a@b ssh-rsa AAAA x\na@b namespaces="file" sk-ssh-ed25519@openssh.com AAAA\n'
    text = f"# who\n\n{others}a@b,c@d {key} of a house\n"
    assert allowed_signers.parse(text.encode()) == (AllowedSigner(("a@b", "c@d"), public_of(KEY)),)


@pytest.mark.parametrize(
    "before_key",
    [
        "*@b ", "!a@b ", '"a@b" ', "a@b cert-authority ", "a@b valid-after=20260101Z ", 'a@b valid-after="20260101" ',
        'a@b valid-after="20260230Z" ', 'a@b valid-after="2026010Z" ', 'a@b namespaces="*" ', 'a@b namespaces="" ',
        'a@b namespaces="a",namespaces="b" ', 'a@b namespaces="a", ', 'a@b namespaces="a"valid-after="20260101Z" ',
        'a@b valid-after="20260101Z",valid-before="20260101Z" ', " a@b ", "a@b\t", "", "a@b ssh-ed25519 ",
    ],
)  # fmt: skip
def test_lines_that_could_mean_something_else_are_refused(before_key: str) -> None:
    with pytest.raises(ProofRefused):
        allowed_signers.parse(f"{before_key}{ssh_line(public_of(KEY))}\n".encode())


@given(st.one_of(st.binary(max_size=200), st.text(HARMLESS, max_size=200).map(str.encode)))
def test_any_bytes_are_allowed_signers_or_refused(data: bytes) -> None:
    try:
        allowed_signers.parse(data)
    except ProofRefused:
        return


@given(st.text(HARMLESS, max_size=60))
def test_what_we_take_from_a_line_ssh_keygen_would_not_take_otherwise(options: str) -> None:
    """Options are taken whole or refused: what is read is written again, and means the same."""
    line = f"a@b {options} {ssh_line(public_of(KEY))}\n"
    try:
        read = allowed_signers.parse(line.encode())
    except ProofRefused:
        return
    assert allowed_signers.parse(allowed_signers.encode(read)) == read
