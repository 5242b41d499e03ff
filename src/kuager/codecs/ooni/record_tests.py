"""``test_keys`` of OONI's tests other than web_connectivity, with what their scores and verdicts look at.

Fields whose type OONI's scoring looks at, or that it treats differently when they are missing and when they are null,
are objects and UNSET when missing. Source: OONI's test specifications ts-006 (header fields), ts-007 (request line),
ts-008 (tcp_connect), ts-014 (psiphon), ts-016 (vanilla_tor), ts-018 (whatsapp), ts-019 (facebook_messenger), ts-020
(telegram), ts-021 (dash), ts-022 (ndt), ts-023 (tor), ts-025 (stunreachability), ts-026 (riseupvpn), ts-029 (signal),
ts-030 (torsf), ts-036 (browser_web), ts-040 (openvpn), and the scoring in ooni/backend (``fastpath/core.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kuager.codecs.ooni.record import Content, Query, Response, TcpConnect, TlsHandshake, Web


class AppAsked(msgspec.Struct, gc=False):
    """The request of an app's test."""

    url: object = UNSET
    method: str | None = None


class AppRequest(msgspec.Struct, gc=False):
    """One request of an app's test; ``failure`` is UNSET where the record leaves it out."""

    failure: object = UNSET
    request: AppAsked | UnsetType | None = UNSET
    response: Response | None = None
    tags: list[str] | None = None
    transaction_id: int | None = None


class Connections(msgspec.Struct, gc=False):
    """What every test writes down that makes connections of its own."""

    requests: list[AppRequest] | UnsetType | None = UNSET
    queries: list[Query] | None = None
    tcp_connect: list[TcpConnect] | None = None
    tls_handshakes: list[TlsHandshake] | None = None
    network_events: Raw = Raw(b"null")
    failure: object = UNSET
    failed_operation: object = UNSET


class Telegram(Connections, gc=False):
    """telegram."""

    telegram_web_status: object = None
    telegram_web_failure: str | None = None
    telegram_http_blocking: bool | None = None
    telegram_tcp_blocking: bool | None = None


class WhatsApp(Connections, gc=False):
    """whatsapp."""

    whatsapp_web_status: str | None = None
    whatsapp_web_failure: str | None = None
    whatsapp_endpoints_status: str | None = None
    whatsapp_endpoints_blocked: list[str] | None = None
    whatsapp_endpoints_dns_inconsistent: list[str] | None = None
    registration_server_status: str | None = None
    registration_server_failure: str | None = None


class FacebookMessenger(Connections, gc=False):
    """facebook_messenger; only true and false count."""

    facebook_b_api_dns_consistent: object = None
    facebook_b_api_reachable: object = None
    facebook_b_graph_dns_consistent: object = None
    facebook_b_graph_reachable: object = None
    facebook_edge_dns_consistent: object = None
    facebook_edge_reachable: object = None
    facebook_external_cdn_dns_consistent: object = None
    facebook_external_cdn_reachable: object = None
    facebook_scontent_cdn_dns_consistent: object = None
    facebook_scontent_cdn_reachable: object = None
    facebook_star_dns_consistent: object = None
    facebook_star_reachable: object = None
    facebook_stun_dns_consistent: object = None
    facebook_stun_reachable: object = None
    facebook_dns_blocking: object = None
    facebook_tcp_blocking: object = None


class Signal(Connections, gc=False):
    """signal."""

    signal_backend_status: object = None
    signal_backend_failure: object = None


class Target(msgspec.Struct, gc=False):
    """One relay, bridge or authority of Tor; ``failure`` is false when it was not tried, null when it answered."""

    failure: object = UNSET
    network_events: Raw | UnsetType = UNSET
    target_protocol: str | None = None


class Tor(msgspec.Struct, gc=False):
    """tor. The first experiments wrote a list."""

    targets: dict[str, Target] | list[Raw] | None = None
    dir_port_total: int | None = None
    dir_port_accessible: int | None = None
    obfs4_total: int | None = None
    obfs4_accessible: int | None = None
    or_port_total: int | None = None
    or_port_accessible: int | None = None
    or_port_dirauth_total: int | None = None
    or_port_dirauth_accessible: int | None = None


class VanillaTor(msgspec.Struct, gc=False):
    """vanilla_tor; ``tor_progress`` in per cent."""

    tor_logs: list[str] | str | None = None
    tor_log: list[str] | str | None = None
    tor_progress: object = UNSET
    success: bool | None = None
    failure: str | None = None
    error: str | None = None
    timeout: float | None = None
    bootstrap_time: float | None = None
    tor_progress_tag: str | None = None
    tor_progress_summary: str | None = None
    transport_name: str | None = None


class TorSnowflake(msgspec.Struct, gc=False):
    """torsf."""

    failure: object = None
    bootstrap_time: object = None
    success: bool | None = None
    error: str | None = None
    timeout: float | None = None
    tor_progress: float | None = None
    rendezvous_method: str | None = None


class Psiphon(msgspec.Struct, gc=False):
    """psiphon; ``bootstrap_time`` in seconds."""

    failure: object = None
    bootstrap_time: object = UNSET
    max_runtime: float | None = None


