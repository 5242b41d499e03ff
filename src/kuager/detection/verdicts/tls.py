"""Whether the site proved its name in the encrypted handshake: the first row that fits.

The name under test stands in the clear in the first message (ClientHello). Filters that look for it let the connection
come about and then drop or reset it: in Kazakhstan, silence after that message is the usual way, which a record of
version 0.4 calls ``http-failure``. Whoever reads along must show a certificate of his own, which no browser trusts.
"""

from __future__ import annotations

import binascii
from functools import cache

import msgspec

from kuager.codecs.ooni.record import Blob, TlsHandshake
from kuager.detection.verdicts.failures import CLOSED, OTHER, REFUSED, RESET, TIMEOUT, UNREACHABLE, is_of_tls, way
from kuager.detection.verdicts.scene import Hop
from kuager.detection.verdicts.steps import Step, mute, row, weakened
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.state_roots import state_roots
from kuager.model.verdicts import Layer

_TLS = Layer.TLS

PROVEN = row(_TLS, 0.0, 0.0, message("The site proved its name in an encrypted connection."))
SOME = row(_TLS, 0.15, 0.0, message("Some encrypted connections failed, but in another the site proved its name."))
STATE_ROOT = row(
    _TLS,
    0.99,
    0.0,
    message("The certificate was issued by a root of a state that reads along in encrypted connections."),
    "tls.interception",
)
_INTERCEPTED = (
    0.9,
    message("The certificate was issued by somebody whom nobody trusts; elsewhere the site proves its name."),
)
_OTHER_NAME = 0.8, message("The certificate is for another name; elsewhere the site proves its own.")
_ODD_CERTIFICATE = 0.6, message("The certificate is not valid; elsewhere the site proves its name.")
_REFUSED_HERE = 0.6, message("The encrypted connection could not be agreed upon; elsewhere it can.")

FAILED = {
    TIMEOUT: row(
        _TLS,
        0.85,
        0.1,
        message("Nothing came back once the name had been sent; elsewhere the site answers."),
        "tls.timeout",
    ),
    RESET: row(
        _TLS,
        0.9,
        0.05,
        message("The connection was cut once the name had been sent; elsewhere it is not."),
        "tls.reset",
    ),
    CLOSED: row(
        _TLS,
        0.8,
        0.1,
        message("The connection was closed once the name had been sent; elsewhere it is not."),
        "tls.closed",
    ),
    REFUSED: row(
        _TLS,
        0.75,
        0.15,
        message("The connection was refused in the encrypted handshake; elsewhere it is not."),
        "tls.refused",
    ),
    UNREACHABLE: mute(_TLS, 0.3, 0.1, message("The probe lost its route in the encrypted handshake.")),
    OTHER: row(_TLS, 0.6, 0.2, message("The encrypted handshake failed; elsewhere it does not."), "tls.failure"),
    "ssl_unknown_authority": row(_TLS, _INTERCEPTED[0], 0.07, _INTERCEPTED[1], "tls.interception"),
    "ssl_invalid_hostname": row(_TLS, _OTHER_NAME[0], 0.12, _OTHER_NAME[1], "tls.hostname"),
    "ssl_invalid_certificate": row(_TLS, _ODD_CERTIFICATE[0], 0.2, _ODD_CERTIFICATE[1], "tls.certificate"),
    "ssl_failed_handshake": row(_TLS, _REFUSED_HERE[0], 0.2, _REFUSED_HERE[1], "tls.failure"),
}
DOWN = row(_TLS, 0.05, 0.93, message("The site does not prove its name elsewhere either."))
UNCOMPARED = mute(_TLS, 0.45, 0.4, message("The encrypted connection failed; whether it does elsewhere is not known."))
PROBES_CLOCK = mute(_TLS, 0.05, 0.1, message("The certificate is valid, but not by the probe's clock, which is wrong."))
EXPIRED = row(_TLS, 0.1, 0.85, message("The certificate of the site has expired, which is its own fault."))
ON_THE_WAY = {
    how: row(
        _TLS,
        min(step.masses.blocked, 0.75),
        0.2,
        message("The page leads on to a site whose encrypted connection failed; elsewhere it was found."),
        step.method,
    )
    for how, step in FAILED.items()
}

OF_THE_HOUSE = mute(
    _TLS,
    0.2,
    0.02,
    message("The certificate was issued by an antivirus or a company's filter, which reads along for its own house."),
)
_HOUSES = (
    b"Kaspersky Anti-Virus",
    b"avast! Web/Mail Shield",
    b"AVG Web/Mail Shield",
    b"ESET SSL Filter CA",
    b"Bitdefender Personal CA",
    b"AdGuard Personal CA",
    b"Dr.Web for SpIDer",
    b"Fortinet",
    b"Zscaler",
    b"Cisco Umbrella",
)
"""Names in certificates of programs that people or their employers installed themselves."""
NOT_RECORDED = Note(message("The record does not say at which step; it is likely the encrypted handshake."), {})

