"""What the two IODA codecs and the series codec must agree on: units, and what is relative to its window."""

from __future__ import annotations

from kuager.model.time import format_utc, from_epoch

UNITS = {
    "ioda.bgp": "visible /24s",
    "ioda.ping-slash24": "answering /24s",
    "ioda.ping-slash24-loss": "share of probes lost",
    "ioda.ping-slash24-latency": "ms",
    "ioda.merit-nt": "source addresses",
    "ioda.ucsd-nt": "source addresses",
    "ioda.gtr": "requests, relative",
    "ioda.mozilla": "cities",
}
"""Units of absolute values, as the registry of sources has them (a room below this one, so it cannot be asked)."""

RELATIVE_UNIT = "per cent of the window's maximum"

_NORMALISED = ("ioda.gtr-norm", "trends.vpn")


def always_relative(signal: str) -> bool:
    """Whether the signal is per cent of its window's maximum wherever it is written."""
    return any(signal == name or signal.startswith(name + ".") for name in _NORMALISED)


def window_name(start_s: int, end_s: int) -> str:
    """The name of a window, from seconds since the epoch: ``2025-12-01T00:00:00Z/2026-01-29T15:30:00Z``."""
    return f"{format_utc(from_epoch(start_s))}/{format_utc(from_epoch(end_s))}"
