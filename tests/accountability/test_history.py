"""Earlier episodes of Kazakhstan from documents and from the coalition's register, and what counts from them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.accountability.measured import episode

from kuager.accountability.history import Earlier, days_since_last, earlier, within_months
from kuager.accountability.moments import interval
from kuager.accountability.rows.people import Past
from kuager.accountability.rows.row import Status
from kuager.codecs import stop
from kuager.model.opinions import Opinion
from kuager.model.time import Instant
from kuager.model.words import CauseValue, EpisodeKind, Level, OpinionKind

KINDS = {"disruption": EpisodeKind.SHUTDOWN, "blocking": EpisodeKind.BLOCKING, "throttling": EpisodeKind.THROTTLING}
JANUARY_2022 = interval("2022-01-04", "KZ")


def past(
    name: str,
    at: str,
    until: str = "",
    *,
    kind: EpisodeKind = EpisodeKind.SHUTDOWN,
    places: tuple[str, ...] = ("KZ",),
    status: Status = Status.SUPPORTED,
) -> Past:
    return Past(
        id=name, text={"en": name}, sources=(f"of-{name}",), kind=kind, at=at, until=until, places=places, status=status
    )


def record(name: str, first: str, last: str = "", statement: str = "Shutdown; one city", place: str = "KZ") -> Opinion:
    """As the register of shutdowns is read: midnights in UTC, the end that of the day after the last."""
    return Opinion(
        source="stop",
        kind=OpinionKind.RECORD,
        id=name,
        place=place,
        signal="",
        start=datetime.fromisoformat(first).replace(tzinfo=UTC),
        end=datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1) if last else None,
        statement=statement,
        cause="Protests",
        score=None,
        link=f"https://example.org/{name}",
    )


@pytest.fixture(scope="module")
def kazakhstan(shared_data: Path) -> tuple[Past, ...]:
    """Earlier episodes of the documentary table."""
    with (shared_data / "facts" / "timeline.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in KINDS and row["episode"] != "KZ-2022-01"]
    return tuple(
        past(row["id"].lower(), utc(row["start_utc"]), utc(row["end_utc"]), kind=KINDS[row["kind"]]) for row in rows
    )


def utc(written: str) -> str:
    return written.replace("Z", ":00Z")


@pytest.fixture(scope="module")
def records(shared_data: Path) -> tuple[Opinion, ...]:
    """Records of the coalition's register for all countries."""
    data = (shared_data / "stop" / "stop_combined_2016_2025_snapshot_2026-05-20.csv").read_bytes()
    rows = stop.decode(data).tables["opinions"].to_pylist()
    return tuple(Opinion(**{**row, "kind": OpinionKind(row["kind"])}) for row in rows)


def started(one: Earlier) -> str:
    assert one.start is not None
    return one.start.best.strftime("%Y-%m")


def test_the_episodes_of_kazakhstan_before_2022_stand_in_order(kazakhstan: tuple[Past, ...]) -> None:
    found = [started(one)[:4] for one in earlier("KZ", kazakhstan)]
    assert found == sorted(found)
    assert {"2018", "2019", "2020", "2021"} <= set(found)


def test_36_months_before_january_2022_begin_after_the_throttling_of_2018(kazakhstan: tuple[Past, ...]) -> None:
    found = within_months(earlier("KZ", kazakhstan), JANUARY_2022)
    assert {started(one) for one in found.certain} == {"2019-05", "2019-06", "2020-02", "2021-02"}
    assert (found.possible, found.same) == ((), ())
    assert "t045" not in found.ids


def test_with_the_register_events_in_both_are_told_once_and_2022_is_not_its_own_past(
    kazakhstan: tuple[Past, ...], records: tuple[Opinion, ...]
) -> None:
    found = earlier("KZ", kazakhstan, records)
    joined = {one.id: len(one.records) for one in found if one.records and not one.id.startswith("stop:")}
    assert joined == {"t045": 1, "t046": 1, "t047": 1, "t048": 1, "t049": 1}
    recent = within_months(found, JANUARY_2022, datetime(2022, 1, 11, tzinfo=UTC))
    assert {started(one) for one in recent.certain} == {"2019-05", "2019-06", "2020-02", "2021-02", "2021-03"}
    assert [started(one) for one in recent.same] == ["2022-01"]


def test_an_event_in_both_keeps_both_sources() -> None:
    (found,) = earlier("KZ", [past("a", "2021-02-28T08:00:00Z")], [record("r", "2021-02-28", "2021-02-28")])
    assert found.sources == ("of-a", "https://example.org/r")
    assert found.records == ("stop:r",)


