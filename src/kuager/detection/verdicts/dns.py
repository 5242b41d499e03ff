"""Whether a name was answered as elsewhere: the first row that fits.

What counts is the device's own resolver; other resolvers of the same record (0.5 asks two) are a second control. An
answer that differs from the control's is no sign of blocking: delivery networks answer every place differently
(ooni/probe-engine#770). It becomes one when the addresses are of no use, or when the server there cannot prove its
name.
"""

from __future__ import annotations

from kuager.codecs.ooni.record import Control, Query
from kuager.detection.verdicts.failures import NO_SUCH_NAME, TIMEOUT, UNREACHABLE, way
from kuager.detection.verdicts.scene import SYSTEM, Hop, is_address, is_bogon
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.verdicts import Layer

_DNS = Layer.DNS

PROVEN = row(_DNS, 0.0, 0.0, message("The server at the address that was answered proved its name."))
SAME = row(_DNS, 0.02, 0.0, message("The name was answered with an address that is answered elsewhere, too."))
SAME_NETWORK = row(
    _DNS, 0.05, 0.0, message("The name was answered with another address of the same network as elsewhere.")
)
AGREED = row(_DNS, 0.05, 0.0, message("The probe found the answers to agree with those that the control got."))
BOGON_EVERYWHERE = row(
    _DNS, 0.05, 0.9, message("The name leads to an address that is of no use on the internet, everywhere alike.")
)
BOGON = row(
    _DNS,
    0.95,
    0.03,
    message("The name was answered with an address that is of no use on the internet, but not so elsewhere."),
    "dns.bogon",
)
BOGON_ALONE = mute(
    _DNS,
    0.6,
    0.35,
    message(
        "The name was answered with an address of no use on the internet; what is answered elsewhere is not known."
    ),
)
NOT_PROVEN = row(
    _DNS,
    0.9,
    0.05,
    message("The name was answered with addresses not known elsewhere, and the server there could not prove its name."),
    "dns.answer",
)
NOT_REACHED = row(
    _DNS,
    0.75,
    0.15,
    message("The name was answered with addresses not known elsewhere, and they could not be reached."),
    "dns.answer",
)
OTHER_PAGE = row(
    _DNS,
    0.85,
    0.05,
    message("The name was answered with addresses not known elsewhere, and another page was found there."),
    "dns.answer",
)
UNMATCHED = row(
    _DNS,
    0.35,
    0.05,
    message("The name was answered with addresses not known elsewhere, as delivery networks do, too."),
    "dns.answer",
)
UNCOMPARED = row(_DNS, 0.2, 0.1, message("The name was answered; what is answered elsewhere is not known."))
INVENTED = row(
    _DNS,
    0.85,
    0.12,
    message("The name does not exist elsewhere, but was answered here, even when a resolver abroad was asked."),
    "dns.answer",
)
SEARCH_PAGE = row(
    _DNS,
    0.2,
    0.75,
    message("The name does not exist; the network's own resolver leads to a page of its own for names like this."),
)
ANSWERED_ALONE = row(
    _DNS,
    0.35,
    0.6,
    message("The name does not exist elsewhere; the network's own resolver answered it."),
)
NAME_DENIED = row(_DNS, 0.9, 0.05, message("The name was said not to exist; elsewhere it does."), "dns.nxdomain")
NO_ANSWER = row(
    _DNS, 0.8, 0.1, message("The name was answered with no address; elsewhere it has some."), "dns.no-answer"
)
REFUSED = row(
    _DNS, 0.8, 0.05, message("The resolver refused to answer; elsewhere the name was answered."), "dns.refused"
)
BROKEN = row(_DNS, 0.6, 0.1, message("The resolver failed at this name; elsewhere it was answered."), "dns.servfail")
SILENT = row(
    _DNS,
    0.65,
    0.1,
    message("The resolver gave no answer in time, though the probe's link worked; elsewhere the name was answered."),
    "dns.timeout",
)
MAYBE_OFFLINE = mute(_DNS, 0.35, 0.1, message("The probe had no way to its resolver: its own link may have been down."))
NOWHERE = row(_DNS, 0.04, 0.95, message("The name has no address elsewhere either."))
DENIED_HERE_ONLY = row(
    _DNS,
    0.75,
    0.15,
    message("The device's resolver did not answer the name, while another answered it from the same place."),
    "dns.nxdomain",
)
FAILED_ALONE = mute(_DNS, 0.45, 0.45, message("The name was not answered; whether it is elsewhere is not known."))
ON_THE_WAY = row(
    _DNS,
    0.75,
    0.2,
    message("The page leads on to a name that was not answered; elsewhere the page was found."),
    "dns.nxdomain",
)

_BY_FAILURE = {
    "dns_no_answer": NO_ANSWER,
    "dns_refused_error": REFUSED,
    **dict.fromkeys(NO_SUCH_NAME, NAME_DENIED),
}
_SEEN_BY_CONTROL = 2
_PROVEN_BY_CONTROL = 8


