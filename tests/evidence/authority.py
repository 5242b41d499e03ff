"""An authority for time whose certificate runs out two seconds after it stamped something."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """Of a root, or of an authority for time, which is good for two seconds from now."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC).replace(tzinfo=None)
    builder = x509.CertificateBuilder(
        issuer.subject if issuer else subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(1),
    )
    if issuer is None:
        builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(
            x509.BasicConstraints(True, None), True
        )
    else:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.not_valid_after(now + timedelta(seconds=2)).add_extension(purpose, True)
    return builder.sign(signer, SHA256())


def stamped(folder: Path, data: bytes) -> tuple[bytes, bytes]:
    """A token over bytes by an authority of our own, made by openssl, and the certificates that it takes."""
    folder.mkdir()
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Root", root_key, None, root_key)
    authority = _certificate("Time", key, root, root_key)
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "tsa.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "serial").write_text("01\n")
    (folder / "data").write_bytes(data)
    (folder / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = key.pem\n"
        "signer_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\naccuracy = secs:1\n"
    )
    for command in (
        "ts -query -data data -sha256 -cert -out query",
        "ts -reply -config ts.cnf -queryfile query -out token",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    certificates = root.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    return (folder / "token").read_bytes(), certificates
