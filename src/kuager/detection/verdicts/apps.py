"""Messengers: telegram, whatsapp, facebook_messenger, signal.

These tests have no control, so a service that is down cannot be told from one that is kept away but by the others who
measured at the same time; the masses leave room for that. Any answer of a server counts as reached, whatever its status
(Telegram's servers answered 411 and 501 to the probe's empty request: ooni/probe#756). What OONI itself discards by its
rules (``accuracy`` below one half: Signal's tests with certificates that had run out) is discarded here, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuager.codecs.ooni.record import TcpConnect
from kuager.codecs.ooni.record_tests import AppRequest, FacebookMessenger, Signal, Telegram, WhatsApp
from kuager.detection.verdicts.failures import UNKNOWN, is_of_tls, step_of, way
from kuager.detection.verdicts.steps import Step, kind_of, masses, mute, row
from kuager.detection.verdicts.tls import STATE_ROOT, certificates, issued_by_a_state
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Layer

REACHED = row(Layer.TCP, 0.03, 0.02, message("The servers of the app could be reached."))
NOTHING_TRIED = mute(Layer.TCP, 0.2, 0.2, message("The record names no server of the app that was tried."))
_NONE = message("None of the servers of the app could be reached (tried: {count}).")
_SOME = message("Some servers of the app could not be reached (failed: {failed} of {count}).")
_WEB = message("The app's page for browsers could not be reached.")
_LINK_WORKS = Note(message("Other servers answered the probe at the same time, so its link worked."), {})
_NO_CONTROL = Note(message("This test has no control, so the service may have been down for everybody."), {})
_TITLE = message("The app's page for browsers had another title than expected, as it has when it is changed.")
_SIGNAL = message("A server of the app could not be reached.")
_OWN_ROOT = message("A server of the app showed a certificate that the test did not know; old tests say so everywhere.")
_WEB_TELEGRAM = "web.telegram.org"
_ANSWERED = frozenset({"http_unexpected_status_code", "http_request_failed"})
_FACEBOOK = ("b_api", "b_graph", "edge", "external_cdn", "scontent_cdn", "star")


def judge_telegram(keys: Telegram) -> Step:
    """The servers of the app and its page for browsers."""
    app = [one for one in keys.requests or () if _WEB_TELEGRAM not in _url(one)]
    connects = [one for one in keys.tcp_connect or () if one.status is not None]
    if not app and not connects and keys.telegram_web_status is None:
        return NOTHING_TRIED
    page_fine = keys.telegram_web_status == "ok"
    servers = _servers(connects, app, link_works=page_fine)
    if servers is not None and servers is not REACHED:
        return servers
    if keys.telegram_web_status == "blocked":
        return _page(keys.telegram_web_failure or "", link_works=servers is REACHED)
    return servers or REACHED


def judge_whatsapp(keys: WhatsApp) -> Step:
    """The servers of the app, the one that registers, and its page for browsers."""
    pages = [one for one in keys.requests or () if one.request]
    failed = [one.failure for one in pages if isinstance(one.failure, str) and one.failure not in _ANSWERED]
    connects = [one for one in keys.tcp_connect or () if one.status is not None]
    if not pages and not connects:
        return NOTHING_TRIED
    servers = _servers(connects, (), link_works=len(failed) < len(pages))
    if servers is not None and servers is not REACHED:
        return servers
    if not failed or _has_answered_each(pages):
        return servers or REACHED
    return _page(failed[0], link_works=servers is REACHED)


def judge_messenger(keys: FacebookMessenger) -> Step:
    """Weak by itself: in some countries half of these measurements are flagged on an ordinary day."""
    reached = [getattr(keys, f"facebook_{name}_reachable") for name in _FACEBOOK]
    tried = [one for one in reached if isinstance(one, bool)]
    misnamed = sum(getattr(keys, f"facebook_{name}_dns_consistent") is False for name in _FACEBOOK)
    if not tried and not misnamed and keys.facebook_dns_blocking is None and keys.facebook_tcp_blocking is None:
        return NOTHING_TRIED
    if tried and not any(tried):
        return _weighed(Layer.TCP, 0.6, 0.1, Note(_NONE, {"count": str(len(tried))}), "tcp.failure")
    if any(tried):
        return _few(len(tried) - sum(tried), len(tried)) if not all(tried) else REACHED
    weight = 0.6 if misnamed == len(_FACEBOOK) else 0.35
    return _weighed(Layer.DNS, weight, 0.05, Note(_MISNAMED, {"count": str(misnamed)}), "dns.answer")


_MISNAMED = message("Names of the app's servers led to addresses of another network (names: {count}).")


def judge_signal(keys: Signal) -> Step:
    """The servers of the app, whose certificates come from an authority of its own."""
    if keys.signal_backend_status == "ok":
        return REACHED
    if keys.signal_backend_status != "blocked":
        return NOTHING_TRIED
    for handshake in keys.tls_handshakes or ():
        if handshake.failure and is_of_tls(handshake.failure) and issued_by_a_state(certificates(handshake)):
            return STATE_ROOT
    failure = keys.signal_backend_failure if isinstance(keys.signal_backend_failure, str) else ""
    if failure.startswith(UNKNOWN):
        return mute(Layer.HTTP, 0.3, 0.1, _SIGNAL)
    layer, method = step_of(failure)
    if is_of_tls(failure):
        return _weighed(layer, 0.5, 0.1, Note(_OWN_ROOT, {}), "tls.certificate")
    works = any(one.status and one.status.success for one in keys.tcp_connect or ())
    return _weighed(
        layer, 0.75 if works else 0.65, 0.15, Note(_SIGNAL, {}), method, _LINK_WORKS if works else _NO_CONTROL
    )


def _servers(connects: list[TcpConnect], requests: Iterable[AppRequest], *, link_works: bool) -> Step | None:
    """What connections to the app's own servers say; None if there were none."""
    failed = [one for one in connects if one.status and not one.status.success]
    unanswered = [one for one in requests if isinstance(one.failure, str)]
    if not connects and not unanswered:
        return None
    if connects and len(failed) == len(connects):
        how = way(next((one.status.failure for one in failed if one.status and one.status.failure), ""))
        note = Note(_NONE, {"count": str(len(connects))})
        return _weighed(
            Layer.TCP, 0.85 if link_works else 0.7, 0.1, note, f"tcp.{how}", _LINK_WORKS if link_works else _NO_CONTROL
        )
    if unanswered and len(unanswered) == len(list(requests)):
        failure = unanswered[0].failure
        how = way(failure if isinstance(failure, str) else "")
        return _weighed(Layer.HTTP, 0.7, 0.15, Note(_NONE, {"count": str(len(unanswered))}), f"http.{how}", _NO_CONTROL)
    return _few(len(failed), len(connects)) if failed else REACHED


