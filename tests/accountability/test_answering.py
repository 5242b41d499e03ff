"""Questions and their answers on small cases made of rows: what fills itself, what a person judges, what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.accountability.measured import episode

from kuager.accountability.answering import Answered, From, Speaks, answered
from kuager.accountability.citing import library, standing
from kuager.accountability.loading import decode
from kuager.accountability.notice import Grade, grade, onset_for, score, silence
from kuager.accountability.operators import scorecard
from kuager.accountability.orders import orders_of
from kuager.accountability.proportionality import Reach, Severity, proportionality
from kuager.accountability.questions import CHECKS, ELEMENTS
from kuager.accountability.registers import Registers
from kuager.accountability.restoration import restoration
from kuager.accountability.rows.conduct import Order, OrderState, Statement
from kuager.accountability.rows.documents import Channel, Claim, Search
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.people import Reachability
from kuager.accountability.rows.row import Answer, Status
from kuager.accountability.scene import Scene
from kuager.model.episodes import Phase
from kuager.model.words import Access, PhaseKind

NOW = datetime(2022, 3, 1, tzinfo=UTC)
START, END = datetime(2022, 1, 5, 10, 30, tzinfo=UTC), datetime(2022, 1, 11, 2, 15, tzinfo=UTC)
CUT = Phase(PhaseKind.BLACKOUT, START, END, Access.MIXED, ("KZ",), 900)
EPISODE = episode("kz-a", START, END, phases=(CUT,))
PAPER = """
[[documents]]
id = "paper"
text = "A paper"
kind = "article"
by = "A paper"
published = 2022-01-06
seen = 2022-02-01
source_class = ["company"]
"""
CLAIM = """
[[claims]]
id = "NAME"
text = "NAME says so."
sources = ["paper"]
topic = "bgp"
by = "NAME"
at = 2022-01-05
holds = true
"""


def rows(text: str = "", paper: str = PAPER) -> Registers:
    return decode((paper + text).encode(), NOW)


def scene(registers: Registers, operator: str = "") -> Scene:
    return Scene(EPISODE, registers, library(registers, ()), NOW, operator=operator)


def answer(check: str, registers: Registers, operator: str = "") -> Answered:
    there = scene(registers, operator)
    return answered(CHECKS[check], operator or "KZ", there, registers.of(Judgement))


def statement(at: str = "2022-01-04T08:00:00Z", channel: str = "sms", more: str = "") -> str:
    return f"""
[[statements]]
id = "said-{channel}"
text = "It said so."
sources = ["paper"]
kind = "notice"
operator = "kcell"
at = "{at}"
channel = "{channel}"
{more}
"""


def test_without_rows_everything_but_what_was_measured_is_unknown() -> None:
    found = {name: answer(name, rows()).answer for name, one in CHECKS.items() if one.subject == "state"}
    known = {name: one for name, one in found.items() if one is not Answer.UNKNOWN}
    assert known == {"K07": Answer.NO, "K09": Answer.NO}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-01-05T10:00:00Z", Answer.YES),
        ("2022-01-05", Answer.PARTIAL),
        ("2022-01-05T12:00:00Z", Answer.UNKNOWN),
    ],
)
def test_a_notice_before_it_began_is_told_as_such(at: str, expected: Answer) -> None:
    assert answer("P05", rows(statement(at)), "kcell").answer is expected


@pytest.mark.parametrize("channel", ["website", "social-post", "social-reply", "press", "unknown"])
def test_what_reaches_nobody_by_itself_is_no_notice(channel: str) -> None:
    assert answer("P05", rows(statement(channel=channel)), "kcell").answer is Answer.UNKNOWN
    assert grade(Channel(channel)) is not Grade.NOTICE


def test_that_none_was_found_is_no_only_where_a_source_says_so() -> None:
    search = '\n[[searches]]\nid = "s"\ntext = "Looked"\nregister = "statements"\non = 2022-02-01\nchecks = ["P05"]\n'
    assert answer("P05", rows(search), "kcell").answer is Answer.UNKNOWN
    found = answer("P05", rows(search + 'sources = ["paper"]\n'), "kcell")
    assert (found.answer, found.sources, found.speaks) == (Answer.NO, ("paper",), Speaks.AGAINST)


def test_a_judgement_goes_first_and_what_the_record_says_otherwise_stands_beside_it() -> None:
    judged = """
[[judgements]]
id = "j"
text = "The region was where the threat was."
sources = ["paper"]
check = "K07"
subject = "KZ"
answer = "partial"
role = "lawyer"
on = 2022-02-01
"""
    found = answer("K07", rows(judged))
    assert (found.answer, found.origin, found.otherwise) == (Answer.PARTIAL, From.JUDGEMENT, Answer.NO)


def test_without_its_evidence_an_answer_is_unknown() -> None:
    judged = """
