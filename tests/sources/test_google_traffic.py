"""How Google's traffic report is asked, and that a whole answer makes whole days."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.serving import Reply
from tests.sources.asked import collected, day

from kuager.codecs.google_traffic import PRODUCTS
from kuager.sources.google_traffic import OFFER, SIGNALS
from kuager.sources.offer import DAY_S, Absence, Question, Request


def question(place: str, start: str, end: str, now: str = "2022-06-01T10:20:30", lead_days: int = 28) -> Question:
    return Question(place, day(start), day(end), lead_days, day(now))


def plan(asked: Question) -> list[Request]:
    return [one for one in OFFER.plan(asked) if isinstance(one, Request)]


def test_five_products_are_asked_for_the_whole_window() -> None:
    requests = plan(question("KZ", "2022-01-02", "2022-01-13"))
    assert [one.topic for one in requests] == [
        f"{product} of KZ" for product in ("WEB_SEARCH", "GMAIL", "MAPS", "YOUTUBE", "ALL")
    ]
    assert requests[3].parameters == (
        ("start", str(day("2021-12-05") * 1000)),
        ("end", str(day("2022-01-13") * 1000)),
        ("region", "KZ"),
        ("product", "21"),
    )
    assert requests[3].kind == "google-traffic:YOUTUBE"
    assert {one.whole_window for one in requests} == {True}
    assert {signal.id for signal in SIGNALS} >= {f"google.{product.lower()}" for product in PRODUCTS}


@pytest.mark.parametrize("now", ["2022-01-05T00:00:00", "2022-01-05T00:00:01", "2022-01-05T23:59:59", "2022-06-01"])
def test_less_than_a_day_is_never_asked_for(now: str) -> None:
    for end in ("2022-01-06", "2022-01-08"):
        for one in plan(question("KZ", "2022-01-05", end, now, lead_days=0)):
            asked = dict(one.parameters)
            assert int(asked["end"]) - int(asked["start"]) >= DAY_S * 1000


def test_what_has_not_begun_is_not_asked_for() -> None:
    assert not plan(question("KZ", "2022-07-02", "2022-07-13", lead_days=0))
    (request, *_) = plan(question("KZ", "2022-05-30", "2022-07-13"))
    assert request.end == day("2022-06-02")


@pytest.mark.parametrize("place", ["AS9198", "KZ-75"])
def test_only_countries_have_an_answer(place: str) -> None:
    (absence,) = OFFER.plan(question(place, "2022-01-02", "2022-01-13"))
    assert isinstance(absence, Absence)
    assert (absence.start, absence.end) == (day("2022-01-02"), day("2022-01-13"))


def test_every_day_is_complete(tmp_path: Path) -> None:
    assert set(collected(tmp_path, "google").values()) == {("complete", "")}
    tables = {path.stem for path in (tmp_path / "case" / "observations").glob("google*.parquet")}
    assert tables == {"google.web_search", "google.gmail", "google.maps", "google.youtube", "google.all"}


@pytest.mark.parametrize(("fault", "clue"), [(Reply(b""), "nothing in"), (Reply(b"<html>Sorry</html>"), "web page")])
def test_an_empty_answer_or_a_page_makes_days_partial(tmp_path: Path, fault: Reply, clue: str) -> None:
    ((status, reason),) = set(collected(tmp_path, "google", faults={"/google/fraction": fault}).values())
    assert status == "partial"
    assert clue in reason
