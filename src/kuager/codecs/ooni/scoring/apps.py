"""Scores of the tests of messengers."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from msgspec import UNSET, UnsetType
from packaging.version import InvalidVersion, Version

from kuager.codecs.ooni.record import Record, TcpConnect
from kuager.codecs.ooni.record_tests import AppRequest, FacebookMessenger, Signal, Telegram, WhatsApp
from kuager.codecs.ooni.scoring.clock import moment
from kuager.codecs.ooni.scoring.scores import FacebookScores, Scores, TelegramScores, unusable

_TELEGRAM_WEB = ("https://web.telegram.org/", "http://web.telegram.org/")
_WHATSAPP_WEB = "https://web.whatsapp.com/"
_WHATSAPP_REGISTRATION = "https://v.whatsapp.net/v2/register"
_OF_EVERY_SERVER = (
    "facebook_b_api_dns_consistent",
    "facebook_b_api_reachable",
    "facebook_b_graph_dns_consistent",
    "facebook_b_graph_reachable",
    "facebook_edge_dns_consistent",
    "facebook_edge_reachable",
    "facebook_external_cdn_dns_consistent",
    "facebook_external_cdn_reachable",
    "facebook_scontent_cdn_dns_consistent",
    "facebook_scontent_cdn_reachable",
    "facebook_star_dns_consistent",
    "facebook_star_reachable",
    "facebook_stun_dns_consistent",
)
_OF_THE_WHOLE = ("facebook_tcp_blocking", "facebook_dns_blocking")
_ALL_FINE = tuple(name for name in _OF_EVERY_SERVER if "_cdn_" not in name)


def score_telegram(keys: Telegram | None) -> Scores:
    """Shares of endpoints and requests that failed, 1 for the web version; what the probe concluded does not count."""
    keys = keys or Telegram()
    scores = TelegramScores()
    for request in _requests(keys.requests):
        asked = request.request
        if isinstance(asked, UnsetType) or asked is None or asked.url is UNSET or request.failure is UNSET:
            return unusable()
        if asked.url in _TELEGRAM_WEB:
            scores.web_failure = request.failure if request.failure is not None else scores.web_failure
        elif request.failure is None:
            scores.http_success_cnt += 1
        else:
            scores.http_failure_cnt += 1
    scores.accessible_endpoints, scores.unreachable_endpoints = _endpoints(keys.tcp_connect)
    scores.blocking_general = (
        _share(scores.unreachable_endpoints, scores.accessible_endpoints)
        + _share(scores.http_failure_cnt, scores.http_success_cnt)
        + (keys.telegram_web_status == "blocked")
    )
    if scores.web_failure is not None:
        scores.msg = f"failure: {scores.web_failure}"
    return scores


def score_whatsapp(keys: WhatsApp | None) -> Scores:
    """Whether the web version, the server that registers, and any endpoint answered; not what the probe concluded."""
    keys = keys or WhatsApp()
    scores = Scores()
    failures = (keys.whatsapp_web_failure, keys.registration_server_failure)
    if any(failure and failure.startswith("unknown_failure") for failure in failures):
        scores.accuracy = 0.0
    if "unknown_failure 'ascii' co" in (keys.whatsapp_web_failure or ""):
        return unusable()
    web, registration = _whatsapp_sites(_requests(keys.requests))
    if web is None or registration is None:
        scores.accuracy = 0.0
        return scores
    if not (web and registration):
        scores.blocking_general = 1.0
        return scores
    reached, unreached = _endpoints(keys.tcp_connect)
    if not reached:
        if unreached:
            scores.blocking_general = 1.0
        else:
            scores.accuracy = 0.0
    scores.analysis = {
        "registration_server_accessible": registration,
        "whatsapp_web_accessible": web,
        "whatsapp_endpoints_accessible": reached > 0,
    }
    return scores


def _whatsapp_sites(requests: list[AppRequest]) -> tuple[bool | None, bool | None]:
    """Whether both sites answered; None where one was not asked. The last request of each counts."""
    web: bool | None = None
    registration: bool | None = None
    for request in requests:
        asked, failure = request.request, request.failure
        url = None if isinstance(asked, UnsetType) or asked is None else asked.url
        if url == _WHATSAPP_WEB:
            web = failure is not UNSET and failure in (None, "", False)
        elif url == _WHATSAPP_REGISTRATION:
            registration = failure is None or failure is UNSET
    return web, registration


def score_facebook(keys: FacebookMessenger | None) -> Scores:
    """A half for everything amiss, but nothing where only ``facebook_dns_blocking`` says so, a fault of the probe."""
    keys = keys or FacebookMessenger()
    scores = FacebookScores()
    only_the_fault = keys.facebook_dns_blocking is True and keys.facebook_tcp_blocking is False
    if only_the_fault and all(getattr(keys, name) is True for name in _ALL_FINE):
        return scores
    amiss = 0
    for names, bad in ((_OF_EVERY_SERVER, False), (_OF_THE_WHOLE, True)):
        for name in names:
            if getattr(keys, name) is bad:
                setattr(scores, name, bad)
                amiss += 1
    scores.blocking_general = 0.5 * amiss
    return scores


_WRONG_AUTHORITIES = "0.2.4"
_LAST_BEFORE = (Version("0.2.3"), datetime(2023, 11, 7, tzinfo=UTC))
_FIRST_AFTER = (Version("0.2.2"), datetime(2022, 10, 19, tzinfo=UTC))
_ENGINE_AFTER = (Version("3.17.2"), datetime(2023, 5, 2, tzinfo=UTC))
"""Programs up to the first version, or before the others, call Signal blocked from that day on, when it changed whom it
trusts (ooni/probe#2344, #2627, ooni/backend#679); one version trusted the wrong ones (ooni/probe#2636)."""


def score_signal(record: Record, keys: Signal | None) -> Scores:
    """What the probe concluded, unless its program could not know better."""
    keys = keys or Signal()
    if not _knows_signal(record):
        return unusable()
    scores = Scores()
    if any(failure is UNSET or failure for failure in (keys.failed_operation, keys.failure)):
        scores.accuracy = 0.0
    if keys.signal_backend_status == "blocked":
        scores.blocking_general = 1.0
        scores.analysis = {"signal_backend_failure": keys.signal_backend_failure}
    elif keys.signal_backend_status != "ok":
        scores.accuracy = 0.0
    return scores


def _knows_signal(record: Record) -> bool:
    """Whether the program that measured trusts whom Signal trusted on that day."""
    began = moment(record.measurement_start_time)
    test = _version(record.test_version or "0.0.0")
    annotations = record.annotations
    engine = _version((annotations.engine_version if annotations else None) or "0.0.0")
    if began is None or test is None or engine is None or record.test_version == _WRONG_AUTHORITIES:
        return False
    too_old = (
        test <= _LAST_BEFORE[0] and began >= _LAST_BEFORE[1],
        test < _FIRST_AFTER[0] and began >= _FIRST_AFTER[1],
        engine < _ENGINE_AFTER[0] and began >= _ENGINE_AFTER[1],
    )
    return not any(too_old)


@lru_cache(maxsize=1024)
def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _requests(requests: list[AppRequest] | UnsetType | None) -> list[AppRequest]:
    return [] if isinstance(requests, UnsetType) or requests is None else requests


def _endpoints(connects: list[TcpConnect] | None) -> tuple[int, int]:
    """How many endpoints were reached, and how many were not."""
    ended = [one.status.success for one in connects or () if one.status is not None]
    return ended.count(True), ended.count(False)


def _share(failed: int, succeeded: int) -> float:
    """The share that failed; a half where nothing was tried."""
    return failed / (failed + succeeded) if failed + succeeded else 0.5
