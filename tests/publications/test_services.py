"""Single sites and services as readers see them: page, terminal, sentence, files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import sync_playwright
from rich.console import Console
from tests.publications.conftest import BACK, CUT, START, in_language
from tests.publications.test_pages import CHROMIUM

from kuager.model.episodes import Phase
from kuager.model.services import Blocking, ClockTimes, Slowing, Whitelisting
from kuager.model.time import Instant
from kuager.model.words import Access, EpisodeKind, PhaseKind
from kuager.publications.records.episode import episode_record
from kuager.publications.records.service_files import BLOCKING, PERMITTED, THROTTLING, service_files
from kuager.publications.site.episode import render_episode
from kuager.publications.terminal import timeline
from kuager.publications.view import DocumentaryEntry, EpisodeView
from kuager.publications.wording.sentence import one_line, sentence, title
from kuager.publications.wording.services import MOST_ROWS
from kuager.publications.wording.tables import phase_rows

SINCE = START + timedelta(hours=6)
BUDGET = 150_000
_ROOM_OF_LABELS = """() => [...document.querySelectorAll('.stack td[data-label]')].map(cell => {
  const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(cell, '::before')
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  const words = cell.dataset.label.split(' ').map(word => pen.measureText(word).width)
  return [parseFloat(getComputedStyle(cell).gridTemplateColumns) + 0.5, Math.max(...words)]
})"""
"""Of each label in narrow tables the width of its column and that of its longest word, in pixels."""


def blocked(service: str = "orda.kz", last: datetime | None = None, *, already: bool = False) -> Blocking:
    return Blocking(
        source="ooni",
        service=service,
        group="NEWS",
        network="AS9198",
        layer="tls",
        methods=("tls.timeout", "tls.reset"),
        first_seen=Instant(START, SINCE, SINCE),
        last_seen=None if last is None else Instant(last, last, last + timedelta(days=1)),
        last_measured=BACK,
        already=already,
        share=0.914,
        share_low=0.83,
        share_high=0.96,
        base=0.031,
        probability=0.98,
        measurements=57,
        blocked=52,
        days_measured=9,
        days_without=3,
    )


SLOW = Slowing(
    source="mlab",
    service="",
    network="AS29355",
    sign="throughput",
    start=Instant(START, SINCE, SINCE),
    end=Instant(CUT, CUT, CUT),
    slower=7.94,
    slower_low=5.1,
    slower_high=12.2,
    runs=14,
    baseline_runs=210,
    days_measured=4,
    probability=0.9,
    plateau=140.0,
    otherwise=("probes", "service"),
    unlikely=("congestion",),
)


def extended(view: EpisodeView, rows: tuple[Blocking, ...], *, alone: bool = False) -> EpisodeView:
    networks = tuple(sorted({one.network for one in rows}))
    services = tuple(sorted({one.service for one in rows}))
    phases = (
        Phase(PhaseKind.BLOCKING, SINCE, None, Access.MIXED, ("KZ",), 3600, networks, services),
        Phase(PhaseKind.THROTTLING, SINCE, CUT, Access.MIXED, ("KZ",), 3600, (SLOW.network,)),
    )
    before = view.episode
    episode = msgspec.structs.replace(
        before,
        kind=EpisodeKind.BLOCKING if alone else before.kind,
        phases=phases if alone else (*before.phases, *phases),
        blocked=rows,
        slowed=(SLOW,),
    )
    return replace(view, episode=episode)


def text_of(page: str) -> str:
    return page.replace("\u00a0", " ")


def test_the_page_says_of_a_service_since_when_how_much_how_and_what_is_not_known(simulated_view: EpisodeView) -> None:
    rows = (blocked(), blocked("telegram", BACK, already=True))
    page = text_of(render_episode(extended(simulated_view, rows)))
    for words in (
        "Sites and services",
        "between 2 Jan 2022, 00:00 UTC and 2 Jan 2022, 06:00 UTC",
        "not over on 11 Jan 2022, 02:15 UTC, when it was last measured",
        "not known; already so on 2 Jan 2022",
        "Share blocked, each verdict weighed by how sure it is",
        "91 % (83 % to 96 %)",
        "base rate 3.1 %",
        "52 of 57 on 9 days",
        "3 days not observable",
        "the encrypted connection was broken off or never came about: no answer came, the connection was reset",
        "AS9198 · news media",
        "Telegram",
        "7.9 times slower (5.1 to 12.2); speeds gather at 140 kbit/s",
        "14 slow ones on 4 days; compared with 210",
        "other people measuring, the servers of the speed test",
        "The measurements speak against: congestion.",
        'href="../../../data/blocking.csv"',
        'href="../../../data/throttling.csv"',
        "CC-BY-NC-SA-4.0",
    ):
        assert words in page, words
    assert "Sites and services" not in render_episode(simulated_view)


def test_a_page_with_very_many_services_stays_light_and_says_how_many_more(simulated_view: EpisodeView) -> None:
    few = len(render_episode(extended(simulated_view, (blocked(),))))
    rows = tuple(blocked(f"site-{number}.kz") for number in range(400))
    page = render_episode(extended(simulated_view, rows))
    assert f"{400 - MOST_ROWS} more rows are in the file." in page
    assert f"site-{MOST_ROWS}.kz" not in page
    assert len(page) - few < 40_000
    assert len(page.encode()) < BUDGET


def test_phases_of_services_hide_none_of_everything_in_picture_and_ribbon(simulated_view: EpisodeView) -> None:
    view = extended(simulated_view, (blocked(),))
    console = Console(width=100, record=True, file=io.StringIO())
    ribbons = []
    for one in (simulated_view, view):
        console.print(timeline(one, 100))
        ribbons.append([line for line in console.export_text().splitlines() if "━" in line or "╌" in line])
    assert ribbons[0] == ribbons[1]


def test_an_episode_of_services_alone_names_them_in_its_sentence_and_needs_no_series(
    simulated_view: EpisodeView,
) -> None:
    view = extended(simulated_view, (blocked(), blocked("telegram")), alone=True)
    assert "sites or services blocked (orda.kz, Telegram)" in sentence(view)
    without = replace(view, traces=(), episode=msgspec.structs.replace(view.episode, signals=()))
    page = render_episode(without)
    assert "<img" not in page
    assert "no wider cut was found" in page
    assert "nothing is said of other networks" in page
    assert "The country as a whole" not in page


def test_permitted_services_are_never_called_blocked_and_the_file_names_both(simulated_view: EpisodeView) -> None:
    listed = Whitelisting(
        network="AS206026",
        start=START,
        end=CUT,
        days=3,
        measurements=300,
        measured=10,
        blocked=8,
        worked=2,
        working=("bank.kz", "egov.kz"),
        kept_away=("orda.kz", "zakon.kz"),
    )
    phase = Phase(PhaseKind.WHITELIST, START, CUT, Access.MIXED, ("KZ",), 43_200, ("AS206026",), listed.working)
    episode = msgspec.structs.replace(
        simulated_view.episode, kind=EpisodeKind.BLOCKING, phases=(phase,), whitelisted=(listed,)
    )
    view = replace(simulated_view, episode=episode)
    for words in (title(view), sentence(view)):
        assert "only permitted services worked (AS206026)" in words
        assert "bank.kz" not in words
    (row,) = csv.DictReader(io.StringIO(service_files([episode])[PERMITTED].decode()))
    assert (row["worked"], row["blocked"]) == ("bank.kz egov.kz", "orda.kz zakon.kz")
    assert row["licence"] == "CC-BY-NC-SA-4.0"
    assert PERMITTED in render_episode(view)
    blocking = Phase(PhaseKind.BLOCKING, START, CUT, Access.MIXED, ("KZ",), 60, ("AS9198",), ("orda.kz",))
    beside = replace(view, episode=msgspec.structs.replace(episode, phases=(phase, blocking)))
    assert "permitted services worked (AS206026), and services were blocked (orda.kz), from" in sentence(beside)


def evenings(network: str, end: str | None, *days: int, start: str = "23:00") -> Slowing:
    hours = ClockTimes(
        zone="Asia/Almaty",
        start_clock=start,
        end_clock=end,
        hit=tuple(date(2022, 1, day) for day in days),
        not_hit=tuple(date(2022, 1, day) for day in range(days[0], days[-1]) if day not in days),
        not_observable=(),
        weekdays=(),
        chance=0.001,
    )
    return msgspec.structs.replace(SLOW, network=network, windows=hours)


@pytest.mark.parametrize(
    ("end", "told", "long"), [("01:00", "about 23:00 to 01:00", "2 h on 5 days"), (None, "about 23:00", "5 days")]
)
def test_hours_of_the_day_on_several_networks_are_told_as_hours_on_the_days_of_any(
    simulated_view: EpisodeView, end: str | None, told: str, long: str
) -> None:
    rows = evenings("AS9198", end, 2, 3, 6), evenings("AS29355", end, 3, 4, 5)
    phase = Phase(PhaseKind.THROTTLING, SINCE, CUT, Access.MIXED, ("KZ",), 3600, ("AS29355", "AS9198"))
    episode = msgspec.structs.replace(
        simulated_view.episode, kind=EpisodeKind.THROTTLING, phases=(phase,), slowed=rows, blocked=()
    )
    view = replace(simulated_view, episode=episode)
    assert f"internet slowed down {told} Almaty time on 5 of 5 days measured (AS29355, AS9198)" in title(view)
    (row,) = phase_rows(view)
    assert row.length.replace("\u00a0", " ") == long
    assert one_line(view).replace("\u00a0", " ").startswith(f"{long}, ")
    other = evenings("AS29355", end, 3, 4, 5, start="20:00")
    differ = replace(view, episode=msgspec.structs.replace(episode, slowed=(rows[0], other)))
    assert "Almaty time" not in title(differ)


def test_documents_are_shown_apart_from_measurements(simulated_view: EpisodeView) -> None:
    entry = DocumentaryEntry("4 January 2022", "It was blocked.", "T005", "https://example.org/", services=("orda.kz",))
    page = render_episode(replace(simulated_view, documents=(entry,)))
    assert "Documented, not measured here" in page
    assert "<li>orda.kz" in page
    assert "Share blocked" not in page
    slowed = replace(entry, services=("youtube.com",), slowed=True)
    whole = replace(entry, services=(), slowed=True)
    told = render_episode(replace(simulated_view, documents=(entry, slowed, whole)))
    for words in ("<li>orda.kz<", "<li>youtube.com: slowed down<", "<li>connections as a whole: slowed down<"):
        assert words in told, words


def test_files_hold_every_row_and_programs_get_networks_and_services(simulated_view: EpisodeView) -> None:
    episode = extended(simulated_view, (blocked(), blocked("telegram", BACK))).episode
    found = service_files([episode])
    rows = list(csv.DictReader(io.StringIO(found[BLOCKING].decode())))
    assert [(row["service"], row["last"], row["licence"]) for row in rows] == [
        ("orda.kz", "", "CC-BY-NC-SA-4.0"),
        ("telegram", "2022-01-11T02:15:00Z", "CC-BY-NC-SA-4.0"),
    ]
    (slow,) = csv.DictReader(io.StringIO(found[THROTTLING].decode()))
    assert (slow["slower"], slow["otherwise"]) == ("7.94", "probes service")
    record = episode_record(episode)
    assert isinstance(record["phases"], list)
    phase = record["phases"][-2]
    assert isinstance(phase, dict)
    assert (phase["networks"], phase["services"]) == (["AS9198"], ["orda.kz", "telegram"])
    assert service_files([simulated_view.episode]) == {}


def test_each_page_says_how_what_it_shows_was_judged(simulated_view: EpisodeView) -> None:
    view = extended(simulated_view, (blocked(),))
    slow, shut = (
        render_episode(replace(view, episode=msgspec.structs.replace(view.episode, **left)))
        for left in ({"blocked": ()}, {"slowed": ()})
    )
    assert ("Slowness is told from" in slow, "each measurement has a verdict" in slow) == (True, False)
    assert ("Slowness is told from" in shut, "each measurement has a verdict" in shut) == (False, True)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="CHROMIUM ABSENT: apt-get install chromium")
def test_no_label_of_a_table_breaks_inside_a_word_on_a_small_phone(simulated_view: EpisodeView, tmp_path: Path) -> None:
    file = tmp_path / "kk.html"
    file.write_text(render_episode(in_language(extended(simulated_view, (blocked(),)), "kk")), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        room = page.evaluate(_ROOM_OF_LABELS)
        browser.close()
    assert len(room) > 5
    assert all(column >= longest for column, longest in room), room
