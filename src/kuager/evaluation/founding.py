"""The founding case, drawn: Kazakhstan from 20 December 2021 to 20 January 2022, as the documents tell it.

Nobody measured these values. Times are those that were published; between and below them, everything is drawn. So that
the published onsets stay apart, each signal falls at the time of one of them. All times are UTC (Almaty was UTC+6).

* Mobile traffic lower from 14:30 on 4 January, lower still after 16:00; all traffic gone after 10:30 on 5 January:
  Cloudflare, "Internet shut down in Kazakhstan amid unrest". No source gives a figure for all traffic together on the
  4th, so that the series of mixed access shows nothing on that day.
* 10:45 on 5 January: Kentik, through The Record. 11:00: NetBlocks. 11:15, networks still visible in BGP, and the
  return at 02:15 on 11 January: RIPE NCC, "The Kazakhstan outage as seen from RIPE Atlas".
* Windows of restoration from 5 to 9 January: read by eye off IODA's chart by a commenter of net4people/bbs, thread 99
  (give or take a quarter of an hour). That of 10 January: Forbes Russia, through Kloop.
* How deep it was, and how much came back in a window, no source says with more than a word: the shares are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import cycle

from kuager.evaluation.plans import (
    Artefact,
    Disturbance,
    Holiday,
    MissingWindow,
    Reach,
    Restoration,
    SeriesPlan,
    Simulation,
)
from kuager.evaluation.simulator import simulate
from kuager.model.time import to_epoch
from kuager.model.words import Access, SignalKind

Window = tuple[datetime, datetime]


def _january(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, minute, tzinfo=UTC)


START = datetime(2021, 12, 20, tzinfo=UTC)
END = _january(20, 0)

MOBILE_REDUCED = _january(4, 14, 30)
MOBILE_REDUCED_FURTHER = _january(4, 16)
TRAFFIC_CUT = _january(5, 10, 30)
PROBING_CUT = _january(5, 10, 45)
TELESCOPE_CUT = _january(5, 11)
BGP_DIP = _january(5, 11, 15)
RETURN = _january(11, 2, 15)

RESTORATION_WINDOWS: tuple[Window, ...] = (
    (_january(5, 17, 30), _january(5, 22)),
    (_january(6, 10, 30), _january(6, 14)),
    (_january(7, 2, 30), _january(7, 6)),
    (_january(8, 2, 30), _january(8, 10)),
    (_january(9, 2, 30), _january(9, 6)),
    (_january(10, 3), _january(10, 7)),
)

TELESCOPE_SILENT: Window = (_january(8, 20), _january(9, 5))
"""Nothing is drawn for the telescope here, so that the case shows what "not measuring" looks like."""

_BROUGHT_BACK = (0.78, 0.85, 0.8, 0.87, 0.75, 0.86)
"""Share of what was lost that a window brings back, one after the other and again from the first; assumed."""

_ZONE = "Asia/Almaty"
_SIGNALS = (
    ("sim.bgp", SignalKind.BGP, Access.MIXED),
    ("sim.probing", SignalKind.PROBING, Access.MIXED),
    ("sim.telescope", SignalKind.TELESCOPE, Access.MIXED),
    ("sim.traffic", SignalKind.TRAFFIC, Access.MIXED),
    ("sim.traffic", SignalKind.TRAFFIC, Access.MOBILE),
)


def january_2022(seed: int = 20220105, windows: Sequence[Window] = RESTORATION_WINDOWS) -> Simulation:
    """Five simulated series of 15 minutes for Kazakhstan, and what was put into them.

    Args:
        seed: another seed draws another noise around the same times.
        windows: the windows of restoration, UTC, in order and apart, between the cut and the return.

    Raises:
        ValueError: the windows are not.
    """
    plans = [SeriesPlan(signal, "KZ", kind, access=access, step_s=900, zone=_ZONE) for signal, kind, access in _SIGNALS]
    return simulate(plans, (*_cuts(windows), _mobile_cut()), _artefacts(), to_epoch(START), to_epoch(END), seed)


def _cuts(windows: Sequence[Window]) -> tuple[Disturbance, ...]:
    """The nationwide cut in the four signals of mixed access; routes, which stayed announced, only dip."""
    probing_moves = ((to_epoch(_january(6, 0)), 0.06), (to_epoch(_january(8, 12)), 0.22))
    return (
        _cut("sim.bgp", BGP_DIP, 0.96),
        _cut("sim.probing", PROBING_CUT, 0.14, steps=probing_moves, windows=windows),
        _cut("sim.telescope", TELESCOPE_CUT, 0.05, windows=windows),
        _cut("sim.traffic", TRAFFIC_CUT, 0.02, windows=windows),
    )


def _cut(
    signal: str,
    onset: datetime,
    remaining: float,
    steps: tuple[tuple[int, float], ...] = (),
    windows: Sequence[Window] = (),
) -> Disturbance:
    lowest = min(remaining, *(share for _, share in steps), 1.0)
    return Disturbance(
        start=to_epoch(onset),
        end=to_epoch(RETURN),
        remaining=remaining,
        steps=steps,
        restorations=tuple(
            Restoration(to_epoch(start), to_epoch(end), lowest + share * (1 - lowest))
            for (start, end), share in zip(windows, cycle(_BROUGHT_BACK), strict=False)
        ),
        reach=Reach(signals=(signal,), access=(Access.MIXED,)),
    )


def _mobile_cut() -> Disturbance:
    """Mobile data, reduced a day before the cut and left out of every restoration."""
    return Disturbance(
        start=to_epoch(MOBILE_REDUCED),
        end=to_epoch(RETURN),
        remaining=0.6,
        steps=((to_epoch(MOBILE_REDUCED_FURTHER), 0.42), (to_epoch(TRAFFIC_CUT), 0.02)),
        reach=Reach(signals=("sim.traffic",), access=(Access.MOBILE,)),
    )


def _artefacts() -> tuple[Artefact, ...]:
    """The new year with the working days off in exchange, Orthodox Christmas, and the telescope's silence."""
    start, end = TELESCOPE_SILENT
    return (
        Holiday(date(2021, 12, 31), factor=0.97, later_h=0.5),
        Holiday(date(2022, 1, 1), factor=0.9, later_h=2),
        *(Holiday(date(2022, 1, day), factor=0.96, later_h=0.5) for day in (2, 3, 4, 7)),
        MissingWindow(to_epoch(start), to_epoch(end), Reach(signals=("sim.telescope",))),
    )
