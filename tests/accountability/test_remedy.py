from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.accountability.range import Range
from kuager.accountability.remedy import hours_degraded, hours_lost, person_hours
from kuager.model.episodes import Cause, Episode, Phase
from kuager.model.scope import Division, Moment, Part, Scope, Share
from kuager.model.words import (
    Access,
    CauseValue,
    EpisodeKind,
    Level,
    PartsKind,
    PartState,
    PhaseKind,
    State,
    Weighting,
)

DAY = datetime(2022, 1, 5, tzinfo=UTC)
BLUR_S = 900


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def phase(
    kind: PhaseKind,
    start: float,
    end: float | None,
    access: Access = Access.MIXED,
    networks: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
) -> Phase:
    ends = None if end is None else at(end)
    return Phase(kind, at(start), ends, access, ("KZ",), BLUR_S, networks, services)


def episode(*phases: Phase, blur_h: float = 0.25, scope: Scope | None = None) -> Episode:
    first = min(one.start for one in phases)
    ends = [one.end for one in phases if one.is_of_everything] or [one.end for one in phases]
    end = None if None in ends else max(one for one in ends if one is not None)
    blur = timedelta(hours=blur_h)
    return Episode(
        id="kz-2022-01-05-a",
        version=1,
        place="KZ",
        kind=EpisodeKind.SHUTDOWN,
        level=Level.CONFIRMED,
        probability=0.99,
        start=first,
        start_earliest=first - blur,
        start_latest=first + blur,
        end=end,
        end_earliest=None if end is None else end - blur,
        end_latest=None if end is None else end + blur,
        ongoing=end is None,
        phases=phases,
        signals=(),
        cause=Cause(CauseValue.ORDERED, Level.SIGNAL),
        evidence=(),
        simulated=True,
        reasons=(),
        unknowns=(),
        inputs=(),
        scope=scope,
    )


JANUARY = episode(
    phase(PhaseKind.THROTTLING, 0, 20, Access.MOBILE),
    phase(PhaseKind.PARTIAL, 20, 21),
    phase(PhaseKind.BLACKOUT, 21, 30),
    phase(PhaseKind.RESTORATION, 30, 34, Access.FIXED),
    phase(PhaseKind.BLACKOUT, 34, 44),
)
"""As in Kazakhstan: mobile slowed first, then all cut, then fixed access back for some hours."""


def test_a_restoration_of_fixed_access_gives_nothing_back_to_mobile_customers() -> None:
    assert hours_lost(JANUARY, Access.MOBILE) == Range(23.5, 24, 24.5)
    assert hours_lost(JANUARY, Access.FIXED) == Range(19, 20, 21)


def test_throttled_hours_are_told_apart_and_only_of_their_access() -> None:
    assert hours_degraded(JANUARY, Access.MOBILE) == Range(19.5, 20, 20.5)
    assert hours_degraded(JANUARY, Access.FIXED) == Range(0, 0, 0)


def test_of_unknown_access_a_range_goes_from_the_lesser_to_the_greater() -> None:
    assert hours_lost(JANUARY, Access.UNKNOWN) == Range(19, 20, 24.5)
    assert hours_degraded(JANUARY, Access.MIXED) == Range(0, 0, 20.5)


def test_a_restoration_before_any_loss_of_an_access_makes_none() -> None:
    found = episode(
        phase(PhaseKind.PARTIAL, 0, 5, Access.FIXED),
        phase(PhaseKind.RESTORATION, 5, 8, Access.FIXED),
        phase(PhaseKind.PARTIAL, 8, 9, Access.FIXED),
    )
    assert hours_lost(found, Access.MOBILE) == Range(0, 0, 0)
    assert hours_lost(found, Access.FIXED).best == 6


def test_a_mixed_restoration_is_given_back_to_both() -> None:
    found = episode(
        phase(PhaseKind.BLACKOUT, 0, 5), phase(PhaseKind.RESTORATION, 5, 8), phase(PhaseKind.BLACKOUT, 8, 9)
    )
    assert hours_lost(found, Access.MOBILE).best == hours_lost(found, Access.FIXED).best == 6


