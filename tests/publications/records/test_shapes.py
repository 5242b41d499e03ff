"""Episodes in the shapes that other programs read: IODA's events, OONI's incidents, GeoJSON, tables, all versions."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.publications.conftest import in_language
from tests.publications.records.cases import HOSTS, case_of, history_of, measured, taken_back

from kuager.codecs.ioda.envelope import read_envelope
from kuager.codecs.ioda.opinions import opinions_of
from kuager.publications.records.files import record_files
from kuager.publications.records.geo import places_geojson
from kuager.publications.records.ioda_events import ioda_events
from kuager.publications.records.ooni_incident import ooni_incident
from kuager.publications.records.table import table
from kuager.publications.records.tables import episodes_csv, phases_csv
from kuager.publications.records.versions import version_files
from kuager.publications.view import EpisodeView

EVENT = {
    "location",
    "start",
    "duration",
    "uncertainty",
    "method",
    "datasource",
    "status",
    "fraction",
    "score",
    "location_name",
    "overlaps_window",
}


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_ioda_events_have_the_fields_of_ioda_and_our_reader_takes_them(simulated_view: EpisodeView) -> None:
    view = measured(simulated_view)
    data = ioda_events(view)
    events = json.loads(data)["data"]
    assert all(set(one) == EVENT for one in events)
    whole, *signals = events
    assert (whole["location"], whole["datasource"], whole["method"]) == ("country/KZ", "overall", "multiple")
    assert whole["uncertainty"] == 300
    assert whole["duration"] == int(view.duration.total_seconds())
    assert [one["datasource"] for one in signals] == [
        "ioda.ping-slash24",
        "ioda.merit-nt",
        "radar.netflows",
        "ooni.web_connectivity",
    ]
    minutes = view.duration.total_seconds() / 60
    assert signals[0]["score"] == pytest.approx(85 * minutes)  # 85 per cent lost, as IODA reckons it
    rows = opinions_of(read_envelope(data), "").tables["opinions"].to_pylist()
    assert {row["place"] for row in rows} == {"KZ"}
    assert {row["start"] for row in rows} == {view.episode.start}
    assert len(rows) == len(events)


def test_an_event_that_goes_on_reaches_over_its_window(ongoing_view: EpisodeView) -> None:
    answer = json.loads(ioda_events(ongoing_view))
    assert answer["data"][0]["overlaps_window"] is True
    assert answer["data"][0]["duration"] == int(ongoing_view.duration.total_seconds())
    assert "notice" not in answer


def test_an_incident_has_exactly_the_keys_that_ooni_takes(simulated_view: EpisodeView, shared_data: Path) -> None:
    fields = (shared_data / "facts" / "publishing_fields.csv").read_text("utf-8")
    wanted = {row["field"] for row in csv.DictReader(io.StringIO(fields)) if row["format"] == "OONI incident"}
    incident = json.loads(ooni_incident(measured(simulated_view)))
    assert set(incident) == wanted
    assert (incident["email_address"], incident["creator_account_id"], incident["published"]) == ("", "", False)
    assert incident["domains"] == ["orda.kz", "web.whatsapp.com"]
    assert incident["test_names"] == ["web_connectivity", "telegram"]
    assert (incident["CCs"], incident["ASNs"]) == (["KZ"], [9198, 29355])
    assert datetime.fromisoformat(incident["end_time"]) >= datetime.fromisoformat(incident["start_time"])


def test_an_incident_without_an_end_has_none(ongoing_view: EpisodeView) -> None:
    assert json.loads(ooni_incident(ongoing_view))["end_time"] is None


def test_places_are_features_with_the_shapes_that_there_are(simulated_view: EpisodeView) -> None:
    found = json.loads(places_geojson(measured(simulated_view)))
    assert found["type"] == "FeatureCollection"
    assert "Natural Earth" in found["attribution"]
    country, region = found["features"]  # the region that was spared is no place that was hit
    assert country["geometry"]["type"] == "MultiPolygon"
    outer = country["geometry"]["coordinates"][0][0]
    assert outer[0] == outer[-1]
    assert 45 < min(east for east, _ in outer) < max(east for east, _ in outer) < 90
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(outer)) > 0  # counterclockwise
    east, north = _middle(region["geometry"])
    assert (abs(east - 76.9) < 1, abs(north - 43.25) < 1) == (True, True)
    assert region["properties"] | {"end": None} == {
        "place": "KZ-75",
        "name_en": "Almaty city",
        "name_ru": "город Алматы",
        "name_kk": "Алматы қаласы",
        "state": "hit",
        "start": "2022-01-05T10:30:00Z",
        "end": None,
        "probability": 0.97,
        "episode": "kz-2022-01-05-a",
    }
    network = replace(simulated_view, episode=msgspec.structs.replace(simulated_view.episode, place="AS9198"))
    bare = json.loads(places_geojson(network))
    assert bare["features"][0]["geometry"] is None
    assert "attribution" not in bare


def test_tables_hold_every_episode_and_every_phase(simulated_view: EpisodeView, ongoing_view: EpisodeView) -> None:
    shown = case_of(measured(simulated_view), ongoing_view)
    first, second = rows_of(episodes_csv(shown))
    assert (first["id"], first["start"], first["end"]) == (
        "kz-2022-01-05-a",
        "2022-01-05T10:30:00Z",
        "2022-01-11T02:15:00Z",
    )
    assert (first["known"], second["known"]) == ("2022-01-12T03:15:00Z", "")
    assert (second["end"], second["ongoing"]) == ("", "true")
    assert first["disagree"] == "ioda.bgp"
    phases = rows_of(phases_csv(shown))
    assert len(phases) == len(shown.episodes[0].episode.phases) + len(ongoing_view.episode.phases)
    blocking = next(one for one in phases if one["kind"] == "blocking")
    assert (blocking["networks"], blocking["services"]) == ("AS9198", " ".join(HOSTS))


def test_every_version_is_kept_whole_also_of_what_was_taken_back(simulated_view: EpisodeView) -> None:
    view = measured(simulated_view)
    gone = taken_back(view)
    files = version_files(replace(case_of(view), histories={"kz-2022-01-02-a": gone}))
    first, second, withdrawn = (
        json.loads(files[f"data/{path}.json"])
        for path in (
            "kz-2022-01-05-a/versions/1",
            "kz-2022-01-05-a/versions/2",
            "kz-2022-01-02-a/versions/1",
        )
    )
    assert (first["standing"], first["replaced_by"], first["until"]) == (False, 2, second["known"])
    assert first["claim"]["probability"] == 0.7
    assert (second["standing"], second["until"], second["replaced_by"]) == (True, None, None)
    assert second["claim"] == json.loads(msgspec.json.encode(view.episode))
    assert (withdrawn["standing"], withdrawn["reason"]) == (False, "The source withdrew its data.")
    assert withdrawn["claim"]["id"] == "kz-2022-01-02-a"


def test_a_version_whose_file_is_gone_still_says_that_it_was_claimed(simulated_view: EpisodeView) -> None:
    history = history_of(simulated_view)
    versions = tuple(msgspec.structs.replace(one, episode=None) for one in history.versions)
    shown = replace(simulated_view, history=msgspec.structs.replace(history, versions=versions))
    record = json.loads(version_files(case_of(shown))["data/kz-2022-01-05-a/versions/1.json"])
    assert (record["claim"], record["entry"]) == (None, 4)


def test_every_file_of_simulated_data_says_so(simulated_view: EpisodeView) -> None:
    shown = replace(simulated_view, history=history_of(simulated_view))
    files = record_files({"en": case_of(shown)})
    assert len(files) > 10
    assert [path for path, data in files.items() if b"simulated signals" not in data] == []
    honest = record_files({"en": case_of(measured(simulated_view))})
    assert [path for path, data in honest.items() if b"simulated signals" in data] == []


def test_records_are_the_same_whatever_the_language_of_the_readers(simulated_view: EpisodeView) -> None:
    english = case_of(measured(simulated_view))
    russian = case_of(in_language(measured(simulated_view), "ru"))
    russian = replace(russian, about=replace(russian.about, place_name="Казахстан"))
    episode = replace(russian.episodes[0], about=replace(russian.episodes[0].about, place_name="Казахстан"))
    russian = replace(russian, episodes=(episode,))
    assert record_files({"ru": russian, "en": english}) == record_files({"en": english})
    assert record_files({"ru": russian}) == record_files({"en": english})


def _middle(geometry: dict[str, Any]) -> list[float]:
    """The point itself, or the mean of the points of the first outer ring."""
    if geometry["type"] == "Point":
        return list(geometry["coordinates"])
    ring = geometry["coordinates"][0][0]
    return [sum(axis) / len(ring) for axis in zip(*ring, strict=True)]


CELLS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=2, max_size=4)


@given(st.lists(CELLS.map(lambda cells: cells[:2]), max_size=5))
def test_a_table_comes_back_whole_whatever_stands_in_its_cells(rows: list[list[Any]]) -> None:
    data = table(("name, with a comma", 'and a "quote"\nin two lines'), rows)
    head, *back = csv.reader(io.StringIO(data.decode(), newline=""))
    assert head == ["name, with a comma", 'and a "quote"\nin two lines']
    assert back == rows
