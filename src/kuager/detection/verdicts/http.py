"""Whether the page came, and whether it was the site's own: the first row that fits.

A page that came over an encrypted connection is the site's own, whatever it says: captchas and refusals of a country
are the site's doing. Over a plain connection anybody may have written it. That it differs from the control's is weak:
sites look different from every place, so only a page that differs in everything is called blocked.
"""

from __future__ import annotations

from kuager.codecs.ooni.record import Request, Web
from kuager.detection.verdicts.doubts import PageKind, page_kind
from kuager.detection.verdicts.failures import CLOSED, OTHER, REFUSED, RESET, TIMEOUT, UNREACHABLE, way
from kuager.detection.verdicts.scene import is_bogon
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.verdicts import Layer

_HTTP = Layer.HTTP

PROVEN = row(_HTTP, 0.0, 0.0, message("The page came over a connection in which the site proved its name."))
SAME_PAGE = row(_HTTP, 0.02, 0.0, message("The page that came agrees with the one found elsewhere."))
UNCOMPARED_PAGE = row(
    _HTTP, 0.2, 0.1, message("A page came over a plain connection; what is found elsewhere is not known.")
)
NONE_ELSEWHERE = row(_HTTP, 0.2, 0.1, message("A page came; elsewhere none did, so they cannot be compared."))
DIFFERENT = row(
    _HTTP,
    0.65,
    0.05,
    message("Another page came than elsewhere: its length, its headers and its title differ."),
    "http.page",
)
PARTLY_DIFFERENT = row(
    _HTTP, 0.3, 0.05, message("The page differs from the one found elsewhere, but not in everything, as sites do."), ""
)
TURNED_AWAY = mute(
    _HTTP,
    0.42,
    0.08,
    message("A server refused the page or failed, as sites do with robots; it came over a plain connection."),
)
CONTROL_TURNED_AWAY = row(
    _HTTP, 0.15, 0.05, message("The page differs from what the control got, but the control itself was turned away.")
)
CHALLENGE = row(
    _HTTP, 0.08, 0.07, message("The site's delivery network wanted to know whether a person asks, which is no block.")
)
NOT_HERE = row(_HTTP, 0.05, 0.05, message("The site itself does not serve this country; that is its own decision."))
NOT_HERE_PLAINLY = row(
    _HTTP, 0.3, 0.05, message("A page says that the site is not served here; it came over a plain connection.")
)
LOGIN = mute(
    _HTTP, 0.2, 0.05, message("The probe's network wanted a login before letting anything through, whatever was asked.")
)
TO_THE_NETWORK = mute(
    _HTTP, 0.4, 0.05, message("The probe was led to an address inside its own network, as by a login page.")
)
FAILED = {
    TIMEOUT: row(
        _HTTP, 0.75, 0.15, message("No page came in time once it had been asked for; elsewhere it did."), "http.timeout"
    ),
    RESET: row(
        _HTTP,
        0.85,
        0.1,
        message("The connection was cut once the page had been asked for; elsewhere it came."),
        "http.reset",
    ),
    CLOSED: row(
        _HTTP,
        0.75,
        0.15,
        message("The connection was closed once the page had been asked for; elsewhere it came."),
        "http.closed",
    ),
    REFUSED: row(_HTTP, 0.65, 0.2, message("The page was refused; elsewhere it came."), "http.refused"),
    UNREACHABLE: mute(_HTTP, 0.3, 0.1, message("The probe lost its route while it asked for the page.")),
    OTHER: mute(_HTTP, 0.3, 0.2, message("The probe failed to get the page for a reason that tells nothing.")),
}
SLOW = row(
    _HTTP,
    0.6,
    0.1,
    message("The page began to come and did not end in time; this may be slowness and no block."),
    "http.timeout",
)
CUT = row(
    _HTTP,
    0.7,
    0.1,
    message("The page began to come and was cut off; elsewhere it came whole."),
    "http.reset",
)
DOWN = row(_HTTP, 0.05, 0.9, message("The page did not come, and did not elsewhere."))
UNCOMPARED = mute(_HTTP, 0.4, 0.35, message("The page did not come; whether it does elsewhere is not known."))
WRONG_TURN = row(
    _HTTP, 0.02, 0.28, message("The site answered, but led on to an address that is none: its own mistake.")
)
LOOP = row(
    _HTTP, 0.05, 0.9, message("The site leads from one address to the next without end, and no page came elsewhere.")
)
PROBES_OWN = mute(_HTTP, 0.2, 0.2, message("The probe itself failed in a way that it could not name."))

