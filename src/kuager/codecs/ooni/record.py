"""A measurement of OONI with everything that scores and verdicts look at, pages and answers included.

``ooni.measurement`` reads what a case keeps; this reads what is judged and then forgotten. Nothing of it may leave a
judgement but words and counts: answers hold addresses and pages hold anything. Lists may be null or missing and any
field of another type (``ooni.measurement`` reads such records field by field). A field that nobody looks at is not
declared: every one takes time in each of millions of records. Source: OONI's data formats df-000 (the envelope), df-001
(requests), df-002 (queries), df-005 (tcp_connect), df-006 (tls_handshakes) and the test specification ts-017. The
results of the other tests are in ``ooni.record_tests``.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from kuager.codecs.ooni.measurement import Annotations, Envelope


class Circumstances(Annotations, gc=False):
    """What the app says of itself and of the link."""

    engine_version: str | None = None


class Record(Envelope, gc=False):
    """A whole measurement. ``test_keys`` has the class of its test; None where it is null, missing or no object; of
    tests that are neither scored nor judged it is left as the bytes that it is.

    Whether the record names a resolver matters to a score, not which it is. ``scores`` and ``raw_measurement`` stand
    only in rows that OONI has scored.
    """

    annotations: Circumstances | None = None
    test_runtime: object = None
    resolver_ip: msgspec.Raw | UnsetType = UNSET
    control_failure: object = None
    experiment_failure: object = None
    scores: msgspec.Raw | UnsetType = UNSET
    raw_measurement: str | UnsetType | None = UNSET
    test_keys: object = None


class Blob(msgspec.Struct, gc=False):
    """Bytes that are no text: ``{"format": "base64", "data": …}``."""

    format: str | None = None
    data: str | None = None


Content = str | Blob | None
"""Text, or bytes in base64."""


class Answer(msgspec.Struct, gc=False):
    """One record of a DNS answer."""

    ipv4: str | None = None
    ipv6: str | None = None
    hostname: str | None = None
    asn: int | None = None


class Query(msgspec.Struct, gc=False):
    """One lookup of a name."""

    engine: str | None = None
    failure: str | None = None
    hostname: str | None = None
    query_type: str | None = None
    answers: list[Answer] | None = None
    tags: list[str] | None = None


class Asked(msgspec.Struct, gc=False):
    """The request itself."""

    url: str | None = None


class Response(msgspec.Struct, gc=False):
    """What came back; code 0 or none where nothing did."""

    code: int | None = None
    body: Content = None
    headers: dict[str, Content] | None = None


class Request(msgspec.Struct, gc=False):
    """One request; they stand in reverse order of time, the last hop first."""

    failure: str | None = None
    request: Asked | None = None
    response: Response | None = None
    tags: list[str] | None = None


class TcpStatus(msgspec.Struct, gc=False):
    """How a connection ended."""

    success: bool | None = None
    failure: str | None = None


class TcpConnect(msgspec.Struct, gc=False):
    """One connection."""

    ip: str | None = None
    port: int | None = None
    status: TcpStatus | None = None
    tags: list[str] | None = None


class TlsHandshake(msgspec.Struct, gc=False):
    """One handshake; certificates are not decoded before somebody asks for them."""

    address: str | None = None
    server_name: str | None = None
    failure: str | None = None
    no_tls_verify: bool | None = None
    peer_certificates: msgspec.Raw = msgspec.Raw(b"null")
    tags: list[str] | None = None


class ControlConnect(msgspec.Struct, gc=False):
    """A connection that the control made."""

    status: bool | None = None
    failure: str | None = None


class ControlHandshake(msgspec.Struct, gc=False):
    """A handshake that the control made."""

    status: bool | None = None
    failure: str | None = None


class ControlPage(msgspec.Struct, gc=False):
    """The page as the control got it."""

    failure: str | None = None
    status_code: int | None = None


class ControlLookup(msgspec.Struct, gc=False):
    """The addresses as the control got them."""

    addrs: list[str] | None = None
    failure: str | None = None


class ControlAddress(msgspec.Struct, gc=False):
    """What the control knows of an address; flags: 1 found by the probe, 2 by the control, 4 a bogon, 8 valid TLS."""

    asn: int | None = None
    flags: int | None = None


class Control(msgspec.Struct, gc=False):
    """What the test helper found from elsewhere at the same time; empty when it failed."""

    tcp_connect: dict[str, ControlConnect] | None = None
    tls_handshake: dict[str, ControlHandshake] | None = None
    http_request: ControlPage | None = None
    dns: ControlLookup | None = None
    ip_info: dict[str, ControlAddress] | None = None


class Web(msgspec.Struct, gc=False):
    """``test_keys`` of web_connectivity 0.4 and 0.5. What a record does not have is ``UNSET``; null is None."""

    accessible: object = msgspec.UNSET
    blocking: object = msgspec.UNSET
    title_match: object = msgspec.UNSET
    body_length_match: object = msgspec.UNSET
    headers_match: object = msgspec.UNSET
    status_code_match: object = msgspec.UNSET
    dns_consistency: str | None = None
    dns_experiment_failure: str | None = None
    http_experiment_failure: str | None = None
    control_failure: str | None = None
    x_blocking_flags: int | None = None
    x_dns_flags: int | None = None
    x_null_null_flags: int | None = None
    control: Control | None = None
    queries: list[Query] | None = None
    requests: list[Request] | None = None
    tcp_connect: list[TcpConnect] | None = None
    tls_handshakes: list[TlsHandshake] | None = None
