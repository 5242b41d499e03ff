"""Failures by what happened on the line, whichever probe wrote them.

OONI's codes are those of df-007; probes before 2020 had words of their own. What a probe could not name begins with
``unknown_failure`` and is the probe's own trouble as often as anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kuager.model.verdicts import Layer

TIMEOUT = "timeout"
RESET = "reset"
CLOSED = "closed"
REFUSED = "refused"
UNREACHABLE = "unreachable"
OTHER = "failure"

_WAYS: Mapping[str, str] = MappingProxyType(
    {
        "generic_timeout_error": TIMEOUT,
        "deferred_timeout_error": TIMEOUT,
        "tcp_timed_out_error": TIMEOUT,
        "task_timed_out": TIMEOUT,
        "timed_out": TIMEOUT,
        "connection_reset": RESET,
        "connection_aborted": RESET,
        "connection_lost_error": RESET,
        "eof_error": CLOSED,
        "response_never_received": CLOSED,
        "connection_closed": CLOSED,
        "connection_already_closed": CLOSED,
        "connection_refused": REFUSED,
        "connection_refused_error": REFUSED,
        "connect_refused_error": REFUSED,
        "host_unreachable": UNREACHABLE,
        "network_unreachable": UNREACHABLE,
        "network_down": UNREACHABLE,
        "address_not_available": UNREACHABLE,
        "no_route_to_host_error": UNREACHABLE,
    }
)

NO_SUCH_NAME = frozenset({"dns_nxdomain_error", "dns_name_error", "android_dns_cache_no_data"})
"""Android 5 and later say of a name that does not exist that their cache has no data (ooni/probe#2029)."""
UNKNOWN = "unknown_failure"
_CERTIFICATES: Mapping[str, str] = MappingProxyType(
    {
        "ssl_unknown_authority": "tls.interception",
        "ssl_invalid_hostname": "tls.hostname",
        "ssl_invalid_certificate": "tls.certificate",
    }
)


def way(failure: str) -> str:
    """How a connection failed, in one word for ``method``; ``failure`` when the code says nothing of it."""
    return _WAYS.get(failure, OTHER)


def is_of_names(failure: str) -> bool:
    """Whether looking up a name failed."""
    return failure.startswith(("dns_", "android_dns"))


def is_of_tls(failure: str) -> bool:
    """Whether a certificate or the handshake itself was refused."""
    return failure.startswith("ssl_")


def is_the_probes_own(failure: str) -> bool:
    """Whether the probe could not name what happened, or gave up itself."""
    return failure.startswith(UNKNOWN) or failure == "interrupted"


def step_of(failure: str) -> tuple[Layer, str]:
    """At which step an encrypted fetch failed, as far as the failure alone tells, and the word for ``method``."""
    if is_of_names(failure):
        return Layer.DNS, "dns.nxdomain" if failure in NO_SUCH_NAME else "dns.failure"
    if is_of_tls(failure):
        return Layer.TLS, _CERTIFICATES.get(failure, "tls.failure")
    how = way(failure)
    return (Layer.TCP, "tcp.refused") if how == REFUSED else (Layer.TLS, f"tls.{how}")