_TURNED_AWAY = frozenset({401, 403, 404, 405, 406, 429, 503})
_OWN: dict[str, Step] = {PageKind.CHALLENGE: CHALLENGE, PageKind.NOT_HERE: NOT_HERE}
_PLAIN: dict[str | None, Step] = {PageKind.CHALLENGE: CHALLENGE, PageKind.NOT_HERE: NOT_HERE_PLAINLY}
_WRONG_TURNS = frozenset({"http_invalid_redirect_location_host", "http_invalid_redirect_url"})
_TOO_MANY = "too many redirects"


def judge_http(keys: Web, request: Request | None, elsewhere: bool | None, pages: frozenset[str]) -> Step | None:
    """What the last request says; None if none was made.

    Args:
        keys: the record.
        request: the last hop's.
        elsewhere: whether the control got the page.
        pages: kinds of pages whose marks were found.
    """
    if request is None:
        return None
    if request.failure:
        return _failed(request, request.failure, elsewhere)
    response = request.response
    if response is None or not response.code:
        return None
    kind = page_kind(response, pages)
    if kind == PageKind.LOGIN:
        return LOGIN
    if is_encrypted(request):
        return _OWN.get(kind or "", PROVEN)
    return TO_THE_NETWORK if leads_inside(request) else _plain(keys, response.code, elsewhere, kind)


def _plain(keys: Web, code: int, elsewhere: bool | None, kind: str | None) -> Step:
    agreeing = (keys.body_length_match is True, keys.headers_match is True, keys.title_match is True)
    if keys.status_code_match is True and any(agreeing):
        return SAME_PAGE
    if kind in _PLAIN:
        return _PLAIN[kind]
    if keys.blocking is False and keys.accessible is True:
        return SAME_PAGE
    compared = keys.status_code_match, keys.body_length_match, keys.headers_match, keys.title_match
    if not any(isinstance(one, bool) for one in compared):
        return UNCOMPARED_PAGE if elsewhere is None else NONE_ELSEWHERE
    telling = keys.headers_match is False or keys.title_match is False
    return _different(keys, code) if telling and not any(agreeing) else PARTLY_DIFFERENT


def _different(keys: Web, code: int) -> Step:
    """A page that agrees in nothing, unless one of both sides was turned away by a server."""
    page = keys.control.http_request if keys.control else None
    if page is not None and page.status_code in _TURNED_AWAY and code not in _TURNED_AWAY:
        return CONTROL_TURNED_AWAY
    if keys.status_code_match is False and (code in _TURNED_AWAY or code >= 500):
        return TURNED_AWAY
    return DIFFERENT


def _failed(request: Request, failure: str, elsewhere: bool | None) -> Step:
    began = request.response is not None and bool(request.response.code)
    if began and failure in _WRONG_TURNS:
        return WRONG_TURN
    if _TOO_MANY in failure:
        return WRONG_TURN if elsewhere else LOOP
    if elsewhere is None:
        return UNCOMPARED
    if not elsewhere:
        return DOWN
    how = way(failure)
    if began and how in (TIMEOUT, RESET, CLOSED):
        return SLOW if how == TIMEOUT else CUT
    return FAILED[how]


def is_encrypted(request: Request) -> bool:
    """Whether a request was made over TLS, so that what came is the site's own."""
    url = request.request.url if request.request else None
    return url is not None and url[:8].lower() == "https://"


def leads_inside(request: Request) -> bool:
    """Whether the last answer leads on to an address that only a network itself can have given."""
    headers = (request.response.headers if request.response else None) or {}
    for name, location in headers.items():
        if name.lower() == "location":
            return isinstance(location, str) and "://" in location and _is_inside(location)
    return False


def _is_inside(location: str) -> bool:
    host = location.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    return is_bogon(host) or host.endswith((".local", ".lan", ".home", ".internal")) or host == "localhost"
