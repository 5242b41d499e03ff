"""The row for the coalition's register: its columns, its words, its days, and nothing that nobody measured."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import frictionless
import msgspec
import pytest
from tests.publications.conftest import BACK, CUT
from tests.publications.records.cases import case_of, measured

from kuager.codecs import stop as register
from kuager.model.words import Access, CauseValue, PartState, PhaseKind
from kuager.publications.records.stop import stop_csv, stop_row
from kuager.publications.records.stop_sheet import listed_country, sheet_columns, stop_schema
from kuager.publications.view import EpisodeView

FOR_PEOPLE = (
    "decision_maker",
    "gov_just_details",
    "gov_ack_source",
    "gov_ack_quote",
    "legal_just",
    "legal_method",
    "telco_ack_source",
    "telco_ack_quote",
    "users_targeted",
    "users_target_detail",
    "econ_impact",
    "an_link",
)


@pytest.fixture(scope="module")
def sheet(shared_data: Path) -> list[dict[str, str]]:
    """The rows of the published register."""
    path = shared_data / "stop" / "stop_combined_2016_2025_snapshot_2026-05-20.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(view: EpisodeView) -> dict[str, str]:
    return stop_row(view, case_of(view).operators)


def test_the_columns_are_those_of_the_sheet_in_its_order(sheet: list[dict[str, str]]) -> None:
    assert [one.name for one in sheet_columns()] == list(sheet[0])
    assert len(sheet_columns()) == 47


def test_closed_lists_hold_what_the_sheet_holds(sheet: list[dict[str, str]]) -> None:
    for column in sheet_columns():
        real = {row[column.name] for row in sheet}
        assert set(column.values) <= real, column.name
        assert column.unknown in (real if column.unknown else {""}), column.name
        assert not column.values or column.unknown in {"", *column.values}
    assert not [c.name for c in sheet_columns() if not c.values and len({row[c.name] for row in sheet}) <= 4]


def test_countries_are_spelt_and_counted_as_in_the_sheet(sheet: list[dict[str, str]]) -> None:
    known = {(row["country"], row["region"]) for row in sheet}
    codes = ("KZ", "IR", "VN", "MM", "RU", "CI", "PS", "TR", "US")
    assert {(listed_country(code).name, listed_country(code).region) for code in codes} <= known
    assert listed_country("CL").name == "Chile"
    assert listed_country("CL").region == ""  # never in the sheet


def test_every_value_of_a_row_is_one_that_the_sheet_has(
    simulated_view: EpisodeView, ongoing_view: EpisodeView, sheet: list[dict[str, str]]
) -> None:
    closed = [one.name for one in sheet_columns() if one.values]
    for view in (simulated_view, ongoing_view, measured(simulated_view)):
        row = only(view)
        assert {name: row[name] for name in closed if row[name] not in {one[name] for one in sheet}} == {}


def test_our_own_reader_reads_the_row(simulated_view: EpisodeView) -> None:
    decoded = register.decode(stop_csv(case_of(measured(simulated_view))))
    (row,) = decoded.tables["shutdowns"].to_pylist()
    assert (row["place"], row["days"]) == ("KZ", 7)
    assert (row["start"].isoformat(), row["end"].isoformat()) == ("2022-01-05", "2022-01-11")
    assert not decoded.remarks


def test_days_are_those_of_the_place(simulated_view: EpisodeView) -> None:
    late = CUT.replace(hour=19)  # 01:00 of the next day in Almaty
    midnight = BACK.replace(hour=18, minute=0)  # ends as the day of the place ends
    episode = msgspec.structs.replace(
        simulated_view.episode, start=late, start_earliest=late, start_latest=late, end=midnight, end_latest=midnight
    )
    row = only(replace(simulated_view, episode=episode))
    assert (row["start_date"], row["end_date"], row["duration"]) == ("2022-01-06", "2022-01-11", "6")
    assert row["start_date_type"] == "Actual"
    unsure = msgspec.structs.replace(episode, start_earliest=late - timedelta(hours=2))
    assert only(replace(simulated_view, episode=unsure))["start_date_type"] == "Estimated"


def test_services_are_affected_where_they_were_seen_blocked_and_never_said_not_to_be(
    simulated_view: EpisodeView,
) -> None:
    row = only(measured(simulated_view))
    assert (row["telegram_affected"], row["whatsapp_affected"]) == ("Yes", "Yes")
    assert (row["facebook_affected"], row["sms_affected"]) == ("Unknown", "Unknown")
    assert row["other_affected"] == "orda.kz"
    assert "No" not in row.values()
    assert row["shutdown_type"] == "Shutdown, Throttle"
    assert row["shutdown_extent"] == "Full network, Service-based"
    assert row["affected_network"] == "Broadband, Mobile"
    assert row["telcos_involved"].startswith("Kazakhstan: ")
    assert "Kazakhtelecom" in row["telcos_involved"]


@pytest.mark.parametrize(
    ("service", "column"),
    [("x.com", "twitter_affected"), ("facebook.com", "facebook_affected"), ("t.me", "telegram_affected")],
)
def test_a_host_counts_for_its_service_only(simulated_view: EpisodeView, service: str, column: str) -> None:
    def blocking(host: str) -> dict[str, str]:
        shown = measured(simulated_view)
        row = msgspec.structs.replace(shown.episode.blocked[0], service=host)
        return only(replace(shown, episode=msgspec.structs.replace(shown.episode, blocked=(row,))))

    assert blocking(service)[column] == "Yes"
    assert blocking(f"m.{service}")[column] == "Yes"
    assert blocking(f"not{service}")[column] == "Unknown"
    assert blocking(f"not{service}")["other_affected"] == f"not{service}"


def test_what_people_decide_is_left_to_people(simulated_view: EpisodeView) -> None:
    row = only(measured(simulated_view))
    assert not any(row[name] for name in FOR_PEOPLE)
    assert {row[name] for name in ("ordered_by", "actual_cause", "gov_justification", "gov_ack", "election")} == {
        "Unknown"
    }
    assert row["actual_cause_details"] == "ordered (level of this claim: signal)"
    accident = msgspec.structs.replace(simulated_view.episode.cause, value=CauseValue.POWER)
    row = only(replace(simulated_view, episode=msgspec.structs.replace(simulated_view.episode, cause=accident)))
    assert row["actual_cause"] == "Other"


def test_what_has_no_end_has_no_last_day_and_goes_on_only_if_the_data_are_fresh(ongoing_view: EpisodeView) -> None:
    row = only(ongoing_view)
    assert (row["end_date"], row["duration"], row["shutdown_status"]) == ("", "", "Unknown")
    fresh = replace(ongoing_view.about, known=ongoing_view.horizon + timedelta(hours=3))
    assert only(replace(ongoing_view, about=fresh))["shutdown_status"] == "Ongoing"


def test_the_extent_in_space_is_told_from_what_was_hit(simulated_view: EpisodeView) -> None:
    whole = only(simulated_view)
    assert whole["geo_scope"].startswith("It affected locations in more than one state")
    assert whole["area_name"] == "Nationwide"
    shown = measured(simulated_view)
    one_city = only(_in_part(shown))  # KZ-75 is the city of Almaty, and the other region was spared
    assert one_city["geo_scope"] == "It only affected one city, county, or village"
    assert one_city["area_name"] == "Almaty city"
    scope = shown.episode.scope
    assert scope is not None
    unknown = [msgspec.structs.replace(one, state=PartState.UNKNOWN) for one in scope.divisions[0].parts]
    blind = msgspec.structs.replace(
        scope, divisions=(msgspec.structs.replace(scope.divisions[0], parts=tuple(unknown)),)
    )
    row = only(_in_part(replace(shown, episode=msgspec.structs.replace(shown.episode, scope=blind))))
    assert (row["geo_scope"], row["area_name"]) == ("Not sure", "")
    assert row["affected_network"] == "Unknown"  # not told apart is no claim that both were hit


def test_a_network_reaches_across_regions(simulated_view: EpisodeView) -> None:
    row = only(
        replace(simulated_view, episode=msgspec.structs.replace(simulated_view.episode, place="AS9198", scope=None))
    )
    assert (row["country"], row["geo_scope"], row["area_name"]) == ("Kazakhstan", "Not sure", "")
    assert "Kazakhtelecom" in row["telcos_involved"]


def test_a_simulated_row_says_so(simulated_view: EpisodeView) -> None:
    assert only(simulated_view)["event"].startswith("simulated signals: ")
    assert not only(measured(simulated_view))["event"].startswith("simulated")
    assert json.loads(stop_schema(simulated=True))["notice"] == "simulated signals"


def test_its_schema_accepts_the_rows_and_refuses_a_damaged_copy(simulated_view: EpisodeView, tmp_path: Path) -> None:
    (tmp_path / "stop.schema.json").write_bytes(stop_schema(simulated=False))
    good = stop_csv(case_of(measured(simulated_view, address="https://example.org/")))
    assert _valid(tmp_path, good)
    assert not _valid(tmp_path, good.replace(b"Broadband, Mobile", b"Broadband and mobile"))
    assert not _valid(tmp_path, good.replace(b"2022-01-05", b"5 January"))
    assert not _valid(tmp_path, good.replace(b"gov_ack,", b"government,"))
    assert next(csv.DictReader(io.StringIO(good.decode())))["info_source_link"].startswith(
        "https://example.org/en/episode/kz-2022-01-05-a/index.html; https://ioda."
    )


def _in_part(view: EpisodeView) -> EpisodeView:
    """The same with a partial outage, of access that was not told apart, in place of its phases."""
    phase = msgspec.structs.replace(view.episode.phases[0], kind=PhaseKind.PARTIAL, access=Access.MIXED)
    return replace(view, episode=msgspec.structs.replace(view.episode, phases=(phase,)))


def _valid(folder: Path, data: bytes) -> bool:
    (folder / "stop.csv").write_bytes(data)
    schema = frictionless.Schema.from_descriptor(json.loads((folder / "stop.schema.json").read_bytes()))
    resource = frictionless.Resource(path="stop.csv", basepath=str(folder), schema=schema)
    return bool(resource.validate().valid)