@pytest.mark.parametrize(
    ("at", "kind", "other", "episodes"),
    [
        pytest.param("2019-06-09", EpisodeKind.SHUTDOWN, record("r", "2019-06-09", "2019-06-11"), 1, id="same-day"),
        pytest.param("2019-06-12", EpisodeKind.SHUTDOWN, record("r", "2019-06-09", "2019-06-11"), 2, id="day-after"),
        pytest.param("2019-06-08T17:00:00Z", EpisodeKind.SHUTDOWN, record("r", "2019-06-09"), 2, id="local-day-before"),
        pytest.param("2019-06-08T19:00:00Z", EpisodeKind.SHUTDOWN, record("r", "2019-06-09"), 1, id="local-same-day"),
        pytest.param("2019-06-09", EpisodeKind.THROTTLING, record("r", "2019-06-09"), 2, id="another-kind"),
        pytest.param("2019-06-09", EpisodeKind.BLOCKING, record("r", "2019-06-09"), 1, id="of-services"),
        pytest.param(
            "2019-06-09", EpisodeKind.THROTTLING, record("r", "2019-06-09", "", "Unknown"), 1, id="kind-unknown"
        ),
        pytest.param(
            "2020-06-09", EpisodeKind.THROTTLING, record("r", "2018-03-15", "", "Throttle; ; Ongoing"), 2, id="no-end"
        ),
        pytest.param("unknown", EpisodeKind.SHUTDOWN, record("r", "2019-06-09"), 2, id="no-date"),
    ],
)
def test_a_record_joins_a_row_of_the_same_days_and_kind(
    at: str, kind: EpisodeKind, other: Opinion, episodes: int
) -> None:
    assert len(earlier("KZ", [past("a", at, kind=kind)], [other])) == episodes


def test_other_countries_withdrawn_rows_and_other_findings_are_no_episodes_of_it() -> None:
    rows = [past("a", "2020", places=("KG",)), past("b", "2020", status=Status.WITHDRAWN), past("c", "2020-01-01")]
    alert = Opinion("ioda", OpinionKind.ALERT, "x", "KZ", "bgp", datetime(2020, 1, 1, tzinfo=UTC), None, "", "", 1, "")
    assert [one.id for one in earlier("KZ", rows, [alert, record("r", "2020-01-01", place="KG")])] == ["c"]


def test_what_has_no_date_or_is_not_proven_only_may_count() -> None:
    rows = [
        past("undated", "unknown"),
        past("unproven", "2021-01-01", status=Status.UNPROVEN),
        past("edge", "2019-01"),
        past("reaching-in", "2018-11-01", "2019-02-01"),
        past("sure", "2019-01-06"),
    ]
    found = within_months(earlier("KZ", rows), JANUARY_2022)
    assert set(found.ids) == {"reaching-in", "sure"}
    assert {one.id for one in found.possible} == {"undated", "unproven", "edge"}


def test_36_months_before_the_end_of_february_are_a_day_that_was() -> None:
    start = datetime(2020, 2, 29, 12, tzinfo=UTC)
    assert within_months([], Instant(start, start, start)).since == datetime(2017, 2, 28, 12, tzinfo=UTC)


CONFIRMED = episode("kz-2022-01-04-a", datetime(2022, 1, 4, 16, tzinfo=UTC), datetime(2022, 1, 11, 2, tzinfo=UTC))
ON = datetime(2022, 2, 11, 2, tzinfo=UTC)


def test_the_counter_counts_from_the_end_of_the_last_confirmed_episode() -> None:
    found = days_since_last([CONFIRMED], (), ON)
    assert (found.least, found.most, found.episode, found.ongoing) == (30, 31, "kz-2022-01-04-a", False)
    assert (found.documented, found.documented_ids) == (None, ())


@pytest.mark.parametrize("level", [level for level in Level if level is not Level.CONFIRMED])
def test_only_a_confirmed_episode_sets_it_back(level: Level) -> None:
    start = datetime(2022, 2, 10, tzinfo=UTC)
    later = episode("kz-2022-02-10-a", start, start + timedelta(hours=2), level=level)
    assert days_since_last([CONFIRMED, later], (), ON).episode == "kz-2022-01-04-a"
    confirmed = episode("kz-2022-02-10-a", start, start + timedelta(hours=1))
    assert days_since_last([CONFIRMED, confirmed], (), ON).least == 1


def test_an_accident_sets_nothing_back() -> None:
    start = datetime(2022, 2, 10, tzinfo=UTC)
    later = episode("kz-2022-02-10-a", start, start + timedelta(hours=2), cause=CauseValue.POWER)
    assert days_since_last([CONFIRMED, later], (), ON).episode == "kz-2022-01-04-a"


def test_documents_only_stand_beside_it() -> None:
    history = earlier("KZ", [past("a", "2022-02-01T00:00:00Z", "2022-02-01T02:00:00Z"), past("b", "2023-01-01")])
    found = days_since_last([], history, ON)
    assert (found.least, found.most, found.episode) == (None, None, "")
    assert (found.documented, found.documented_ids) == (10, ("a",))
    assert days_since_last([CONFIRMED], history, ON).least == 30
    lasting = earlier("KZ", [past("a", "2022-02-01", "2022-03-01")])
    assert days_since_last([], lasting, ON).documented == 0


def test_while_one_lasts_there_are_no_days_and_before_any_none_is_known() -> None:
    lasting = episode("kz-2022-02-10-a", datetime(2022, 2, 10, tzinfo=UTC), None)
    found = days_since_last([CONFIRMED, lasting], (), ON)
    assert (found.least, found.most, found.ongoing) == (0, 0, True)
    within = days_since_last([CONFIRMED], (), datetime(2022, 1, 6, tzinfo=UTC))
    assert (within.least, within.ongoing) == (0, True)
    assert days_since_last([CONFIRMED], (), datetime(2022, 1, 1, tzinfo=UTC)).least is None