[[judgements]]
id = "j"
text = "A lawyer judged so."
sources = ["paper"]
check = "K14"
subject = "KZ"
answer = "yes"
role = "lawyer"
on = 2022-02-01
"""
    assert answer("K14", rows(judged)).answer is Answer.YES
    assert answer("K14", rows(judged, paper="")).answer is Answer.UNKNOWN
    withdrawn = PAPER + 'status = "withdrawn"\n'
    assert answer("K14", rows(judged, paper=withdrawn)).answer is Answer.UNKNOWN


def test_the_six_things_of_a_statement_are_counted_only_where_it_was_read() -> None:
    (read,) = rows(statement(more='names = ["law", "services"]')).of(Statement)
    (unread,) = rows(statement(more="unread = true")).of(Statement)
    assert score(read) == (2, 6)
    assert score(unread) is None


def test_a_lag_between_a_day_and_an_hour_is_an_interval() -> None:
    registers = rows(statement("2022-01-05"))
    told = silence(EPISODE, registers.of(Statement), onset_for(EPISODE, (), Access.MOBILE), NOW)
    assert told.notice is not None
    assert told.notice.least < timedelta() < told.notice.most
    assert told.notice.before is Answer.PARTIAL
    registers = rows(statement("2022-01-06T10:30:00Z"))
    told = silence(EPISODE, registers.of(Statement), onset_for(EPISODE, (), Access.MOBILE), NOW)
    assert told.notice is not None
    assert (told.notice.least, told.notice.most) == (timedelta(hours=23, minutes=45), timedelta(hours=24, minutes=15))


def test_every_episode_has_an_order_if_only_an_unknown_one() -> None:
    (unknown,) = orders_of(EPISODE, (), (), NOW)
    assert (unknown.state, unknown.row) == (OrderState.UNKNOWN, None)
    order = """
[[orders]]
id = "o"
text = "An order"
sources = ["paper"]
state = "issued"
begins = 2022-01-05
ends = "2022-01-10T02:15:00Z"
places = ["KZ"]
"""
    (found,) = orders_of(EPISODE, rows(order).of(Order), (), NOW)
    assert (found.state, found.ran_over_hours) == (OrderState.ISSUED, 24.0)
    earlier = rows(order.replace("2022-01", "2021-01")).of(Order)
    assert orders_of(EPISODE, earlier, (), NOW)[0].state is OrderState.UNKNOWN


def test_what_is_wide_in_place_and_services_and_has_no_end_is_of_the_highest_class() -> None:
    assert proportionality(EPISODE, Answer.NO).severity is Severity.HIGHEST
    assert proportionality(EPISODE, Answer.UNKNOWN).severity is Severity.CANNOT_TELL
    assert proportionality(EPISODE, Answer.YES).severity is Severity.HIGH
    region = episode("kz-b", START, END, place="KZ-75", phases=(CUT,))
    assert proportionality(region, Answer.YES).places is Reach.PART
    assert proportionality(region, Answer.YES).severity is Severity.LIMITED


def test_what_is_still_kept_away_after_the_end_is_told() -> None:
    reach = """
[[reachability]]
id = "r"
text = "The site was still blocked."
sources = ["paper"]
service = "orda.kz"
field = "media"
reach = "blocked"
at = 2022-01-04
until = 2022-01-13
places = ["KZ"]
"""
    found = restoration(EPISODE, rows(reach).of(Reachability))
    assert ([one.service for one in found.residual], found.complete) == (["orda.kz"], Answer.NO)
    assert restoration(EPISODE, ()).complete is Answer.UNKNOWN


def test_claims_that_contradict_each_other_are_disputed() -> None:
    claim = CLAIM.replace("NAME", "a") + CLAIM.replace("NAME", "b").replace("true", "false")
    registers = rows(claim)
    claims, shelf = registers.of(Claim), library(registers, ())
    assert {standing(one, shelf, claims) for one in claims} == {Status.DISPUTED}
    assert standing(claims[0], shelf, claims[:1]) is Status.UNPROVEN


def test_a_scorecard_is_a_range_while_elements_are_unknown() -> None:
    unknown = tuple(answer(name, rows(), "kcell") for name in ELEMENTS)
    found = scorecard(unknown)
    assert (found.low, found.high, found.known) == (0.0, 100.0, 0)
    yes = replace(unknown[0], answer=Answer.YES)
    found = scorecard((yes, *unknown[1:]))
    assert (found.low, found.high, found.known) == (12.5, 100.0, 1)


def test_searches_say_where_was_looked() -> None:
    search = '\n[[searches]]\nid = "s"\ntext = "Looked"\nregister = "orders"\non = 2022-02-01\n'
    (found,) = orders_of(EPISODE, (), rows(search).of(Search), NOW)
    assert [one.id for one in found.searched] == ["s"]