def test_overlapping_phases_are_counted_once_and_a_restoration_within_one_is_taken_off() -> None:
    found = episode(
        phase(PhaseKind.BLACKOUT, 0, 10), phase(PhaseKind.PARTIAL, 5, 12), phase(PhaseKind.RESTORATION, 2, 4)
    )
    assert hours_lost(found, Access.MOBILE).best == 10


def test_the_edges_of_the_episode_bound_the_hours() -> None:
    found = episode(phase(PhaseKind.BLACKOUT, 0, 10), blur_h=2)
    assert hours_lost(found, Access.FIXED) == Range(6, 10, 14)


def test_what_is_shorter_than_its_edges_may_have_been_nothing() -> None:
    assert hours_lost(episode(phase(PhaseKind.BLACKOUT, 0, 1), blur_h=2), Access.FIXED) == Range(0, 1, 5)


def test_while_it_lasts_nothing_bounds_it_but_the_end_of_the_data() -> None:
    found = episode(phase(PhaseKind.BLACKOUT, 0, 4), phase(PhaseKind.PARTIAL, 4, None))
    assert hours_lost(found, Access.FIXED) == Range(3.75, 4, None)
    assert hours_lost(found, Access.FIXED, horizon=at(24)) == Range(23.75, 24, 24.25)


def test_blocked_services_are_bad_service_also_while_everything_is_back_and_not_while_all_is_lost() -> None:
    found = episode(
        phase(PhaseKind.BLACKOUT, 0, 4),
        phase(PhaseKind.RESTORATION, 4, 10),
        phase(PhaseKind.BLOCKING, 2, 20, services=("telegram.org",)),
    )
    assert hours_lost(found, Access.FIXED).best == 4
    assert hours_degraded(found, Access.FIXED).best == 6, "within the episode"


def test_permitted_services_only_are_lost_service_on_the_networks_that_were_seen() -> None:
    found = episode(
        phase(PhaseKind.PARTIAL, 0, 4), phase(PhaseKind.RESTORATION, 4, 20),
        phase(PhaseKind.WHITELIST, 8, 16, networks=("AS1",), services=("egov.kz",)),
    )  # fmt: skip
    assert hours_lost(found, Access.FIXED, frozenset({"AS1"})).best == 12
    assert hours_lost(found, Access.FIXED, frozenset({"AS2"})).high == pytest.approx(4.5)
    unasked = hours_lost(found, Access.FIXED)
    assert unasked.best == 4
    assert unasked.high == pytest.approx(13), "of nobody's networks it is possible only"


@pytest.mark.parametrize(("state", "low"), [(PartState.HIT, 5), (PartState.SPARED, 0), (PartState.UNKNOWN, 9.5)])
def test_only_what_its_own_networks_show_is_certain(state: PartState, low: float) -> None:
    hit = state is PartState.HIT
    part = Part(
        "AS1", 1.0, Access.FIXED, state, at(3) if hit else None, None, at(3.5) if hit else None,
        at(8.5) if hit else None, None, None,
    )  # fmt: skip
    share = Share(0.5, 0.5, 0.0, 0.4, 0.6, 1.0, State.DOWN)
    division = Division(
        PartsKind.NETWORKS, Weighting.EQUAL, True, 1.0, Moment(at(0), at(1), share), None, None, False, (), None, (),
        (part,),
    )  # fmt: skip
    scope = Scope(rolled_up=False, correlation=0.0, depth_error=0.0, divisions=(division,))
    found = episode(phase(PhaseKind.BLACKOUT, 0, 10), scope=scope)
    assert hours_lost(found, Access.FIXED, frozenset({"AS1"})) == Range(low, 10, 10.5)
    assert hours_lost(found, Access.FIXED, frozenset({"AS9"})) == Range(9.5, 10, 10.5)