def _few(failed: int, count: int) -> Step:
    blocked = 0.1 + 0.3 * failed / count
    return _weighed(Layer.TCP, blocked, 0.02, Note(_SOME, {"failed": str(failed), "count": str(count)}), "")


def _page(failure: str, *, link_works: bool) -> Step:
    if "title" in failure or failure in _ANSWERED:
        return row(Layer.HTTP, 0.25, 0.05, _TITLE)
    if failure.startswith(UNKNOWN):
        return mute(Layer.HTTP, 0.3, 0.1, _WEB)
    layer, method = step_of(failure)
    return _weighed(
        layer, 0.75 if link_works else 0.6, 0.1, Note(_WEB, {}), method, _LINK_WORKS if link_works else _NO_CONTROL
    )


def _has_answered_each(requests: list[AppRequest]) -> bool:
    """Whether each address that was asked for answered at least once (one is asked for over http and https)."""
    hosts = {_host(one): False for one in requests}
    for one in requests:
        hosts[_host(one)] |= not isinstance(one.failure, str) or one.failure in _ANSWERED
    return all(hosts.values())


def _url(request: AppRequest) -> str:
    url = request.request.url if request.request else ""
    return url if isinstance(url, str) else ""


def _host(request: AppRequest) -> str:
    return _url(request).partition("://")[2].partition("/")[0]


def _weighed(layer: Layer, blocked: float, down: float, note: Note, method: str, *more: Note) -> Step:
    found = masses(blocked, down)
    return Step(found, kind_of(found), layer, method, (note, *more))
