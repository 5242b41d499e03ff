"""A real authority that stamps (``openssl ts -reply``) and a calendar of OpenTimestamps, on the loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.3.6.1.4.1.32473.1"
_SETTINGS = f"""
[ tsa ]
default_tsa = here
[ here ]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
certs = ./chain.pem
signer_digest = sha256
default_policy = {POLICY}
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = no
tsa_name = yes
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Answer:
    """What a server sends back."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[str, bytes], Answer]
"""From path and body to an answer."""


@dataclass
class Server:
    """A running server, and what it was asked: path, headers, body."""

    address: str
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def answering(answer: Answering) -> Iterator[Server]:
    """Serve GET and POST until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            server.asked.append((self.path, dict(self.headers.items()), body))
            told = answer(self.path, body)
            self.send_response_only(told.status)
            for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(told.body)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = Server(f"http://127.0.0.1:{listening.server_address[1]}")
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


@dataclass
class Authority:
    """An authority: its root certificate (PEM), its own (PEM), where it runs, what it was asked and last answered."""

    folder: Path
    roots: bytes
    certificate: bytes
    address: str = ""
    latest: bytes = b""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stamped(self, request: bytes, *, chain: bool = False) -> bytes:
        """The response to a request; with ``chain`` it holds the root certificate too."""
        with self._lock:
            (self.folder / "request").write_bytes(request)
            (self.folder / "response").unlink(missing_ok=True)
            certificates = ["-chain", "ca.pem"] if chain else []
            command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request", "-out", "response"]
            subprocess.run([*command, *certificates], cwd=self.folder, check=False, capture_output=True)
            self.latest = (self.folder / "response").read_bytes()
            return self.latest

    def query(self, data: bytes, *options: str) -> bytes:
        """A request as openssl makes it, for what Kuager never asks."""
        (self.folder / "data").write_bytes(data)
        command = ["openssl", "ts", "-query", "-data", "data", "-out", "query", *options]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "query").read_bytes()


def new_authority(folder: Path, *, name: str = "Test authority", days: float = 30, age_days: float = 1) -> Authority:
    """An authority that is not served; its certificate is valid from ``age_days`` ago for ``days`` from then.

    Its own certificate is longer than that of its root, so that a token with both is one whose certificates are not in
    the order that DER wants, as openssl writes them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = datetime.now(UTC) - timedelta(days=age_days)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, own_name = _name("Root"), _name(name)
    root = (
        _certificate(root_name, root_name, root_key, start, timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _certificate(own_name, root_name, key, start, timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    roots, certificate = root.public_bytes(Encoding.PEM), own.public_bytes(Encoding.PEM)
    (folder / "ca.pem").write_bytes(roots)
    (folder / "chain.pem").write_bytes(certificate)
    (folder / "tsa.pem").write_bytes(certificate)
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "tsa.cnf").write_text(_SETTINGS)
    (folder / "serial").write_text("01\n")
    return Authority(folder, roots, certificate)


@contextmanager
def authority(folder: Path, *, name: str = "Test authority") -> Iterator[Authority]:
    """A running authority: ``/`` stamps; other paths fail in the way that their name says."""
    one = new_authority(folder, name=name)
    ways: dict[str, Callable[[bytes], Answer]] = {
        "/": lambda body: Answer(one.stamped(body), headers={"Content-Type": "application/timestamp-reply"}),
        "/two": lambda body: Answer(one.stamped(body, chain=True)),
        "/replay": lambda _: Answer(one.latest),
        "/html": lambda _: Answer(b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"}),
        "/large": lambda _: Answer(b"0" * 10_000_000),
        "/redirect": lambda _: Answer(b"", 302, {"Location": "/"}),
        "/cut": lambda body: Answer(one.stamped(body)[:-1]),
    }

    def answer(path: str, body: bytes) -> Answer:
        way = ways.get(path.partition("?")[0])
        return way(body) if way else Answer(b"", 503)

    with answering(answer) as server:
        one.address, one.asked = server.address, server.asked
        yield one


def promise(address: str) -> bytes:
    """The end of a stamp of OpenTimestamps that is pending at a calendar."""
    uri = address.encode()
    payload = bytes([len(uri)]) + uri
    return b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + bytes([len(payload)]) + payload


def in_block(height: int) -> bytes:
    """The end of a stamp of OpenTimestamps in the block at a height below 128."""
    return b"\x00" + bytes.fromhex("0588960d73d71901") + bytes([1, height])


@contextmanager
def calendar(upgraded: bytes | None = None) -> Iterator[Server]:
    """A calendar that takes hashes and promises; asked again it answers ``upgraded``, or that it knows nothing yet."""
    served: list[Server] = []

    def answer(path: str, body: bytes) -> Answer:
        if path == "/digest":
            return Answer(promise(served[0].address))
        return Answer(upgraded) if upgraded is not None else Answer(b"Pending", 404)

    with answering(answer) as server:
        served.append(server)
        yield server


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + valid)
    )
