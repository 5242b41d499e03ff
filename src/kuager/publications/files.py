"""The files beside the page of an episode, by name: what a reader downloads to check it or to draw it anew."""

from __future__ import annotations

import csv
import io
import math

from kuager.model.time import format_utc, from_epoch
from kuager.publications.figures import chart_png, chart_svg
from kuager.publications.record import whole_episode
from kuager.publications.view import EpisodeView

JSON, CSV, SVG, PNG = "episode.json", "series.csv", "chart.svg", "chart.png"


def companions(view: EpisodeView) -> dict[str, bytes]:
    """Every file that the page links to in its own folder, by name."""
    return {
        JSON: whole_episode(view.episode),
        CSV: series_csv(view),
        SVG: chart_svg(view).encode(),
        PNG: chart_png(view),
    }


def series_csv(view: EpisodeView) -> bytes:
    """Every sample of every series, a row each: the columns of a series file, and the value that was expected."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("time", "place", "signal", "value", "access", "expected"))
    for trace in view.traces:
        series = trace.series
        expected = trace.expected if trace.expected is not None else [float("nan")] * series.times.size
        for moment, value, normal in zip(series.times, series.values, expected, strict=True):
            rows.writerow(
                (
                    format_utc(from_epoch(int(moment))),
                    series.place,
                    series.signal,
                    _number(float(value)),
                    series.access.value,
                    _number(float(normal)),
                )
            )
    return text.getvalue().encode()


def _number(value: float) -> str:
    """A value with six significant digits; nothing where it is missing."""
    return "" if math.isnan(value) else f"{value:.6g}"
