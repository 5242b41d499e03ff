"""What IODA (Georgia Tech) offers: the source and its signals.

Source: the data sources that its API v2 lists (``/datasources/``) and its help page. All times are UTC. Values of the
dashboard's CSV export and of ``gtr-norm`` are per cent of the maximum of the window asked for.
"""

from __future__ import annotations

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import Direction, SignalKind

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
    direction=Direction.RISES,
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
    direction=Direction.RISES,
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
