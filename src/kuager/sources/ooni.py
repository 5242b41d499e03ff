"""OONI, Open Observatory of Network Interference: what it offers and how its API is asked.

Volunteers measure which sites, services and networks can be reached. Asked for are counts per day of each test, for the
country and for web sites in its largest networks, and lists of measurements of web sites: those that OONI flagged, and
all of the case's sites. Absent days are absent: in a shutdown nobody can send results. Times are UTC.

The API takes ten units a minute and bills one for every 10 ms that an answer takes it, by the strictest reading of its
published settings. Sources: the API's own code (ooni/backend, ``oonimeasurements``) and OONI's Readme on its data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from kuager.codecs.ooni.api import page_of
from kuager.codecs.ooni.names import COUNTS, NOT_SAID, TESTS
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Direction, SignalKind
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request, spans

LICENCE = "CC-BY-NC-SA-4.0"

SOURCE = Source(
    id="ooni",
    name="OONI, Open Observatory of Network Interference",
    home="https://ooni.org/",
    licence=LICENCE,
    non_commercial=True,
    sees=message("which sites, messengers and circumvention tools volunteers could reach, day by day and by network"),
    cannot_see=message(
        "a full shutdown while it lasts, except by silence; parts of a country; places where nobody runs the app"
    ),
    limits=message("ten units a minute, one unit for every 10 ms of its work; Kuager asks ten times a minute at most"),
)

_NAMES = {
    "web_connectivity": message("OONI: tests of web sites"),
    "telegram": message("OONI: tests of Telegram"),
    "whatsapp": message("OONI: tests of WhatsApp"),
    "facebook_messenger": message("OONI: tests of Facebook Messenger"),
    "signal": message("OONI: tests of Signal"),
    "tor": message("OONI: tests of Tor"),
    "psiphon": message("OONI: tests of Psiphon"),
    "ndt": message("OONI: tests of speed (NDT)"),
    "dash": message("OONI: tests of video (DASH)"),
    NOT_SAID: message("OONI: tests that the answer does not name"),
}
_OTHER = message("OONI: another test")
_SEES = message("how many tests volunteers made in a day and could send; it falls when they lose the network")
_CANNOT = message(
    "whether people could not measure or did not want to; few measure, so small numbers change by chance; results may "
    "be sent days later"
)
_PARTS = {
    "anomaly": message("OONI: tests with a sign of blocking"),
    "confirmed": message("OONI: tests with blocking confirmed"),
    "failure": message("OONI: tests that failed"),
    "ok": message("OONI: tests without a sign of blocking"),
}
_PART_SEES = message("how many tests of a day OONI judged so, by its own rules")
_PART_CANNOT = message(
    "how usual it is: a broken site, a portal or an old version of the app gives the same signs; it rises and falls "
    "with the number of tests"
)


def _signals(test: str) -> Iterator[Signal]:
    """A test's count and its four parts. They are shown, and not searched for drops: few measure, and not every day."""
    for part in ("", *COUNTS):
        yield Signal(
            id=f"ooni.{test}.{part}" if part else f"ooni.{test}",
            source=SOURCE,
            name=_PARTS[part] if part else _NAMES.get(test, _OTHER),
            kind=SignalKind.COUNT,
            unit="measurements",
            native_step_s=DAY_S,
            independence="ooni",
            sees=_PART_SEES if part else _SEES,
            cannot_see=_PART_CANNOT if part else _CANNOT,
            direction=Direction.NONE,  # a handful of volunteers: one who travels would look like an outage
        )


REACHED = Signal(
    id="ooni.reached",
    source=SOURCE,
    name=message("OONI: tests that reached what they tested"),
    kind=SignalKind.COUNT,
    unit="per cent of measurements that were not blocked",
    native_step_s=DAY_S,
    independence="ooni",
    sees=message("which share of the measurements of blocked sites and apps reached them, by verdicts of Kuager"),
    cannot_see=message("days on which nobody measured; networks on which nobody measures; who keeps a site away"),
    direction=Direction.NONE,
)
SPEEDS = Signal(
    id="ooni.speeds",
    source=SOURCE,
    name=message("OONI: how fast connections were"),
    kind=SignalKind.THROUGHPUT,
    unit="",
    native_step_s=DAY_S,
    independence="ooni",
    sees=message("whether speed tests, or handshakes with a site, took longer than usual on the same network"),
    cannot_see=message("connections of people who do not test; whether a slow line was slowed by somebody"),
    direction=Direction.NONE,
)

SIGNALS = (*(signal for test in (*TESTS, NOT_SAID) for signal in _signals(test)), REACHED, SPEEDS)
"""Everything of OONI that Kuager reads as a series."""

ASKED_TESTS = TESTS[:9]
"""Web sites, messengers, circumvention tools and speed: what people run every day."""

_HOST = "api.ooni.io"
_AGGREGATION, _MEASUREMENTS = "api/v1/aggregation", "api/v1/measurements"
_LONGEST_DAYS = 180
_MOST_NETWORKS = 5
_LIST_DAYS = 30
_SITES_AT_ONCE = 10
_PAGE, _MOST_PAGES = 1000, 20

_NO_REGIONS = message("OONI knows countries and networks, not regions.")
_ELSEWHERE = message("The next page of OONI's list lies at an address that is not its own; it was not asked for.")
_IN_CIRCLES = message("The next page of OONI's list leads back instead of on; it was not asked for.")
_TOO_MANY = message("OONI has more than {count} such measurements; the later ones were not asked for.")


