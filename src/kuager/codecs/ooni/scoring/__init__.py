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
from kuager.codecs.ooni.scoring.scores import Scored, Scores, Seen, flags, unusable
from kuager.codecs.ooni.scoring.web import blocking_of_flags, score_http_requests, score_web

__all__ = ["Scored", "Scores", "Seen", "blocking_of_flags", "flags", "score"]

_SCORES: Mapping[str, Callable[[Record, Any], Scores]] = MappingProxyType(
    {
        "telegram": apps.score_telegram,
        "facebook_messenger": apps.score_facebook,
        "http_header_field_manipulation": middleboxes.score_header_fields,
        "http_invalid_request_line": middleboxes.score_request_line,
        "whatsapp": apps.score_whatsapp,
        "vanilla_tor": tor.score_vanilla_tor,
        "ndt": plain.score_nothing,
        "tcp_connect": plain.score_tcp_connect,
        "dash": plain.score_dash,
        "meek_fronted_requests_test": tor.score_meek,
        "psiphon": tor.score_psiphon,
        "tor": tor.score_tor,
        "dns_consistency": plain.score_zero,
        "signal": apps.score_signal,
        "stunreachability": tor.score_stun,
        "torsf": tor.score_torsf,
        "riseupvpn": plain.score_nothing,
        "openvpn": tor.score_openvpn,
        "browser_web": plain.score_browser_web,
    }
)


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
        scored = Scored(_SCORES[name](record, keys) if name in _SCORES else unusable())
    flag_wrong_clock(record, scored.scores)
    return scored
