"""Web pages (web_connectivity): the steps joined to one verdict.

The earliest step that was interfered with decides, and what comes after it is not looked at: whoever was led to a wrong
address by a name says nothing of the right one. A page that came over an encrypted connection from an address of the
device's own resolver settles everything, for nobody can forge it. Where the steps say nothing, the probe's own
conclusion is taken for what it is. Source: OONI's test specification ts-017; pipeline v5 for the idea of the tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kuager.codecs.ooni.record import Request, Web
from kuager.detection.verdicts import dns as names
from kuager.detection.verdicts import http as pages_of
from kuager.detection.verdicts import tls as proofs
from kuager.detection.verdicts.dns import judge_dns, judge_names_on_the_way
from kuager.detection.verdicts.failures import is_of_names, is_of_tls, is_the_probes_own
from kuager.detection.verdicts.http import is_encrypted, judge_http, leads_inside
from kuager.detection.verdicts.known import ELSEWHERES, FALSE_POSITIVE, MOST_OF_FALSE, SETTLED, Sign, judge_signs
from kuager.detection.verdicts.scene import fetches, first_hop, last_hop, page_elsewhere, usable_control
from kuager.detection.verdicts.steps import Step, mute, row, weakened
from kuager.detection.verdicts.tcp import judge_tcp
from kuager.detection.verdicts.tls import judge_tls, judge_unrecorded
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Layer, VerdictKind


class About(msgspec.Struct, frozen=True, gc=False):
    """What is known of a measurement beside its results.

    Attributes:
        place: the probe's country, two letters.
        signs: fingerprints that were found in the record.
        pages: kinds of pages (``doubts.PageKind``) whose marks were found.
        started, received: ``YYMMDDhhmmss`` by the probe's clock and by the server's, empty if unknown.
    """

    place: str = ""
    signs: Sequence[Sign] = ()
    pages: frozenset[str] = frozenset()
    started: str = ""
    received: str = ""


_SAID = {
    "dns": row(
        Layer.DNS, 0.6, 0.15, message("The probe itself concluded that the name was answered wrongly."), "dns.answer"
    ),
    "tcp_ip": row(
        Layer.TCP, 0.6, 0.15, message("The probe itself concluded that connections were kept away."), "tcp.failure"
    ),
    "http-failure": row(
        Layer.HTTP, 0.55, 0.2, message("The probe itself concluded that the page was kept away."), "http.failure"
    ),
    "http-diff": row(Layer.HTTP, 0.4, 0.05, message("The probe itself concluded that another page came."), "http.page"),
}
_FLAGS = ((1, "dns"), (2, "tcp_ip"), (4, "http-failure"), (8, "http-failure"), (16, "http-diff"))
_SUCCESS = 32
SAID_TO_WORK = row(Layer.HTTP, 0.05, 0.05, message("The probe itself concluded that the page can be reached."))
SAID_TO_BE_DOWN = row(
    Layer.HTTP, 0.1, 0.8, message("The probe itself concluded that the page cannot be reached anywhere.")
)
NOTHING = mute(Layer.HTTP, 0.3, 0.3, message("The record does not hold enough to say anything."))
LED_ELSEWHERE = row(
    Layer.HTTP, 0.35, 0.0, message("The way led over a plain connection to another page than elsewhere.")
)
CONTROL_FAILED = Note(message("The control failed, so nothing could be compared."), {})
DIFFERENTLY = Note(message("The probe itself came to another conclusion."), {})
_OK, _BLOCKED, _DOWN = VerdictKind.OK, VerdictKind.BLOCKED, VerdictKind.DOWN
_ASKED_AGAIN = frozenset({403, 429, 451, 503, 511})
_OF_THE_SITE = (pages_of.PROVEN, pages_of.SAME_PAGE, pages_of.CHALLENGE, pages_of.NOT_HERE)


def judge_web(keys: Web, about: About) -> Step:
    """The step that decides, with the reasons; the probe's and the clock's doubts are not in it yet."""
    if not about.signs:
        plain = _plainly_fine(keys, about.pages)
        if plain is not None:
            return plain
    step = _by_steps(keys, about)
    if about.signs:
        step = _with_signs(step, keys, about)
    if keys.control_failure:
        step = step.beside(CONTROL_FAILED)
    return step.beside(DIFFERENTLY) if _differs(step, keys) else step


def _plainly_fine(keys: Web, pages: frozenset[str]) -> Step | None:
    """Most records: the page came, nothing else was found; the rest need a closer look."""
    flags = keys.x_blocking_flags
    if not keys.requests or (flags is not None and flags != _SUCCESS):
        return None
    last = keys.requests[0]
    response = last.response
    if last.failure or response is None or not response.code or response.code in _ASKED_AGAIN:
        return None
    if is_encrypted(last):
        alike = len(keys.requests) == 1 or keys.body_length_match is not False or keys.title_match is not False
        return pages_of.PROVEN if alike else None
    fine = keys.accessible is True and keys.blocking is False and keys.dns_consistency == "consistent"
    return pages_of.SAME_PAGE if fine and not pages else None


def _by_steps(keys: Web, about: About) -> Step:
    hop = first_hop(keys)
    name = judge_dns(hop, keys.dns_consistency)
    if name is not None and name.kind is _BLOCKED:
        return name
    request = keys.requests[0] if keys.requests else None
    page = None if _broke_off(keys, request) else judge_http(keys, request, hop.page_elsewhere, about.pages)
    connection = judge_tcp(hop)
    proof = judge_tls(hop, about.started, about.received)
    if name is names.UNMATCHED:
        name = _unmatched(name, connection, proof, page)
    if name is not None and (name.kind is _BLOCKED or (not _fine(name) and page not in _OF_THE_SITE)):
        return name
    if _came(page) and not _hindered(connection) and not _hindered(proof):
        arrived = _arrived(keys, page or NOTHING)
        return arrived.beside(*name.notes) if name is names.UNMATCHED else arrived
    if connection is not None and connection.kind is not _OK:
        return connection
    if proof is not None and _counts(proof, keys):
        return proof
    return _on_the_way(keys, about, request, page)


def _on_the_way(keys: Web, about: About, request: Request | None, page: Step | None) -> Step:
    """What hindered the fetch after the first address was reached."""
    hop = last_hop(keys)
    if hop is not None:
        found = judge_names_on_the_way(hop), judge_tcp(hop), judge_tls(hop, about.started, about.received)
        for step in found:
            if step is not None and step.kind is not _OK:
                return step
    failure = (request.failure if request else None) or keys.http_experiment_failure or ""
    if is_the_probes_own(failure) and page not in (pages_of.LOOP, pages_of.WRONG_TURN):
        return pages_of.PROBES_OWN
    if not _came(page) and any(leads_inside(one) for one in keys.requests or ()):
        return pages_of.TO_THE_NETWORK
    if page is not None and request is not None and request.failure:
        return _fetch_failed(keys, request, request.failure, page)
    return page or _said(keys)


def _fetch_failed(keys: Web, request: Request, failure: str, page: Step) -> Step:
    """A fetch whose failure is of an earlier step that the record does not show by itself."""
    elsewhere = page_elsewhere(usable_control(keys))
    if is_of_names(failure) and elsewhere:
        return names.ON_THE_WAY
    if is_of_tls(failure) or (page is not pages_of.WRONG_TURN and is_encrypted(request) and not keys.tls_handshakes):
        return judge_unrecorded(failure, elsewhere)
    return page


def _unmatched(name: Step, connection: Step | None, proof: Step | None, page: Step | None) -> Step:
    """What becomes of answers that nobody else got, by what was found at the addresses."""
    if page in (pages_of.PROVEN, pages_of.SAME_PAGE):
        return name
    if proof is not None and proof.method in ("tls.interception", "tls.hostname", "tls.certificate"):
        return proof if proof is proofs.STATE_ROOT else names.NOT_PROVEN
    if connection is not None and connection.kind is not _OK:
        return names.NOT_REACHED
    return names.OTHER_PAGE if page is pages_of.DIFFERENT else name


def _broke_off(keys: Web, request: Request | None) -> bool:
    """Whether the last answer leads on, but where it leads nothing was asked any more."""
    response = request.response if request is not None and not request.failure else None
    return response is not None and 300 <= (response.code or 0) < 400 and bool(keys.http_experiment_failure)


def _came(page: Step | None) -> bool:
    return page is not None and _fine(page)


def _fine(step: Step) -> bool:
    return step.kind is _OK


def _hindered(step: Step | None) -> bool:
    return step is not None and step.kind is _BLOCKED


def _counts(proof: Step, keys: Web) -> bool:
    """Whether a failed handshake decides: always on the way to the page, beside it only as interference."""
    if proof.kind is _OK:
        return False
    over = any(fetches(one.tags) for one in keys.tls_handshakes or ())
    return over or proof.kind is _BLOCKED


def _arrived(keys: Web, page: Step) -> Step:
    """A page that came, unless a plain connection led to a page that is another one than elsewhere."""
    requests = keys.requests or ()
    if page is pages_of.PROVEN and len(requests) > 1 and keys.blocking is not False and not is_encrypted(requests[-1]):
        different = keys.body_length_match is False and keys.title_match is False and keys.headers_match is not True
        return LED_ELSEWHERE if different else page
    return page


def _said(keys: Web) -> Step:
    """The probe's own conclusion, for records that hold nothing else; x_null_null_flags say where both sides failed."""
    if isinstance(keys.blocking, str) and keys.blocking in _SAID:
        return _SAID[keys.blocking]
    flags = keys.x_blocking_flags or 0
    said = next((_SAID[word] for bit, word in _FLAGS if flags & bit), None)
    if said is not None:
        return said
    if keys.x_dns_flags:
        return _SAID["dns"]
    if keys.blocking is False and keys.accessible is True:
        return SAID_TO_WORK
    if (keys.blocking is False and keys.accessible is False) or (keys.x_null_null_flags or 0) & 0b111:
        return SAID_TO_BE_DOWN
    return NOTHING


