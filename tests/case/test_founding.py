from __future__ import annotations

import csv
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from kuager.case.founding import Happening, HappeningKind, load
from kuager.model.places import LANGUAGES, Network, Region, Role, find, networks
from kuager.model.words import Access

ROWS = {row.id: row for row in load().happenings}
KAZAKH_LETTERS = set("әғқңөұүһі")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def timeline(shared_data: Path) -> dict[str, dict[str, str]]:
    """The rows of the documentary table that belong to January 2022, by id."""
    with (shared_data / "facts" / "timeline.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row["episode"] == "KZ-2022-01"}


def test_the_five_published_onsets_stay_five() -> None:
    onsets = [row for row in load().happenings if row.onset_of_cut]
    assert [row.id for row in onsets] == ["T013", "T014", "T015", "T016", "T017"]
    assert [row.begins.best for row in onsets] == [
        utc(5, 10, 30),
        utc(5, 10, 45),
        utc(5, 10, 45),
        utc(5, 11, 0),
        utc(5, 11, 15),
    ]
    assert all(row.places == ("KZ",) and row.doubt for row in onsets)
    assert ROWS["T015"].kind is HappeningKind.ROUTING


def test_every_row_is_there_once() -> None:
    assert len(ROWS) == len(load().happenings)
    assert set(ROWS) == {f"T{number:03}" for number in range(1, 42)} | {"ST5", "ST7", "ST8", "ST9"}


@pytest.mark.parametrize("row", load().happenings, ids=lambda row: str(row.id))
def test_a_row_speaks_three_languages(row: Happening) -> None:
    for sentences in (row.text, row.doubt) if row.doubt else (row.text,):
        assert tuple(sorted(sentences)) == tuple(sorted(LANGUAGES))
        assert len(set(sentences.values())) == len(LANGUAGES)
        assert all(sentence.endswith(".") for sentence in sentences.values())
        assert not KAZAKH_LETTERS & set(sentences["ru"].lower())
        assert KAZAKH_LETTERS & set(sentences["kk"].lower())
        assert not re.search("[а-яё]", sentences["en"], re.IGNORECASE)


@pytest.mark.parametrize("row", load().happenings, ids=lambda row: str(row.id))
def test_a_row_names_its_source_and_where_it_was_published(row: Happening) -> None:
    assert row.source
    assert row.source_class
    assert row.urls
    assert all(re.fullmatch(r"https?://[\w.-]+\.[a-z]+/[^\s()…]+(?<!\.)", url) for url in row.urls)


@pytest.mark.parametrize("row", load().happenings, ids=lambda row: str(row.id))
def test_a_row_names_known_places_networks_and_operators(row: Happening) -> None:
    for code in row.places:
        place = find(code)
        assert code == (place.id if isinstance(place, Region) else place.code)
    assert all(isinstance(find(code), Network) for code in row.networks)
    assert set(row.operators) <= {network.operator for network in networks()}


def test_regions_existed_at_the_time() -> None:
    for row in load().happenings:
        for code in row.places:
            assert find(code, row.begins.best.date()).code == find(code).code


def test_nothing_points_at_a_person_or_a_machine_or_at_how_it_was_read() -> None:
    text = resources.files("kuager.case.founding").joinpath("kz-2022-01.toml").read_text("utf-8")
    forbidden = {
        "IPv4 address": r"\b\d{1,3}(\.\d{1,3}){3}\b",
        "IPv6 address": r"\b[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,}",
        "mail address": r"\w@\w",
        "telephone number": r"\+\d[\d ()-]{8,}",
        "leftover of research": r"\.txt|\(read|mirror",
    }
    found = {what: re.findall(pattern, text, re.IGNORECASE) for what, pattern in forbidden.items()}
    assert found == {what: [] for what in forbidden}


def test_who_admits_the_disruption() -> None:
    admitting = {row.id for row in load().happenings if row.acknowledges}
    assert admitting == {"T029", "T037", "T039", "T040", "ST7"}
    assert "41-1" in ROWS["T039"].text["en"]
    assert all({"company", "government"} & set(ROWS[row].source_class) for row in admitting)


def test_sources_that_contradict_each_other_both_stand() -> None:
    for language in LANGUAGES:
        assert "RIPE NCC" in ROWS["T015"].doubt[language]
        assert "Cloudflare" in ROWS["T017"].doubt[language]
        assert "23:00" in ROWS["T022"].doubt[language]


def test_start_and_end_agree_with_the_documentary_table(timeline: dict[str, dict[str, str]]) -> None:
    def written(moment: str | None) -> str:
        return (moment or "").replace(":00Z", "Z")

    ours = {row: (written(ROWS[row].start), written(ROWS[row].end)) for row in timeline}
    assert ours == {row: (facts["start_utc"], facts["end_utc"]) for row, facts in timeline.items()}


def test_kind_precision_confidence_and_place_agree_with_the_documentary_table(
    timeline: dict[str, dict[str, str]],
) -> None:
    for row, facts in timeline.items():
        assert ROWS[row].kind.value == facts["kind"]
        assert ROWS[row].precision_minutes == int(facts["precision_min"])
        assert ROWS[row].confidence.value == facts["confidence"]
        assert find(ROWS[row].places[0]) == find(facts["iso3166_2"])


def test_access_agrees_with_the_documentary_table(timeline: dict[str, dict[str, str]]) -> None:
    known = {"mobile": Access.MOBILE, "fixed": Access.FIXED, "mobile+fixed": Access.MIXED, "all": Access.MIXED}
    for row, facts in timeline.items():
        assert ROWS[row].access == known.get(facts["network_type"])


def test_addresses_are_those_of_the_documentary_table(timeline: dict[str, dict[str, str]]) -> None:
    for row, facts in timeline.items():
        listed = re.findall(r"https?://[^\s;()]+", facts["source"])
        whole = {url for url in listed if not url.endswith("...")}
        assert whole <= set(ROWS[row].urls)


def test_the_texts_are_our_own_words(timeline: dict[str, dict[str, str]]) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}

    for row, facts in timeline.items():
        assert not runs(ROWS[row].text["en"]) & runs(facts["note"])


