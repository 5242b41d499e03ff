"""Google Trends: how often people look for something, as a share of the busiest day. It is added, never asked.

It has no public interface for programs: people export a table from its pages and add it as ``--as series``. Each value
is the share of all searches that was about the topic, per cent of the highest share in the window exported, in whole
numbers. What lies far below the window's highest day is rounded to 0 or 1, so that a window with a great rise in it
tells little of ordinary days: in a table of Kazakhstan's January 2022 every ordinary day is 0 or 1.
"""

from __future__ import annotations

from kuager.errors import message
from kuager.model.signals import Signal, Source
from kuager.model.words import Direction, SignalKind
from kuager.sources.offer import DAY_S

SOURCE = Source(
    id="trends",
    name="Google Trends",
    home="https://trends.google.com/",
    licence="",
    sees=message("whether people look for ways around blocking"),
    cannot_see=message("how many they are; whoever cannot reach Google; what they found"),
    limits=message("It has no address to ask; export a table and add it with --as series."),
)

SIGNALS = (
    Signal(
        id="trends.vpn",
        source=SOURCE,
        name=message("Google Trends: searches for VPNs"),
        kind=SignalKind.INDEX,
        unit="per cent of the window's maximum",
        native_step_s=DAY_S,
        independence="google",
        sees=message("how large a share of all searches is about VPNs, compared with the window's highest day"),
        cannot_see=message(
            "hours; a full cut, in which nobody searches; ordinary days of a window with a great rise, which are "
            "rounded to 0 or 1; why people search"
        ),
        direction=Direction.RISES,
    ),
)
"""A rise stands beside a loss that other signals show and is never an episode by itself."""
