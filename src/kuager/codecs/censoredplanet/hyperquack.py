"""Lines of Hyperquack: requests for a name sent to servers abroad whose ordinary answer is known (echo, discard, web).

The first generation has ``Server``, ``Keyword``, ``Results`` and ``Blocked`` and does not say its protocol; the second
(since 2021) has ``vp``, ``service``, ``test_url``, ``response``, ``anomaly`` and the vantage point's country. A failed
control says that the server was no good sensor then. What went wrong is told in short words such as ``read/tcp.reset``:
the stage and the reason, in the vocabulary of Censored Planet's own pipeline, from whose tests the rules are taken.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec

from kuager.codecs.censoredplanet.page import delivery_network
from kuager.codecs.censoredplanet.row import identity, moment, row, without_addresses

_PORTS = {":7:": "echo", ":9:": "discard", ":80:": "http", ":443:": "https"}
_SERVICES = frozenset({"echo", "discard", "http", "https"})
_TLS = re.compile(rb'"tls"\s*:')

_CONTROLS = ("example5718349450314.com", "rtyutgyhefdafioasfjhjhi.com")
"""Names that the first generation asked for as controls: those of echo and discard, and those of the web."""

_RULES = (
    (("tls handshake timeout",), "tls/timeout"),
    (("certificates do", "cipher suites do", "tls versions do"), "content/tls_mismatch"),
    (("status lines do",), "content/status_mismatch"),
    (("bodies do",), "content/body_mismatch"),
    (("header field",), "content/header_mismatch"),
    (("echo response", "received response", "discard response"), "content/mismatch"),
    (("too many open files", "address already in use", "protocol error", "protocol not"), "setup/system_failure"),
    (("transport endpoint",), "read/system"),
    (("broken pipe",), "write/system"),
    (("missing location", "bad content-length", "failed to parse", "malformed", "trailer header"), "http/http.invalid"),
    (("unexpected eof",), "read/http.truncated_response"),
    (("server closed idle connection",), "read/http.truncated_response"),
    (("client.timeout", "request canceled"), "read/timeout"),
    (("deadline exceeded", "connection timed out"), "dial/timeout"),
    (("network is unreachable",), "dial/ip.network_unreachable"),
    (("no route to host",), "dial/ip.host_no_route"),
    (("connection refused",), "dial/tcp.refused"),
    (("tls:", "remote error", "local error", "readlooppeekfaillocked"), "tls/tls.failed"),
    (("no mutual cipher suite", "missing serverkeyexchange message"), "tls/tls.failed"),
)
"""Parts of an error in small letters and what they mean; the first rule that fits counts."""

_STATUS = re.compile(r"[1-5][0-9]{2}\b")
_MOST_TRIES = 100


class Sent(msgspec.Struct, frozen=True, rename="pascal"):
    """One try of the first generation; an answer as it was expected has no ``Error``."""

    sent: str | None = None
    success: bool | None = None
    error: str | None = None
    received: msgspec.Raw = msgspec.Raw()
    start_time: str | None = None


class FirstLine(msgspec.Struct, frozen=True, rename="pascal"):
    """A line of the first generation."""

    server: str
    keyword: str
    retries: int | None = None
    results: list[Sent] | None = None
    blocked: bool | None = None
    fail_sanity: bool | None = None
    stateful_block: bool | None = None


class Location(msgspec.Struct, frozen=True):
    """Where a vantage point is, by its registered address."""

    country_code: str | None = None


class Response(msgspec.Struct, frozen=True):
    """One try of the second generation; one with a ``control_url`` is a control."""

    matches_template: bool | None = None
    control_url: str | None = None
    response: msgspec.Raw = msgspec.Raw()
    error: str | None = None
    start_time: str | None = None


class SecondLine(msgspec.Struct, frozen=True):
    """A line of the second generation."""

    vp: str
    service: str
    test_url: str
    response: list[Response] | None = None
    location: Location | None = None
    anomaly: bool | None = None
    controls_failed: bool | None = None
    stateful_block: bool | None = None


class Try(msgspec.Struct, frozen=True):
    """One request, of either generation: whether the answer was as expected, what went wrong, what came back."""

    matches: bool
    error: str
    received: msgspec.Raw


class Tries(msgspec.Struct, frozen=True):
    """The requests of a line in order of time: those for the name itself, and those for harmless names beside it."""

    own: tuple[Try, ...]
    controls: tuple[Try, ...]


class _Answer(msgspec.Struct, frozen=True):
    status_line: str = ""


def protocol_of(line: FirstLine) -> str:
    """The protocol that a line of the first generation shows: by an answer, an error or a port; else empty."""
    for sent in line.results or ():
        error = (sent.error or "").lower()
        if "echo response" in error:
            return "echo"
        if "received response" in error:
            return "discard"
        if bytes(memoryview(sent.received)[:1]) == b"{":
            return "https" if _TLS.search(bytes(sent.received)) else "http"
        for port, protocol in _PORTS.items():
            if f"{port} " in error:
                return protocol
    return ""


def first_tries(line: FirstLine) -> Tries:
    """The requests of a line of the first generation; controls come last and are not counted as retries."""
    tries = [
        (
            any(name in one.sent for name in _CONTROLS) if one.sent else index > (line.retries or 0),
            Try(matches=bool(one.success) and not one.error, error=one.error or "", received=one.received),
        )
        for index, one in enumerate((line.results or [])[:_MOST_TRIES])
    ]
    return Tries(
        own=tuple(one for is_control, one in tries if not is_control),
        controls=tuple(one for is_control, one in tries if is_control),
    )


def second_tries(line: SecondLine) -> Tries:
    """The requests of a line of the second generation."""
    tries = [
        (one.control_url, Try(matches=bool(one.matches_template), error=one.error or "", received=one.response))
        for one in (line.response or [])[:_MOST_TRIES]
    ]
    return Tries(
        own=tuple(one for control, one in tries if not control),
        controls=tuple(one for control, one in tries if control),
    )


def first_identity(line: FirstLine, protocol: str) -> dict[str, Any]:
    """What was measured and when, of a line of the first generation."""
    return identity(
        test=f"hyperquack-{protocol}" if protocol else "hyperquack",
        start=moment(line.results[0].start_time) if line.results else None,
        country="",
        name=line.keyword,
    )


def second_identity(line: SecondLine) -> dict[str, Any]:
    """What was measured, when and in which country, of a line of the second generation."""
    service = line.service.lower()
    return identity(
        test=f"hyperquack-{service}" if service in _SERVICES else "hyperquack",
        start=moment(line.response[0].start_time) if line.response else None,
        country=(line.location.country_code if line.location else None) or "",
        name=line.test_url,
    )


def first_row(line: FirstLine, protocol: str) -> dict[str, Any]:
    """The measurement of a line of the first generation; ``protocol`` is empty when nobody knows it."""
    tries = (line.results or [])[:_MOST_TRIES]
    outcomes = Counter(
        outcome(sent.error, protocol, _status(sent.received), matches=sent.success)
        for sent in tries
        if not sent.success or sent.error
    )
    return row(
        first_identity(line, protocol),
        version="1",
        anomaly=line.blocked,
        failed=line.fail_sanity,
        details={
            "blocked": line.blocked,
            "controls_failed": line.fail_sanity,
            "stateful_block": line.stateful_block,
            "matches_template": [sent.success for sent in tries],
            "outcomes": dict(outcomes),
            "error": _first_error([sent.error for sent in tries], line.server),
        },
    )


def second_row(line: SecondLine) -> dict[str, Any]:
    """The measurement of a line of the second generation."""
    tries = (line.response or [])[:_MOST_TRIES]
    own = [one for one in tries if not one.control_url]
    outcomes = Counter(
        outcome(one.error, line.service, _status(one.response), matches=one.matches_template)
        for one in own
        if not one.matches_template
    )
    return row(
        second_identity(line),
        version="2",
        anomaly=line.anomaly,
        failed=line.controls_failed,
        details={
            "anomaly": line.anomaly,
            "controls_failed": line.controls_failed,
            "stateful_block": line.stateful_block,
            "matches_template": [one.matches_template for one in own],
            "controls_match": [one.matches_template for one in tries if one.control_url],
            "outcomes": dict(outcomes),
            "error": _first_error([one.error for one in own], line.vp),
        },
    )


def outcome(
    error: str | None,
    protocol: str,
    status: str = "",
    *,
    matches: bool | None = None,
    blockpage: str = "",
    headers: tuple[str, ...] = (),
) -> str:
    """What became of a request, as ``stage/reason``: ``dial/tcp.refused``, ``content/status_mismatch:301``.

    A known block page counts before everything else, and an answer of Akamai's servers before any error: they answer in
    their own way to every name that they host. Of several errors, parted by semicolons, the first counts.

    Args:
        error: the error as it was written; None or empty for none.
        protocol: echo, discard, http or https.
        status: the status line of the answer, if there was one.
        matches: whether the answer was as expected, for tries without an error.
        blockpage: the signature of a known block page that the answer has.
        headers: of the answer, such as ``Server: nginx``.
    """
    if blockpage:
        return f"content/blockpage:{blockpage}"
    if delivery_network(headers) == "akamai":
        return "expected/trusted_host:akamai"
    text = (error or "").partition(";")[0].lower()
    if not text or text == "null":
        return "expected/match" if matches else "content/mismatch"
    found = _by_rule(text) or _by_stage(text) or _by_end(text, protocol) or "unknown/unknown"
    code = _STATUS.match(status)
    return f"{found}:{code[0]}" if found == "content/status_mismatch" and code else found


def _by_rule(text: str) -> str:
    return next((found for parts, found in _RULES if any(part in text for part in parts)), "")


def _by_stage(text: str) -> str:
    """Resets and timeouts mean something else at each stage, which the error names first."""
    if "connection reset" in text:
        stage = "write" if "write" in text else "read" if "read" in text else "dial"
        return f"{stage}/tcp.reset"
    if "timeout" in text:
        return "dial/timeout" if "dial " in text else "read/timeout"
    return ""


def _by_end(text: str, protocol: str) -> str:
    if not text.endswith("eof"):
        return ""
    return "read/http.empty" if protocol in {"http", "https"} else "content/mismatch"


def _status(received: msgspec.Raw) -> str:
    if bytes(memoryview(received)[:1]) != b"{":
        return ""
    try:
        return msgspec.json.decode(received, type=_Answer).status_line
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""


def _first_error(errors: list[str | None], vantage: str) -> str:
    """The first error, up to where it begins to quote what the server sent."""
    error = next((one for one in errors if one and one != "null"), "")
    return without_addresses(error, vantage).partition('"')[0].partition("header line")[0].strip()
