"""What a reader's browser needs to zoom by hand: the library, our script, the values, and the words of the page.

Values go into a script of their own that calls ``kuagerChart``, once for all languages, and are fetched only when the
button is pressed; the button itself is made by the script. Values that their source does not let others pass on, and
those that are left out, are not in it.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

import msgspec
import numpy as np

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.model.time import to_epoch
from kuager.publications import clock
from kuager.publications.charts.drawing import OF_SERVICES, around, axis_of
from kuager.publications.charts.palette import DARK, LIGHT
from kuager.publications.site import addresses
from kuager.publications.view import EpisodeView, Trace
from kuager.publications.wording.sentence import name_of
from kuager.sources import registry

LIBRARY, STYLE, SCRIPT = "static/uplot.js", "static/uplot.css", "static/zoom.js"


@cache
def scripts() -> dict[str, bytes]:
    """The files that every page shares, by path below ``public/``."""
    static = resources.files("kuager.publications") / "static"
    uplot = static / "vendor" / "uplot-1.6.32"
    return {
        LIBRARY: (uplot / "uPlot.iife.min.js").read_bytes(),
        STYLE: (uplot / "uPlot.min.css").read_bytes(),
        "static/uplot-license.txt": (uplot / "LICENSE").read_bytes(),
        SCRIPT: (static / "zoom.js").read_bytes(),
    }


def values_path(episode: str) -> str:
    """Where the values of a chart lie below ``public/``."""
    return f"data/{episode}/chart.js"


def values(view: EpisodeView) -> bytes:
    """The script that hands the values of an episode's chart over; times are seconds since the epoch."""
    start, end = (to_epoch(moment) for moment in around(view))
    phases = [
        {"kind": one.kind.value, "start": to_epoch(one.start), "end": to_epoch(view.lasted_until(one))}
        for one in view.episode.phases
        if one.is_of_everything or view.episode.kind in OF_SERVICES
    ]
    series = [_series(index, trace, (start, end), view) for index, (_, trace) in enumerate(_passed_on(view))]
    data = msgspec.json.encode({"window": [start, end], "phases": phases, "series": series})
    return b"kuagerChart(" + data + b");\n"


def words(view: EpisodeView) -> str:
    """The words and addresses for the script, as JSON that may stand inside of a page."""
    translation, here = view.about.translation, addresses.episode(view.about.language, view.episode.id)
    gettext = translation.gettext
    told = {
        "open": gettext(message("Zoom by hand")),
        "about": gettext(message("The signals, to be zoomed; the table of phases says the same in words.")),
        "keys": gettext(message("Keys: + and − zoom, ← and → move, 0 shows everything. Times are UTC.")),
        "closer": gettext(message("+ closer")),
        "wider": gettext(message("− wider")),
        "earlier": gettext(message("← earlier")),
        "later": gettext(message("→ later")),
        "reset": gettext(message("0 everything")),
        "labels": [name_of(reading, translation, short=True) for reading, _ in _passed_on(view)],
        "months": [
            clock.short_day(date(2022, month, 1), translation.locale).replace("\u00a0", " ").replace("1", "", 1).strip()
            for month in range(1, 13)
        ],
        "bands": [{kind.value: colour for kind, colour in one.bands.items()} for one in (LIGHT, DARK)],
        "library": addresses.relative(here, LIBRARY),
        "style": addresses.relative(here, STYLE),
        "data": addresses.relative(here, values_path(view.episode.id)),
    }
    return msgspec.json.encode(told).decode().replace("<", "\\u003c")


def can_be_zoomed(view: EpisodeView) -> bool:
    """Whether there are values to zoom into that may be passed on."""
    return bool(_passed_on(view))


def _passed_on(view: EpisodeView) -> list[tuple[Reading, Trace]]:
    shown = [(reading, view.trace(reading)) for reading in view.episode.signals]
    return [
        (reading, trace)
        for reading, trace in shown
        if trace is not None and registry.signal(reading.signal).source.passed_on
    ]


def _series(index: int, trace: Trace, window: tuple[int, int], view: EpisodeView) -> dict[str, object]:
    """The samples within a window, null where there is none; a gap in time gets a null of its own."""
    series = trace.series
    inside = (series.times >= window[0]) & (series.times < window[1])
    times, found = series.times[inside], series.values[inside]
    gaps = np.flatnonzero(np.diff(times) > 1.5 * series.step_s) + 1
    times = np.insert(times, gaps, times[gaps - 1] + series.step_s)
    found = np.insert(found, gaps, np.nan)
    axis = axis_of(trace, window, view.about.translation)
    kind = registry.signal(series.signal).kind
    return {
        "index": index,
        "low": axis.low,
        "high": axis.high,
        "colours": [LIGHT.lines[kind], DARK.lines[kind]],
        "times": times.tolist(),
        "values": [None if np.isnan(value) else float(f"{value:.6g}") for value in found.tolist()],
    }
