"""Owners and groups: Kazakhtelecom's, rings, dates, doubts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.accountability.ownership import group_of, owners_of
from kuager.accountability.rows.conduct import Ownership
from kuager.accountability.rows.row import Status

ON = date(2022, 1, 5)


def owns(
    owner: str,
    owned: str,
    share: float | None = None,
    *,
    state: bool = False,
    since: str = "",
    until: str = "",
    status: Status = Status.SUPPORTED,
) -> Ownership:
    return Ownership(
        id=f"{owner}-{owned}".casefold(),
        text={"en": f"{owner} owns {owned}."},
        sources=(f"source of {owner}",),
        owned=owned,
        owner=owner,
        share=share,
        state=state,
        since=since,
        until=until,
        status=status,
    )


KAZAKHSTAN = (
    owns("kazakhtelecom", "kcell", 75.0, since="2018-12-12"),
    owns("kazakhtelecom", "tele2-altel", since="2019-06-28"),
    owns("Samruk-Kazyna", "kazakhtelecom", 52.0, state=True),
    owns("VEON", "beeline-kz", status=Status.UNPROVEN),
)


@pytest.mark.parametrize("operator", ["kcell", "tele2-altel", "kazakhtelecom"])
def test_the_mobile_operators_and_the_fixed_one_are_one_group(operator: str) -> None:
    group = group_of(operator, ON, KAZAKHSTAN)
    assert group is not None
    assert (group.name, group.unproven) == ("kazakhtelecom", False)
    assert group.through == (() if operator == "kazakhtelecom" else (operator,))


def test_owners_go_up_to_the_state_with_the_chain_and_all_its_sources() -> None:
    company, state = owners_of("kcell", ON, KAZAKHSTAN)
    assert (company.name, company.share, company.state, company.through) == ("kazakhtelecom", 75.0, False, ("kcell",))
    assert (state.name, state.share, state.state) == ("Samruk-Kazyna", 52.0, True)
    assert state.through == ("kcell", "kazakhtelecom")
    assert state.sources == ("source of kazakhtelecom", "source of Samruk-Kazyna")


def test_an_unproven_row_marks_what_rests_on_it() -> None:
    rows = (*KAZAKHSTAN, owns("Holding", "VEON", 60.0), owns("Holders", "Holding", 60.0))
    found = [(one.name, one.unproven) for one in owners_of("beeline-kz", ON, rows)]
    assert found == [("VEON", True), ("Holding", True), ("Holders", True)]
    group = group_of("beeline-kz", ON, rows)
    assert group is not None
    assert (group.name, group.unproven) == ("Holders", True)
    assert [one.unproven for one in owners_of("VEON", ON, rows)] == [False, False]


def test_of_whom_no_owner_is_told_nothing_is_known() -> None:
    assert owners_of("transtelecom-kz", ON, KAZAKHSTAN) == ()
    assert group_of("transtelecom-kz", ON, KAZAKHSTAN) is None


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2022-01-05", "", (True, False)),
        ("2022-01-06", "", (False, False)),
        ("2022-01", "", (True, True)),
        ("2021-12", "", (True, False)),
        ("unknown", "", (True, False)),
        ("", "2022-01-05", (True, False)),
        ("", "2022-01-04", (False, False)),
        ("", "2022", (True, True)),
        ("", "unknown", (True, True)),
    ],
)
def test_a_row_holds_on_its_days_and_is_doubtful_where_dates_do_not_tell(
    since: str, until: str, expected: tuple[bool, bool]
) -> None:
    found = owners_of("kcell", ON, (owns("A", "kcell", 60.0, since=since, until=until),))
    assert (bool(found), any(one.unproven for one in found)) == expected


def test_without_a_majority_the_group_ends() -> None:
    halves = (owns("A", "kcell", 50.0), owns("B", "kcell", 50.0))
    several = (owns("A", "kcell"), owns("B", "kcell"))
    minority = (owns("A", "kcell", 50.0),)
    majority = (owns("A", "kcell", 51.0), owns("B", "kcell", 49.0))
    names = [group.name for rows in (halves, several, minority, majority) if (group := group_of("kcell", ON, rows))]
    assert names == ["kcell", "kcell", "kcell", "A"]


def test_withdrawn_rows_count_for_nothing() -> None:
    assert owners_of("kcell", ON, (owns("A", "kcell", 60.0, status=Status.WITHDRAWN),)) == ()


COMPANIES = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(COMPANIES, COMPANIES, st.sampled_from([None, 30.0, 80.0])), max_size=8))
def test_rings_end_and_nobody_stands_above_itself(links: list[tuple[str, str, float | None]]) -> None:
    rows = [owns(owner, owned, share) for owner, owned, share in links]
    for one in owners_of("a", ON, rows):
        assert one.through[0] == "a"
        assert len({*one.through, one.name}) == len(one.through) + 1
    group = group_of("a", ON, rows)
    assert group is None or group.name not in group.through
