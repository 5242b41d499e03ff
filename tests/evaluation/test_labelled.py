"""Real cases against what was documented of them, and that a judgement can fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kuager.detection import Edge
from kuager.errors import CodecError
from kuager.evaluation.labelled import Judgement, judge, searches
from kuager.evaluation.labelled.documented import documented, moment
from kuager.evaluation.labelled.examining import risen
from kuager.evaluation.labelled.judgement import clock, holds_moment
from kuager.evaluation.labelled.reading import connectivity, latency
from kuager.model.series import Series
from kuager.model.words import Access, Scale, SignalKind

DAY = 86_400


@pytest.fixture(scope="module")
def judged(shared_data: Path) -> dict[str, Judgement]:
    return {one.name: one for one in judge(shared_data)}


@pytest.mark.slow
def test_every_family_is_judged_and_says_what_it_wanted_and_found(judged: dict[str, Judgement]) -> None:
    families = {name.split(":")[0] for name in judged}
    assert families == {
        "Iran, January 2026",
        "Iran, November 2019",
        "Venezuela, July 2019",
        "Tonga, January 2022",
        "Quiet places",
        "Tor",
        "Kazakhstan, searches for VPNs",
    }
    assert all(one.judged and one.wanted and one.found for one in judged.values())


@pytest.mark.slow
def test_what_does_not_hold_says_why(judged: dict[str, Judgement]) -> None:
    assert [one.name for one in judged.values() if not one.holds and not one.remark] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "Iran, January 2026: episodes",
        "Iran, January 2026: onset",
        "Iran, January 2026: end",
        "Iran, January 2026: which signal fell when",
        "Iran, January 2026: routes",
        "Iran, January 2026: Google's return",
        "Iran, January 2026: the weeks before",
        "Iran, November 2019: spread of onsets",
        "Venezuela, July 2019: cause",
        "Tonga, January 2022: by days",
        "Tonga, January 2022: cause",
        "Quiet places: border of Ukraine and Russia",
        "Quiet places: November 2022",
        "Quiet places: Tonga, April 2022",
        "Tor: the instrument, September 2009",
        "Tor: Iran, January 2011",
        "Tor: Iran, January 2011, elsewhere",
        "Kazakhstan, searches for VPNs: 2022-01-04",
        "Kazakhstan, searches for VPNs: other rises",
        "Kazakhstan, searches for VPNs: documented events",
    ],
)
def test_what_any_detector_must_find_in_these_data_holds(judged: dict[str, Judgement], name: str) -> None:
    assert judged[name].holds, judged[name]


@pytest.mark.slow
def test_at_least_nine_tenths_of_irans_counties_and_two_thirds_of_venezuelas_states_are_found(
    judged: dict[str, Judgement],
) -> None:
    counties = judged["Iran, November 2019: counties"]
    assert counties.wanted.endswith("73")
    found = int(counties.found.split()[1].rstrip(","))
    assert found >= 66
    still_lost = judged["Iran, November 2019: end"].found  # hours of service in some counties part the loss there
    assert int(still_lost.split()[2]) >= 0.9 * found
    states = judged["Venezuela, July 2019: states"]
    assert states.wanted.endswith("13")
    assert int(states.found.split()[1]) >= 9


@pytest.mark.slow
def test_only_one_of_the_documented_kazakh_events_lies_in_the_series(judged: dict[str, Judgement]) -> None:
    events = judged["Kazakhstan, searches for VPNs: documented events"]
    assert "1 of 19 (2022-01-04)" in events.wanted
    assert events.remark.startswith("18 ")


def test_without_data_nothing_holds_and_every_family_says_so(tmp_path: Path) -> None:
    found = judge(tmp_path)
    assert {one.name.split(":")[0] for one in found} >= {"Iran, January 2026", "Quiet places", "Tor"}
    assert not any(one.holds or one.judged for one in found)
    assert all("absent" in one.found and ".csv" in one.remark for one in found)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-01-08T16:30:00Z", "2026-01-08T16:30", "2026-01-08T16:30"),
        ("2022-02-22", "2022-02-22T00:00", "2022-02-23T00:00"),
        ("2026-01-27/28 (IODA active probing)", "2026-01-27T00:00", "2026-01-29T00:00"),
        ("2019-07-22T16:41 local (UTC-4), commonly reported", "2019-07-22T20:41", "2019-07-22T20:41"),
    ],
)
def test_documented_moments_are_read_as_they_are_written(text: str, earliest: str, latest: str) -> None:
    read = moment(text)
    assert (clock(read.earliest), clock(read.latest)) == tuple(
        f"{one.replace('T', ' ')}Z" for one in (earliest, latest)
    )


@pytest.mark.parametrize("text", [None, "", "in January", "2022-01"])
def test_what_is_no_moment_is_refused(text: str | None) -> None:
    with pytest.raises(CodecError):
        moment(text)


def test_a_case_that_nobody_documented_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "cases.json").write_text('{"cases": []}')
    with pytest.raises(CodecError):
        documented(tmp_path, "XX-2020")


def test_clocks_on_the_wall_become_utc_and_a_value_below_the_index_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "counties.csv"
    rows = [(1573430400 + 3600 * hour, value) for hour, value in enumerate((100, -1, 90))]
    lines = [f"Tehran,Karaj,{time},{value}" for time, value in rows]
    file.write_text("\n".join(["name_1,name_2,time_e,connectivity", *lines]))
    (county,) = connectivity(file, "IR", "Asia/Tehran").values()
    assert clock(int(county.times[0])) == "2019-11-10 20:30Z"  # 11 November, 00:00 in Tehran, UTC+03:30
    assert county.step_s == 3600
    assert np.isnan(county.values).tolist() == [False, True, False]


def test_regions_of_two_countries_are_kept_apart_and_each_has_its_own_clock(tmp_path: Path) -> None:
    file = tmp_path / "latency.csv"
    header = "country_iso_three_char_code,adm1_name,timezone_name,time_local,latency_indx"
    kursk = "RUS,Kursk,Europe/Moscow,01-Dec-2021 06:00:00,100.8"
    file.write_text(f"{header}\n{kursk}\nUKR,Kiev City,Europe/Kyiv,01-Dec-2021 06:00:00,99")
    assert clock(int(latency(file, "RUS")["Kursk"].times[0])) == "2021-12-01 03:00Z"
    assert clock(int(latency(file, "UKR")["Kiev City"].times[0])) == "2021-12-01 04:00Z"


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "counties.csv"
    file.write_text("name_1,time_e\nTehran,1573430400\n")
    with pytest.raises(CodecError):
        connectivity(file, "IR", "Asia/Tehran")


def test_a_rise_is_found_with_its_depth_and_a_fall_is_not_taken_for_one() -> None:
    values = 100.0 + np.random.default_rng(4).standard_normal(120)
    values[60:66] *= 4.0
    values[90:96] *= 0.2
    times = DAY * np.arange(120, dtype=np.int64)
    series = Series("x.rtt", "KZ", Access.MIXED, Scale.ABSOLUTE, "", DAY, times, values, "ms")
    (rise,) = risen(series, SignalKind.RTT).findings
    assert (rise.first, rise.last) == (60, 66)
    assert rise.depth == pytest.approx(0.75, abs=0.02)


def test_an_edge_holds_a_moment_that_lies_within_its_interval() -> None:
    edge = Edge(100, 200, 300)
    assert holds_moment(edge, 300, 400)
    assert holds_moment(edge, 0, 100)
    assert not holds_moment(edge, 301, 400)
    assert not holds_moment(edge, 0, 99)


def _trends(folder: Path, values: list[float]) -> None:
    (folder / "trends").mkdir()
    days = [datetime(2021, 12, 17, tzinfo=UTC) + timedelta(days=number) for number in range(len(values))]
    rows = [f"{day:%Y-%m-%d},{value}" for day, value in zip(days, values, strict=True)]
    (folder / "trends" / "KZ_vpn_topic_2021-12-17_2022-02-28.csv").write_text("\n".join(["date,value", *rows]))
    events = ["start_date,end_date,affected_services", "2022-01-04,2022-01-11,all", "2023-06-30,,one site"]
    (folder / "trends" / "KZ_events_cenalert.csv").write_text("\n".join(events))


def test_searches_that_do_not_rise_do_not_hold(tmp_path: Path) -> None:
    _trends(tmp_path, [1.0, 2.0] * 37)
    assert [one.holds for one in searches.judge(tmp_path)] == [False, False, False]


def test_a_second_rise_of_like_size_does_not_hold(tmp_path: Path) -> None:
    values = [1.0] * 74
    values[18:26] = [60.0] * 8
    values[50:56] = [50.0] * 6
    _trends(tmp_path, values)
    day, others, events = searches.judge(tmp_path)
    assert day.holds
    assert events.holds
    assert not others.holds
    assert "2022-02-05" in others.found


@pytest.mark.slow
def test_another_documented_day_does_not_hold(tmp_path: Path, shared_data: Path) -> None:
    for name in ("ioda", "regional", "tor", "trends", "cloudflare"):
        (tmp_path / name).symlink_to(shared_data / name)
    cases = json.loads((shared_data / "labels" / "cases.json").read_text("utf-8"))
    for case in cases["cases"]:
        if case["id"] == "IR-2026-01":
            case["start"], case["full_by"] = "2026-01-07T10:00:00Z", "2026-01-07T12:00:00Z"
        if case["id"] == "TO-2022-01":
            case["end"] = "2022-02-10"
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "cases.json").write_text(json.dumps(cases))
    wrong = {one.name: one.holds for one in judge(tmp_path)}
    assert not wrong["Iran, January 2026: onset"]
    assert not wrong["Iran, January 2026: which signal fell when"]
    assert not wrong["Tonga, January 2022: by days"]