class EchoAsked(msgspec.Struct, gc=False):
    """A request whose header is compared with what arrived."""

    headers: dict[str, object] | UnsetType | None = UNSET


class Echoed(msgspec.Struct, gc=False):
    """The answer; its body is JSON that says what arrived."""

    code: int | None = None
    body: Content = None


class EchoRequest(msgspec.Struct, gc=False):
    """One request of http_header_field_manipulation; an answer that is missing is not one that is null."""

    failure: str | None = None
    request: EchoAsked | UnsetType | None = UNSET
    response: Echoed | UnsetType | None = UNSET


class Tampering(msgspec.Struct, gc=False):
    """What of a request's header was changed on its way, as the probe sees it."""

    header_field_name: bool | None = None
    header_field_number: bool | None = None
    header_field_value: bool | None = None
    header_name_capitalization: bool | None = None
    request_line_capitalization: bool | None = None
    total: bool | None = None


class HeaderFields(msgspec.Struct, gc=False):
    """http_header_field_manipulation."""

    requests: list[EchoRequest] | None = None
    failure: str | None = None
    tampering: Tampering | None = None


class RequestLine(msgspec.Struct, gc=False):
    """http_invalid_request_line; one element a try."""

    sent: list[object] | UnsetType = UNSET
    received: list[object] | UnsetType = UNSET
    tampering: bool | None = None
    tampering_list: list[bool | None] | None = None
    failure_list: list[str | None] | None = None


class FrontedResponse(msgspec.Struct, gc=False):
    """An answer through a front; headers of early probes are pairs, the value in a list."""

    code: object = UNSET
    headers: dict[str, object] | list[object] | UnsetType | None = UNSET


class FrontedRequest(msgspec.Struct, gc=False):
    """One request through a front."""

    failure: str | None = None
    response: FrontedResponse | UnsetType | None = UNSET


class Meek(msgspec.Struct, gc=False):
    """meek_fronted_requests_test."""

    requests: list[FrontedRequest] | None = None
    success: bool | None = None


class TorUse(msgspec.Struct, gc=False):
    """Whether a request went through Tor."""

    is_tor: object = None


class PairAsked(msgspec.Struct, gc=False):
    """The request of http_requests, once over the network and once over Tor."""

    url: str | None = None
    tor: TorUse | None = None


class PairRequest(msgspec.Struct, gc=False):
    """One of both requests of http_requests."""

    failure: str | None = None
    request: PairAsked | None = None
    response: Response | None = None


class HttpRequests(msgspec.Struct, gc=False):
    """http_requests."""

    body_length_match: object = None
    headers_match: object = None
    requests: list[PairRequest] | None = None
    control_failure: str | None = None
    experiment_failure: str | None = None


class TcpConnection(msgspec.Struct, gc=False):
    """tcp_connect."""

    connection: object = None


class Stun(msgspec.Struct, gc=False):
    """stunreachability."""

    endpoint: object = None
    failure: object = None


class OpenVpn(msgspec.Struct, gc=False):
    """openvpn."""

    success: object = None
    failure: str | None = None
    success_handshake: bool | None = None
    success_icmp: bool | None = None
    success_urlgrab: bool | None = None
    bootstrap_time: float | None = None


class RiseupVpn(Connections, gc=False):
    """riseupvpn."""

    api_failure: str | None = None
    api_status: str | None = None
    ca_cert_status: bool | None = None
    failing_gateways: list[Raw] | None = None
    transport_status: dict[str, str] | None = None


class BrowserWeb(msgspec.Struct, gc=False):
    """browser_web; ``load_time_ms`` in milliseconds."""

    result: object = None
    browser_name: object = None
    load_time_ms: object = None


class Dash(msgspec.Struct, gc=False):
    """dash; ``simple`` and ``receiver_data`` hold figures that are not scored."""

    failure: object = UNSET
    simple: Raw | UnsetType = UNSET
    receiver_data: Raw | UnsetType = UNSET
    server: Raw | UnsetType = UNSET


class Ndt(msgspec.Struct, gc=False):
    """ndt; ``summary`` since NDT7, ``simple`` before it."""

    failure: str | None = None
    protocol: int | None = None
    summary: Raw | UnsetType = UNSET
    simple: Raw | UnsetType = UNSET


KINDS: Mapping[str, type[msgspec.Struct]] = MappingProxyType(
    {
        "web_connectivity": Web,
        "telegram": Telegram,
        "whatsapp": WhatsApp,
        "facebook_messenger": FacebookMessenger,
        "signal": Signal,
        "tor": Tor,
        "vanilla_tor": VanillaTor,
        "torsf": TorSnowflake,
        "psiphon": Psiphon,
        "http_header_field_manipulation": HeaderFields,
        "http_invalid_request_line": RequestLine,
        "meek_fronted_requests_test": Meek,
        "http_requests": HttpRequests,
        "tcp_connect": TcpConnection,
        "stunreachability": Stun,
        "openvpn": OpenVpn,
        "riseupvpn": RiseupVpn,
        "browser_web": BrowserWeb,
        "dash": Dash,
        "ndt": Ndt,
    }
)
"""The class of each test's results, by OONI's names of them."""
