"""Scores of the tests of Tor and of other ways around blocks."""

from __future__ import annotations

import math

from msgspec import UNSET, UnsetType

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.record_tests import (
    FrontedResponse,
    Meek,
    OpenVpn,
    Psiphon,
    Stun,
    Tor,
    TorSnowflake,
    VanillaTor,
)
from kuager.codecs.ooni.scoring.scores import Scores, unusable

_BOOTSTRAPPED = ("Bootstrapped 100%: Done", "Bootstrapped 100% (done): Done")
_OF_A_PER_CENT = 0.004
"""Each per cent of the way takes so much off 1: most of the way is no proof that the rest works."""
_BROKEN_SNOWFLAKE = ("ooniprobe-android", "3.8.3")
_FRONT = "ECAcc "


def score_tor(record: Record, keys: Tor | None) -> Scores:
    """The share of relays, bridges and authorities that could not be reached, of those that were tried."""
    targets = keys.targets if keys is not None else None
    if not targets or not isinstance(targets, dict):
        return unusable()
    failures = [target.failure for target in targets.values()]
    if any(one is UNSET or one == "" for one in failures):
        return unusable()
    if any(target.network_events is UNSET for target in targets.values()):
        return unusable()
    tried = [one for one in failures if one is not False]
    scores = Scores(extra={"test_runtime": record.test_runtime})
    if tried:
        scores.blocking_general = sum(one is not None for one in tried) / len(tried)
    else:
        scores.accuracy = 0.0
    return scores


def score_vanilla_tor(keys: VanillaTor | None) -> Scores:
    """How far Tor came; of a log in lines only a line that says nothing else counts as its end."""
    logs = (keys.tor_logs or keys.tor_log) if keys is not None else None
    if keys is None or logs is None:
        return unusable()
    if any(end in logs for end in _BOOTSTRAPPED):
        return Scores()
    progress = _figure(keys.tor_progress)
    if progress is None:
        return unusable()
    progress = min(100.0, max(0.0, progress))
    return Scores() if progress == 100.0 else Scores(1.0 - progress * _OF_A_PER_CENT)


def _figure(value: object) -> float | None:
    if value is UNSET:
        return 0.0
    if not isinstance(value, (int, float, str)):
        return None
    try:
        figure = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(figure) else figure


def score_torsf(record: Record, keys: TorSnowflake | None) -> Scores:
    """Whether Snowflake failed; one version for Android always did."""
    name, version = _BROKEN_SNOWFLAKE
    if record.software_version == version and (record.software_name or "").startswith(name):
        return unusable()
    keys = keys or TorSnowflake()
    if keys.failure:
        return Scores(1.0)
    return Scores(extra={"bootstrap_time": keys.bootstrap_time, "test_runtime": record.test_runtime})


def score_psiphon(record: Record, keys: Psiphon | None) -> Scores:
    """Whether Psiphon failed; to start within no time is impossible."""
    keys = keys or Psiphon()
    took = 0 if keys.bootstrap_time is UNSET else keys.bootstrap_time
    scores = Scores(accuracy=1.0, extra={"test_runtime": record.test_runtime, "bootstrap_time": took})
    if keys.failure is not None:
        scores.blocking_general = 1.0
    elif took == 0:
        scores.accuracy = 0.0
    if record.resolver_ip is UNSET:
        scores.accuracy = 0.0
    return scores


def score_openvpn(record: Record, keys: OpenVpn | None) -> Scores:
    """Whether a tunnel came up."""
    success = keys.success if keys is not None else None
    scores = Scores(extra={"test_runtime": record.test_runtime})
    if success is False:
        scores.blocking_general = 1.0
    elif success is None:
        scores.accuracy = 0.0
    return scores


def score_stun(keys: Stun | None) -> Scores:
    """Whether a STUN server answered."""
    keys = keys or Stun()
    if keys.failure:
        return Scores(1.0, extra={"endpoint": keys.endpoint, "failure": keys.failure})
    return Scores(extra={"endpoint": keys.endpoint})


def score_meek(keys: Meek | None) -> Scores:
    """Whether the front answered, and as itself."""
    requests = keys.requests if keys is not None else None
    if not requests:
        return Scores(1.0, accuracy=0.0)
    general = 0.0
    for request in requests:
        response = request.response
        if isinstance(response, UnsetType) or response is None or response.code != 200:
            return Scores(1.0)
        server = _server(response)
        if server is None:
            return unusable()
        general += 0.0 if server.startswith(_FRONT) else 0.5
    return Scores(general)


def _server(response: FrontedResponse) -> str | None:
    """The header ``Server``, empty without one; None where the headers have another shape."""
    headers = response.headers
    if isinstance(headers, UnsetType):
        return ""
    if isinstance(headers, dict):
        server = headers.get("Server", "")
        return server if isinstance(server, str) else None
    server = ""
    for pair in headers or (None,):
        match pair:
            case [str() as name, [str() as value, *_]]:
                server = value if name == "Server" else server
            case []:
                continue
            case _:
                return None
    return server
