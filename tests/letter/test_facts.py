"""L5 to L9: what was cut and what was slowed, where, in which windows, when it was over, and who says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.letter.conftest import conduct_page, derived, january, with_rows, words

from kuager.accountability.citing import cited, independent
from kuager.accountability.dossier import Dossier
from kuager.accountability.rows.documents import Document
from kuager.case.founding import load
from kuager.evaluation.founding import january_2022
from kuager.model.episodes import Episode
from kuager.model.places import find, zones
from kuager.model.series import Series
from kuager.model.time import local, to_epoch
from kuager.model.words import Access, PhaseKind, State
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

HALF_AN_HOUR = timedelta(minutes=30)
THROTTLED, CUT, RETURN = january(4, 16), january(5, 10, 45), january(11, 2, 15)
ONE_SOURCE_AN_HOUR_EARLIER = (
    "the case draws this return from IODA's chart, read by eye, at 02:30; TASS has Nur-Sultan back at 03:30"
)


def state_of(episode: Episode, signal: str, access: Access, moment: datetime) -> State:
    (reading,) = (one for one in episode.signals if (one.signal, one.access) == (signal, access))
    (span,) = (one for one in reading.spans if one.start <= moment < one.end)
    return span.state


def phase_at(episode: Episode, moment: datetime) -> tuple[PhaseKind, Access]:
    (found,) = (one for one in episode.phases if one.start <= moment < (one.end or moment + HALF_AN_HOUR))
    return found.kind, found.access


def windows(episode: Episode) -> list[tuple[datetime, datetime]]:
    return [(one.start, one.end) for one in episode.phases if one.kind is PhaseKind.RESTORATION and one.end is not None]


def stated(row: dict[str, str]) -> tuple[datetime, datetime]:
    first, last = (datetime.fromisoformat(row[name]) for name in ("start_utc", "end_utc"))
    return first, last


def is_among(window: tuple[datetime, datetime], found: list[tuple[datetime, datetime]]) -> bool:
    first, last = window
    return any(abs(begins - first) <= HALF_AN_HOUR and abs(ends - last) <= HALF_AN_HOUR for begins, ends in found)


def until(moment: datetime, series: Series) -> Series:
    """The series as it stood then."""
    known = series.times + series.step_s <= to_epoch(moment)
    return replace(series, times=series.times[known], values=series.values[known])


def test_l05_cut_and_throttle_apart(episode: Episode) -> None:
    """L5: a cut and a throttle are told apart, and mobile from the rest."""
    assert phase_at(episode, THROTTLED) == (PhaseKind.THROTTLING, Access.MOBILE)
    assert state_of(episode, "sim.traffic", Access.MOBILE, THROTTLED) is State.DEGRADED
    assert state_of(episode, "sim.traffic", Access.MIXED, THROTTLED) is State.NORMAL
    for signal, access in (
        ("sim.traffic", Access.MOBILE),
        ("sim.traffic", Access.MIXED),
        ("sim.probing", Access.MIXED),
    ):
        assert state_of(episode, signal, access, CUT) is State.DOWN
    cut = next(one for one in episode.phases if one.kind is PhaseKind.BLACKOUT)
    assert abs(cut.start - CUT) <= timedelta(seconds=cut.uncertainty_s)
    assert (cut.access, cut.places) == (Access.MIXED, ("KZ",))


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="signals fall one after the other: the phase is a partial outage until the last fell, 11:00 ± 15 minutes",
)
def test_l05_the_phase_of_that_very_minute_is_the_cut(episode: Episode) -> None:
    """L5: the phases say of 10:45 itself that all was cut."""
    assert phase_at(episode, CUT) == (PhaseKind.BLACKOUT, Access.MIXED)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        pytest.param(
            january(4, 22),
            (PhaseKind.THROTTLING, Access.MOBILE),
            marks=pytest.mark.xfail(
                strict=True,
                raises=AssertionError,
                reason="one signal alone makes no episode: until the cut the throttling is an event and no more",
            ),
            id="throttled",
        ),
        pytest.param(january(5, 12), (PhaseKind.BLACKOUT, Access.MIXED), id="an hour into the cut"),
    ],
)
def test_l05_replayed_as_it_went_on(moment: datetime, phase: tuple[PhaseKind, Access]) -> None:
    """L5: the same with the data of that time only (series of the case, cut off)."""
    found = derived([until(moment, series) for series in january_2022().series])
    assert phase in [(one.kind, one.access) for episode in found for one in episode.phases]


def test_l05_half_an_hour_into_the_cut_it_is_told_without_phases_yet() -> None:
    """L5: what only just begins is an episode that goes on, and has no phases yet."""
    (found,) = derived([until(january(5, 11, 15), series) for series in january_2022().series])
    assert (found.ongoing, found.phases) == (True, ())
    assert found.start_earliest <= CUT <= found.start_latest


def test_l06_the_west_went_first(founding: dict[str, CaseView]) -> None:
    """L6: where it was, over time (from the documents of the case, as they are shown)."""
    aktau, *others = load().happenings
    onsets = [one for one in others if one.onset_of_cut]
    assert (aktau.start, aktau.places) == ("2022-01-02", ("kz-mangystau",))
    assert {one.places for one in onsets} == {("KZ",)}
    assert aktau.begins.latest < min(one.begins.earliest for one in onsets)
    (view,) = founding["en"].episodes
    shown = [one.source.partition(" ")[0] for one in view.documents]
    assert shown.index(aktau.id) < min(shown.index(one.id) for one in onsets)


def test_l06_clocks_of_the_place_are_those_of_2022(founding: dict[str, CaseView]) -> None:
    """L6: a clock is that of the tz database at its date: Almaty was six hours ahead in 2022 and is five since 2024."""
    (view,) = founding["en"].episodes
    assert [one.time.partition(" (")[2] for one in view.published_onsets] == [
        f"{at} Almaty)" for at in ("16:30", "16:45", "16:45", "17:00", "17:15")
    ]
    (zone,) = zones(find("kz-almaty-city"), date(2022, 1, 5))
    assert local(CUT, zone).utcoffset() == timedelta(hours=6)
    assert local(datetime(2024, 4, 1, tzinfo=UTC), zone).utcoffset() == timedelta(hours=5)
    (in_aktau,) = zones(find("kz-mangystau"), date(2022, 1, 2))
    assert local(CUT, in_aktau).utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    "row",
    [
        "T031",
        pytest.param(
            "T032", marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=ONE_SOURCE_AN_HOUR_EARLIER)
        ),
        "T034",
    ],
)
def test_l07_windows_of_return(row: str, episode: Episode, timeline: dict[str, dict[str, str]]) -> None:
    """L7: an episode is parted into its windows, each within half an hour of the documents."""
    assert is_among(stated(timeline[row]), windows(episode))


def test_l07_windows_drawn_as_documented_are_found(timeline: dict[str, dict[str, str]]) -> None:
    """L7: the same where the signals come back when these three documents say so (series drawn for this, no case)."""
    told = [stated(timeline[row]) for row in ("T031", "T032", "T034")]
    (one,) = derived(january_2022(windows=told).series)
    assert len(windows(one)) == len(told)
    assert all(is_among(window, windows(one)) for window in told)


def test_l08_closes_with_the_return_that_lasted(episode: Episode) -> None:
    """L8: an episode is over when service stays, and its end has bounds."""
    assert not episode.ongoing
    assert episode.end is not None
    assert abs(episode.end - RETURN) <= HALF_AN_HOUR
    assert episode.end_earliest is not None
    assert episode.end_latest is not None
    assert episode.end_earliest <= RETURN <= episode.end_latest


@pytest.mark.parametrize("moment", [january(8, 9, 45), january(9, 5, 45), january(10, 6, 45)], ids=["8", "9", "10"])
def test_l08_is_not_closed_by_a_window(moment: datetime) -> None:
    """L8: seen from late in each window, with the data of that time, it goes on (series of the case, cut off)."""
    (one,) = derived([until(moment, series) for series in january_2022().series])
    assert one.ongoing
    assert one.end is None


@pytest.mark.parametrize("moment", [january(8, 9, 45), january(10, 6, 45)], ids=["8", "10"])
@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="hours of service at the end of the data close an episode; only mobile access, still down, held it open",
)
def test_l08_is_not_closed_by_a_window_where_mobile_access_is_not_measured(moment: datetime) -> None:
    """L8: the same without the series of mobile access."""
    mixed = [one for one in january_2022().series if one.access is Access.MIXED]
    (one,) = derived([until(moment, series) for series in mixed])
    assert one.ongoing


def test_l09_copies_of_one_agency_are_one_source(dossier: Dossier) -> None:
    """L9: who speaks, of which class, and how many of them speak for themselves."""
    by_group: dict[str, list[Document]] = {}
    for one in dossier.registers.of(Document):
        by_group.setdefault(cited(one).group, []).append(one)
    copied = [documents for documents in by_group.values() if len(documents) > 1]
    assert copied
    for documents in copied:
        citations = dossier.library.of(one.id for one in documents)
        assert len(citations) > 1
        assert independent(citations) == 1
    (first, *_), (second, *_), *_ = by_group.values()
    assert independent(dossier.library.of((first.id, second.id))) == 2
    assert all(one.source_class for one in dossier.library.citations.values())


def test_l09_a_row_that_cites_two_copies_is_told_to_have_one_source(view: CaseView) -> None:
    """L9: and a page says so beside the row (rows made for this, added to the case)."""
    copies = "".join(
        f"""
[[documents]]
id = "copy-{number}"
text = "A retelling made for this test."
kind = "article"
by = "Paper {number}"
published = "2022-01-12"
seen = "2026-11-23"
source_class = ["media"]
group = "one-agency"
"""
        for number in (1, 2)
    )
    harm = """
[[harms]]
id = "told-twice"
text = "Told twice, for this test."
sources = ["copy-1", "copy-2"]
field = "banking"
at = "2022-01-06"
places = ["KZ"]
"""
    page = conduct_page(with_rows(view, copies + harm), addresses.register("en", "harms"))
    (row,) = page.xpath("//li[@id='row-told-twice']")
    assert "(1 independent source)" in words(row)


def test_l09_a_document_and_the_row_of_the_record_about_it_are_one_source(dossier: Dossier) -> None:
    """L9: nor does it become two by being cited twice: as a document, and as a row of the record with its address."""
    post = dossier.library.of(("T039", "kcell-answer"))
    assert [set(one.links) & set(post[0].links) != set() for one in post] == [True, True]
    assert independent(post) == 1
    assert independent([*post, *dossier.library.of(("newsline-amendment-2014",))]) == 2
