"""Certificates (X.509) around a stamp: reading those that one trusts, and telling which of the others they vouch for.

A token carries certificates that no signature covers. Anyone can put one beside the authority's with the same issuer
and number and another name in it, so a name is told only of a certificate whose own signature leads to a trusted one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

from kuager.errors import KeyUnusable, message

LARGEST = 1 << 20
_MOST = 32
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What reading a hostile certificate, or a name in it, raises; names are read only when they are asked for."""


def read(pem: bytes) -> list[x509.Certificate]:
    """Read certificates that somebody gave, each once.

    Raises:
        KeyUnusable: these are none.
    """
    if len(pem) > LARGEST:
        raise unusable()
    try:
        return list(dict.fromkeys(x509.load_pem_x509_certificates(pem))) if pem else []
    except UNREADABLE as error:
        raise unusable() from error


def vouched_for(roots: Sequence[x509.Certificate], among: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The roots, and those they vouch for, directly or through others that may certify; dates are not looked at."""
    found, open_ones = list(roots), list(dict.fromkeys(among))[:_MOST]
    issuers = list(roots)
    while issuers:
        issuer = issuers.pop()
        issued = [one for one in open_ones if one not in found and _issued(one, issuer)]
        found += issued
        issuers += [one for one in issued if _certifies(one)]
    return found


def may_stamp(certificate: x509.Certificate) -> bool:
    """Whether it is of an authority that stamps, and does nothing else (RFC 3161, section 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING] and not _certifies(certificate)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, *UNREADABLE):
        return False
    return True


def _certifies(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False


def unusable() -> KeyUnusable:
    """That certificates cannot be read, or that there are none."""
    return KeyUnusable(
        message("The certificates of an authority cannot be read."),
        meaning=message("Without them nobody can tell whose stamp it is."),
        remedy=message("Give them as a file in PEM format, as the authority publishes them."),
    )
