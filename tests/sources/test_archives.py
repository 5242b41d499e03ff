"""The archives of routes: which files a window should have, which lists are asked for, and lists that lack files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from tests.playing import everything
from tests.playing.ris import answer as ris_answer
from tests.playing.routeviews import answer as routeviews_answer
from tests.serving import Answering, Asked, Reply
from tests.sources.asked import collected, day

from kuager.codecs import archive_listing
from kuager.sources import ris, routeviews
from kuager.sources.offer import DAY_S, Question, Request

JANUARY = datetime(2022, 1, 5, tzinfo=UTC)


def question(start: str, end: str, now: str = "2022-06-01T10:20:30") -> Question:
    return Question("KZ", day(start), day(end), 28, day(now))


def plan(module: ModuleType, asked: Question) -> list[Request]:
    return [one for one in module.OFFER.plan(asked) if isinstance(one, Request)]


def test_a_day_of_ris_has_three_tables_and_288_files_of_changes() -> None:
    paths = ris.ris_files("rrc00", JANUARY, JANUARY + timedelta(days=1))
    assert len(paths) == 291
    assert paths[:3] == [
        "rrc00/2022.01/bview.20220105.0000.gz",
        "rrc00/2022.01/updates.20220105.0000.gz",
        "rrc00/2022.01/updates.20220105.0005.gz",
    ]
    assert [path for path in paths if "bview" in path][1:] == [
        "rrc00/2022.01/bview.20220105.0800.gz",
        "rrc00/2022.01/bview.20220105.1600.gz",
    ]
    assert paths[-1] == "rrc00/2022.01/updates.20220105.2355.gz"


def test_a_day_of_routeviews_has_twelve_tables_and_96_files_of_changes() -> None:
    paths = routeviews.routeviews_files("route-views.linx", JANUARY, JANUARY + timedelta(days=1))
    assert len(paths) == 108
    assert paths[:2] == [
        "route-views.linx/bgpdata/2022.01/RIBS/rib.20220105.0000.bz2",
        "route-views.linx/bgpdata/2022.01/UPDATES/updates.20220105.0000.bz2",
    ]
    assert paths[-1] == "route-views.linx/bgpdata/2022.01/UPDATES/updates.20220105.2345.bz2"
    oregon = routeviews.routeviews_files("route-views2", JANUARY, JANUARY + timedelta(minutes=1))
    assert oregon == ["bgpdata/2022.01/RIBS/rib.20220105.0000.bz2", "bgpdata/2022.01/UPDATES/updates.20220105.0000.bz2"]


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        ("2022-01-05T10:31", "2022-01-05T10:41", ["updates.20220105.1035.gz", "updates.20220105.1040.gz"]),
        ("2022-01-05T10:30", "2022-01-05T10:35", ["updates.20220105.1030.gz"]),
        ("2022-01-05T15:58", "2022-01-05T16:01", ["bview.20220105.1600.gz", "updates.20220105.1600.gz"]),
        ("2022-01-05T10:31", "2022-01-05T10:34", []),
        (
            "2022-01-31T23:55",
            "2022-02-01T00:01",
            ["updates.20220131.2355.gz", "bview.20220201.0000.gz", "updates.20220201.0000.gz"],
        ),
        ("2024-02-28T23:58", "2024-02-29T00:04", ["bview.20240229.0000.gz", "updates.20240229.0000.gz"]),
        ("2021-12-31T23:58", "2022-01-01T00:04", ["bview.20220101.0000.gz", "updates.20220101.0000.gz"]),
    ],
)
def test_files_begin_inside_the_window_across_every_seam(start: str, end: str, names: list[str]) -> None:
    window = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (start, end))
    paths = ris.ris_files("rrc13", *window)
    assert [path.rpartition("/")[2] for path in paths] == names
    for path in paths:  # each lies in the folder of its own month
        stamp = path.split(".")[-3]
        assert path.split("/")[1] == f"{stamp[:4]}.{stamp[4:6]}"


@pytest.mark.parametrize(("module", "a_month"), [(ris, 4), (routeviews, 4)])
def test_every_month_that_the_window_touches_is_asked_once(module: ModuleType, a_month: int) -> None:
    requests = plan(module, question("2021-12-30", "2022-02-02"))
    assert len(requests) == 3 * a_month
    assert len({one.path for one in requests}) == 3 * a_month
    assert {(one.start, one.end) for one in requests} == {
        (day("2021-12-01"), day("2022-01-01")),
        (day("2022-01-01"), day("2022-02-01")),
        (day("2022-02-01"), day("2022-03-01")),
    }
    assert len(plan(module, question("2022-01-31", "2022-02-01"))) == a_month
    assert not plan(module, question("2022-07-01", "2022-07-05"))


def test_folders_are_those_of_the_archives() -> None:
    assert {one.path for one in plan(ris, question("2022-01-02", "2022-01-13"))} == {
        f"{collector}/2022.01/" for collector in ("rrc00", "rrc13", "rrc20", "rrc21")
    }
    assert {one.path for one in plan(routeviews, question("2022-01-02", "2022-01-13"))} == {
        "bgpdata/2022.01/RIBS/",
        "bgpdata/2022.01/UPDATES/",
        "route-views.linx/bgpdata/2022.01/RIBS/",
        "route-views.linx/bgpdata/2022.01/UPDATES/",
    }


def test_a_list_answers_for_the_month_so_far_and_settled_months_are_not_asked() -> None:
    (request, *_) = plan(ris, question("2022-06-01", "2022-06-20", now="2022-06-10T12:00:00"))
    assert (request.start, request.end) == (day("2022-06-01"), day("2022-06-11"))
    january = frozenset(range(day("2022-01-01"), day("2022-02-01"), DAY_S))
    asked = replace(question("2022-01-20", "2022-02-05"), settled=lambda _topic: january)
    assert {one.start for one in plan(ris, asked)} == {day("2022-02-01")}


@pytest.mark.parametrize(
    ("module", "answering", "files"),
    [(ris, ris_answer, 4 * 31 * 291), (routeviews, routeviews_answer, 2 * 31 * 108)],
)
def test_what_is_played_lists_exactly_what_a_month_should_have(
    module: ModuleType, answering: Answering, files: int
) -> None:
    expected, listed = set(), set()
    files_of = ris.ris_files if module is ris else routeviews.routeviews_files
    for collector in module.COLLECTORS:
        expected |= set(files_of(collector, datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)))
    for one in plan(module, question("2022-01-02", "2022-01-13")):
        page = answering(Asked(f"/{module.SOURCE.id}/{one.path}", {}, {}, 0.0)).body
        listed |= set(archive_listing.decode(page).tables["files"]["name"].to_pylist())
    assert listed == expected
    assert len(listed) == files


@pytest.mark.parametrize("source", ["ris", "routeviews"])
def test_every_day_is_complete(tmp_path: Path, source: str) -> None:
    assert set(collected(tmp_path, source, everything).values()) == {("complete", "")}


@pytest.mark.parametrize(
    ("source", "folder", "half", "without"),
    [
        ("ris", "/ris/rrc13/2022.01/", b"updates.20220105.1", b"bview.20220107."),
        ("routeviews", "/routeviews/bgpdata/2022.01/RIBS/", b"rib.20220105.1", b"rib.20220107.22"),
    ],
)
def test_days_of_which_files_are_missing_are_partial(
    tmp_path: Path, source: str, folder: str, half: bytes, without: bytes
) -> None:
    def lacking(asked: Asked) -> Reply:
        reply = everything(asked)
        if asked.path != folder:
            return reply
        whole_days = (b".20220109.",)
        lines = [
            line for line in reply.body.split(b"\n") if not any(one in line for one in (half, without, *whole_days))
        ]
        return Reply(b"\n".join(lines))

    coverage = collected(tmp_path, source, lacking)
    told = {name: reason for name, (status, reason) in coverage.items() if status != "complete"}
    assert set(told) == {"2022-01-05", "2022-01-07", "2022-01-09"}
    assert {status for status, _ in coverage.values()} == {"complete", "partial"}
    assert "per cent of the samples" in told["2022-01-05"]
    assert "per cent of the samples" in told["2022-01-07"]
    assert "had nothing for that day" in told["2022-01-09"]
