"""IODA, Internet Outage Detection and Analysis (Georgia Tech): how its API v2 is asked (offered: ``ioda.signals``).

A country is asked for its own signals, those of its networks, and IODA's findings about it; the list of its regions
leads to the signals of every region that the register has. IODA numbers regions itself, so they cannot be asked for
before that list is there. ``until - from`` is at most 100 days. Source: the API's own code (InetIntel/ioda-api).
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.codecs.ioda.entities import regions_in
from kuager.codecs.ioda.opinions import how_many
from kuager.errors import message
from kuager.model.notes import Note
from kuager.sources.ioda_signals import SIGNALS, SOURCE
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request, spans

__all__ = ["OFFER", "SIGNALS", "SOURCE"]

_LONGEST_DAYS = 100
_OF_COUNTRIES = (
    "bgp",
    "ping-slash24",
    "ping-slash24-loss",
    "ping-slash24-latency",
    "merit-nt",
    "gtr",
    "mozilla",
)
_OF_NETWORKS = ("bgp", "ping-slash24", "merit-nt")
_OF_REGIONS = ("bgp", "ping-slash24", "merit-nt")
_NETWORKS_AT_ONCE = 10
_REGIONS_AT_ONCE, _MOST_REGIONS = 25, 100
"""Kazakhstan has 20. Asked together, so that regions of one name are told apart by the others of the same answer."""

_FINDINGS = ("alerts", "events")
_PAGE, _MOST_PAGES = 500, 20
_ENTITIES = "entities/query"
_NO_SUCH_REGION = message("IODA lists no region of that name.")
_NO_REGIONS_KNOWN = message("Kuager's register has no codes for the regions that IODA lists of this country.")
_MORE_REGIONS = message("IODA lists more regions than Kuager asks for; {count} were not asked for.")
_MOST_ENTITIES = 2000
"""What the API sends at most when no limit is set."""


def _plan(question: Question) -> Iterator[Request | Absence]:
    """Raw signals by source and span, those of networks together; Google's relative one for the whole window."""
    if question.place.startswith("AS"):
        yield from _signals(question, "asn", (question.place.removeprefix("AS"),), _OF_NETWORKS)
        yield from _findings(question, "asn", question.place.removeprefix("AS"))
        return
    if question.place == question.country:
        yield from _of_country(question)
    yield _regions(question)


def _of_country(question: Question) -> Iterator[Request | Absence]:
    yield from _signals(question, "country", (question.country,), _OF_COUNTRIES)
    begin, end = question.with_lead
    start = max(begin, end - _LONGEST_DAYS * DAY_S)
    topic = _topic("country", (question.country,), "gtr-norm")
    if start > question.start:
        reason = Note(message("Relative values are good for one request only, and IODA gives 100 days in one."), {})
        yield Absence(f"{topic} before the last {_LONGEST_DAYS} days", question.start, start, reason)
    yield _raw(topic, "country", (question.country,), "gtr-norm", start, end, question.country, whole_window=True)
    numbers = [code.removeprefix("AS") for code in question.networks]
    for first in range(0, len(numbers), _NETWORKS_AT_ONCE):
        yield from _signals(question, "asn", tuple(numbers[first : first + _NETWORKS_AT_ONCE]), _OF_NETWORKS)
    yield from _findings(question, "country", question.country)


def _signals(
    question: Question, kind: str, codes: tuple[str, ...], datasources: tuple[str, ...]
) -> Iterator[Request | Absence]:
    place = codes[0] if kind == "country" else ""
    for datasource in datasources:
        topic = _topic(kind, codes, datasource)
        for start, end in question.spans(question.with_lead, topic, _LONGEST_DAYS):
            yield _raw(topic, kind, codes, datasource, start, end, place)


def _raw(
    topic: str,
    kind: str,
    codes: tuple[str, ...],
    datasource: str,
    start: int,
    end: int,
    place: str,
    *,
    whole_window: bool = False,
) -> Request:
    return Request(
        topic=topic,
        path=f"signals/raw/{kind}/{','.join(codes)}",
        parameters=(("from", str(start)), ("until", str(end)), ("datasource", datasource)),
        kind="ioda-api",
        place=place,
        start=start,
        end=end,
        whole_window=whole_window,
        series=len(codes),
    )


def _topic(kind: str, codes: tuple[str, ...], datasource: str) -> str:
    return f"{datasource} of {kind} {','.join(codes)}"


