"""What OONI's tests found, per test: the part of ``test_keys`` that is kept as ``details`` of a measurement.

Only fields named here are read; bodies, headers, certificates and addresses are passed over by the reader of JSON and
never become text in memory. A field that the record does not have is left out of the details; one that is null there is
null here, for ``"blocking": null`` (no conclusion) and no ``blocking`` are different statements. Failures are the codes
of OONI's df-007. Source: OONI's test specifications ts-006 (header fields), ts-007 (request line), ts-014 (psiphon),
ts-017 (web_connectivity), ts-018 (whatsapp), ts-019 (facebook_messenger), ts-020 (telegram), ts-021 (dash), ts-022
(ndt), ts-023 (tor), ts-029 (signal), and records of each generation.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from kuager.codecs.ooni.handshakes import Handshake, of_handshakes
from kuager.codecs.ooni.text import harmless

Text = str | UnsetType | None
Flag = bool | UnsetType | None
Status = Literal["ok", "blocked"] | UnsetType | None
Number = float | UnsetType | None
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | UnsetType | None
_encode = msgspec.json.Encoder().encode
_STATUS_CODES = range(100, 600)
_Few = msgspec.Meta(max_length=64)


class Results(msgspec.Struct, gc=False):
    """The results of one test, by the names that they have in ``test_keys``.

    ``TEXTS`` are the fields whose texts are the probe's own and may quote an address. What follows from the results is
    set by ``conclude``, whatever the record has under such a name; what is read for that alone is dropped there.
    """

    TEXTS: ClassVar[tuple[str, ...]] = ()

    def details(self) -> bytes:
        """What is kept, as JSON; the results are used up."""
        self.conclude()
        for name in self.TEXTS:
            value = getattr(self, name)
            if isinstance(value, str):
                setattr(self, name, harmless(value))
            elif isinstance(value, list):
                setattr(self, name, [one and harmless(one) for one in value])
        return _encode(self)

    def conclude(self) -> None:
        """Set the fields that follow from the others, and drop those that are not kept."""


class Connecting(Results, gc=False):
    """Results of a test that makes connections of its own; how long their handshakes took follows from them."""

    tls_handshakes: list[Handshake] | UnsetType | None = UNSET
    network_events: msgspec.Raw | UnsetType = UNSET
    tls_handshake_s: dict[str, list[float]] | UnsetType = UNSET
    tls_failures: dict[str, dict[str, int]] | UnsetType = UNSET

    def conclude(self) -> None:
        """Per server name, how long handshakes took and how they failed."""
        self.tls_handshake_s = self.tls_failures = UNSET
        if self.tls_handshakes:
            seconds, failures = of_handshakes(self.tls_handshakes, self.network_events)
            self.tls_handshake_s = seconds or UNSET
            self.tls_failures = failures or UNSET
        self.tls_handshakes = self.network_events = UNSET


class Response(msgspec.Struct, gc=False):
    """What a web server answered; zero or nothing when it did not."""

    code: int | None = None


class Request(msgspec.Struct, gc=False):
    """One request; they stand in reverse order, the last hop first."""

    response: Response | None = None


class WebConnectivity(Connecting, gc=False):
    """0.4 and 0.5. ``blocking`` is ``dns``, ``tcp_ip``, ``http-failure``, ``http-diff``, false, or null: undecided.

    Adds ``last_status_code``, the status with which the last hop answered.
    """

    TEXTS: ClassVar[tuple[str, ...]] = (
        "dns_experiment_failure",
        "http_experiment_failure",
        "control_failure",
    )
    blocking: Literal["dns", "tcp_ip", "http-failure", "http-diff"] | bool | UnsetType | None = UNSET
    accessible: Flag = UNSET
    dns_consistency: Literal["consistent", "inconsistent", "reverse_match"] | UnsetType | None = UNSET
    dns_experiment_failure: Text = UNSET
    http_experiment_failure: Text = UNSET
    control_failure: Text = UNSET
    body_length_match: Flag = UNSET
    headers_match: Flag = UNSET
    status_code_match: Flag = UNSET
    title_match: Flag = UNSET
    x_blocking_flags: Whole = UNSET
    x_null_null_flags: Whole = UNSET
    x_dns_flags: Whole = UNSET
    requests: list[Request] | UnsetType | None = UNSET
    last_status_code: int | UnsetType = UNSET

    def conclude(self) -> None:
        """The handshakes, and the status with which the last hop answered."""
        Connecting.conclude(self)
        response = self.requests[0].response if self.requests else None
        code = None if response is None else response.code
        self.last_status_code = code if code is not None and code in _STATUS_CODES else UNSET
        self.requests = UNSET


class Telegram(Connecting, gc=False):
    """The endpoints that the app uses, and the web version."""

    TEXTS: ClassVar[tuple[str, ...]] = ("telegram_web_failure",)

    telegram_http_blocking: Flag = UNSET
    telegram_tcp_blocking: Flag = UNSET
    telegram_web_status: Status = UNSET
    telegram_web_failure: Text = UNSET


class WhatsApp(Connecting, gc=False):
    """The endpoints that the app uses, the server that registers, and the web version."""

    TEXTS: ClassVar[tuple[str, ...]] = (
        "registration_server_failure",
        "whatsapp_endpoints_blocked",
        "whatsapp_endpoints_dns_inconsistent",
        "whatsapp_web_failure",
    )

    registration_server_status: Status = UNSET
    registration_server_failure: Text = UNSET
    whatsapp_endpoints_status: Status = UNSET
    whatsapp_endpoints_blocked: Annotated[list[str], _Few] | UnsetType | None = UNSET
    whatsapp_endpoints_dns_inconsistent: Annotated[list[str], _Few] | UnsetType | None = UNSET
    whatsapp_web_status: Status = UNSET
    whatsapp_web_failure: Text = UNSET


class FacebookMessenger(Results, gc=False):
    """Per kind of server, whether its name was answered rightly and whether it could be reached."""

    facebook_b_api_dns_consistent: Flag = UNSET
    facebook_b_api_reachable: Flag = UNSET
    facebook_b_graph_dns_consistent: Flag = UNSET
    facebook_b_graph_reachable: Flag = UNSET
    facebook_edge_dns_consistent: Flag = UNSET
    facebook_edge_reachable: Flag = UNSET
    facebook_external_cdn_dns_consistent: Flag = UNSET
    facebook_external_cdn_reachable: Flag = UNSET
    facebook_scontent_cdn_dns_consistent: Flag = UNSET
    facebook_scontent_cdn_reachable: Flag = UNSET
    facebook_star_dns_consistent: Flag = UNSET
    facebook_star_reachable: Flag = UNSET
    facebook_stun_dns_consistent: Flag = UNSET
    facebook_stun_reachable: Flag = UNSET
    facebook_dns_blocking: Flag = UNSET
    facebook_tcp_blocking: Flag = UNSET


class Signal(Connecting, gc=False):
    """The servers of the app; which authorities they trust changed thrice, see the version of the test."""

    TEXTS: ClassVar[tuple[str, ...]] = ("signal_backend_failure",)

    signal_backend_status: Status = UNSET
    signal_backend_failure: Text = UNSET


class Target(msgspec.Struct, gc=False):
    """One relay, bridge or authority of Tor; ``failure`` is false when it was not tried, null when it answered."""

    failure: str | bool | UnsetType | None = UNSET


class Tor(Results, gc=False):
    """Adds ``targets_ok`` and ``targets_failed``; their addresses, some of private bridges, are not kept."""

    dir_port_total: Whole = UNSET
    dir_port_accessible: Whole = UNSET
    obfs4_total: Whole = UNSET
    obfs4_accessible: Whole = UNSET
    or_port_total: Whole = UNSET
    or_port_accessible: Whole = UNSET
    or_port_dirauth_total: Whole = UNSET
    or_port_dirauth_accessible: Whole = UNSET
    targets: dict[str, Target] | UnsetType | None = UNSET
    targets_ok: int | UnsetType = UNSET
    targets_failed: int | UnsetType = UNSET

    def conclude(self) -> None:
        """How many targets answered, and how many did not."""
        self.targets_ok = self.targets_failed = UNSET
        if self.targets:
            failures = [target.failure for target in self.targets.values()]
            self.targets_ok = sum(failure is None for failure in failures)
            self.targets_failed = sum(isinstance(failure, str) for failure in failures)
        self.targets = UNSET


class Psiphon(Results, gc=False):
    """``bootstrap_time`` is in seconds."""

    TEXTS: ClassVar[tuple[str, ...]] = ("failure",)

    failure: Text = UNSET
    bootstrap_time: Number = UNSET


class Speeds(msgspec.Struct, gc=False):
    """Figures of NDT as written: speeds in kbit/s, delays in ms, ``mss`` in bytes."""

    download: Number = UNSET
    upload: Number = UNSET
    ping: Number = UNSET
    min_rtt: Number = UNSET
    avg_rtt: Number = UNSET
    max_rtt: Number = UNSET
    mss: Number = UNSET
    retransmit_rate: Number = UNSET


class Ndt(Results, gc=False):
    """``summary`` since NDT7, ``simple`` before it."""

    TEXTS: ClassVar[tuple[str, ...]] = ("failure",)

    failure: Text = UNSET
    protocol: Whole = UNSET
    summary: Speeds | UnsetType | None = UNSET
    simple: Speeds | UnsetType | None = UNSET


class Streaming(msgspec.Struct, gc=False):
    """Figures of DASH as written: ``median_bitrate`` in kbit/s, the others in seconds."""

    connect_latency: Number = UNSET
    median_bitrate: Number = UNSET
    min_playout_delay: Number = UNSET


class Dash(Results, gc=False):
    """A video as it would have been streamed."""

    TEXTS: ClassVar[tuple[str, ...]] = ("failure",)

    failure: Text = UNSET
    simple: Streaming | UnsetType | None = UNSET


class Tampering(msgspec.Struct, gc=False):
    """What of a request's header was changed on its way; the header itself is not kept."""

    header_field_name: Flag = UNSET
    header_field_number: Flag = UNSET
    header_field_value: Flag = UNSET
    header_name_capitalization: Flag = UNSET
    request_line_capitalization: Flag = UNSET
    total: Flag = UNSET


class HeaderFields(Results, gc=False):
    """http_header_field_manipulation."""

    TEXTS: ClassVar[tuple[str, ...]] = ("failure",)

    failure: Text = UNSET
    tampering: Tampering | UnsetType | None = UNSET


class RequestLine(Results, gc=False):
    """http_invalid_request_line; one element a try."""

    TEXTS: ClassVar[tuple[str, ...]] = ("failure_list",)

    tampering: Flag = UNSET
    tampering_list: Annotated[list[bool | None], _Few] | UnsetType | None = UNSET
    failure_list: Annotated[list[str | None], _Few] | UnsetType | None = UNSET


TESTS: Mapping[str, type[Results]] = MappingProxyType(
    {
        "web_connectivity": WebConnectivity,
        "telegram": Telegram,
        "whatsapp": WhatsApp,
        "facebook_messenger": FacebookMessenger,
        "signal": Signal,
        "tor": Tor,
        "psiphon": Psiphon,
        "ndt": Ndt,
        "dash": Dash,
        "http_header_field_manipulation": HeaderFields,
        "http_invalid_request_line": RequestLine,
    }
)
"""The tests whose results are read, by OONI's names of them."""
