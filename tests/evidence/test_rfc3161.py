"""Stamps by authorities: real ones of others, a real one here, and everything that must not count as a stamp."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.stamping import POLICY, Answer, Authority, answering, authority, new_authority

from kuager.errors import EvidenceError, KeyUnusable, ProofRefused
from kuager.evidence.stamps import asking
from kuager.evidence.stamps.asking import Failed, Stamped, ask_each
from kuager.evidence.stamps.finding import Unchecked
from kuager.evidence.stamps.rfc3161 import Stamp, question, verify

DATA = b"kuager.example/kz-2022-01\n3\nAAAA\n"
NOWHERE = "no-such-program"
CHANCE = random.Random(1)  # noqa: S311 - bits to flip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


def _pem(certificates: list[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _vector(shared_data: Path, name: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Data, response, root, and the certificates below it."""
    file = shared_data / "evidence-vectors" / "rfc3161" / "test" / "fixtures" / name
    chain = (file.parent / "ts_chain.pem").read_bytes()
    armoured = chain.startswith(b"-----")
    certificates = x509.load_pem_x509_certificates(chain) if armoured else [x509.load_der_x509_certificate(chain)]
    payload = file.parent / "payload"
    data = payload.read_bytes() if payload.exists() else b"hello"
    return data, file.read_bytes(), _pem(certificates[-1:]), _pem(certificates[:-1])


def _openssl_agrees(folder: Path, data: bytes, response: bytes, roots: bytes, others: bytes, moment: datetime) -> bool:
    for name, content in (("d", data), ("r", response), ("ca", roots), ("o", others)):
        (folder / name).write_bytes(content)
    untrusted = ["-untrusted", "o"] if others else []
    command = ["openssl", "ts", "-verify", "-data", "d", "-in", "r", "-CAfile", "ca", *untrusted]
    at = ["-attime", str(int(moment.timestamp()))]
    return subprocess.run([*command, *at], cwd=folder, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("name", "moment", "authority_name", "algorithm"),
    [
        ("identrust/issue-104.tsr", "2025-03-11T08:52:08", "CN=TrustID Timestamp Authority,O=IdenTrust,C=US", "sha512"),
        ("sigstage/response-sha256.tsr", "2025-05-09T11:58:55", "CN=sigstore-tsa,O=sigstore.dev", "sha256"),
        ("sigstage/response-sha384.tsr", "2025-05-09T11:58:55", "CN=sigstore-tsa,O=sigstore.dev", "sha384"),
        ("sigstage/response-sha512.tsr", "2025-05-09T11:58:56", "CN=sigstore-tsa,O=sigstore.dev", "sha512"),
        ("sigstage/response-no-embedded-cert.tsr", "2025-06-18T08:13:02", "CN=sigstore-tsa,O=sigstore.dev", "sha256"),
        ("sigstore.mock/response-expired.tsr", "2023-02-01T00:00:00", "O=sigstore.mock,CN=tsa signing", "sha256"),
        ("test_tsa/response.tsr", "2024-10-08T15:40:32", "CN=Test TSA Timestamping,O=local", "sha512"),
        ("test_tsa/response-injected-certs.tsr", "2024-10-08T15:40:32", "CN=Test TSA Timestamping,O=local", "sha512"),
    ],
)
def test_stamps_of_other_authorities(
    shared_data: Path, tmp_path: Path, name: str, moment: str, authority_name: str, algorithm: str
) -> None:
    data, response, roots, others = _vector(shared_data, name)
    stamp = verify(data, response, roots, others=others, openssl=NOWHERE)
    assert isinstance(stamp, Stamp)
    assert stamp.time == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert (stamp.authority, stamp.algorithm) == (authority_name, algorithm)
    assert stamp.latest >= stamp.time + timedelta(seconds=1)
    assert _openssl_agrees(tmp_path, data, response, roots, others, stamp.time)
    with pytest.raises(ProofRefused):
        verify(data + b".", response, roots, others=others)


@pytest.mark.parametrize("name", ["sigstage/response-invalid-signature.tsr", "test_tsa/other_response.tsr"])
def test_stamps_that_are_false_or_lead_elsewhere(shared_data: Path, name: str) -> None:
    data, response, roots, others = _vector(shared_data, name)
    with pytest.raises(ProofRefused):
        verify(data, response, roots, others=others)


def test_a_certificate_that_comes_along_is_not_trusted(shared_data: Path) -> None:
    data, response, roots, others = _vector(shared_data, "test_tsa/response.tsr")
    stranger = _vector(shared_data, "identrust/issue-104.tsr")[2]
    with pytest.raises(ProofRefused):
        verify(data, response, stranger, others=others + roots)


