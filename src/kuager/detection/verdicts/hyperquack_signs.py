"""What one try of Hyperquack says: how likely somebody interfered, at which layer, by which method.

The weights are set by hand and hold for a try that is repeated and controlled; ``hyperquack`` beside this file takes
off what is not. Words for what went wrong are those of ``codecs.censoredplanet.hyperquack.outcome``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from kuager.codecs.censoredplanet.hyperquack import Try, outcome
from kuager.codecs.censoredplanet.page import Page, delivery_network, page_of
from kuager.codecs.censoredplanet.signatures import PageMatch
from kuager.codecs.text import excerpt
from kuager.detection.verdicts import hyperquack_reasons as reasons
from kuager.model.verdicts import Layer

KNOWN_PAGE = 0.98
CLOSED_UP = 0.9
"""Reset or silence after the name was sent."""
NOT_A_WEB_SERVER = 0.85
"""A web page from an echo or discard server, which has none."""
CUT_SHORT = 0.7
UNREACHED = 0.65
"""No connection at all while controls got one; the name had not been sent yet, so it can be chance or a penalty."""
OTHER_ANSWER = 0.4
OTHER_PAGE = 0.3
ORDINARY = 0.1
"""A page that is known to be harmless, or the answer of a delivery network's server to a name that it hosts."""

OURS = frozenset({"setup/system_failure", "read/system", "write/system"})
"""Outcomes that only say that the measuring machine was in trouble."""

_WEB_PAGE = re.compile(r"\s*(?:HTTP/[0-9]|<!doctype html|<html|<head|<script|<iframe|<meta)", re.IGNORECASE)
_NETWORKS = {"akamai": "Akamai", "cloudflare": "Cloudflare", "cloudfront": "Amazon CloudFront"}
_NO_WEB = frozenset({"echo", "discard"})


class Sign(msgspec.Struct, frozen=True):
    """What one try says; a try with the ordinary answer has no ``reason``, whose template ``name`` fills."""

    blocked: float
    layer: Layer | None = None
    method: str = ""
    reason: str = ""
    name: str = ""


_MATCH = Sign(0.0)
_OTHER = Sign(OTHER_ANSWER, Layer.HTTP, "http.mismatch", reasons.OTHER_ANSWER)
_CONTENT = {
    "content/tls_mismatch": Sign(OTHER_PAGE, Layer.TLS, "tls.mismatch", reasons.OTHER_CERTIFICATE),
    "content/body_mismatch": Sign(OTHER_PAGE, Layer.HTTP, "http.mismatch", reasons.OTHER_PAGE),
    "content/header_mismatch": Sign(OTHER_PAGE, Layer.HTTP, "http.mismatch", reasons.OTHER_PAGE),
}
_CONNECTION = {
    "tcp.reset": (CLOSED_UP, "reset", reasons.RESET),
    "timeout": (CLOSED_UP, "timeout", reasons.SILENCE),
    "tls.failed": (CUT_SHORT, "failed", reasons.HANDSHAKE),
    "http.empty": (CUT_SHORT, "closed", reasons.CUT_SHORT),
    "http.truncated_response": (CUT_SHORT, "closed", reasons.CUT_SHORT),
}


def sign_of(one: Try, protocol: str, matching: Callable[[str], PageMatch] | None) -> Sign | None:
    """What a try says; None if it only says that the measuring machine was in trouble.

    Args:
        one: the try.
        protocol: echo, discard, http or https; empty where nobody knows it.
        matching: finds the signature of a page; None when there are none.
    """
    if one.matches:
        return _MATCH
    page = page_of(one.received)
    matched = matching(page.text) if matching and page.text else PageMatch(None, "")
    blockpage = matched.name if matched.blocked else ""
    found = outcome(one.error, protocol, page.status, matches=False, blockpage=blockpage, headers=page.headers)
    if found in OURS:
        return None
    if blockpage:
        return Sign(KNOWN_PAGE, Layer.HTTP, "http.blockpage", reasons.BLOCKPAGE, excerpt(blockpage))
    if matched.blocked is False:
        return Sign(ORDINARY, Layer.HTTP, "http.mismatch", reasons.FALSE_POSITIVE, excerpt(matched.name))
    if network := delivery_network(page.headers):
        return Sign(ORDINARY, Layer.HTTP, "http.mismatch", reasons.TRUSTED_HOST, _NETWORKS[network])
    return _of_content(found, page, protocol) if found.startswith("content/") else _of_connection(found, protocol)


def _of_content(found: str, page: Page, protocol: str) -> Sign:
    if protocol in _NO_WEB and _WEB_PAGE.match(page.text):
        return Sign(NOT_A_WEB_SERVER, Layer.HTTP, "http.injected", reasons.INJECTED)
    if protocol in _NO_WEB and not page.text:
        return Sign(CUT_SHORT, Layer.HTTP, "http.closed", reasons.CUT_SHORT)
    return _CONTENT.get(found, _OTHER)


def _of_connection(found: str, protocol: str) -> Sign:
    stage, _, reason = found.partition("/")
    if stage == "dial":
        return Sign(UNREACHED, Layer.TCP, f"tcp.{reason.rpartition('.')[2]}", reasons.UNREACHED)
    if reason == "http.invalid":
        return _OTHER
    if reason not in _CONNECTION:
        return Sign(OTHER_PAGE, reason=reasons.UNKNOWN)
    blocked, how, sentence = _CONNECTION[reason]
    layer = Layer.TLS if protocol == "https" or stage == "tls" else Layer.HTTP
    return Sign(blocked, layer, f"{layer}.{how}", sentence)
