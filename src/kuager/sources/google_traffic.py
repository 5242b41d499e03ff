"""Google's Transparency Report, traffic to its products: what it offers and how the site's own API is asked.

The API is not published for others to use and may change or stop without notice. Times are milliseconds, UTC; ranges
of less than a day are refused, and the step grows with the range. Google normalises the values, so a window is asked
for as a whole. Numbers of products are those that Jigsaw's net-analysis lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.codecs.google_traffic import PRODUCTS, UNIT
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.words import Direction, SignalKind
from kuager.sources.offer import Absence, Offer, Question, Request

SOURCE = Source(
    id="google",
    name="Google Transparency Report",
    home="https://transparencyreport.google.com/traffic/overview",
    licence="",
    sees=message("how much people of a country use each of Google's products, compared with the same window"),
    cannot_see=message(
        "anything while a product alone is blocked or alone allowed; the API is unofficial and may stop at any time"
    ),
    limits=message("none is published; the API is unofficial, and ranges of less than a day are refused"),
)

_NAMES = {
    "ALL": message("Google traffic: all products"),
    "BLOGGER": message("Google traffic: Blogger"),
    "BOOKS": message("Google traffic: Books"),
    "DOCS": message("Google traffic: Docs"),
    "EARTH": message("Google traffic: Earth"),
    "GMAIL": message("Google traffic: Gmail"),
    "GROUPS": message("Google traffic: Groups"),
    "IMAGES": message("Google traffic: image search"),
    "MAPS": message("Google traffic: Maps"),
    "ORKUT": message("Google traffic: Orkut"),
    "PICASA": message("Google traffic: Picasa"),
    "SITES": message("Google traffic: Sites"),
    "SPREADSHEETS": message("Google traffic: Spreadsheets"),
    "TRANSLATE": message("Google traffic: Translate"),
    "VIDEOS": message("Google traffic: video search"),
    "WEB_SEARCH": message("Google traffic: web search"),
    "YOUTUBE": message("Google traffic: YouTube"),
}


_GENERAL = frozenset({"traffic", "all", "web_search"})
"""Any other product can be blocked alone, and its fall then tells of no outage."""


_SEVERAL = frozenset({"traffic", "all"})
_OWN_NAMES = frozenset({"blogger", "gmail", "orkut", "picasa", "youtube"})
"""Products that are known by their names alone; the others are called ``google-maps`` and so on."""


def _service(name: str) -> str:
    if name in _SEVERAL:
        return ""
    return name if name in _OWN_NAMES else f"google-{name.replace('_', '-')}"


def _signal(name: str, title: str) -> Signal:
    return Signal(
        id=f"google.{name}",
        source=SOURCE,
        name=title,
        kind=SignalKind.TRAFFIC,
        unit=UNIT,
        native_step_s=1800,
        independence="google",
        sees=message("how much people use one Google service, as Google normalises it for the same window"),
        cannot_see=message("anything while that service alone is blocked or alone allowed; networks and regions"),
        direction=Direction.FALLS if name in _GENERAL else Direction.NONE,
        service=_service(name),
    )


SIGNALS = (
    _signal("traffic", message("Google traffic: a product that is not known")),
    *(_signal(product.lower(), _NAMES[product]) for product in PRODUCTS),
)
"""A signal per product, and one for files of which the product is not known. All of them fall together."""

_PLANNED = ("WEB_SEARCH", "GMAIL", "MAPS", "YOUTUBE", "ALL")
_LARGEST = 8 * 2**20


def _plan(question: Question) -> Iterator[Request | Absence]:
    """The five products that most people use, each for the whole window with the days before it."""
    if question.place != question.country:
        start, end = question.without_lead
        yield Absence(
            f"traffic of {question.place}",
            start,
            end,
            Note(message("Google gives its traffic by country only."), {}),
        )
        return
    start, end = question.with_lead
    if end <= start:
        return
    for product in _PLANNED:
        yield Request(
            topic=f"{product} of {question.country}",
            path="fraction",
            parameters=(
                ("start", str(start * 1000)),
                ("end", str(end * 1000)),
                ("region", question.country),
                ("product", str(PRODUCTS[product])),
            ),
            kind=f"google-traffic:{product}",
            place=question.country,
            start=start,
            end=end,
            largest=_LARGEST,
            whole_window=True,
        )


OFFER = Offer(
    source=SOURCE,
    address="https://transparencyreport.google.com/transparencyreport/api/v3/traffic",
    plan=_plan,
    pause_s=2.0,
)