def _plan(question: Question) -> Iterator[Request | Absence]:
    """Counts with the days before the window, for what is ordinary; single measurements of the window alone."""
    if question.place.startswith("AS"):
        for test in ASKED_TESTS:
            yield from _counts(question, question.place, test)
        yield from _flagged(question)
        yield from _of_sites(question)
        return
    if question.place != question.country:
        start, end = question.without_lead
        yield Absence(f"tests in {question.place}", start, end, Note(_NO_REGIONS, {}))
        return
    for test in ASKED_TESTS:
        yield from _counts(question, question.country, test)
    for network in question.networks[:_MOST_NETWORKS]:
        yield from _counts(question, network, "web_connectivity")
    yield from _flagged(question)
    yield from _of_sites(question)


def _counts(question: Question, place: str, test: str) -> Iterator[Request | Absence]:
    topic = f"{test} in {place}"
    for start, end in question.spans(question.with_lead, topic, _LONGEST_DAYS):
        yield Request(
            topic=topic,
            path=_AGGREGATION,
            parameters=(
                _filter(place),
                ("test_name", test),
                ("since", f"{from_epoch(start):%Y-%m-%d}"),
                ("until", f"{from_epoch(end):%Y-%m-%d}"),  # the API does not count it in
                ("time_grain", "day"),
                ("axis_x", "measurement_start_day"),
            ),
            kind=f"ooni-aggregation:{test}",
            place=place,
            start=start,
            end=end,
        )


def _flagged(question: Question) -> Iterator[Request | Absence]:
    """Measurements of web sites that OONI flagged as anomalies, confirmed ones among them; none is an answer too."""
    topic = f"flagged web_connectivity in {question.place}"
    yield from _lists(question, topic, (("anomaly", "true"),), empty_is_an_answer=True)


def _of_sites(question: Question) -> Iterator[Request | Absence]:
    """All measurements of the sites of the case; a day without any says that nobody measured."""
    for first in range(0, len(question.sites), _SITES_AT_ONCE):
        domains = ",".join(question.sites[first : first + _SITES_AT_ONCE])
        topic = f"web_connectivity of {domains} in {question.place}"
        yield from _lists(question, topic, (("domain", domains),), empty_is_an_answer=False)


def _lists(
    question: Question, topic: str, narrowed: tuple[tuple[str, str], ...], *, empty_is_an_answer: bool
) -> Iterator[Request | Absence]:
    """The first page of each month or so of the window.

    Months that are settled are planned again: their first page is not asked again, and leads to those after it that an
    interruption left out.
    """
    for start, end in spans(question.without_lead, frozenset(), _LIST_DAYS):
        yield Request(
            topic=topic,
            path=_MEASUREMENTS,
            parameters=(
                _filter(question.place),
                ("test_name", "web_connectivity"),
                *narrowed,
                # the API leaves out the first second of the range and counts the last one in
                ("since", format_utc(from_epoch(start - 1))),
                ("until", format_utc(from_epoch(end - 1))),
                ("order_by", "measurement_start_time"),
                ("order", "asc"),
                ("limit", str(_PAGE)),
            ),
            kind="ooni-api",
            place=question.place,
            start=start,
            end=end,
            empty_is_an_answer=empty_is_an_answer,
        )


def _follow(request: Request, answer: bytes) -> Iterator[Request | Absence]:
    """The next page of a list, as the answer names it; its address is looked at and its query alone is taken.

    Whatever host answers, the same one is asked again, and what was asked for stays as it was. A page must lead on by
    as many measurements as it has, so that no list is without end.
    """
    if request.path != _MEASUREMENTS:
        return
    try:
        page = page_of(answer)
    except CodecError:
        return
    if not page.next_url or not page.rows:
        return
    query = _query(page.next_url)
    if query is None:
        yield _rest(request, page.last, Note(_ELSEWHERE, {}))
        return
    offset, before = query.get("offset", ""), dict(request.parameters).get("offset", "0")
    if not offset.isdecimal() or len(offset) > 12 or int(offset) < int(before) + page.rows:
        yield _rest(request, page.last, Note(_IN_CIRCLES, {}))
    elif int(offset) >= _PAGE * _MOST_PAGES:
        yield _rest(request, page.last, Note(_TOO_MANY, {"count": str(_PAGE * _MOST_PAGES)}))
    else:
        others = (one for one in request.parameters if one[0] != "offset")
        yield replace(request, topic=_page_topic(request, offset), parameters=(*others, ("offset", offset)))


def _page_topic(request: Request, offset: str) -> str:
    """Where none is an answer, each page has a topic of its own: one that fails must not be hidden by another."""
    first = request.topic.partition(" after ")[0]
    return f"{first} after {offset}" if request.empty_is_an_answer else first


def _query(next_url: str) -> dict[str, str] | None:
    """The query of an address at OONI's own list of measurements, or of one without a host; None for any other."""
    try:
        parts = urlsplit(next_url)
        found = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return None
    own = not parts.netloc or (parts.scheme == "https" and parts.netloc == _HOST)
    return found if own and parts.path.lstrip("/") == _MEASUREMENTS else None


def _rest(request: Request, last: int | None, reason: Note) -> Absence:
    """The days of a list from that of its last measurement on, as not answered."""
    start = request.start if last is None else max(request.start, min(last - last % DAY_S, request.end - DAY_S))
    return Absence(f"further {request.topic}", start, request.end, reason)


def _filter(place: str) -> tuple[str, str]:
    return ("probe_asn", place) if place.startswith("AS") else ("probe_cc", place)


OFFER = Offer(
    source=SOURCE,
    address=f"https://{_HOST}",
    plan=_plan,
    follow=_follow,
    pause_s=6.0,
    settles_s=14 * DAY_S,  # what was measured in a shutdown is sent when it is over
    quota_header="X-RateLimit-Remaining",
)