def _findings(question: Question, kind: str, code: str) -> Iterator[Request]:
    """The first pages of IODA's alerts and events.

    Spans begin at the window's start whatever is settled: a settled page is not asked again, but leads to its next one
    again, which may have failed.
    """
    for what in _FINDINGS:
        for start, end in spans(question.without_lead, frozenset(), _LONGEST_DAYS):
            yield _page(f"{what} of {kind} {code}", what, (("entityType", kind), ("entityCode", code)), start, end, 0)


def _page(topic: str, what: str, entity: tuple[tuple[str, str], ...], start: int, end: int, page: int) -> Request:
    place = dict(entity)["entityCode"]
    return Request(
        topic=f"{topic}, page {page + 1}" if page else topic,  # each page is needed
        path=f"outages/{what}",
        parameters=(
            ("from", str(start)),
            ("until", str(end - 1)),  # the API counts the end in, and gives it to events that last beyond it
            *entity,
            ("limit", str(_PAGE)),
            ("page", str(page)),
        ),
        kind="ioda-api",
        place=place if dict(entity)["entityType"] == "country" else f"AS{place}",
        start=start,
        end=end,
        empty_is_an_answer=True,
    )


def _regions(question: Question) -> Request:
    """The list of a country's regions, for all of them or for the one that the question is about."""
    start, end = question.with_lead
    return Request(
        topic=f"regions of {question.country}",
        path=_ENTITIES,
        parameters=(
            ("entityType", "region"),
            ("relatedTo", f"country/{question.country}"),
            ("limit", str(_MOST_ENTITIES)),
        ),
        kind="ioda-api",
        place=question.place,
        start=start,
        end=end,
        empty_is_an_answer=True,
        counts=False,
    )


def _follow(request: Request, answer: bytes) -> Iterator[Request | Absence]:
    """The signals of the regions of a list; the next page of findings, until one is empty.

    A page may be smaller than was asked for, so its size does not say whether it is the last.
    """
    if request.path == _ENTITIES:
        yield from _of_regions(request, regions_in(answer, request.place))
    page = dict(request.parameters).get("page")
    if page is None or not how_many(answer):
        return
    asked, topic = dict(request.parameters), request.topic.partition(", page ")[0]
    entity = tuple((name, asked[name]) for name in ("entityType", "entityCode"))
    if int(page) + 1 < _MOST_PAGES:
        what = request.path.removeprefix("outages/")
        yield _page(topic, what, entity, request.start, request.end, int(page) + 1)
        return
    yield Absence(
        f"further {topic}",
        request.start,
        request.end,
        Note(
            message("IODA has {count} pages of them or more; the others were not asked for."),
            {"count": str(_MOST_PAGES)},
        ),
    )


def _of_regions(request: Request, known: list[tuple[str, str]]) -> Iterator[Request | Absence]:
    """Raw signals of regions, several at once; spans begin with the case's, so that they stay the same as it grows."""
    country = request.place[:2]
    if request.place == country:
        chosen = [number for number, _ in known][:_MOST_REGIONS]
        topic = f"of the regions of {country}"
    else:
        chosen = [number for number, place in known if place == request.place]
        topic = f"of {request.place}"
    if not chosen:
        reason = _NO_SUCH_REGION if request.place != country else _NO_REGIONS_KNOWN
        yield Absence(f"signals {topic}", request.start, request.end, Note(reason, {}))
    if request.place == country and len(known) > _MOST_REGIONS:
        facts = {"count": str(len(known) - _MOST_REGIONS)}
        yield Absence(
            f"signals of further regions of {country}", request.start, request.end, Note(_MORE_REGIONS, facts)
        )
    for first in range(0, len(chosen), _REGIONS_AT_ONCE):
        numbers = tuple(chosen[first : first + _REGIONS_AT_ONCE])
        part = f", part {first // _REGIONS_AT_ONCE + 1}" if first else ""
        for datasource in _OF_REGIONS:
            for start, end in spans((request.start, request.end), frozenset(), _LONGEST_DAYS):
                yield _raw(f"{datasource} {topic}{part}", "region", numbers, datasource, start, end, request.place)


OFFER = Offer(
    source=SOURCE,
    address="https://api.ioda.inetintel.cc.gatech.edu/v2",
    plan=_plan,
    follow=_follow,
)
