"""Promises against episodes: before, after, over, uncertain, elsewhere, spared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.accountability.measured import episode

from kuager.accountability.pledges import Breach, breaches
from kuager.accountability.rows.conduct import Pledge
from kuager.accountability.rows.row import Status
from kuager.model.episodes import Episode, Phase
from kuager.model.operators import HeldNetwork, Operator, OperatorName
from kuager.model.scope import Division, Moment, Part, Scope, Share
from kuager.model.words import (
    Access,
    CauseValue,
    Level,
    PartsKind,
    PartState,
    PhaseKind,
    State,
    Weighting,
)

START = datetime(2022, 1, 5, 10, 30, tzinfo=UTC)
END = START + timedelta(days=5)
CUT = episode("kz-2022-01-05-a", START, END)
KCELL = Operator(
    "kcell", OperatorName("Kcell"), "KZ", (HeldNetwork(29355), HeldNetwork(64500)), "a test", Access.MOBILE
)
BEELINE = Operator("beeline-kz", OperatorName("Beeline"), "KZ", (HeldNetwork(21299), HeldNetwork(206026)), "a test")
KYRGYZ = Operator("megacom", OperatorName("MegaCom"), "KG", (HeldNetwork(50223),), "a test")
OPERATORS = (KCELL, BEELINE, KYRGYZ)


def pledge(
    name: str = "p",
    at: str = "2021-06-01",
    until: str = "",
    *,
    operator: str = "kcell",
    who: str = "",
    places: tuple[str, ...] = (),
    status: Status = Status.SUPPORTED,
) -> Pledge:
    return Pledge(
        id=name,
        text={"en": "We keep people connected."},
        sources=("a",),
        operator=operator,
        who=who,
        at=at,
        until=until,
        places=places,
        status=status,
    )


def found(one: Pledge, *episodes: Episode) -> list[tuple[str, str, bool]]:
    rows = breaches([one], episodes or (CUT,), OPERATORS)
    return [(row.pledge, row.episode, row.possible) for row in rows]


def test_a_promise_made_before_an_episode_is_one_breach_for_each_episode() -> None:
    later = episode("kz-2022-03-01-a", datetime(2022, 3, 1, tzinfo=UTC), None, level=Level.SIGNAL)
    assert breaches([pledge()], [later, CUT], OPERATORS) == (
        Breach("p", "kz-2022-01-05-a", "kcell", "", possible=False, level=Level.CONFIRMED, networks=()),
        Breach("p", "kz-2022-03-01-a", "kcell", "", possible=False, level=Level.SIGNAL, networks=()),
    )


@pytest.mark.parametrize(
    ("at", "until", "possible"),
    [
        pytest.param("2022-01-04", "", False, id="the-day-before"),
        pytest.param("2022-01-05", "", True, id="on-the-day"),
        pytest.param("2022-01", "", True, id="in-the-month"),
        pytest.param("unknown", "", True, id="no-date"),
        pytest.param("2022-01-05T10:00:00Z", "", False, id="half-an-hour-before"),
        pytest.param("2022-01-05T10:30:00Z", "", True, id="within-the-uncertainty-of-the-start"),
        pytest.param("2022-01-05T10:40:00Z", "", None, id="after-the-start"),
        pytest.param("2022-01-06", "", None, id="the-day-after"),
        pytest.param("2021-01-01", "2021-12-31", None, id="ended-before"),
        pytest.param("2021-01-01", "2022-01-05", True, id="ended-on-the-day"),
        pytest.param("2021-01-01", "2022-01-08", False, id="ended-while-it-lasted"),
        pytest.param("2021-01-01", "unknown", True, id="ended-nobody-knows-when"),
    ],
)
def test_dates_decide_and_where_they_do_not_it_is_possible(at: str, until: str, possible: bool | None) -> None:
    assert [row[2] for row in found(pledge(at=at, until=until))] == ([] if possible is None else [possible])


def test_a_promise_that_is_not_proven_is_only_possibly_broken_and_a_withdrawn_one_never() -> None:
    assert [row[2] for row in found(pledge(status=Status.UNPROVEN))] == [True]
    assert found(pledge(status=Status.WITHDRAWN)) == []


def at(place: str) -> Episode:
    return episode("e", START, END, place=place)


@pytest.mark.parametrize(
    ("one", "where", "expected"),
    [
        pytest.param(pledge(), "KZ-75", 1, id="region-of-its-country"),
        pytest.param(pledge(), "AS29355", 1, id="its-network"),
        pytest.param(pledge(), "AS21299", 0, id="network-of-another"),
        pytest.param(pledge(), "AS64500", 1, id="its-network-of-no-known-country"),
        pytest.param(pledge(), "KG", 0, id="another-country"),
        pytest.param(pledge(operator="megacom"), "KZ", 0, id="operator-of-another-country"),
        pytest.param(pledge(places=("KZ-75",)), "KZ-71", 0, id="promised-for-another-region"),
        pytest.param(pledge(places=("KZ-75",)), "KZ", 1, id="promised-for-a-part-of-it"),
        pytest.param(pledge(operator="", who="A ministry", places=("KZ",)), "KZ", 1, id="of-a-state"),
        pytest.param(pledge(operator="", who="A ministry"), "KZ", 0, id="for-nobody-knows-where"),
        pytest.param(pledge(operator="nobody"), "KZ", 0, id="operator-that-nobody-knows"),
    ],
)
def test_it_binds_where_it_was_made_for(one: Pledge, where: str, expected: int) -> None:
    assert len(found(one, at(where))) == expected


def test_phases_of_networks_alone_concern_those_who_hold_them() -> None:
    phase = Phase(PhaseKind.BLOCKING, START, END, Access.MOBILE, ("KZ",), 60, ("AS29355",), ("telegram",))
    blocked = episode("e", START, END, phases=(phase,))
    (row,) = breaches([pledge(), pledge("b", operator="beeline-kz")], [blocked], OPERATORS)
    assert (row.operator, row.networks) == ("kcell", ("AS29355",))


def test_an_accident_breaks_no_promise() -> None:
    assert found(pledge(), episode("e", START, END, cause=CauseValue.CABLE)) == []


def with_parts(**states: PartState) -> Episode:
    share = Share(0.9, 0.1, 0.0, 0.8, 1.0, 0.99, State.DOWN)
    parts = tuple(
        Part(place, 0.1, Access.UNKNOWN, state, None, None, None, None, None, None) for place, state in states.items()
    )
    division = Division(
        kind=PartsKind.NETWORKS,
        weighting=Weighting.EQUAL,
        whole=True,
        covered=1.0,
        worst=Moment(START, END, share),
        mobile=None,
        fixed=None,
        mobile_only=False,
        operators=(),
        onsets=None,
        course=(),
        parts=parts,
    )
    return msgspec.structs.replace(
        CUT, scope=Scope(rolled_up=False, correlation=0.0, depth_error=0.0, divisions=(division,))
    )


@pytest.mark.parametrize(
    ("states", "networks"),
    [
        pytest.param({"AS21299": PartState.HIT, "AS206026": PartState.SPARED}, ("AS21299",), id="one-was-hit"),
        pytest.param({"AS21299": PartState.SPARED, "AS206026": PartState.SPARED}, None, id="all-were-spared"),
        pytest.param({"AS21299": PartState.SPARED}, (), id="one-was-not-measured"),
        pytest.param({"AS21299": PartState.SPARED, "AS206026": PartState.UNKNOWN}, (), id="one-cannot-be-told"),
    ],
)
def test_who_was_measured_and_spared_broke_nothing(
    states: dict[str, PartState], networks: tuple[str, ...] | None
) -> None:
    rows = breaches([pledge(operator="beeline-kz")], [with_parts(**states)], OPERATORS)
    assert [row.networks for row in rows] == ([] if networks is None else [networks])
