"""IODA, Internet Outage Detection and Analysis (Georgia Tech): what it offers and what its answers mean.

Source: the data sources that its API v2 lists (``/datasources/``) and its help page. All times are UTC. Values of the
dashboard's CSV export and of ``gtr-norm`` are per cent of the maximum of the window asked for.
"""

from __future__ import annotations

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import SignalKind

SOURCE = Source(
    id="ioda",
    name="IODA, Georgia Tech",
    home="https://ioda.inetintel.cc.gatech.edu/",
    licence="",
)

_PROBING_SEES = message("blocks of addresses that answer probes sent from outside the country")
_PROBING_CANNOT = message("people behind shared addresses, mobile networks that never answer, a single blocked site")
_GOOGLE_SEES = message("how much people use one Google service, compared with its highest value in the same window")
_GOOGLE_CANNOT = message(
    "anything while that service alone is blocked or alone allowed; it arrives two to three hours late"
)


def _signal(
    name: str, title: str, kind: SignalKind, unit: str, step_s: int, group: str, sees: str, blind: str
) -> Signal:
    return Signal(f"ioda.{name}", SOURCE, title, kind, unit, step_s, group, sees, blind)


SIGNALS = (
    _signal(
        "bgp",
        message("BGP: visible networks"),
        SignalKind.BGP,
        "visible /24s",
        300,
        "routing",
        message("whether routes to the country's networks are announced to the world"),
        message("a cut behind routes that stay announced: filtering, whitelists, mobile access switched off"),
    ),
    _signal(
        "ping-slash24",
        message("Active probing: answering networks"),
        SignalKind.PROBING,
        "answering /24s",
        600,
        "probing",
        _PROBING_SEES,
        _PROBING_CANNOT,
    ),
    _signal(
        "ping-slash24-loss",
        message("Active probing: lost probes"),
        SignalKind.PROBING,
        "share of probes lost",
        600,
        "probing",
        _PROBING_SEES,
        _PROBING_CANNOT,
    ),
    _signal(
        "ping-slash24-latency",
        message("Active probing: delay"),
        SignalKind.RTT,
        "ms",
        600,
        "probing",
        _PROBING_SEES,
        _PROBING_CANNOT,
    ),
    _signal(
        "merit-nt",
        message("Telescope: unwanted traffic"),
        SignalKind.TELESCOPE,
        "source addresses",
        300,
        "telescope",
        message("infected or misconfigured machines that send traffic to unused addresses"),
        message("small countries with few such machines; its values jump when a worm spreads"),
    ),
    _signal(
        "gtr",
        message("Google traffic"),
        SignalKind.TRAFFIC,
        "requests, relative",
        1800,
        "google",
        _GOOGLE_SEES,
        _GOOGLE_CANNOT,
    ),
    _signal(
        "gtr-norm",
        message("Google traffic, per cent of the window's maximum"),
        SignalKind.TRAFFIC,
        "per cent of the window's maximum",
        1800,
        "google",
        _GOOGLE_SEES,
        _GOOGLE_CANNOT,
    ),
    _signal(
        "mozilla",
        message("Mozilla: cities that report"),
        SignalKind.INDEX,
        "cities",
        3600,
        "mozilla",
        message("cities from which enough Firefox browsers report"),
        message("shifts smaller than one city; in small countries it is too coarse to tell anything"),
    ),
)
"""Everything of IODA that Kuager reads as a series. ``ucsd-nt``, the older telescope, is read as ``merit-nt``'s kin."""
