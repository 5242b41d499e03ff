"""The data behind the pages, once for all languages: every episode with its values, and what a case holds beside."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping

from kuager.model.time import format_utc, from_epoch
from kuager.publications.dossiers import dossier_of
from kuager.publications.records.canary_files import canary_files
from kuager.publications.records.conduct_files import conduct_files
from kuager.publications.records.english import in_english
from kuager.publications.records.episode import SIMULATED, published_episode
from kuager.publications.records.geo import places_geojson
from kuager.publications.records.ioda_events import ioda_events
from kuager.publications.records.linked import case_linked, episode_linked
from kuager.publications.records.notice_files import notice_files
from kuager.publications.records.ooni_incident import ooni_incident
from kuager.publications.records.peer_files import peer_files
from kuager.publications.records.service_files import service_files
from kuager.publications.records.stop import stop_csv
from kuager.publications.records.stop_sheet import stop_schema
from kuager.publications.records.tables import EPISODES, PHASES, episodes_csv, phases_csv
from kuager.publications.records.versions import version_files
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording.collected import collected_csv
from kuager.publications.wording.opinions import opinions_csv
from kuager.sources import registry

COLLECTED, OPINIONS = "data/collected.csv", "data/opinions.csv"
STOP, STOP_SCHEMA, LINKED = "data/stop.csv", "data/stop.schema.json", "data/linked.jsonld"
NON_COMMERCIAL = "not for commercial use"
"""Stands beside every value whose licence says so; not translated, so that programs find it."""


def record_files(views: Mapping[str, CaseView]) -> dict[str, bytes]:
    """Everything that programs read of a case, by path below ``public/``; its index is ``package.data_package``.

    Args:
        views: of the same case by language, at least one.
    """
    view = in_english(views)
    files = case_files(view) | version_files(view)
    for episode in view.episodes:
        found = data_files(episode) | shaped_files(episode)
        here = linked_path(episode.episode.id)
        files |= found | {here: episode_linked(episode, here, found)}
    dossier = dossier_of(view)
    files |= conduct_files(dossier) | peer_files(dossier)
    files |= canary_files(view.registers) | notice_files(view.notices)
    return files | {LINKED: case_linked(view, LINKED, files)}


def data_files(view: EpisodeView) -> dict[str, bytes]:
    """What programs read of one episode, by path below ``public/``."""
    episode = view.episode.id
    return {json_path(episode): published_episode(view.episode, view.history), csv_path(episode): series_csv(view)}


def shaped_files(view: EpisodeView) -> dict[str, bytes]:
    """One episode in the shapes that other programs read; the view must be the English one."""
    episode = view.episode.id
    return {
        f"data/{episode}/ioda-events.json": ioda_events(view),
        f"data/{episode}/ooni-incident.json": ooni_incident(view),
        f"data/{episode}/places.geojson": places_geojson(view),
    }


def case_files(view: CaseView) -> dict[str, bytes]:
    """What programs read of a whole case, by path below ``public/``: only what there is."""
    found = {
        EPISODES: episodes_csv(view),
        PHASES: phases_csv(view),
        STOP: stop_csv(view),
        STOP_SCHEMA: stop_schema(simulated=view.holds_simulated),
    }
    if view.collected:
        found[COLLECTED] = collected_csv(view.collected)
    if view.opinions:
        found[OPINIONS] = opinions_csv(view.opinions)
    return found | service_files([one.episode for one in view.episodes])


def json_path(episode: str) -> str:
    """Where the record of an episode lies below ``public/``."""
    return f"data/{episode}/episode.json"


def linked_path(episode: str) -> str:
    """Where the record of an episode lies as linked data."""
    return f"data/{episode}/linked.jsonld"


def csv_path(episode: str) -> str:
    """Where the values lie from which an episode was derived."""
    return f"data/{episode}/series.csv"


def series_csv(view: EpisodeView) -> bytes:
    """Every sample of every series, a row each: the columns of a series file, the value expected, the licence.

    Values that their source does not let others pass on are left out; anyone can ask that source for them.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("time", "place", "signal", "value", "access", "expected", "licence", "use", "notice"))
    for trace in view.traces:
        series = trace.series
        source = registry.signal(series.signal).source
        if not source.passed_on:
            continue
        use = NON_COMMERCIAL if source.non_commercial else ""
        notice = SIMULATED if source.simulated else ""
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
                    notice,
                )
            )
    return text.getvalue().encode()


def _number(value: float) -> str:
    """A value with six significant digits; nothing where it is missing."""
    return "" if math.isnan(value) else f"{value:.6g}"
