"""The plain list of every source and signal that Kuager knows. A new source is one file and one line here."""

from __future__ import annotations

from dataclasses import replace

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import SignalKind
from kuager.sources import (
    censoredplanet,
    google_traffic,
    google_trends,
    ioda,
    mlab,
    ooni,
    ooni_archive,
    radar,
    ripestat,
    ris,
    routeviews,
    simulated,
    stop,
    tor_metrics,
)
from kuager.sources.offer import Offer

_ASKED = (
    ioda,
    ripestat,
    ooni,
    ooni_archive,
    radar,
    google_traffic,
    tor_metrics,
    ris,
    routeviews,
    censoredplanet,
    mlab,
    stop,
)

_ADDED = (google_trends, simulated)
"""Sources that nobody asks and that no day of a case waits for: their series come in files of our own format."""

SOURCES: dict[str, Source] = {module.SOURCE.id: module.SOURCE for module in (*_ASKED, *_ADDED)}
SIGNALS: dict[str, Signal] = {signal.id: signal for module in (*_ASKED, *_ADDED) for signal in module.SIGNALS}

OFFERS: dict[str, Offer] = {module.OFFER.source.id: module.OFFER for module in _ASKED}
"""How each source is asked, in the order in which they are listed."""

_UNREGISTERED = Source(id="own", name=message("series supplied with the case"), home="", licence="")


def signal(name: str) -> Signal:
    """The signal of that id; one that nobody registered is a plain index of which nothing is known.

    Unregistered signals are told apart as sources by what stands before their first dot: ``isp.core-a`` and
    ``isp.core-b`` come from one hand and never corroborate each other.
    """
    parent = name
    while parent:
        if parent in SIGNALS:
            return replace(SIGNALS[parent], id=name)  # ioda.gtr.gmail is ioda.gtr of one product, and falls with it
        parent = parent.rpartition(".")[0]
    return Signal(
        id=name,
        source=_UNREGISTERED,
        name=name,
        kind=SignalKind.INDEX,
        unit="",
        native_step_s=0,
        independence=name.partition(".")[0],
        sees=message("not described by whoever supplied it"),
        cannot_see=message("not described by whoever supplied it"),
    )
