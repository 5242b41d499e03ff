"""From what was blocked and slowed on networks to phases and episodes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.detection.grid import DAY_S
from kuager.detection.permitted import permitted
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.cuts import FOREVER, cuts, pieces
from kuager.episodes.services import with_services
from kuager.episodes.sightings import Seen, Sightings, tellable
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Cause, Episode, Phase
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import Instant, from_epoch, to_epoch
from kuager.model.words import Access, CauseValue, EpisodeKind, Level, PhaseKind

START, END = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CUT, BACK = START + 4 * DAY, START + 10 * DAY
WINDOW = to_epoch(START), to_epoch(END)
LISTED = Whitelisting(
    network="AS1",
    start=CUT,
    end=CUT + 3 * DAY,
    days=4,
    measurements=80,
    measured=12,
    blocked=10,
    worked=2,
    working=("bank.kz", "gov.kz"),
    probability=0.98,
)


def seen(
    service: str,
    network: str,
    first: datetime,
    last: datetime | None,
    *,
    source: str = "ooni",
    without: tuple[datetime, datetime] | None = None,
    blur: timedelta = DAY / 2,
) -> Seen:
    """A service that was measured and blocked at every sixth hour but for one stretch."""
    moments = np.arange(to_epoch(first), to_epoch(last or END), DAY_S // 4, dtype=np.int64)
    if without is not None:
        moments = moments[(moments < to_epoch(without[0])) | (moments >= to_epoch(without[1]))]
    row = Blocking(
        source=source,
        service=service,
        group="",
        network=network,
        layer="tls",
        methods=("tls.timeout",),
        first_seen=Instant(first - blur, first, first),
        last_seen=None if last is None else Instant(last, last, last + blur),
        last_measured=from_epoch(int(moments[-1])),
        already=False,
        share=0.9,
        share_low=0.8,
        share_high=0.95,
        base=0.03,
        probability=0.98,
        measurements=moments.size,
        blocked=moments.size,
        days_measured=len(set((moments // DAY_S).tolist())),
        days_without=0,
    )
    return Seen(row, moments, moments, moments)


def shutdown(*, place: str = "KZ") -> Episode:
    phase = Phase(PhaseKind.BLACKOUT, CUT, BACK, Access.MIXED, (place,), 300)
    return Episode(
        id=f"{place.lower()}-2022-01-05-a",
        version=1,
        place=place,
        kind=EpisodeKind.OUTAGE,
        level=Level.CORROBORATED,
        probability=0.99,
        start=CUT,
        start_earliest=CUT,
        start_latest=CUT,
        end=BACK,
        end_earliest=BACK,
        end_latest=BACK,
        ongoing=False,
        phases=(phase,),
        signals=(),
        cause=Cause(CauseValue.UNKNOWN, Level.CANNOT_TELL),
        evidence=(),
        simulated=False,
        reasons=(),
        unknowns=(),
        inputs=(),
    )


def around(*acknowledgements: Acknowledgement) -> Circumstances:
    return Circumstances(WINDOW, 1, False, (), (), acknowledgements, {})


def told(found: Sightings, *episodes: Episode, documents: tuple[Acknowledgement, ...] = ()) -> list[Episode]:
    return with_services(episodes, {"KZ": found}, around(*documents))


def test_one_service_on_several_networks_is_one_phase_with_those_networks() -> None:
    networks = ("AS1", "AS2", "AS3")
    found = Sightings(tuple(seen("orda.kz", one, START + 2 * DAY, None) for one in networks))
    (episode,) = told(found)
    (phase,) = episode.phases
    assert (phase.kind, phase.services, phase.networks) == (PhaseKind.BLOCKING, ("orda.kz",), networks)
    assert episode.kind is EpisodeKind.BLOCKING
    assert episode.id == "kz-2022-01-03-a"
    assert episode.level is Level.SIGNAL


def test_services_that_can_have_begun_together_are_one_phase_and_others_are_not() -> None:
    together = [seen(app, "AS1", START + 2 * DAY, START + 9 * DAY) for app in ("telegram", "whatsapp", "signal")]
    later = seen("orda.kz", "AS1", START + 6 * DAY, START + 9 * DAY)
    ban, other = told(Sightings((*together, later)))
    assert ban.phases[0].services == ("signal", "telegram", "whatsapp")
    assert other.phases[0].services == ("orda.kz",)
    assert ban.id != other.id


def test_what_lies_inside_a_cut_makes_no_phase_and_no_episode() -> None:
    (episode,) = told(Sightings((seen("orda.kz", "AS1", CUT + DAY, BACK - DAY),)), shutdown())
    assert episode.phases == shutdown().phases
    assert episode.blocked == ()
    assert any("wholly inside" in note.template for note in episode.reasons)


def test_what_began_in_a_cut_and_outlasts_it_begins_where_it_can_first_be_observed() -> None:
    first = BACK + timedelta(hours=6)
    one = seen("orda.kz", "AS1", first, None, blur=3 * DAY)
    (episode,) = told(Sightings((one,)), shutdown())
    phase = episode.phases[-1]
    assert phase.start == first
    assert phase.uncertainty_s == 3 * 3600  # from the end of the cut on
    assert phase.end is None
    assert episode.blocked[0].residual


def test_blocking_before_a_cut_and_after_it_are_two_phases_of_its_episode() -> None:
    one = seen("orda.kz", "AS1", START + 2 * DAY, None, without=(CUT, BACK))
    (episode,) = told(Sightings((one,)), shutdown())
    before, after = episode.phases[1:]
    assert (before.start, before.end) == (START + 2 * DAY, CUT)
    assert after.start >= BACK
    assert len(episode.blocked) == 1
    assert episode.end == BACK  # the episode itself is as long as it was


def test_what_ends_within_a_day_of_a_cut_is_the_cut() -> None:
    """The end of a cut is not known to the hour, and people come back hour by hour."""
    one = seen("orda.kz", "AS1", CUT + DAY, BACK + DAY / 2, blur=DAY)
    (episode,) = told(Sightings((one,)), shutdown())
    assert episode.phases == shutdown().phases


def test_days_of_a_cut_on_which_nobody_measured_are_told_beside_what_outlasts_it() -> None:
    one = seen("orda.kz", "AS1", START + 2 * DAY, None, without=(CUT + DAY, BACK - 2 * DAY))
    parts = pieces(one, cuts("KZ", "AS1", [shutdown()]))
    assert [(part.residual, part.cut_days, part.cut_days_without) for part in parts] == [(False, 0, 0), (True, 6, 3)]
    (episode,) = told(Sightings((one,)), shutdown())
    (note,) = [note for note in episode.reasons if "at any time of these days" in note.template]
    assert note.facts == {"without": "3", "all": "6"}


@pytest.mark.parametrize(
    ("first", "last", "already"),
    [
        (CUT - 3 * DAY, CUT - DAY, False),  # over before the cut
        (BACK + 8 * DAY, None, False),  # began long after it
        (BACK + 8 * DAY, None, True),  # lasted when measuring began, after it
    ],
)
def test_what_does_not_outlast_a_cut_is_not_residual(first: datetime, last: datetime | None, *, already: bool) -> None:
    one = seen("orda.kz", "AS1", first, last)
    one = replace(one, row=msgspec.structs.replace(one.row, already=already))
    (part,) = pieces(one, cuts("KZ", "AS1", [shutdown()]))
    assert (part.residual, part.already) == (False, already)


def test_a_cut_of_another_place_explains_nothing_and_that_of_the_network_itself_does() -> None:
    one = seen("orda.kz", "AS1", CUT + DAY, BACK - DAY)
    assert len(told(Sightings((one,)), shutdown(place="KG"))) == 2
    assert len(told(Sightings((one,)), shutdown(place="AS1"))) == 1


@pytest.mark.parametrize(("measurements", "days"), [(4, 4), (5, 1)])
def test_too_few_measurements_or_days_are_counted_and_not_named(measurements: int, days: int) -> None:
    enough, few = (seen(name, "AS1", START + 2 * DAY, None) for name in ("orda.kz", "kaztag.kz"))
    few = replace(few, row=msgspec.structs.replace(few.row, measurements=measurements, days_measured=days))
    (episode,) = told(Sightings((enough, few)))
    assert "kaztag" not in msgspec.json.encode(episode).decode()
    assert any(note.facts.get("count") == "1" for note in episode.unknowns)
    assert told(Sightings((few,))) == []


def test_improbable_findings_and_those_outside_of_the_window_are_not_told() -> None:
    one = seen("orda.kz", "AS1", START + 2 * DAY, None)
    doubtful = replace(one, row=msgspec.structs.replace(one.row, probability=0.4))
    before = seen("orda.kz", "AS1", START - 20 * DAY, START - 3 * DAY)
    assert tellable(Sightings((doubtful, before)), WINDOW).blocked == ()


def test_a_second_source_on_the_same_service_corroborates_and_only_a_statement_on_it_confirms() -> None:
    both = tuple(seen("orda.kz", "AS1", START + 2 * DAY, None, source=one) for one in ("ooni", "censoredplanet"))
    apart = (both[0], seen("zakon.kz", "AS1", START + 2 * DAY, None, source="censoredplanet"))
    of_all = Acknowledgement("D1", "state", START + 3 * DAY, names_order=True, places=("KZ",))
    of_it = msgspec.structs.replace(of_all, document="D2", services=("orda.kz",))
    assert [one.level for one in told(Sightings(apart))] == [Level.SIGNAL]
    assert [one.level for one in told(Sightings(both))] == [Level.CORROBORATED]
    assert [one.level for one in told(Sightings(both), documents=(of_all,))] == [Level.CORROBORATED]
    (confirmed,) = told(Sightings(both), documents=(of_it,))
    assert confirmed.level is Level.CONFIRMED
    assert confirmed.cause.value is CauseValue.ORDERED
    assert [one.level for one in told(Sightings(both[:1]), documents=(of_it,))] == [Level.SIGNAL]


def test_slowness_of_a_network_stands_alone_and_ends_where_a_cut_begins() -> None:
    slow = Slowing(
        source="ooni",
        service="",
        network="AS1",
        sign="throughput",
        start=Instant(START + DAY, START + 2 * DAY, START + 2 * DAY),
        end=Instant(CUT - DAY / 2, BACK + DAY / 4, BACK + DAY / 4),
        slower=8.0,
        slower_low=5.0,
        slower_high=11.0,
        runs=12,
        baseline_runs=90,
        days_measured=3,
        probability=0.9,
        plateau=None,
        otherwise=("probes",),
        unlikely=("congestion",),
    )
    (alone,) = told(Sightings(slowed=(slow,)))
    assert (alone.kind, alone.phases[0].networks) == (EpisodeKind.THROTTLING, ("AS1",))
    (episode,) = told(Sightings(slowed=(slow,)), shutdown())
    assert [(one.start, one.end) for one in episode.phases[1:]] == [(START + 2 * DAY, CUT)]


def test_days_of_permitted_services_explain_the_blocking_of_all_others_there() -> None:
    inside = seen("orda.kz", "AS1", CUT + DAY, CUT + 3 * DAY)
    elsewhere = seen("orda.kz", "AS2", CUT + DAY, CUT + 3 * DAY)
    found = told(Sightings((inside, elsewhere), whitelisted=(LISTED,)))
    phases = [phase for episode in found for phase in episode.phases]
    assert [(one.kind, one.networks) for one in phases] == [
        (PhaseKind.WHITELIST, ("AS1",)),
        (PhaseKind.BLOCKING, ("AS2",)),
    ]
    assert phases[0].services == ("bank.kz", "gov.kz")


def test_what_was_blocked_before_days_of_permitted_services_and_after_them_is_one_blocking() -> None:
    """Nothing was cut off, and what is blocked for its own sake is so all the time."""
    one = seen("orda.kz", "AS1", LISTED.start - 5 * DAY, LISTED.end + 5 * DAY)
    found = told(Sightings((one,), whitelisted=(LISTED,)))
    assert [len(episode.blocked) for episode in found] == [1, 0]
    (phase,) = found[0].phases
    assert (phase.start, phase.end) == (LISTED.start - 5 * DAY, LISTED.end + 5 * DAY)
    assert not any("cut" in note.template for episode in found for note in (*episode.reasons, *episode.unknowns))


def test_days_of_permitted_services_explain_what_lasted_longer_only_while_they_last() -> None:
    longer, other = (seen("orda.kz", network, CUT - 3 * DAY, BACK + 5 * DAY) for network in ("AS1", "AS2"))
    found = told(Sightings((longer, other), whitelisted=(LISTED,)))
    (note,) = [one for episode in found for one in episode.reasons if "permitted services worked there" in one.template]
    assert note.facts == {"networks": "AS1", "services": "orda.kz"}


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (CUT - 3 * DAY, CUT + 2 * DAY, 1),  # began before these days and ended in them
        (CUT + DAY, CUT + 8 * DAY, 1),  # began in them and outlasted them
        (CUT - DAY / 2, CUT + 4 * DAY + DAY / 2, 0),  # from the noon before them to the noon after them
    ],
)
def test_what_lasted_as_long_as_days_of_permitted_services_give_or_take_a_day_is_theirs(
    first: datetime, last: datetime, left: int
) -> None:
    found = told(Sightings((seen("orda.kz", "AS1", first, last),), whitelisted=(LISTED,)))
    phases = [phase for episode in found for phase in episode.phases if phase.kind is PhaseKind.BLOCKING]
    assert [(phase.start, phase.end) for phase in phases] == [(first, last)] * left


def test_a_row_of_blocking_stands_in_one_episode_alone() -> None:
    rows = [seen("orda.kz", one, CUT - 3 * DAY, BACK + 5 * DAY) for one in ("AS1", "AS2")]
    rows += [seen("zakon.kz", "AS1", CUT + DAY, BACK + 5 * DAY), seen("vlast.kz", "AS1", CUT, CUT + 3 * DAY)]
    found = told(Sightings(tuple(rows), whitelisted=(LISTED,)))
    listed = [(row.service, row.network) for episode in found for row in episode.blocked]
    assert sorted(listed) == [("orda.kz", "AS1"), ("orda.kz", "AS2"), ("zakon.kz", "AS1")]


def test_days_of_permitted_services_are_named_by_their_network_and_begin_within_half_a_day() -> None:
    (episode,) = told(Sightings(whitelisted=(LISTED,)))
    assert episode.start - episode.start_earliest == episode.start_latest - episode.start == DAY / 2
    assert episode.end is not None
    assert episode.end_latest is not None
    assert episode.end_latest - episode.end == DAY / 2


def targets(*, shut: int, working: int, days: range, always: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Twenty days, two measurements of each target a day; some are blocked on the days given, or always."""
    rows = [
        (day * DAY_S + hour * 3600, target, 1.0 if target < shut and (always or day in days) else 0.0)
        for day in range(20)
        for hour in (3, 15)
        for target in range(shut + working)
    ]
    times, names, blocked = zip(*rows, strict=True)
    return np.array(times, dtype=np.int64), np.array(names, dtype=np.int64), np.array(blocked)


