"""Shares of traffic that fall, and hours of slowness that come back: from sealed files to what people read."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from tests.case.kazakh_measurements import END, SLOWED, START, speed_test
from tests.case.test_occasions import record, row

from kuager.case.adding import add_bytes
from kuager.case.detecting import Detected, detect_case
from kuager.case.documents import add_record
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.case.views import episode_views
from kuager.model.series import Values
from kuager.model.services import Slowing
from kuager.model.time import parse_utc
from kuager.model.words import EpisodeKind, Level, PhaseKind
from kuager.publications.terminal import timeline

FELL, FURTHER = parse_utc("2022-01-03"), parse_utc("2022-01-10")
PRODUCTS = ("YOUTUBE", "GMAIL", "MAPS", "TRANSLATE")
PLACES = ("KZ", "KG", "UZ", "TJ")
HOUR = 3600
STEP = 3 * HOUR
WINDOW_START, ZONE_HOURS = 19, 6
HIT_DAYS = 0.7


def traffic(place: str, product: str, *, lost: bool) -> bytes:
    """An answer of Google's: hours with a rhythm of a day, and for one service of one place two steps down."""
    random = np.random.default_rng(len(place + product) + sum(map(ord, place + product)))
    times = np.arange(int(START.timestamp()), int(END.timestamp()), STEP)
    values: Values = (
        50.0 * (1.0 + 0.4 * np.sin(2 * np.pi * times / 86_400)) * (1 + 0.04 * random.standard_normal(times.size))
    )
    if lost:
        values[times >= FELL.timestamp()] *= 0.6
        values[times >= FURTHER.timestamp()] *= 0.5
    rows = [
        [moment * 1000, [[None, round(value, 4)]]]
        for moment, value in zip(times.tolist(), values.tolist(), strict=True)
    ]
    return b")]}'\n" + json.dumps([["tr.atsr", rows]]).encode()


def case_at(folder: Path) -> Case:
    return new_case(folder, Settings("", ("KZ",), START, END, ("en",)))


def add_traffic(case: Case, places: tuple[str, ...], losing: tuple[str, ...]) -> None:
    for place in places:
        for product in PRODUCTS:
            data = traffic(place, product, lost=product == "YOUTUBE" and place in losing)
            add_bytes(case, data, f"{place}.json", f"google-traffic:{product}", place)


def slowed(found: Detected) -> list[Slowing]:
    return [row for episode in found.episodes for row in episode.slowed]


def text_of(case: Case, found: Detected) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    for view in episode_views(case, found, "en"):
        console.print(timeline(view, 100))
    return " ".join(console.export_text().replace("\u00a0", " ").split())


def page_of(case: Case) -> str:
    publish_case(case)
    pages = (case.public / "en" / "episode").rglob("index.html")
    return "".join(path.read_text() for path in pages).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Detected]:
    case = case_at(tmp_path_factory.mktemp("share") / "kz")
    add_traffic(case, PLACES, losing=PLACES[:1])
    return case, detect_case(case)


def test_a_service_that_lost_its_share_in_one_country_is_an_episode_with_its_steps(
    share: tuple[Case, Detected],
) -> None:
    (episode,) = share[1].episodes
    assert (episode.kind, episode.level, episode.ongoing) == (EpisodeKind.THROTTLING, Level.SIGNAL, True)
    assert [phase.services for phase in episode.phases] == [("youtube",)]
    assert [one.signal for one in episode.signals] == ["google.youtube"]
    (row,) = episode.slowed
    assert (row.sign, row.source, row.network) == ("share", "google", "")
    assert abs(row.start.best - FELL) <= timedelta(hours=4)
    assert [round(step.left, 1) for step in row.steps] == [0.6, 0.3]
    assert abs(row.steps[1].start - FURTHER) <= timedelta(days=1)
    sealed = {record.digest for record in share[0].records.all()}
    assert len(set(episode.inputs) & sealed) >= 2 * len(PRODUCTS) - 1


