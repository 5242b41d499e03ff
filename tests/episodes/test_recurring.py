"""Curfews are one episode that says how it comes back; long cuts stay what they are; dates are compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.detection.drawn import DAY, HOUR, START, beat
from tests.episodes.drawn import examined, ordinary

from kuager.episodes.assemble import episodes_at
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.model.documents import Occasion
from kuager.model.episodes import Episode
from kuager.model.time import Instant, format_utc, from_epoch
from kuager.model.words import EpisodeKind, PhaseKind, Stance
from kuager.publications.language import translator
from kuager.publications.view import About, EpisodeView
from kuager.publications.wording.sentence import darkness, sentence

PROBING, GOOGLE, BGP = "ioda.ping-slash24", "ioda.gtr", "ioda.bgp"

Cut = tuple[float, float, float]
"""First and last hour since the start, and the factor of the values between."""


def series(name: str, cuts: Sequence[Cut], *, step_s: int, days: int, place: str) -> Examined:
    times = beat(days, step_s)
    values = ordinary(times, name)
    for first, last, share in cuts:
        values[round(first * HOUR / step_s) : round(last * HOUR / step_s)] *= share
    return examined(name, place, times, values)


def episodes(
    cuts: Sequence[Cut],
    *,
    step_s: int = 1800,
    days: int = 40,
    place: str = "IQ",
    occasions: tuple[Occasion, ...] = (),
    fell: tuple[str, ...] = (PROBING, GOOGLE),
) -> tuple[Episode, ...]:
    """Probing and traffic are cut, routing is not."""
    every = [series(name, cuts, step_s=step_s, days=days, place=place) for name in fell]
    every.append(series(BGP, (), step_s=step_s, days=days, place=place))
    around = Circumstances((START, START + days * DAY), 1, False, (), (), (), {place: ("ab",)}, occasions)
    return episodes_at(place, every, around)


def mornings(days: Sequence[int], first: float = 2, last: float = 5) -> list[Cut]:
    return [(24 * day + first, 24 * day + last, 0.05) for day in days]


def view(episode: Episode, zone: str, days: int = 40) -> EpisodeView:
    window = from_epoch(START), from_epoch(START + days * DAY)
    return EpisodeView(episode, (), About("", "Somewhere", window, zone, "en", window[1], "kuager"))


def told(episode: Episode) -> str:
    return " ".join(translator("en").note(note) for note in (*episode.reasons, *episode.unknowns))


@pytest.mark.parametrize("step_s", [300, 1800])
def test_exam_mornings_are_one_episode_whose_windows_are_its_phases(step_s: int) -> None:
    days = [15, 16, 17, 18, 21, 22, 23, 24]
    (one,) = episodes(mornings(days), step_s=step_s)
    assert one.id == "iq-2022-01-16-a"
    assert one.kind is EpisodeKind.RECURRING
    assert (format_utc(one.start), format_utc(one.end or one.start)) == ("2022-01-16T02:00:00Z", "2022-01-25T05:00:00Z")
    assert [part.kind for part in one.phases] == [PhaseKind.BLACKOUT, PhaseKind.RESTORATION] * 7 + [PhaseKind.BLACKOUT]
    dark = [part for part in one.phases if part.kind is PhaseKind.BLACKOUT]
    assert [part.start for part in dark] == [from_epoch(START + day * DAY + 2 * HOUR) for day in days]
    assert {(part.end or part.start) - part.start for part in dark} == {timedelta(hours=3)}
    found = one.recurrence
    assert found is not None
    assert (found.of, found.zone, found.start_clock, found.end_clock) == (
        PhaseKind.BLACKOUT,
        "Asia/Baghdad",
        "05:00",
        "08:00",
    )
    assert (len(found.hit), found.measured, found.step_s) == (8, 10, step_s)
    assert found.not_hit == (date(2022, 1, 20), date(2022, 1, 21))
    assert found.chance < 1e-6


def test_the_sentence_and_the_reasons_say_how_it_comes_back() -> None:
    (one,) = episodes(mornings([15, 16, 17, 18, 21, 22, 23, 24]))
    spoken = sentence(view(one, "Asia/Baghdad"))
    assert "recurring internet outages about 05:00 to 08:00 Baghdad time on 8 of 10 days measured" in spoken
    reasons = told(one)
    assert "on 8 of 10 days measured from 2022-01-16 to 2022-01-25 about 05:00 to 08:00 (Asia/Baghdad)" in reasons
    assert "nothing happened: 2022-01-20, 2022-01-21" in reasons
    assert "at most 0.0001" in reasons
    assert "simulated windows" not in reasons


def test_a_share_of_chance_says_that_the_windows_are_simulated() -> None:
    dates = tuple(occasion(day) for day in STREAMS)
    found = episodes(
        mornings(STREAMS, 14, 15), days=60, place="KZ", occasions=dates, fell=("sim.probing", "sim.traffic")
    )
    assert found
    assert all("The cuts of that comparison are simulated." in told(one) for one in found)
    (one,) = episodes(mornings([15, 16, 17, 18, 21, 22, 23, 24]), fell=("sim.probing", "sim.traffic"))
    assert "if each of the 8 simulated windows began" in told(one)


def test_signals_are_asked_about_the_windows_and_not_about_the_hours_between() -> None:
    (one,) = episodes(mornings(range(15, 23)))
    stances = {reading.signal: reading.stance for reading in one.signals}
    assert stances == {PROBING: Stance.AGREES, GOOGLE: Stance.AGREES, BGP: Stance.DISAGREES}


def test_mornings_at_any_hour_stay_episodes_of_their_own() -> None:
    hours = [1, 9, 4, 12, 17, 6, 14]
    found = episodes(
        [(24 * day + hour, 24 * day + hour + 3, 0.05) for day, hour in zip(range(12, 26, 2), hours, strict=True)]
    )
    assert len(found) == 7
    assert {one.kind for one in found} == {EpisodeKind.OUTAGE}
    assert {one.recurrence for one in found} == {None}


def test_two_mornings_are_two_episodes_that_cannot_tell() -> None:
    found = episodes(mornings([15, 18]))
    assert [(one.kind, one.recurrence) for one in found] == [(EpisodeKind.OUTAGE, None)] * 2
    assert "one other began at that clock time, on 19 January 2022, 02:00 UTC; two days are too few" in told(
        found[0]
    ).replace("\u00a0", " ")


@pytest.mark.parametrize("hour", [14, 20])
def test_another_cut_within_hours_of_a_morning_hides_no_morning(hour: int) -> None:
    (one,) = episodes([*mornings(range(12, 22)), (24 * 16 + hour, 24 * 16 + hour + 2.5, 0.05)])
    assert one.kind is EpisodeKind.RECURRING
    assert one.recurrence is not None
    assert (len(one.recurrence.hit), one.recurrence.start_clock) == (10, "05:00")
    assert [part.kind for part in one.phases].count(PhaseKind.BLACKOUT) == 11


def test_a_long_cut_before_the_curfews_is_an_episode_of_its_own() -> None:
    found = episodes([(24 * 10 + 2, 24 * 14 + 9, 0.05), *mornings(range(16, 24))])
    assert [one.kind for one in found] == [EpisodeKind.OUTAGE, EpisodeKind.RECURRING]
    assert found[1].recurrence is not None
    assert len(found[1].recurrence.hit) == 8


def test_long_nights_with_short_days_between_are_curfews_too() -> None:
    (one,) = episodes([(24 * day + 16, 24 * day + 30, 0.05) for day in range(15, 22)])
    assert one.kind is EpisodeKind.RECURRING
    assert one.recurrence is not None
    assert (one.recurrence.start_clock, one.recurrence.end_clock) == ("19:00", "09:00")
    assert [part.kind for part in one.phases].count(PhaseKind.BLACKOUT) == 7


@pytest.mark.parametrize("step_s", [300, 1800])
@pytest.mark.parametrize("left", [0.05, 0.6])
def test_hours_of_service_in_a_long_cut_are_found_and_named(step_s: int, left: float) -> None:
    service = [(24 * day + 3, 24 * day + 4, 1 / left) for day in range(16, 22)]
    (one,) = episodes([(24 * 15 + 16, 24 * 22, left), *service], step_s=step_s, place="KZ")
    assert one.id == "kz-2022-01-16-a"
    assert one.kind is EpisodeKind.OUTAGE
    back = [part for part in one.phases if part.kind is PhaseKind.RESTORATION]
    assert [(part.start, part.end) for part in back] == [
        (from_epoch(START + int(first) * HOUR), from_epoch(START + int(last) * HOUR)) for first, last, _ in service
    ]
    assert one.recurrence is not None
    assert (one.recurrence.of, one.recurrence.start_clock, one.recurrence.end_clock) == (
        PhaseKind.RESTORATION,
        "09:00",
        "10:00",
    )
    assert "Service came back about 09:00 to 10:00 Almaty time on 6 of 6 days measured." in darkness(
        view(one, "Asia/Almaty")
    )


def test_service_at_any_hour_is_restoration_and_no_habit() -> None:
    service = [
        (24 * day + hour, 24 * day + hour + 1, 20)
        for day, hour in zip(range(16, 22), (3, 11, 20, 7, 15, 1), strict=True)
    ]
    (one,) = episodes([(24 * 15 + 16, 24 * 22, 0.05), *service])
    assert [part.kind for part in one.phases].count(PhaseKind.RESTORATION) == 6
    assert one.recurrence is None


def test_a_cut_in_the_last_night_of_the_data_may_come_back() -> None:
    (one,) = episodes(mornings(range(32, 40), 12, 15))
    assert one.kind is EpisodeKind.RECURRING
    assert "Whether it is over: the data end" in told(one)
    (other,) = episodes(mornings(range(15, 23)))
    assert "Whether it is over" not in told(other)


def test_a_cut_that_lasts_keeps_the_curfew_open() -> None:
    (one,) = episodes([*mornings(range(32, 39), 20, 22), (24 * 39 + 20, 24 * 40, 0.05)])
    assert one.kind is EpisodeKind.RECURRING
    assert (one.ongoing, one.phases[-1].end) == (True, None)


def occasion(day: int, place: str = "KZ") -> Occasion:
    """A day of January 2022 and later in Almaty, as precise as a date."""
    midnight = datetime(2022, 1, 1, tzinfo=ZoneInfo("Asia/Almaty")) + timedelta(days=day)
    return Occasion(
        f"D{day:02}", Instant(midnight, midnight + timedelta(hours=12), midnight + timedelta(hours=24)), (place,)
    )


STREAMS = (10, 13, 18, 24, 26, 31, 36, 43, 47, 49, 54)


def test_evenings_that_fall_on_the_days_of_streams_say_so() -> None:
    cuts = mornings(STREAMS, 14, 15)
    found = episodes(cuts, days=60, place="KZ", occasions=tuple(occasion(day) for day in STREAMS))
    assert found
    assert all("D10, D13" in told(one) and "more often than chance: on 11 of 11" in told(one) for one in found)
    assert all("on 0 of 49 others" in told(one) for one in found)


def test_evenings_that_fall_elsewhere_say_so_and_few_dates_tell_nothing() -> None:
    cuts = mornings(STREAMS, 14, 15)
    elsewhere = tuple(occasion(day + 1) for day in STREAMS)
    assert all(
        "do not fall on the days" in told(one) for one in episodes(cuts, days=60, place="KZ", occasions=elsewhere)
    )
    few = tuple(occasion(day) for day in STREAMS[:2])
    assert all("too few to tell" in told(one) for one in episodes(cuts, days=60, place="KZ", occasions=few))


def test_happenings_of_another_country_are_nobody_elses() -> None:
    foreign = tuple(occasion(day, "UZ") for day in STREAMS)
    cuts = mornings(STREAMS, 14, 15)
    assert episodes(cuts, days=60, place="KZ", occasions=foreign) == episodes(cuts, days=60, place="KZ")


def test_a_long_cut_is_not_compared_with_dates() -> None:
    (one,) = episodes([(24 * 20, 24 * 25, 0.05)], place="KZ", occasions=tuple(occasion(day) for day in STREAMS))
    assert "documents tell of" not in told(one)