def _with_signs(step: Step, keys: Web, about: About) -> Step:
    requests = keys.requests or ()
    own_page = (
        len(requests) == 1 and is_encrypted(requests[0]) and not requests[0].failure and bool(keys.tls_handshakes)
    )
    known, mistaken = judge_signs(about.signs, about.place, own_page=own_page)
    if known is None:
        return weakened(step, MOST_OF_FALSE, FALSE_POSITIVE) if mistaken and step.layer is Layer.HTTP else step
    if known in ELSEWHERES.values() and step.kind is _BLOCKED and step.layer is known.layer:
        return known.beside(*step.notes)  # what speaks of blocking is the very sign of another country
    if not _settles(known, step):
        return step.beside(*known.notes)
    if step.kind is _BLOCKED and step.layer is known.layer is Layer.DNS:
        known = Step(known.masses, known.kind, known.layer, step.method, known.notes)
    return known.beside(*step.notes)


def _settles(known: Step, step: Step) -> bool:
    """Whether a sign says more than the steps: always in its own place, a weak one only where nothing contradicts."""
    if known.masses.blocked >= SETTLED:
        return known.masses.blocked > step.masses.blocked
    if step.kind is _DOWN or step in _OF_THE_SITE or known.kind is _OK:
        return False
    return step.kind is not _BLOCKED or (known.kind is _BLOCKED and known.masses.blocked > step.masses.blocked)


def _differs(step: Step, keys: Web) -> bool:
    """Whether the probe said blocked where the step does not, or the reverse."""
    said = isinstance(keys.blocking, str)
    return said != (step.kind is _BLOCKED) and isinstance(keys.blocking, (str, bool))