def test_a_stamp_is_had_and_says_what_it_should(here: Authority) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    (told,) = ask_each([asking.Authority("ours", here.address + "/", here.roots)], DATA)
    assert isinstance(told, Stamped)
    stamp = verify(DATA, told.response, here.roots)
    assert stamp == told.stamp
    assert isinstance(stamp, Stamp)
    assert before <= stamp.time <= datetime.now(UTC) <= stamp.latest
    assert stamp.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert (stamp.authority, stamp.policy, stamp.algorithm) == ("CN=Test authority", POLICY, "sha256")
    _, headers, _ = here.asked[-1]
    assert headers["Content-Type"] == "application/timestamp-query"
    assert "User-Agent" not in headers


def test_tokens_with_no_one_and_two_certificates(here: Authority) -> None:
    asked = question(DATA)
    one, two = here.stamped(asked.request), here.stamped(asked.request, chain=True)
    none = here.stamped(here.query(DATA, "-sha256"))
    with_one = verify(DATA, one, here.roots, nonce=asked.nonce)
    with_two = verify(DATA, two, here.roots, nonce=asked.nonce)
    with_none = verify(DATA, none, here.roots, others=here.certificate)
    assert [one.checked_with for one in (with_one, with_two, with_none) if isinstance(one, Stamp)] == [
        "rfc3161-client", "openssl", "rfc3161-client",
    ]  # fmt: skip
    assert isinstance(with_one, Stamp)
    assert isinstance(with_two, Stamp)
    assert (with_two.authority, with_two.accuracy, with_two.policy, with_two.certificate_ends) == (
        with_one.authority, with_one.accuracy, with_one.policy, with_one.certificate_ends,
    )  # fmt: skip
    with pytest.raises(ProofRefused):
        verify(DATA, none, here.roots)


def test_without_openssl_a_token_that_the_library_cannot_read_is_not_checked(here: Authority) -> None:
    asked = question(DATA)
    two = here.stamped(asked.request, chain=True)
    told = verify(DATA, two, here.roots, openssl=NOWHERE)
    assert isinstance(told, Unchecked)
    assert told.note.facts == {"program": NOWHERE}


@pytest.mark.parametrize("chain", [False, True])
def test_other_bytes_other_nonce_other_roots(here: Authority, tmp_path: Path, chain: bool) -> None:
    asked = question(DATA)
    response = here.stamped(asked.request, chain=chain)
    stranger = new_authority(tmp_path / "stranger").roots
    for data, token, roots, nonce in (
        (DATA + b".", response, here.roots, asked.nonce),
        (DATA, response, here.roots, asked.nonce + 1),
        (DATA, response, stranger, asked.nonce),
        (DATA, response + b"\0", here.roots, asked.nonce),
        (DATA, response[:-1], here.roots, asked.nonce),
    ):
        with pytest.raises(ProofRefused):
            verify(data, token, roots, nonce=nonce)


def test_a_certificate_counts_for_the_time_of_the_stamp(tmp_path: Path) -> None:
    ended = new_authority(tmp_path / "ended", days=1, age_days=2)
    for chain in (False, True):
        with pytest.raises(ProofRefused):
            verify(DATA, ended.stamped(question(DATA).request, chain=chain), ended.roots)
    second = timedelta(seconds=1) / timedelta(days=1)
    ending = new_authority(tmp_path / "ending", days=1 + 2 * second)
    one, two = (ending.stamped(question(DATA).request, chain=chain) for chain in (False, True))
    stamp = verify(DATA, one, ending.roots)
    assert isinstance(stamp, Stamp)
    assert stamp.certificate_ends is not None
    time.sleep(max(0.0, (stamp.certificate_ends - datetime.now(UTC)).total_seconds()) + 0.1)
    assert isinstance(verify(DATA, one, ending.roots), Stamp)
    assert isinstance(verify(DATA, two, ending.roots), Stamp)


def test_an_authority_that_refuses(here: Authority) -> None:
    response = here.stamped(here.query(DATA, "-sha1", "-cert"))
    with pytest.raises(ProofRefused) as refused:
        verify(DATA, response, here.roots)
    assert refused.value.facts == {"status": 2}


def test_no_flipped_bit_changes_the_time_or_the_data(here: Authority) -> None:
    response = here.stamped(question(DATA).request)
    none = here.stamped(here.query(DATA, "-sha256"))
    for bit in range(8 * len(none)):
        _still(here, none, bit, NOWHERE)
    for bit in CHANCE.sample(range(8 * len(response)), 200):
        _still(here, response, bit, NOWHERE)


def test_no_flipped_bit_deceives_openssl(here: Authority) -> None:
    response = here.stamped(question(DATA).request, chain=True)
    for bit in CHANCE.sample(range(8 * len(response)), 12):
        _still(here, response, bit, "openssl")