def test_people_and_programs_are_told_of_the_share_and_that_it_may_be_blocking(share: tuple[Case, Detected]) -> None:
    case, found = share
    page = page_of(case)
    for text in (text_of(case, found), page):
        assert "YouTube: its part of the traffic fell to" in text
        assert "measured against itself in other countries and against other services here" in text
        assert "Slowed down on all networks together: YouTube" in text
        assert "YouTube: it came in steps, from 3 Jan 2022" in text
        assert "was slowed, or blocked for some" in text
    assert "of its part of the traffic was left" in page
    (row,) = csv.DictReader((case.public / "data" / "throttling.csv").open())
    assert (row["signal"], row["sign"], row["service"]) == ("google.youtube", "share", "youtube")
    assert len(row["steps"].split()) == 2


def test_what_falls_everywhere_or_has_no_controls_is_no_loss_of_a_share(tmp_path: Path) -> None:
    case = case_at(tmp_path / "kz")
    add_traffic(case, PLACES[:1], losing=PLACES)
    assert slowed(detect_case(case)) == []
    add_traffic(case, PLACES[1:], losing=PLACES)
    assert slowed(detect_case(case)) == []


def evenings(folder: Path, *, always: bool) -> Case:
    """Speed tests of which those from 19 to 20 o'clock in Almaty meet a ceiling on most days; or all of them do."""
    random = np.random.default_rng(8)
    hit = random.random(64) < HIT_DAYS
    lines = []
    for second in np.sort(random.integers(0, 30 * 86_400, 1200)).tolist():
        moment = START + timedelta(seconds=second)
        local = second + ZONE_HOURS * HOUR
        slow = (local % 86_400) // HOUR == WINDOW_START and hit[local // 86_400]
        slow = 12 * 86_400 < second < 17 * 86_400 if always else slow
        speed = float(np.exp(random.normal(np.log(15_000), 0.7)))
        lines.append(
            json.dumps(speed_test(moment, SLOWED, int(random.integers(1 << 60)), min(speed, 600.0) if slow else speed))
        )
    case = case_at(folder)
    add_bytes(case, "\n".join(lines).encode(), "ooni.jsonl", "ooni", None)
    return case


def test_hours_that_come_back_are_told_with_their_clock_time_and_once(tmp_path: Path) -> None:
    case = evenings(tmp_path / "kz", always=False)
    found = detect_case(case)
    (row,) = slowed(found)
    assert row.windows is not None
    assert (row.windows.zone, row.windows.start_clock, row.windows.end_clock) == ("Asia/Almaty", "19:00", "20:00")
    assert row.windows.not_hit
    assert row.plateau is not None
    ((phase,),) = [episode.phases for episode in found.episodes]
    assert (phase.kind, phase.networks) == (PhaseKind.THROTTLING, (SLOWED,))
    words = f"On {SLOWED} it was slow at one time of day only: from 19:00 to 20:00 by the clocks of Almaty"
    for text in (text_of(case, found), page_of(case)):
        assert text.count(words) == 1
        assert f"Slowed down on {SLOWED}: connections as a whole, at one time of day only" in text
        assert "internet slowed down about 19:00 to 20:00 Almaty time on" in text
    (told,) = csv.DictReader((case.public / "data" / "throttling.csv").open())
    assert (told["clock_start"], told["clock_end"], told["clock_zone"]) == ("19:00", "20:00", "Asia/Almaty")


def test_what_is_slow_all_day_is_told_without_hours(tmp_path: Path) -> None:
    rows = slowed(detect_case(evenings(tmp_path / "kz", always=True)))
    assert len(rows) == 1
    assert rows[0].windows is None


def test_a_stretch_is_told_from_its_first_slow_run_to_its_last(tmp_path: Path) -> None:
    """As with blocking: the ordinary runs before and after it bound it, and are not of it."""
    (row,) = slowed(detect_case(evenings(tmp_path / "kz", always=True)))
    assert row.end is not None
    assert row.start.earliest < START + timedelta(days=12) < row.start.best == row.start.latest
    assert row.end.earliest == row.end.best < START + timedelta(days=17) < row.end.latest


def test_documents_that_say_slowed_are_listed_beside_what_was_measured(share: tuple[Case, Detected]) -> None:
    case, _ = share
    add_record(
        case, record(row(1, "throttling", "2022-01-03").replace("places", 'services = ["YouTube"]\nplaces')), "a.toml"
    )
    (episode,) = detect_case(case).episodes
    assert episode.level is Level.SIGNAL  # a newspaper's word confirms nothing
    page = page_of(case)
    assert "Documented, not measured here" in page
    assert "<li>YouTube: slowed down<" in page
