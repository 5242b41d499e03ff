"""Versions of a law: which was in force, and what became of each paragraph."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.accountability.laws import ChangeKind, Operation, differences, in_force, ordered
from kuager.accountability.rows.law import LawVersion, Provision
from kuager.accountability.rows.row import Status


def version(
    since: str,
    provisions: dict[str, str | dict[str, str]] | None = None,
    *,
    read: bool = True,
    repealed: bool = False,
    law: str = "communications-41-1",
    status: Status = Status.SUPPORTED,
) -> LawVersion:
    return LawVersion(
        id=f"{law}-{since}",
        text={"en": "A version."},
        sources=("a",),
        law=law,
        since=since,
        read=read,
        repealed=repealed,
        status=status,
        places=("KZ",),
        provisions=tuple(
            Provision(number=number, says={"en": says} if isinstance(says, str) and says else says or {})
            for number, says in (provisions or {}).items()
        ),
    )


def kinds(before: LawVersion, after: LawVersion) -> dict[str, str]:
    return {one.paragraph: one.kind.value for one in differences(before, after)}


def test_each_paragraph_says_what_became_of_it() -> None:
    before = version("2014-04", {"1": "A prosecutor may order it.", "2": "Within an hour.", "3": "Same here."})
    after = version("2022", {"1": "A prosecutor or the KNB may order it.", "3": "Same  here.", "10": "New."})
    assert kinds(before, after) == {"1": "changed", "2": "removed", "3": "same", "10": "added"}
    assert [one.paragraph for one in differences(before, after)] == ["1", "2", "3", "10"]


def test_a_change_is_told_word_by_word() -> None:
    before = version("2014", {"1": "A prosecutor may order it."})
    (change,) = differences(before, version("2022", {"1": "A prosecutor or the KNB may order it."}))
    assert change.pieces == (
        (Operation.KEPT, "A prosecutor"),
        (Operation.ADDED, "or the KNB"),
        (Operation.KEPT, "may order it."),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(version("2014", {"1": "x"}), version("2022", {}, read=False), "unread", id="after-not-read"),
        pytest.param(version("2014", {}, read=False), version("2022", {"1": "x"}), "unread", id="before-not-read"),
        pytest.param(version("2014", {"1": "x"}), version("2022", {"1": ""}), "unread", id="paragraph-not-read"),
        pytest.param(version("2014", {"1": ""}), version("2022", {"1": "x"}), "unread", id="paragraph-not-read-before"),
        pytest.param(version("2014", {"1": ""}), version("2022", {}), "unread", id="never-read"),
        pytest.param(version("2014", {"1": "x"}), version("2022", {}), "removed", id="read-and-gone"),
        pytest.param(
            version("2014", {"1": "x"}), version("2022", {}, read=False, repealed=True), "removed", id="repealed"
        ),
        pytest.param(
            version("2014", {"1": {"ru": "да"}}),
            version("2022", {"1": {"kk": "иә"}}),
            "unread",
            id="no-common-language",
        ),
        pytest.param(
            version("2014", {"1": {"ru": "да"}}),
            version("2022", {"1": {"ru": "нет"}}),
            "changed",
            id="another-language",
        ),
    ],
)
def test_what_was_not_read_is_never_called_removed(before: LawVersion, after: LawVersion, expected: str) -> None:
    assert kinds(before, after) == {"1": expected}


def test_what_others_write_of_a_version_is_marked() -> None:
    told, read = version("2014", {"1": "x"}, read=False), version("2022", {"1": "y"})
    assert [one.told for one in differences(told, read)] == [True]
    assert [one.told for one in differences(read, version("2024", {"1": "z"}))] == [False]


def test_two_laws_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two laws"):
        differences(version("2014"), version("2022", law="emergency"))


WORDS = st.lists(st.sampled_from(["may", "must", "order", "stop", "the", "network"]), min_size=1, max_size=12)


@given(WORDS, WORDS)
def test_the_pieces_make_both_wordings(first: list[str], second: list[str]) -> None:
    before, after = " ".join(first), " ".join(second)
    (change,) = differences(version("2014", {"1": before}), version("2022", {"1": after}))
    assert change.kind is (ChangeKind.SAME if before == after else ChangeKind.CHANGED)
    if change.kind is ChangeKind.CHANGED:
        assert " ".join(text for kind, text in change.pieces if kind is not Operation.ADDED) == before
        assert " ".join(text for kind, text in change.pieces if kind is not Operation.REMOVED) == after


OLD, MIDDLE, NEW = version("2014-04-23"), version("2022"), version("2024-09-01", repealed=True)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(datetime(2014, 1, 1, tzinfo=UTC), [], id="before-all"),
        pytest.param(datetime(2021, 6, 1, tzinfo=UTC), [OLD], id="the-oldest"),
        pytest.param(datetime(2022, 6, 1, tzinfo=UTC), [OLD, MIDDLE], id="only-the-year-is-known"),
        pytest.param(datetime(2023, 1, 1, tzinfo=UTC), [MIDDLE], id="the-second"),
        pytest.param(datetime(2025, 1, 1, tzinfo=UTC), [NEW], id="repealed"),
        pytest.param(datetime(2014, 4, 22, 18, tzinfo=UTC), [OLD], id="midnight-of-the-place"),
    ],
)
def test_the_version_in_force_is_one_unless_its_date_leaves_two(on: datetime, expected: list[LawVersion]) -> None:
    assert list(in_force([NEW, OLD, MIDDLE], on)) == expected


def test_versions_of_a_law_stand_in_order_and_those_without_a_date_are_left_out() -> None:
    others = [version("2020", law="emergency"), version("unknown"), version("2019", status=Status.WITHDRAWN)]
    assert ordered([NEW, *others, OLD, MIDDLE], "communications-41-1") == (OLD, MIDDLE, NEW)
