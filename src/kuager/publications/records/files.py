"""The data behind the pages, once for all languages: every episode with its values, and what a case holds beside."""

from __future__ import annotations

import csv
import io
import math

from kuager.model.time import format_utc, from_epoch
from kuager.publications.records.episode import published_episode
from kuager.publications.records.service_files import service_files
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording.collected import collected_csv
from kuager.publications.wording.opinions import opinions_csv
from kuager.sources import registry

COLLECTED, OPINIONS = "data/collected.csv", "data/opinions.csv"
NON_COMMERCIAL = "not for commercial use"
"""Stands beside every value whose licence says so; not translated, so that programs find it."""


def data_files(view: EpisodeView) -> dict[str, bytes]:
    """What programs read, by path below ``public/``."""
    episode = view.episode.id
    return {json_path(episode): published_episode(view.episode, view.history), csv_path(episode): series_csv(view)}


def case_files(view: CaseView) -> dict[str, bytes]:
    """What programs read of a whole case, by path below ``public/``: only what there is."""
    found = {}
    if view.collected:
        found[COLLECTED] = collected_csv(view.collected)
    if view.opinions:
        found[OPINIONS] = opinions_csv(view.opinions)
    return found | service_files([one.episode for one in view.episodes])


def json_path(episode: str) -> str:
    """Where the record of an episode lies below ``public/``."""
    return f"data/{episode}/episode.json"


def csv_path(episode: str) -> str:
    """Where the values lie from which an episode was derived."""
    return f"data/{episode}/series.csv"


def series_csv(view: EpisodeView) -> bytes:
    """Every sample of every series, a row each: the columns of a series file, the value expected, the licence.

    Values that their source does not let others pass on are left out; anyone can ask that source for them.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("time", "place", "signal", "value", "access", "expected", "licence", "use"))
    for trace in view.traces:
        series = trace.series
        source = registry.signal(series.signal).source
        if not source.passed_on:
            continue
        use = NON_COMMERCIAL if source.non_commercial else ""
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
                    source.licence,
                    use,
                )
            )
    return text.getvalue().encode()


def _number(value: float) -> str:
    """A value with six significant digits; nothing where it is missing."""
    return "" if math.isnan(value) else f"{value:.6g}"
