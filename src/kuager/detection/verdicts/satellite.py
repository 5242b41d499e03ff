"""Verdicts on Satellite's measurements: an open resolver is asked for a name, and resolvers to be trusted are too.

An answer counts as right as soon as one of its addresses is one of theirs, or shows the same certificate, page or
network: names have other addresses in other countries. The test goes no further than the name: whether the target works
behind the address is not seen, so little is ever put on ``down``. Fields are those of the source's documentation
(``satellitev2.rst``), the rules follow Pearce et al., *Global Measurement of DNS Manipulation* (USENIX Security 2017).
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from kuager.codecs.censoredplanet.satellite import (
    Answer,
    Confidence,
    FirstLine,
    Reply,
    SecondLine,
    first_reply,
    passed,
    second_reply,
)
from kuager.detection.verdicts import satellite_reasons as reasons
from kuager.detection.verdicts.judged import Judged
from kuager.model.notes import Note
from kuager.model.verdicts import Flags, Layer, Masses, Verdict, VerdictKind

LEAST_BLOCKED = 0.5
"""What is blocked with a smaller probability is not called blocked."""
BOGON = 0.95
"""Addresses that cannot be anybody's on the internet, such as 10.10.34.35."""
NO_SUCH_NAME = 0.85
ELSEWHERE = 0.8
SERVER_FAILURE = 0.6
EMPTY = 0.6
SILENCE = 0.6
REFUSED = 0.55
NOBODY_KNOWS = 0.35
"""Addresses of which no certificate, page or network is known: nothing to compare."""
DELIVERY_NETWORK = 0.3
EXCLUDED = 0.2
NO_CONTROLS = 0.8
"""Of a resolver that nobody asked for harmless names."""
DOWN = 0.02
"""The resolvers to be trusted know the name, so it is not gone; its own servers may still fail for others."""
LITTLE_KNOWN = Masses(blocked=0.1, down=0.0, ok=0.9)
"""Of a measurement that failed."""

_NETWORKS = re.compile(
    r"akamai|amazon|cloudfront|cloudflare|fastly|google|microsoft|edgecast|edgio|limelight|cdn77|incapsula|imperva|"
    r"alibaba|stackpath|highwinds|cdnetworks|leaseweb-cdn|gcore|bunny",
    re.IGNORECASE,
)
"""Networks that deliver other people's sites from many places. Facebook and Twitter are not among them: filters answer
with their addresses."""

_STRONG_TAGS = frozenset({"ip", "http", "cert"})
_CODES = {
    2: (SERVER_FAILURE, "dns.servfail", reasons.SERVER_FAILURE),
    3: (NO_SUCH_NAME, "dns.nxdomain", reasons.NO_SUCH_NAME),
    5: (REFUSED, "dns.refused", reasons.REFUSED),
}
"""Response codes (RFC 1035, section 4.1.1) that stand in for an answer."""

_Found = tuple[float, str, Note]
"""The probability of a block, the method, and why."""


def first_judged(line: FirstLine) -> Judged:
    """The verdict on a line of version 1, which says nothing of the resolver's own controls nor of response codes."""
    flags = Flags(anomaly=not line.passed)
    reply = first_reply(line)
    if line.passed or any(answer.matched for answer in reply.answers):
        return _fine(reply, flags, ())
    if not reply.answers:
        return _failed(reasons.NOT_READ, flags)
    untagged = all(answer.tags for answer in reply.answers)  # with ``no_tags``, or they would have matched
    blocked, method, note = _of_answers(reply.answers, untagged=untagged)
    return _weighed(blocked * NO_CONTROLS, method, (note, Note(reasons.CONTROLS_UNKNOWN, {})), flags)