def test_hours_of_people_are_the_product_and_what_was_not_measured_is_said_beside_it() -> None:
    found = person_hours(Range(1, 2, 3), Range(10, 20, 40), 0.8)
    assert (found.amount, found.coverage) == (Range(10, 40, 120), 0.8)
    assert person_hours(Range(1, 2, None), Range.exactly(10)).amount == Range(10, 20, None)
    assert person_hours(Range.exactly(1), Range.exactly(1)).coverage is None
    with pytest.raises(ValueError, match="coverage"):
        person_hours(Range.exactly(1), Range.exactly(1), 80)


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (-1, 0, 1), (0, float("nan"), 1), (1, 2, 1), (3, 2, None)])
def test_a_range_out_of_order_is_refused(ends: tuple[float, float, float | None]) -> None:
    with pytest.raises(ValueError, match="low <= best <= high"):
        Range(*ends)


amounts = st.lists(st.floats(0, 1e9), min_size=3, max_size=3).map(lambda ends: Range(*sorted(ends)))
open_amounts = st.builds(
    lambda one, lasts: Range(one.low, one.best, None if lasts else one.high), amounts, st.booleans()
)


@given(open_amounts, open_amounts)
def test_what_is_made_of_ranges_is_in_order_and_never_below_zero(one: Range, other: Range) -> None:
    for found in (one + other, one * other, one.beyond(other), one.times(1 / 24)):
        assert 0 <= found.low <= found.best
        assert found.high is None or found.best <= found.high


kinds = st.sampled_from(list(PhaseKind))
accesses = st.sampled_from(list(Access))


@st.composite
def tiled(draw: st.DrawFn) -> Episode:
    edges = sorted(draw(st.sets(st.integers(0, 200), min_size=2, max_size=8)))
    told = [phase(draw(kinds), start, end, draw(accesses)) for start, end in pairwise(edges)]
    service = draw(st.sampled_from([(), (phase(PhaseKind.BLOCKING, 0, 300, services=("x.kz",)),)]))
    return episode(*told, *service, blur_h=draw(st.sampled_from([0.0, 0.25, 7.0])))


@given(tiled(), accesses)
def test_hours_are_in_order_and_lost_and_bad_ones_together_fit_into_the_episode(found: Episode, access: Access) -> None:
    lost, bad = hours_lost(found, access), hours_degraded(found, access)
    assert found.end is not None
    assert found.end_latest is not None
    longest = (found.end_latest - found.start_earliest) / timedelta(hours=1)
    assert lost.high is not None
    assert lost.high <= longest
    assert lost.best + bad.best <= (found.end - found.start) / timedelta(hours=1) + 1e-9


@given(tiled(), accesses)
def test_the_same_loss_told_twice_is_no_longer(found: Episode, access: Access) -> None:
    doubled = episode(*found.phases, *(one for one in found.phases if one.kind is not PhaseKind.RESTORATION))
    plain = episode(*found.phases)
    assert hours_lost(doubled, access) == hours_lost(plain, access)


phases = st.builds(
    lambda kind, start, length, access, networks, services: phase(
        kind, start, None if length is None else start + length, access, networks, services
    ),
    kinds, st.integers(0, 100), st.none() | st.integers(1, 60), accesses,
    st.sampled_from([(), ("AS1",), ("AS1", "AS2")]), st.sampled_from([(), ("x.kz",)]),
)  # fmt: skip


@given(st.lists(phases, min_size=1, max_size=6), accesses, st.sampled_from([(), ("AS1",), ("AS3",)]), st.booleans())
def test_whatever_phases_overlap_hours_fit_into_the_time_told(
    told: list[Phase], access: Access, networks: tuple[str, ...], given_horizon: bool
) -> None:
    found, horizon = episode(*told), at(200) if given_horizon else None
    lost = hours_lost(found, access, frozenset(networks), horizon)
    bad = hours_degraded(found, access, frozenset(networks), horizon)
    assert (lost.high is None) == (found.end is None and not given_horizon)
    until = found.end or horizon or at(161)
    assert (
        lost.best + (0 if access in {Access.MIXED, Access.UNKNOWN} else bad.best)
        <= (until - found.start) / timedelta(hours=1) + 1e-9
    )
