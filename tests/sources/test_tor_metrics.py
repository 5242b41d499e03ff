"""How Tor Metrics is asked, and that a whole table makes whole days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.playing.tor import answer
from tests.serving import Asked, Reply
from tests.sources.asked import collected, day

from kuager.sources.offer import DAY_S, Absence, Question, Request
from kuager.sources.tor_metrics import OFFER


def question(place: str, start: str, end: str, now: str = "2022-06-01T10:20:30") -> Question:
    moment = day(now)
    return Question(place, day(start), day(end), 28, moment, (moment - OFFER.settles_s) // DAY_S * DAY_S)


def plan(asked: Question) -> list[Request]:
    return [one for one in OFFER.plan(asked) if isinstance(one, Request)]


def test_relays_and_bridges_are_asked_with_the_last_day_counted_in() -> None:
    relays, bridges = plan(question("KZ", "2022-01-02", "2022-01-13"))
    assert (relays.path, bridges.path) == ("userstats-relay-country.csv", "userstats-bridge-country.csv")
    assert relays.parameters == (
        ("start", "2021-12-05"),
        ("end", "2022-01-12"),
        ("country", "kz"),
        ("events", "off"),
    )
    assert (relays.start, relays.end) == (day("2021-12-05"), day("2022-01-13"))


def test_days_that_may_still_change_are_asked_apart() -> None:
    relays = [one for one in plan(question("KZ", "2022-05-20", "2022-06-13")) if "relay" in one.path]
    assert [(one.start, one.end) for one in relays] == [
        (day("2022-04-22"), day("2022-05-28")),
        (day("2022-05-28"), day("2022-06-02")),
    ]
    assert len({one.topic for one in relays}) == 1


def test_long_windows_are_asked_by_years_and_settled_days_not_at_all() -> None:
    long = question("KZ", "2019-01-29", "2022-01-01")
    relays = [one for one in plan(long) if "relay" in one.path]
    assert [(one.end - one.start) // DAY_S for one in relays] == [365, 365, 365, 1]
    assert relays[0].start == day("2019-01-01")
    known = frozenset(range(day("2019-01-01"), day("2021-12-01"), DAY_S))
    rest = [one for one in plan(replace(long, settled=lambda _topic: known)) if "relay" in one.path]
    assert [(one.start, one.end) for one in rest] == [(day("2021-12-01"), day("2022-01-01"))]


@pytest.mark.parametrize("place", ["AS9198", "KZ-75"])
def test_only_countries_have_an_answer(place: str) -> None:
    (absence,) = OFFER.plan(question(place, "2022-01-02", "2022-01-13"))
    assert isinstance(absence, Absence)
    assert (absence.start, absence.end) == (day("2022-01-02"), day("2022-01-13"))


def test_every_day_is_complete(tmp_path: Path) -> None:
    assert set(collected(tmp_path, "tor").values()) == {("complete", "")}
    tables = {path.stem for path in (tmp_path / "case" / "observations").glob("tor*.parquet")}
    assert tables == {"tor.relay-users", "tor.bridge-users"}


def test_a_day_without_a_row_or_without_a_number_is_not_complete(tmp_path: Path) -> None:
    query = {"start": "2021-12-05", "end": "2022-01-12", "country": "kz"}
    lines = answer(Asked("/tor/userstats-relay-country.csv", query, {}, 0.0)).body.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith((b"2022-01-06", b"2022-01-07"))]
    fault = Reply(b"".join([*kept, b"2022-01-07,kz,,,,87\n"]))
    coverage = collected(tmp_path, "tor", faults={"/tor/userstats-relay-country.csv": fault})
    told = {name: status for name, (status, _) in coverage.items() if status != "complete"}
    assert told == {"2022-01-06": "partial", "2022-01-07": "partial"}  # of bridges there are rows
    assert "relay users of KZ" in coverage["2022-01-06"][1]
