"""RouteViews (University of Oregon): the archive of routes that its collectors hear. Listed here, read elsewhere.

``https://archive.routeviews.org/route-views.linx/bgpdata/2022.01/RIBS/`` lists ``rib.20220105.0800.bz2``, all routes,
every two hours, and ``UPDATES/`` beside it ``updates.20220105.0815.bz2``, every quarter of an hour; in some years at
odd minutes. The first collector, ``route-views2``, has no folder of its own. Source: the archive's layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kuager.codecs.archive_listing import FIRST_COLLECTOR
from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.sources.offer import Absence, Offer, Question, Request
from kuager.sources.ris import lists, moments

SOURCE = Source(
    id="routeviews",
    name=message("RouteViews, University of Oregon: lists of files"),
    home="https://www.routeviews.org/",
    licence="CC-BY-4.0",
    sees=message("every change of every route that its peers tell its collectors, to the second"),
    cannot_see=message("a cut behind routes that stay announced; routes that none of its peers hears"),
    limits=message("no limit is published; hundreds of gigabytes, so only lists are fetched unasked"),
)

SIGNALS: tuple[Signal, ...] = ()
"""Its files are listed; series are made of them elsewhere."""

COLLECTORS = (FIRST_COLLECTOR, "route-views.linx")
"""Oregon with peers of the whole world, and London."""

_FOLDERS = {"RIBS": ("rib", timedelta(hours=2)), "UPDATES": ("updates", timedelta(minutes=15))}


def routeviews_files(collector: str, start: datetime, end: datetime) -> list[str]:
    """Paths of the files that a window should have, in order of time, tables before changes.

    Args:
        collector: such as ``route-views.linx``.
        start: the first moment, in UTC; a file that begins before it is not among them.
        end: the window's end, not included.
    """
    found = [
        (moment, f"{_folder(collector)}{moment:%Y.%m}/{folder}/{name}.{moment:%Y%m%d.%H%M}.bz2")
        for folder, (name, every) in _FOLDERS.items()
        for moment in moments(start, end, every)
    ]
    return [path for _, path in sorted(found)]


def _folder(collector: str) -> str:
    return "bgpdata/" if collector == FIRST_COLLECTOR else f"{collector}/bgpdata/"


def _plan(question: Question) -> Iterator[Request | Absence]:
    for collector in COLLECTORS:
        for folder in _FOLDERS:
            topic = f"{folder.lower()} of {collector}"
            yield from lists(question, topic, _folder(collector), f"{folder}/")


OFFER = Offer(source=SOURCE, address="https://archive.routeviews.org", plan=_plan, pause_s=2.0)