def _still(here: Authority, response: bytes, bit: int, openssl: str) -> None:
    """With this bit flipped the response is refused, is not checked, or says the same as before."""
    flipped = bytearray(response)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        told = verify(DATA, bytes(flipped), here.roots, others=here.certificate, openssl=openssl)
    except ProofRefused:
        return
    if isinstance(told, Stamp):
        whole = verify(DATA, response, here.roots, others=here.certificate)
        assert isinstance(whole, Stamp)
        assert (told.time, told.accuracy, told.serial) == (whole.time, whole.accuracy, whole.serial)


@given(data=st.binary(max_size=300), framed=st.booleans())
def test_any_bytes_are_refused_or_not_checked(here: Authority, data: bytes, framed: bool) -> None:
    response = b"0" + bytes([len(data)]) + data if framed and len(data) < 128 else data
    with suppress(ProofRefused):
        assert isinstance(verify(DATA, response, here.roots, openssl=NOWHERE), Unchecked)


def test_certificates_that_cannot_be_read(here: Authority) -> None:
    response = here.stamped(question(DATA).request)
    for roots in (b"", b"none", here.roots[:-40]):
        with pytest.raises(KeyUnusable):
            verify(DATA, response, roots)


def test_nothing_is_not_stamped() -> None:
    with pytest.raises(ProofRefused):
        question(b"")
    with pytest.raises(ProofRefused):
        ask_each([], b"")


def test_one_that_fails_is_told_and_does_not_stop_another(here: Authority, tmp_path: Path) -> None:
    stranger = new_authority(tmp_path / "stranger")
    here.stamped(question(DATA).request)
    ways = ["html", "large", "redirect", "replay", "cut", "gone"]
    asked = [asking.Authority(way, f"{here.address}/{way}", here.roots) for way in ways]
    asked += [
        asking.Authority("of others", f"{here.address}/", stranger.roots),
        asking.Authority("nobody there", "http://127.0.0.1:9/", here.roots),
        asking.Authority("no address", "file:///etc/passwd", here.roots),
        asking.Authority("no address either", "http://[", here.roots),
        asking.Authority("no certificates", f"{here.address}/", b""),
    ]
    *failed, two, good = ask_each(
        [
            *asked,
            asking.Authority("two certificates", f"{here.address}/two", here.roots),
            asking.Authority("good", f"{here.address}/", here.roots),
        ],
        DATA,
    )
    errors = {one.authority.name: one.error.diagnostics().happened for one in failed if isinstance(one, Failed)}
    assert len(errors) == len(asked)
    assert errors["html"] == "This is no stamp by an authority."
    assert errors["large"] == "large sent more than the 262 kB that such an answer may have."
    assert errors["redirect"] == "redirect sent to another address (HTTP 302)."
    assert errors["gone"] == "gone answered with HTTP 503."
    assert errors["replay"] == "The answer of the authority belongs to another request."
    assert errors["nobody there"] == "nobody there cannot be reached, or the connection broke off."
    assert isinstance(two, Stamped)
    assert isinstance(good, Stamped)


def test_an_error_says_nothing_that_the_user_did_not_type(here: Authority) -> None:
    (told,) = ask_each([asking.Authority("ours", f"{here.address}/redirect?key=secret", here.roots)], DATA)
    assert isinstance(told, Failed)
    assert isinstance(told.error, EvidenceError)
    assert "secret" not in str(told.error.diagnostics())


def test_an_empty_answer_is_no_stamp(here: Authority) -> None:
    with answering(lambda _path, _body: Answer(b"")) as server:
        (told,) = ask_each([asking.Authority("empty", server.address, here.roots)], DATA)
    assert isinstance(told, Failed)


def test_a_name_is_told_of_a_certificate_that_is_vouched_for(here: Authority, tmp_path: Path) -> None:
    """Beside the authority's certificate lies one with its issuer and number, and another name in it."""
    true = x509.load_pem_x509_certificate(here.certificate)
    key = ec.generate_private_key(ec.SECP256R1())
    false = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody else")]))
        .issuer_name(true.issuer)
        .public_key(key.public_key())
        .serial_number(true.serial_number)
        .not_valid_before(true.not_valid_before_utc)
        .not_valid_after(true.not_valid_after_utc + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    response = here.stamped(question(DATA).request)
    stamp = verify(DATA, response, here.roots, others=_pem([false]))
    assert isinstance(stamp, Stamp)
    assert (stamp.authority, stamp.certificate_ends) == ("CN=Test authority", true.not_valid_after_utc)
    none = here.stamped(here.query(DATA, "-sha256"))
    with pytest.raises(ProofRefused):
        verify(DATA, none, here.roots, others=_pem([false]))
    assert isinstance(verify(DATA, none, here.roots, others=_pem([false, true])), Stamp)
