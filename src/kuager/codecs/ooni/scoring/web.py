"""Scores of web_connectivity and of its forerunner http_requests."""

from __future__ import annotations

from msgspec import UNSET

from kuager.codecs.fingerprints import Fingerprints, UndecodableError
from kuager.codecs.ooni.record import Record, Web
from kuager.codecs.ooni.record_tests import HttpRequests
from kuager.codecs.ooni.scoring.scores import Scored, Scores, name_fingerprints, unusable

_TYPES = ("tcp_ip", "dns", "http-diff", "http-failure")
_UNKNOWN = "unknown_failure"
"""With this an error begins that the probe has no name for."""
_DNS, _TCP, _TLS, _HTTP_FAILURE, _HTTP_DIFF, _SUCCESS = (1 << bit for bit in range(6))


def score_web(record: Record, keys: Web | None, fingerprints: Fingerprints) -> Scored:
    """What the probe concluded, and what was found of known blocks, whatever it concluded."""
    if keys is None:
        return Scored(unusable())
    try:
        found = fingerprints.find(keys.queries, [request.response for request in keys.requests or ()])
    except UndecodableError:
        scores = _concluded(keys, Scores(), known=False)
        scores.accuracy = 0.0
        return Scored(scores)
    if not found.fingerprints:
        return Scored(_concluded(keys, Scores(), known=False), (), frozenset(found.kinds))
    scores, counted = Scores(), found.of_scores
    name_fingerprints(scores, counted, record.probe_cc)
    _concluded(keys, scores, known=bool(counted))
    return Scored(scores, found.fingerprints, frozenset(found.kinds))


def _concluded(keys: Web, scores: Scores, *, known: bool) -> Scores:
    """Score what the probe concluded; ``known``: a fingerprint was found, so that no conclusion is no failure."""
    title, blocking = keys.title_match, keys.blocking
    if title is not UNSET and title not in (True, False, None):
        scores.accuracy = 0.0
        return scores
    if isinstance(blocking, str) and blocking in _TYPES:
        scores.blocking_general = 1.0
        scores.analysis = {"blocking_type": blocking}
    elif blocking is None or blocking is UNSET:
        if not known:
            scores.accuracy = 0.0
    elif blocking not in (False,):
        scores.analysis = {"msg": "Unsupported blocking type"}
        scores.accuracy = 0.0
    for failure in (keys.control_failure, keys.dns_experiment_failure, keys.http_experiment_failure):
        if failure is not None and failure.startswith(_UNKNOWN):
            scores.accuracy = 0.0
    if known:
        parts = (scores.blocking_country, scores.blocking_global, scores.blocking_isp, scores.blocking_local)
        scores.blocking_general = sum(part for part in (scores.blocking_general, *parts) if part is not UNSET)
    if keys.accessible is None and not known:
        scores.accuracy = 0.0
    return scores


def score_http_requests(record: Record, keys: HttpRequests | None, fingerprints: Fingerprints) -> Scored:
    """The page over the network compared with the page over Tor, which must not be blocked itself."""
    keys = keys or HttpRequests()
    failed = record.control_failure or record.experiment_failure
    if failed or keys.body_length_match is None or keys.headers_match is None:
        return Scored(unusable())
    scores = Scores()
    if not (keys.body_length_match and keys.headers_match):
        scores.blocking_general = 1.0
    direct = [
        one.response
        for one in keys.requests or ()
        if not (one.request is not None and one.request.tor is not None and one.request.tor.is_tor)
    ]
    try:
        found = fingerprints.find(None, direct)
    except UndecodableError:
        return Scored(unusable())
    name_fingerprints(scores, found.of_scores, record.probe_cc)
    return Scored(scores, found.fingerprints, frozenset(found.kinds))


def blocking_of_flags(flags: int) -> str | bool | None:
    """What version 0.5 of the probe concludes from its own ``x_blocking_flags``, the earliest layer first.

    Source: ooni/probe-cli, ``internal/experiment/webconnectivitylte``.

    Args:
        flags: bits 1 dns, 2 tcp_ip, 4 TLS, 8 http-failure, 16 http-diff, 32 success.

    Returns:
        The probe's ``blocking``; None where the flags alone do not settle it.
    """
    for bits, concluded in (
        (_DNS, "dns"),
        (_TCP, "tcp_ip"),
        (_TLS | _HTTP_FAILURE, "http-failure"),
        (_HTTP_DIFF, "http-diff"),
    ):
        if flags & bits:
            return concluded
    return False if flags & _SUCCESS else None