def second_judged(line: SecondLine) -> Judged:
    """The verdict on a line of version 2.

    Raises:
        msgspec.DecodeError: its answers have a shape that nobody knows.
    """
    sound = passed(line)
    flags = Flags(anomaly=line.anomaly, failed=None if sound is None else not sound)
    reply = second_reply(line)
    if sound is False:
        return _failed(reasons.RESOLVER_FAILED, flags)
    if line.in_control_group is False:
        return _failed(reasons.NO_COMPARISON, flags)
    unknown = () if sound else (Note(reasons.CONTROLS_UNKNOWN, {}),)
    if any(answer.matched for answer in reply.answers):
        return _fine(reply, flags, unknown)
    confidence = line.confidence or Confidence()
    if reply.answers and confidence.untagged_controls and not _bogons(reply.answers):
        return _failed(reasons.CONTROLS_UNTAGGED, flags)
    untagged = bool(confidence.untagged_response)
    found = _of_answers(reply.answers, untagged=untagged) if reply.answers else _of_codes(reply)
    if found is None:
        return _failed(_why_no_answer(reply), flags)
    blocked, method, note = found
    notes = (note, *unknown)
    if line.excluded:
        blocked = min(blocked, EXCLUDED)
        notes = (Note(reasons.EXCLUDED, {}), *notes)
    return _weighed(blocked if sound else blocked * NO_CONTROLS, method, notes, flags)


def _failed(reason: str, flags: Flags) -> Judged:
    return Judged(Verdict(VerdictKind.FAILED, None, LITTLE_KNOWN, (Note(reason, {}),)), flags, "")


def _fine(reply: Reply, flags: Flags, notes: tuple[Note, ...]) -> Judged:
    """The answer is right; a little less surely so when only the network is the same."""
    matched = [answer for answer in reply.answers if answer.matched]
    strong = any(_STRONG_TAGS.intersection(answer.tags) for answer in matched)
    blocked = 0.02 if strong else 0.08
    facts = {"count": str(len(matched)), "of": str(len(reply.answers))}
    note = Note(reasons.SAME_SITE if strong else reasons.SAME_NETWORK, facts)
    verdict = Verdict(VerdictKind.OK, None, _masses(blocked), (note, *notes))
    return Judged(verdict, flags, "")


def _weighed(blocked: float, method: str, notes: tuple[Note, ...], flags: Flags) -> Judged:
    if blocked < LEAST_BLOCKED:
        return Judged(Verdict(VerdictKind.OK, None, _masses(blocked), notes), flags, "")
    return Judged(Verdict(VerdictKind.BLOCKED, Layer.DNS, _masses(blocked), notes), flags, method)


def _masses(blocked: float) -> Masses:
    return Masses(blocked=blocked, down=DOWN, ok=1.0 - (blocked + DOWN))


def _of_answers(answers: tuple[Answer, ...], *, untagged: bool) -> _Found:
    """Addresses of which none is known to the controls."""
    facts = {"count": str(len(answers))}
    if _bogons(answers):
        return BOGON, "dns.bogon", Note(reasons.BOGON, facts)
    networks = {found[0].lower() for answer in answers if (found := _NETWORKS.search(answer.owner))}
    if networks and all(_NETWORKS.search(answer.owner) for answer in answers):
        names = ", ".join(sorted(name.capitalize() for name in networks))
        return DELIVERY_NETWORK, "dns.mismatch", Note(reasons.DELIVERY_NETWORK, {"name": names})
    if untagged:
        return NOBODY_KNOWS, "dns.mismatch", Note(reasons.NOBODY_KNOWS, facts)
    return ELSEWHERE, "dns.mismatch", Note(reasons.ELSEWHERE, facts)


def _bogons(answers: tuple[Answer, ...]) -> bool:
    """Whether every address is one that nobody can have on the internet."""
    return bool(answers) and all(_is_bogon(answer.address) for answer in answers)


@lru_cache(maxsize=10_000)
def _is_bogon(address: str) -> bool:
    try:
        return not ip_address(address).is_global
    except ValueError:
        return False


def _of_codes(reply: Reply) -> _Found | None:
    """No address at all: what the resolver said instead, in its last answer; None if it never said anything clear."""
    facts = {"count": str(len(reply.rcodes))}
    codes = [code for code in reply.rcodes if code is not None and code >= 0]
    if not codes:
        silent = bool(reply.errors) and all(error.endswith("timeout") for error in reply.errors)
        return (SILENCE, "dns.timeout", Note(reasons.SILENCE, facts)) if silent else None
    if codes[-1] in _CODES:
        blocked, method, reason = _CODES[codes[-1]]
        return blocked, method, Note(reason, facts)
    if codes[-1] == 0:
        return EMPTY, "dns.empty", Note(reasons.EMPTY, facts)
    return None


def _why_no_answer(reply: Reply) -> str:
    return reasons.RESOLVER_CLOSED if any("refused" in error for error in reply.errors) else reasons.NOT_READ
