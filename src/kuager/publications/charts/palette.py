"""Colours, and the arithmetic of WCAG 2.2 that checks them: text at least 4.5 to 1, lines at least 3 to 1.

One hue of orange says how bad it is, from pale to dark; hatching says that nothing is known. Green and red say nothing
here. Colour always stands beside a word, a number or a shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.model.words import PhaseKind, SignalKind, State


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one chart, as ``#rrggbb``."""

    background: str
    text: str
    muted: str
    grid: str
    frame: str
    expected: str
    hatch: str
    banner: str
    states: Mapping[State, str]
    bands: Mapping[PhaseKind, str]
    ribbon: Mapping[PhaseKind, str]
    on_ribbon: Mapping[PhaseKind, str]
    lines: Mapping[SignalKind, str]


_WORST, _BAD, _PALE = "#a63603", "#f08532", "#fdd0a2"


def _by_kind(blackout: str, partial: str, slow: str, restoration: str) -> dict[PhaseKind, str]:
    return {
        PhaseKind.BLACKOUT: blackout,
        PhaseKind.WHITELIST: blackout,
        PhaseKind.PARTIAL: partial,
        PhaseKind.BLOCKING: partial,
        PhaseKind.THROTTLING: slow,
        PhaseKind.RESTORATION: restoration,
    }


LIGHT = Palette(
    background="#ffffff",
    text="#1a1a1a",
    muted="#595959",
    grid="#e6e6e6",
    frame="#8a8a8a",
    expected="#767676",
    hatch="#8a8a8a",
    banner="#8f2d00",
    states={State.DOWN: _WORST, State.DEGRADED: _BAD},
    bands=_by_kind("#fbe9dc", "#fdf3ea", "#fdf3ea", "#ffffff"),
    ribbon=_by_kind(_WORST, _BAD, _PALE, "#ffffff"),
    on_ribbon=_by_kind("#ffffff", "#1a1a1a", "#1a1a1a", "#1a1a1a"),
    lines={
        SignalKind.BGP: "#0072b2",
        SignalKind.PROBING: "#b84a00",
        SignalKind.TELESCOPE: "#6f4e9c",
        SignalKind.TRAFFIC: "#00735a",
        SignalKind.INDEX: "#8a5a00",
        SignalKind.USERS: "#a5316f",
        SignalKind.RTT: "#4a5a6a",
        SignalKind.THROUGHPUT: "#3f6212",
        SignalKind.COUNT: "#4a5a6a",
    },
)

DARK = Palette(
    background="#14171a",
    text="#ececec",
    muted="#a9b0b6",
    grid="#2b3035",
    frame="#7d868d",
    expected="#8b949b",
    hatch="#8b949b",
    banner="#ffb07a",
    states={State.DOWN: "#ff9a55", State.DEGRADED: "#b8632a"},
    bands=_by_kind("#38271d", "#281f1a", "#281f1a", "#14171a"),
    ribbon=_by_kind("#ff9a55", "#b8632a", "#7a4a2a", "#14171a"),
    on_ribbon=_by_kind("#14171a", "#14171a", "#ffffff", "#ececec"),
    lines={
        SignalKind.BGP: "#5ab4e5",
        SignalKind.PROBING: "#f0884a",
        SignalKind.TELESCOPE: "#b79be0",
        SignalKind.TRAFFIC: "#4cc3a0",
        SignalKind.INDEX: "#d9a94a",
        SignalKind.USERS: "#e58bb8",
        SignalKind.RTT: "#a9b8c6",
        SignalKind.THROUGHPUT: "#a9c46c",
        SignalKind.COUNT: "#a9b8c6",
    },
)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
