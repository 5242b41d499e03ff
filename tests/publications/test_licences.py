"""Whose data it is and on what terms stands in every output that shows values: page, picture, terminal, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import msgspec
from rich.console import Console

from kuager.publications.charts.figures import overview
from kuager.publications.language import translator
from kuager.publications.licences import credit, terms
from kuager.publications.records import files
from kuager.publications.site.episode import render_episode
from kuager.publications.terminal import timeline
from kuager.publications.view import EpisodeView
from kuager.sources.registry import SOURCES

RADAR = "radar.netflows"
TERMS = "CC-BY-NC-4.0, not for commercial use"


def of_radar(view: EpisodeView) -> EpisodeView:
    """The same episode as if its first signal came from Cloudflare Radar."""
    first, *others = view.episode.signals
    traces = tuple(
        replace(one, series=replace(one.series, signal=RADAR)) if one.series.signal == first.signal else one
        for one in view.traces
    )
    signals = (msgspec.structs.replace(first, signal=RADAR), *others)
    return replace(view, episode=msgspec.structs.replace(view.episode, signals=signals), traces=traces)


def test_terms_say_what_is_forbidden_and_what_is_not_stated() -> None:
    english = translator("en")
    assert terms(SOURCES["radar"], english) == TERMS
    assert terms(SOURCES["ioda"], english) == "no licence stated"


def test_a_source_is_credited_once() -> None:
    assert credit(("ioda.bgp", "ioda.gtr.gmail"), translator("en")) == "IODA, Georgia Tech (no licence stated)"


def test_values_that_may_not_be_passed_on_stay(simulated_view: EpisodeView) -> None:
    first, *others = simulated_view.episode.signals
    name = "ripestat.asns_ris"
    traces = tuple(
        replace(one, series=replace(one.series, signal=name)) if one.series.signal == first.signal else one
        for one in simulated_view.traces
    )
    signals = (msgspec.structs.replace(first, signal=name), *others)
    shown = replace(
        simulated_view, episode=msgspec.structs.replace(simulated_view.episode, signals=signals), traces=traces
    )
    written = {row["signal"] for row in csv.DictReader(io.StringIO(files.series_csv(shown).decode()))}
    assert written == {one.signal for one in others} - {first.signal}
    assert "its values may not be passed on" in render_episode(shown)


def test_every_output_says_it(simulated_view: EpisodeView) -> None:
    shown = of_radar(simulated_view)
    console = Console(file=io.StringIO(), width=200)
    console.print(timeline(shown, 120))
    assert isinstance(console.file, io.StringIO)
    told = (
        render_episode(shown),
        "".join(overview(shown, "here").sketches["here/chart.svg"].svg.split()),
        " ".join(console.file.getvalue().split()),
    )
    assert TERMS in told[0]
    assert TERMS in told[2]
    assert "CC-BY-NC-4.0" in told[1]
    rows = list(csv.DictReader(io.StringIO(files.series_csv(shown).decode())))
    marked = {(row["licence"], row["use"]) for row in rows if row["signal"] == RADAR}
    assert marked == {("CC-BY-NC-4.0", files.NON_COMMERCIAL)}
    record = json.loads(files.data_files(shown)[files.json_path(shown.episode.id)])
    assert [one["non_commercial"] for one in record["sources"] if one["signal"] == RADAR] == [True]