_MOST_CERTIFICATES = 8
_VALIDITY = b"\x30\x1e\x17\x0d"  # SEQUENCE of two UTCTime of 13 characters each (RFC 5280, section 4.1.2.5)
_certificates = msgspec.json.Decoder(list[Blob])


def judge_tls(hop: Hop, started: str, received: str) -> Step | None:
    """What the handshakes say; None if there was none.

    Args:
        hop: the address under test, or one that it led to.
        started: when the measurement began by the probe's clock, ``YYMMDDhhmmss``, empty if unknown.
        received: when the server got it, likewise.
    """
    tried = [one for one in hop.handshakes if not one.no_tls_verify]
    if not tried:
        return None
    failed = [one for one in tried if one.failure]
    if not failed:
        return PROVEN
    if len(failed) < len(tried):
        return SOME
    return _failed(hop, failed[0], started, received)


def _failed(hop: Hop, handshake: TlsHandshake, started: str, received: str) -> Step:
    failure = handshake.failure or ""
    settled = _by_certificates(failure, certificates(handshake), started, received) if is_of_tls(failure) else None
    if settled is not None:
        return settled
    elsewhere = _elsewhere(hop, handshake)
    if elsewhere is None:
        return UNCOMPARED
    if not elsewhere:
        return DOWN
    rows = FAILED if hop.control is not None else ON_THE_WAY
    return rows.get(failure) or rows[way(failure)]


def _by_certificates(failure: str, chain: list[bytes], started: str, received: str) -> Step | None:
    """What the certificates that were shown say by themselves."""
    if issued_by_a_state(chain):
        return STATE_ROOT
    if any(house in certificate for certificate in chain for house in _HOUSES):
        return OF_THE_HOUSE
    if failure != "ssl_invalid_certificate" or not chain:
        return None
    valid_now = valid_at(chain[0], received)
    if valid_now:
        return PROBES_CLOCK if valid_at(chain[0], started) is False else None
    return EXPIRED if valid_now is False else None


def _elsewhere(hop: Hop, handshake: TlsHandshake) -> bool | None:
    """Whether the site proved its name to the control; before 2022 the page that it got has to say so."""
    tried = (hop.control.tls_handshake if hop.control else None) or {}
    same = [one for address, one in tried.items() if address == handshake.address] or list(tried.values())
    if same:
        return any(one.status if one.status is not None else one.failure is None for one in same)
    return hop.page_elsewhere


def certificates(handshake: TlsHandshake) -> list[bytes]:
    """The certificates that were shown (DER), the site's own first; those that cannot be read are left out."""
    try:
        shown = _certificates.decode(handshake.peer_certificates)
    except (msgspec.DecodeError, RecursionError):
        return []
    found = []
    for one in shown[:_MOST_CERTIFICATES]:
        try:
            found.append(binascii.a2b_base64(one.data or ""))
        except (ValueError, binascii.Error):
            continue
    return [certificate for certificate in found if certificate]


def issued_by_a_state(chain: list[bytes]) -> bool:
    """Whether one of the known roots stands in a chain by its name.

    A name is looked for in the bytes; only the issuers of these roots hold it, as subject or issuer.
    """
    return any(name in certificate for certificate in chain for name in _state_names())


@cache
def _state_names() -> tuple[bytes, ...]:
    names = {root.common_name for root in state_roots()}
    return tuple(sorted(name.encode(encoding) for name in names for encoding in ("utf-8", "utf-16-be")))


def valid_at(certificate: bytes, moment: str) -> bool | None:
    """Whether a certificate is valid at a moment ``YYMMDDhhmmss``; None if either is not known."""
    place = certificate.find(_VALIDITY)
    if place < 0 or not moment:
        return None
    start = place + len(_VALIDITY)
    first, last = certificate[start : start + 12], certificate[start + 15 : start + 27]
    if not (first.isdigit() and last.isdigit()):
        return None
    return first.decode() <= moment <= last.decode()


def judge_unrecorded(failure: str, elsewhere: bool | None) -> Step:
    """A failed fetch over TLS in a record without handshakes: whoever sees no more than the name acts on it there."""
    if elsewhere is None:
        return UNCOMPARED
    if not elsewhere:
        return DOWN
    step = FAILED.get(failure) or FAILED[way(failure)]
    return weakened(step, max(step.masses.blocked - 0.1, 0.5), NOT_RECORDED)