def test_a_few_services_go_on_while_most_are_blocked() -> None:
    times, names, blocked = targets(shut=12, working=2, days=range(8, 12), always=False)
    (found,) = permitted(times, names, blocked, np.ones(times.size, dtype=np.bool_))
    assert (found.first // DAY_S, found.last // DAY_S, found.days) == (8, 11, 4)
    assert (found.measured, found.blocked, found.working) == (14, tuple(range(12)), (12, 13))
    assert 0.99 < found.probability < 1.0


def test_few_targets_and_few_days_make_permitted_services_less_probable() -> None:
    sure = []
    for shut, days in ((30, range(8, 14)), (12, range(8, 12)), (8, range(8, 10))):
        times, names, blocked = targets(shut=shut, working=2, days=days, always=False)
        (found,) = permitted(times, names, blocked, np.ones(times.size, dtype=np.bool_))
        sure.append(found.probability)
    assert sure == sorted(sure, reverse=True)
    assert sure[-1] < 0.97


def test_an_episode_of_permitted_services_is_as_probable_as_they_are() -> None:
    (episode,) = told(Sightings(whitelisted=(msgspec.structs.replace(LISTED, probability=0.93),)))
    assert episode.probability == 0.93
    assert [one.probability for one in episode.signals] == [0.93]
    assert told(Sightings(whitelisted=(msgspec.structs.replace(LISTED, probability=0.3),))) == []


@pytest.mark.parametrize(
    ("shut", "working", "days", "always"),
    [
        (12, 0, range(8, 12), False),
        (12, 2, range(8, 12), True),
        (12, 6, range(8, 12), False),
        (12, 2, range(8, 9), False),
    ],
)
def test_a_cut_a_list_of_blocked_sites_a_half_and_a_single_day_are_no_such_thing(
    shut: int, working: int, days: range, always: bool
) -> None:
    times, names, blocked = targets(shut=shut, working=working, days=days, always=always)
    assert permitted(times, names, blocked, np.ones(times.size, dtype=np.bool_)) == ()


@given(st.integers(-6, 20), st.one_of(st.none(), st.integers(1, 25)), st.integers(0, 6))
def test_parts_of_a_stretch_never_lie_inside_a_cut_nor_beyond_it(first: int, length: int | None, blur: int) -> None:
    begins = START + first * DAY
    one = seen("orda.kz", "AS1", begins, None if length is None else begins + length * DAY, blur=blur * DAY)
    among = cuts("KZ", "AS1", [shutdown()])
    parts = pieces(one, among)
    for part in parts:
        assert part.earliest <= part.best <= part.end
        assert not to_epoch(CUT) <= part.best < to_epoch(BACK)
        assert part.end <= to_epoch(CUT) or part.best >= to_epoch(BACK)
        assert part.end <= (FOREVER if length is None else to_epoch(begins + length * DAY))
    assert [part.end for part in parts] == sorted(part.end for part in parts)