def test_a_day_is_the_local_day_of_the_place() -> None:
    assert (ROWS["T004"].begins.earliest, ROWS["T004"].begins.latest) == (utc(3, 18), utc(4, 18))
    in_aktau = ROWS["T020"].begins
    assert (in_aktau.earliest, in_aktau.latest) == (utc(4, 19), utc(5, 19))


def test_a_day_that_may_be_off_by_one_is_wider() -> None:
    begins = ROWS["T003"].begins
    assert (begins.earliest, begins.latest) == (utc(3, 6) - timedelta(days=1), utc(3, 6) + timedelta(days=1))


def test_a_month_is_the_whole_local_month() -> None:
    begins = ROWS["T036"].begins
    assert begins.earliest == datetime(2021, 12, 31, 18, tzinfo=UTC)
    assert begins.latest == utc(31, 18)


def test_a_time_is_as_wide_as_its_precision() -> None:
    ends = ROWS["T031"].ends
    assert ends is not None
    assert (ends.earliest, ends.best, ends.latest) == (utc(8, 9, 30), utc(8, 9, 40), utc(8, 9, 50))
    assert ROWS["T035"].ends is None


def test_a_time_that_is_not_in_utc_is_refused() -> None:
    local = msgspec.structs.replace(ROWS["T013"], start="2022-01-05T16:30:00+06:00")
    with pytest.raises(ValueError, match="not in UTC"):
        _ = local.begins


def test_rows_stand_in_the_order_of_the_events() -> None:
    story = [row for row in load().happenings if row.kind not in {HappeningKind.REMEDY, HappeningKind.SILENCE}]
    for earlier, later in itertools.pairwise(story):
        assert earlier.begins.earliest <= later.begins.latest


def test_windows_of_return_are_those_read_off_the_chart_and_two_more(shared_data: Path) -> None:
    chart = json.loads((shared_data / "kazakhstan" / "jan2022_restored_windows.json").read_text("utf-8"))
    read_off = [tuple(datetime.fromisoformat(moment) for moment in window) for window in chart["restored_windows_utc"]]
    windows = [(window.start, window.end) for window in load().restorations]
    assert windows == [*read_off, (utc(10, 3), utc(10, 7)), (utc(11, 2, 15), None)]


def test_windows_of_return_do_not_touch_and_are_documented() -> None:
    windows = load().restorations
    assert len(windows) == 7
    assert all(before.end and before.end < after.start for before, after in itertools.pairwise(windows))
    assert all(window.source and window.urls and window.precision_minutes > 0 for window in windows)


def test_networks_called_to_account_carry_people() -> None:
    registered = [find(code) for code in load().networks]
    assert len(registered) == 7
    for network in registered:
        assert isinstance(network, Network)
        assert {Role.MOBILE, Role.FIXED} & set(network.roles)


def test_the_title_speaks_three_languages() -> None:
    assert set(load().title) == set(LANGUAGES)