def judge_dns(hop: Hop, consistency: str | None) -> Step | None:
    """What the answers say by themselves; None if the name was not looked up.

    Args:
        hop: of the address under test.
        consistency: the probe's own conclusion, for records that do not say the networks of addresses.
    """
    asked = [query for query in hop.queries if query.engine in SYSTEM and query.query_type != "AAAA"]
    if not asked:
        asked = [query for query in hop.queries if query.query_type != "AAAA"] or hop.queries
    if not asked:
        return None
    answers = addresses(asked)
    if not answers:
        return _unanswered(hop, asked)
    return _answered(hop, answers, consistency)


def judge_names_on_the_way(hop: Hop) -> Step | None:
    """Whether the name that a redirect leads to was answered; of its addresses nothing is known elsewhere."""
    asked = [query for query in hop.queries if query.engine in SYSTEM] or hop.queries
    if not asked or addresses(asked):
        return None
    if hop.page_elsewhere:
        return ON_THE_WAY
    return FAILED_ALONE if hop.page_elsewhere is None else NOWHERE


def addresses(queries: list[Query]) -> list[tuple[str, int | None]]:
    """The addresses of the answers, each with the number of its network where the record has it."""
    return [
        (answer.ipv4 or answer.ipv6 or "", answer.asn)
        for query in queries
        for answer in query.answers or ()
        if answer.ipv4 or answer.ipv6
    ]


def _unanswered(hop: Hop, asked: list[Query]) -> Step:
    failure = next((query.failure for query in asked if query.failure), "dns_no_answer")
    others = [query for query in hop.queries if query.engine not in SYSTEM]
    elsewhere = hop.control.dns if hop.control else None
    answered_by_others = bool(addresses(others))
    if elsewhere is None or (elsewhere.addrs is None and not elsewhere.failure):
        return DENIED_HERE_ONLY if answered_by_others else FAILED_ALONE
    if elsewhere.failure or not any(is_address(text) for text in elsewhere.addrs or ()):
        return NOWHERE
    found = _BY_FAILURE.get(failure)
    if found is not None:
        return found
    how = way(failure)
    if how == UNREACHABLE and not answered_by_others:
        return MAYBE_OFFLINE
    return SILENT if how in (TIMEOUT, UNREACHABLE) else BROKEN


def _answered(hop: Hop, answers: list[tuple[str, int | None]], consistency: str | None) -> Step:
    lookup = hop.control.dns if hop.control else None
    known = set(lookup.addrs or ()) if lookup else set()
    hosts = {address for address, _ in answers}
    bogons = {host for host in hosts if is_bogon(host)}
    if bogons and lookup is None:
        return BOGON_ALONE
    if bogons:
        return BOGON_EVERYWHERE if bogons <= known else BOGON
    if _proves_its_name(hop, hosts):
        return PROVEN
    if hosts & known:
        return SAME
    return _of_other_addresses(hop, answers, consistency, compared=bool(known))


def _of_other_addresses(
    hop: Hop, answers: list[tuple[str, int | None]], consistency: str | None, *, compared: bool
) -> Step:
    """Answers of which the control got none."""
    control = hop.control
    if control is not None and _does_not_exist(control):
        return _invented(hop)
    networks = _networks(control)
    if any(asn in networks or _network(control, address) in networks for address, asn in answers):
        return SAME_NETWORK
    if consistency in ("consistent", "reverse_match"):
        return AGREED
    return UNMATCHED if compared else UNCOMPARED


def _proves_its_name(hop: Hop, hosts: set[str]) -> bool:
    """Whether a server at one of the addresses has shown a certificate for the name, to the probe or the control."""
    for one in hop.handshakes:
        if one.failure is None and not one.no_tls_verify and _host(one.address) in hosts:
            return True
    if hop.control is None:
        return False
    info = hop.control.ip_info or {}
    for host in hosts & info.keys():
        if (info[host].flags or 0) & _PROVEN_BY_CONTROL:
            return True
    tried = hop.control.tls_handshake or {}
    return any(one.status and _host(address) in hosts for address, one in tried.items())


def _invented(hop: Hop) -> Step:
    """A name that does not exist elsewhere was answered: a list of blocked names, or a provider's search page."""
    if addresses([query for query in hop.queries if query.engine == "udp"]):
        return INVENTED
    redirected = any(one.response and 300 <= (one.response.code or 0) < 400 for one in hop.requests)
    return SEARCH_PAGE if redirected else ANSWERED_ALONE


def _does_not_exist(control: Control) -> bool:
    return bool(control.dns and control.dns.failure in ("dns_name_error", "dns_nxdomain_error"))


def _networks(control: Control | None) -> set[int | None]:
    """The numbers of the networks of the control's own answers, those that are known."""
    info = (control.ip_info if control else None) or {}
    return {one.asn for one in info.values() if (one.flags or 0) & _SEEN_BY_CONTROL and one.asn}


def _network(control: Control | None, address: str) -> int | None:
    known = (control.ip_info or {}).get(address) if control else None
    return known.asn if known else None


def _host(endpoint: str | None) -> str:
    return (endpoint or "").rpartition(":")[0].strip("[]")
