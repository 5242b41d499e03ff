"""Whether cuts fall together with assemblies: exact chances, power, and lists that cover everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from kuager.accountability.assemblies import Beginning, Overlap, overlap
from kuager.accountability.rows.people import Assembly
from kuager.accountability.rows.row import Status
from kuager.model.time import Instant

FIRST = datetime(2022, 1, 1, tzinfo=UTC)
YEAR = (FIRST, FIRST + timedelta(days=365))
ALMATY = (43.238, 76.889)


def assembly(
    name: str,
    at: str,
    until: str = "",
    *,
    places: tuple[str, ...] = ("KZ",),
    at_point: tuple[float, float] | None = None,
    status: Status = Status.SUPPORTED,
) -> Assembly:
    latitude, longitude = at_point or (None, None)
    return Assembly(
        id=name,
        text={"en": name},
        sources=("a",),
        at=at,
        until=until,
        places=places,
        latitude=latitude,
        longitude=longitude,
        status=status,
    )


def began(day: float, *, places: tuple[str, ...] = ("KZ",), at_point: tuple[float, float] | None = None) -> Beginning:
    moment = FIRST + timedelta(days=day)
    latitude, longitude = at_point or (None, None)
    return Beginning(Instant(moment, moment, moment), places, latitude, longitude)


def on_days(days: list[int]) -> list[Assembly]:
    return [assembly(f"d{day}", (FIRST + timedelta(days=day)).date().isoformat()) for day in days]


def told(found: Overlap | None) -> Overlap:
    assert found is not None
    return found


def templates(found: Overlap) -> str:
    return " ".join(note.template for note in found.notes)


def test_one_assembly_on_the_day_of_one_episode_of_a_year_has_three_chances_in_365() -> None:
    found = told(overlap([began(180.5)], on_days([180]), YEAR))
    assert found.p_value == pytest.approx(3 / 365)
    assert (found.assemblies, found.together, found.exact, found.permutations) == (("d180",), 1, True, 365)
    assert found.expected == pytest.approx(3 / 365)
    assert (found.days, found.days_with_assemblies, found.days_in_window) == ((date(2022, 6, 30),), 1, 365)
    assert templates(found).count("per cent") == 0


def test_a_day_on_which_an_episode_began_has_the_same_chances() -> None:
    midnight = FIRST + timedelta(days=180) - timedelta(hours=6)
    whole_day = Beginning(Instant(midnight, midnight + timedelta(hours=12), midnight + timedelta(hours=24)), ("KZ",))
    assert told(overlap([whole_day], on_days([180]), YEAR)).p_value == pytest.approx(3 / 365)


def test_without_a_list_it_cannot_be_told() -> None:
    assert overlap([began(10)], None, YEAR) is None
    assert overlap([began(10)], [], YEAR) is None
    assert overlap([began(10)], [assembly("a", "2022-01")], YEAR) is None
    assert overlap([], on_days([10]), YEAR) is None


def test_a_list_that_covers_most_days_says_so_and_proves_nothing() -> None:
    found = told(overlap([began(180.5)], on_days([day for day in range(365) if day % 10]), YEAR))
    assert found.together == 1
    assert found.p_value > 0.9
    assert "anyway" in templates(found)


def test_a_short_window_can_prove_little_and_says_so() -> None:
    found = told(overlap([began(3.5)], on_days([3]), (FIRST, FIRST + timedelta(days=14))))
    assert found.p_value == pytest.approx(3 / 14)
    assert [note.facts for note in found.notes if "days" in note.facts] == [{"days": "14"}]


def test_no_overlap_is_no_evidence_of_one() -> None:
    found = told(overlap([began(180.5)], on_days([20]), YEAR))
    assert (found.assemblies, found.together, found.p_value) == ((), 0, 1.0)


def test_a_list_without_assemblies_there_does_not_tell_that_there_were_none() -> None:
    found = told(overlap([began(180.5)], [assembly("a", "2022-06-30", places=("KG",))], YEAR))
    assert (found.together, found.p_value, found.days_with_assemblies) == (0, 1.0, 0)
    assert "nobody gathered" in templates(found)


@pytest.mark.parametrize(("hours", "together"), [(-25, False), (-24, True), (0, True), (24, True), (25, False)])
def test_within_a_day_means_24_hours_to_either_side(hours: int, together: bool) -> None:
    at = (FIRST + timedelta(days=100, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = told(overlap([began(100)], [assembly("a", at)], YEAR))
    assert (found.assemblies == ("a",)) is together


def test_an_assembly_of_many_days_counts_until_its_end() -> None:
    found = told(overlap([began(9.5)], [assembly("a", "2022-01-02", "2022-01-10")], YEAR))
    assert (found.assemblies, found.days) == (("a",), (date(2022, 1, 9), date(2022, 1, 10)))
    assert found.p_value == pytest.approx(11 / 365)
    assert found.days_with_assemblies == 9


@pytest.mark.parametrize(
    ("beginning", "listed", "together"),
    [
        pytest.param({"at_point": ALMATY}, {"at_point": (43.6, 76.889)}, True, id="40-km"),
        pytest.param({"at_point": ALMATY}, {"at_point": (43.8, 76.889)}, False, id="62-km-of-one-country"),
        pytest.param({"at_point": ALMATY}, {}, True, id="only-one-point"),
        pytest.param({"places": ("KZ-75",)}, {"places": ("KZ-ALA",)}, True, id="one-region"),
        pytest.param({"places": ("KZ-75",)}, {"places": ("KZ",)}, True, id="country-of-the-region"),
        pytest.param({"places": ("KZ-75",)}, {"places": ("KZ-71",)}, False, id="two-regions"),
        pytest.param({"places": ("AS9198",)}, {"places": ("KZ-75",)}, True, id="network-of-the-country"),
    ],
)
def test_within_50_km_by_points_where_both_are_known_else_by_places(
    beginning: dict[str, tuple[float, float]], listed: dict[str, tuple[float, float]], together: bool
) -> None:
    found = told(overlap([began(4.5, **beginning)], [assembly("a", "2022-01-05", **listed)], YEAR))  # type: ignore[arg-type]
    assert (found.together == 1) is together
    by_points = "at_point" in beginning and "at_point" in listed
    assert ("distance is not known" in templates(found)) is (together and not by_points)


def test_an_assembly_known_to_a_month_is_set_aside_and_counted() -> None:
    rows = [
        assembly("month", "2022-01"),
        assembly("undated", "unknown"),
        assembly("withdrawn", "2022-01-05", status=Status.WITHDRAWN),
        assembly("day", "2022-01-05"),
    ]
    found = told(overlap([began(4.5)], rows, YEAR))
    assert found.assemblies == ("day",)
    assert [note.facts for note in found.notes if "set aside" in note.template] == [{"count": "2"}]


def test_episodes_that_follow_assemblies_are_found() -> None:
    generator = np.random.default_rng(7)
    found = []
    for _ in range(40):
        days = sorted(int(day) for day in generator.choice(np.arange(5, 360), 20, replace=False))
        beginnings = [began(day + 0.5) for day in generator.choice(days, 4, replace=False)]
        found.append(told(overlap(beginnings, on_days(days), YEAR)).p_value)
    assert np.mean(np.array(found) <= 0.05) >= 0.9


def test_episodes_that_know_nothing_of_assemblies_get_every_p_value_alike() -> None:
    generator = np.random.default_rng(8)
    listed = on_days(sorted(int(day) for day in generator.choice(365, 60, replace=False)))
    values = np.array(
        [
            told(overlap([began(day + 0.5) for day in generator.integers(0, 365, 30)], listed, YEAR)).p_value
            for _ in range(200)
        ]
    )
    for level in (0.05, 0.1, 0.3, 0.5, 0.8):
        off = 3 * np.sqrt(level * (1 - level) / len(values))
        tied = 0.2  # so many shifts may have the same count: a p-value is never too small, and may be too large
        assert level - tied - off <= np.mean(values <= level) <= level + off


def test_drawn_shifts_agree_with_all_of_them_and_are_the_same_each_time() -> None:
    beginnings, listed = [began(50.5), began(180.5)], on_days([50, 90, 180, 270])
    exact = told(overlap(beginnings, listed, YEAR))
    drawn = told(overlap(beginnings, listed, YEAR, permutations=300))
    assert (drawn.exact, drawn.permutations) == (False, 300)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.02)
    assert drawn == overlap(beginnings, listed, YEAR, permutations=300)


@pytest.mark.parametrize("day", [-1.0, 365.0])
def test_a_beginning_outside_the_window_is_refused(day: float) -> None:
    with pytest.raises(ValueError, match="window"):
        overlap([began(day)], on_days([10]), YEAR)
