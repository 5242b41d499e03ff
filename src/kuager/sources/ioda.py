"""IODA, Internet Outage Detection and Analysis (Georgia Tech): what it offers and what its answers mean.

Source: the data sources that its API v2 lists (``/datasources/``) and its help page. All times are UTC. Values of the
dashboard's CSV export and of ``gtr-norm`` are per cent of the maximum of the window asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import SignalKind
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request

SOURCE = Source(
    id="ioda",
    name="IODA, Georgia Tech",
    home="https://ioda.inetintel.cc.gatech.edu/",
    licence="",
    sees=message(
        "outages of countries, regions and networks: routes, answers to probes, unwanted and Google's traffic"
    ),
    cannot_see=message("blocked sites, throttling of single services, people behind shared addresses"),
    limits=message("It publishes none; Kuager asks at most once a second and for at most 100 days at a time."),
)

_BGP = Signal(
    id="ioda.bgp",
    source=SOURCE,
    name=message("BGP: visible networks"),
    kind=SignalKind.BGP,
    unit="visible /24s",
    native_step_s=300,
    independence="routing",
    sees=message("whether routes to the country's networks are announced to the world"),
    cannot_see=message("a cut behind routes that stay announced: filtering, whitelists, mobile access switched off"),
)

_PROBING = Signal(
    id="ioda.ping-slash24",
    source=SOURCE,
    name=message("Active probing: answering networks"),
    kind=SignalKind.PROBING,
    unit="answering /24s",
    native_step_s=600,
    independence="probing",
    sees=message("blocks of addresses that answer probes sent from outside the country"),
    cannot_see=message("people behind shared addresses, mobile networks that never answer, a single blocked site"),
)

_PROBING_LOSS = Signal(
    id="ioda.ping-slash24-loss",
    source=SOURCE,
    name=message("Active probing: lost probes"),
    kind=SignalKind.PROBING,
    unit="share of probes lost",
    native_step_s=600,
    independence="probing",
    sees=_PROBING.sees,
    cannot_see=_PROBING.cannot_see,
    falls_in_outages=False,
)

_PROBING_LATENCY = Signal(
    id="ioda.ping-slash24-latency",
    source=SOURCE,
    name=message("Active probing: delay"),
    kind=SignalKind.RTT,
    unit="ms",
    native_step_s=600,
    independence="probing",
    sees=_PROBING.sees,
    cannot_see=_PROBING.cannot_see,
    falls_in_outages=False,
)

_TELESCOPE = Signal(
    id="ioda.merit-nt",
    source=SOURCE,
    name=message("Telescope: unwanted traffic"),
    kind=SignalKind.TELESCOPE,
    unit="source addresses",
    native_step_s=300,
    independence="telescope",
    sees=message("infected or misconfigured machines that send traffic to unused addresses"),
    cannot_see=message("small countries with few such machines; its values jump when a worm spreads"),
)

_OLD_TELESCOPE = Signal(
    id="ioda.ucsd-nt",
    source=SOURCE,
    name=message("Telescope: unwanted traffic (before Merit's)"),
    kind=SignalKind.TELESCOPE,
    unit="source addresses",
    native_step_s=60,
    independence="telescope",
    sees=_TELESCOPE.sees,
    cannot_see=_TELESCOPE.cannot_see,
)

_GOOGLE = Signal(
    id="ioda.gtr",
    source=SOURCE,
    name=message("Google traffic"),
    kind=SignalKind.TRAFFIC,
    unit="requests, relative",
    native_step_s=1800,
    independence="google",
    sees=message("how much people use one Google service, compared with its highest value in the same window"),
    cannot_see=message("anything while that service alone is blocked or alone allowed; it is two to three hours late"),
)

_GOOGLE_NORMALISED = Signal(
    id="ioda.gtr-norm",
    source=SOURCE,
    name=message("Google traffic, per cent of the window's maximum"),
    kind=SignalKind.TRAFFIC,
    unit="per cent of the window's maximum",
    native_step_s=1800,
    independence="google",
    sees=_GOOGLE.sees,
    cannot_see=_GOOGLE.cannot_see,
)

_MOZILLA = Signal(
    id="ioda.mozilla",
    source=SOURCE,
    name=message("Mozilla: cities that report"),
    kind=SignalKind.INDEX,
    unit="cities",
    native_step_s=3600,
    independence="mozilla",
    sees=message("cities from which enough Firefox browsers report"),
    cannot_see=message("shifts smaller than one city; in small countries it is too coarse to tell anything"),
)

SIGNALS = (
    _BGP,
    _PROBING,
    _PROBING_LOSS,
    _PROBING_LATENCY,
    _TELESCOPE,
    _OLD_TELESCOPE,
    _GOOGLE,
    _GOOGLE_NORMALISED,
    _MOZILLA,
)
"""Everything of IODA that Kuager reads as a series; the products of ``gtr`` add their names (``ioda.gtr.gmail``)."""

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
_CODES_AT_ONCE = 10


def _plan(question: Question) -> Iterator[Request | Absence]:
    """Raw signals by source and span, those of networks together; Google's relative one for the whole window."""
    if question.place.startswith("AS"):
        yield from _signals(question, "asn", (question.place.removeprefix("AS"),), _OF_NETWORKS)
        return
    if question.place != question.country:
        return
    yield from _signals(question, "country", (question.country,), _OF_COUNTRIES)
    start, end = question.with_lead
    start = max(start, end - _LONGEST_DAYS * DAY_S)
    yield _raw("country", (question.country,), "gtr-norm", start, end, whole_window=True)
    numbers = [code.removeprefix("AS") for code in question.networks]
    for first in range(0, len(numbers), _CODES_AT_ONCE):
        yield from _signals(question, "asn", tuple(numbers[first : first + _CODES_AT_ONCE]), _OF_NETWORKS)


def _signals(
    question: Question, kind: str, codes: tuple[str, ...], datasources: tuple[str, ...]
) -> Iterator[Request | Absence]:
    for datasource in datasources:
        topic = _topic(kind, codes, datasource)
        for start, end in question.spans(question.with_lead, topic, _LONGEST_DAYS):
            yield _raw(kind, codes, datasource, start, end)


def _raw(
    kind: str, codes: tuple[str, ...], datasource: str, start: int, end: int, *, whole_window: bool = False
) -> Request:
    return Request(
        topic=_topic(kind, codes, datasource),
        path=f"signals/raw/{kind}/{','.join(codes)}",
        parameters=(("from", str(start)), ("until", str(end)), ("datasource", datasource)),
        kind="ioda-api",
        place=codes[0] if kind == "country" else "",
        start=start,
        end=end,
        whole_window=whole_window,
    )


def _topic(kind: str, codes: tuple[str, ...], datasource: str) -> str:
    return f"{datasource} of {kind} {','.join(codes)}"


OFFER = Offer(
    source=SOURCE,
    address="https://api.ioda.inetintel.cc.gatech.edu/v2",
    plan=_plan,
)
