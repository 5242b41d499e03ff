"""Signals that were drawn, not measured. Whatever is built on them says so."""

from __future__ import annotations

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import SignalKind

SOURCE = Source(
    id="simulated",
    name="Kuager's simulator",
    home="",
    licence="CC0-1.0",
    simulated=True,
)

_SEES = message("nothing: it was drawn from documented times to show how a record is read")
_CANNOT = message("anything that the documents do not say")


def _signal(name: str, title: str, kind: SignalKind, unit: str, step_s: int) -> Signal:
    return Signal(f"sim.{name}", SOURCE, title, kind, unit, step_s, f"sim-{name}", _SEES, _CANNOT)


SIGNALS = (
    _signal("bgp", message("BGP: visible networks (simulated)"), SignalKind.BGP, "visible /24s", 300),
    _signal(
        "probing", message("Active probing: answering networks (simulated)"), SignalKind.PROBING, "answering /24s", 600
    ),
    _signal(
        "telescope", message("Telescope: unwanted traffic (simulated)"), SignalKind.TELESCOPE, "source addresses", 300
    ),
    _signal("traffic", message("Web traffic (simulated)"), SignalKind.TRAFFIC, "requests, relative", 900),
    _signal("users", message("Users of a service (simulated)"), SignalKind.USERS, "users", 86_400),
    _signal("index", message("Index of places that answer (simulated)"), SignalKind.INDEX, "index", 3_600),
    _signal("count", message("Count of few things (simulated)"), SignalKind.COUNT, "things counted", 3_600),
)
