"""OONI's own scores of measurements, and the flags anomaly, confirmed and failed, by the rules of its fastpath.

For every test that OONI scores; another has the accuracy 0, as there. One subject a file: ``web``, ``apps``, ``tor``,
``middleboxes``, ``plain``, and ``clock`` for all. Written from the rules of ooni/backend, ``fastpath/core.py``, its
oddities included, for what is reproduced here is what OONI publishes and not what it should.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kuager.codecs.fingerprints import Fingerprints
from kuager.codecs.ooni.record import Record, Web
from kuager.codecs.ooni.record_tests import HttpRequests
from kuager.codecs.ooni.scoring import apps, middleboxes, plain, tor
from kuager.codecs.ooni.scoring.clock import flag_wrong_clock
from kuager.codecs.ooni.scoring.scores import Scored, Scores, Seen, flags, not_scored, unusable
from kuager.codecs.ooni.scoring.web import blocking_of_flags, score_http_requests, score_web

__all__ = ["SCORED", "Scored", "Scores", "Seen", "blocking_of_flags", "flags", "score"]

_OF_RESULTS: Mapping[str, Callable[[Any], Scores]] = MappingProxyType(
    {
        "telegram": apps.score_telegram,
        "facebook_messenger": apps.score_facebook,
        "whatsapp": apps.score_whatsapp,
        "http_header_field_manipulation": middleboxes.score_header_fields,
        "http_invalid_request_line": middleboxes.score_request_line,
        "vanilla_tor": tor.score_vanilla_tor,
        "meek_fronted_requests_test": tor.score_meek,
        "stunreachability": tor.score_stun,
        "dash": plain.score_dash,
        "browser_web": plain.score_browser_web,
    }
)
_OF_RECORDS: Mapping[str, Callable[[Record, Any], Scores]] = MappingProxyType(
    {
        "signal": apps.score_signal,
        "tor": tor.score_tor,
        "torsf": tor.score_torsf,
        "psiphon": tor.score_psiphon,
        "openvpn": tor.score_openvpn,
        "tcp_connect": plain.score_tcp_connect,
    }
)
_THE_SAME: Mapping[str, Callable[[], Scores]] = MappingProxyType(
    {"ndt": not_scored, "riseupvpn": not_scored, "dns_consistency": Scores}
)
"""Tests that get the same scores whatever they found; riseupvpn since October 2023 (ooni/backend#745)."""

SCORED = frozenset({"web_connectivity", "http_requests", *_OF_RESULTS, *_OF_RECORDS, *_THE_SAME})
"""The tests for which OONI has rules, be they that there are no scores."""


def score(record: Record, fingerprints: Fingerprints) -> Scored:
    """The scores of a measurement.

    Args:
        record: with its results in the class of its test, or none.
        fingerprints: what is known of blocks; only tests of web pages are compared with it.
    """
    keys, name = record.test_keys, record.test_name or ""
    if name == "web_connectivity":
        scored = score_web(record, keys if isinstance(keys, Web) else None, fingerprints)
    elif name == "http_requests":
        scored = score_http_requests(record, keys if isinstance(keys, HttpRequests) else None, fingerprints)
    else:
        scored = Scored(_of_test(name, record, keys))
    flag_wrong_clock(record, scored.scores)
    return scored


def _of_test(name: str, record: Record, keys: object) -> Scores:
    if name in _OF_RESULTS:
        return _OF_RESULTS[name](keys)
    if name in _OF_RECORDS:
        return _OF_RECORDS[name](record, keys)
    return _THE_SAME[name]() if name in _THE_SAME else unusable()
