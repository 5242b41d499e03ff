from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import resources

import pytest

from kuager.accountability.annotated import fields
from kuager.accountability.citing import independent, library
from kuager.accountability.loading import decode, unknown_operators
from kuager.accountability.notice import Grade, grade, score
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.conduct import Coordination, Order, OrderState, Ownership, Statement
from kuager.accountability.rows.documents import Claim, Counts, Document, Search
from kuager.accountability.rows.law import Judgement, LawVersion
from kuager.accountability.rows.people import Harm, Offer, Past, Reach, Reachability
from kuager.accountability.rows.row import Answer, Holds, Row, Status
from kuager.case.founding import load
from kuager.model.operators import package_operators
from kuager.model.places import LANGUAGES

DATA = resources.files("kuager.case.founding").joinpath("kz-2022-01-registers.toml").read_bytes()
ROWS = decode(DATA, datetime(2026, 11, 24, tzinfo=UTC))
BY_ID = {row.id: row for row in ROWS}
HAPPENINGS = {row.id for row in load().happenings}
KAZAKH_LETTERS = set("әғқңөұүһі")
OPERATORS = ("kazakhtelecom", "kcell", "beeline-kz", "tele2-altel")


def prose(row: Row) -> list[dict[str, str]]:
    found = [sentences for sentences in (row.text, row.doubt) if sentences]
    if isinstance(row, LawVersion):
        found += [one.says for one in row.provisions if one.says]
    return found


@pytest.mark.parametrize("row", tuple(ROWS), ids=lambda row: str(row.id))
def test_a_row_speaks_three_languages(row: Row) -> None:
    for sentences in prose(row):
        assert tuple(sorted(sentences)) == tuple(sorted(LANGUAGES))
        assert len(set(sentences.values())) == len(LANGUAGES)
        assert all(sentence.endswith(".") for sentence in sentences.values())
        assert not KAZAKH_LETTERS & set(sentences["ru"].lower())
        assert KAZAKH_LETTERS & set(sentences["kk"].lower())
        assert not re.search("[а-яё]", sentences["en"], re.IGNORECASE)


@pytest.mark.parametrize("row", tuple(ROWS), ids=lambda row: str(row.id))
def test_what_a_row_cites_is_a_document_of_the_file_or_a_happening(row: Row) -> None:
    documents = {one.id for one in ROWS.of(Document)}
    cited = [value for one in fields(type(row)) if one.holds is Holds.SOURCE for value in one.values(row)]
    assert set(cited) <= documents | HAPPENINGS
    assert cited or not row.must_cite


def test_ids_are_small_letters_and_do_not_hide_a_happening() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in BY_ID)
    assert not set(BY_ID) & HAPPENINGS


def test_operators_are_known_and_nothing_is_private() -> None:
    assert unknown_operators(ROWS, {operator.id for operator in package_operators()}) == {}
    assert not any(row.private for row in ROWS)
    assert not any(document.object or document.quote for document in ROWS.of(Document))


def test_the_letter_and_two_dozen_documents_are_there_with_the_day_they_were_seen() -> None:
    documents = ROWS.of(Document)
    letter = next(one for one in documents if one.id == "keepiton-letter")
    assert letter.published == "2022-01-27"
    assert len(documents) >= 25
    assert all(one.seen == "2026-11-23" and one.group for one in documents)


@pytest.mark.parametrize("group", ["forbes-russia", "tass"])
def test_copies_of_one_agency_are_one_source(group: str) -> None:
    copies = [name for name, one in library(ROWS, ()).citations.items() if one.group == group]
    assert len(copies) >= 2
    assert independent(library(ROWS, ()).of(copies)) == 1


def test_what_the_two_operators_named_of_the_six_things() -> None:
    scores = {one.operator: score(one) for one in ROWS.of(Statement) if one.operator}
    assert scores == {"kcell": (2, 6), "beeline-kz": (0, 6)}
    assert all(grade(one.channel) is Grade.ANSWER for one in ROWS.of(Statement) if one.operator)


def test_an_order_is_told_of_that_nobody_can_read() -> None:
    (order,) = ROWS.of(Order)
    assert (order.state, order.body, order.public) == (OrderState.ISSUED, "", Answer.UNKNOWN)
    assert order.law in {one.law for one in ROWS.of(LawVersion)}


def test_estimates_of_the_cost_range_from_189_to_500_million_dollars() -> None:
    amounts = [one.amount for one in ROWS.of(Claim) if one.counts is Counts.SHUTDOWN and one.amount is not None]
    assert {one.currency for one in ROWS.of(Claim) if one.counts is Counts.SHUTDOWN} == {"USD"}
    assert (len(amounts), min(amounts), max(amounts)) == (6, 189e6, 500e6)


def test_damage_by_riots_and_of_one_company_count_for_no_shutdown() -> None:
    counts = {one.id: (one.counts, one.amount, one.currency) for one in ROWS.of(Claim)}
    assert counts["damage-by-riots"] == (Counts.RIOT, 95.3e9, "KZT")
    assert counts["loss-of-kcell"] == (Counts.COMPANY, 1e9, "KZT")


def test_claims_stay_unproven_and_netloss_withdrawn() -> None:
    standing = {one.id: one.status for one in ROWS.of(Claim)}
    assert standing.pop("netloss-withdrawn") is Status.WITHDRAWN
    assert set(standing.values()) == {Status.UNPROVEN}


def test_two_observers_contradict_each_other_on_the_routes() -> None:
    holds = {one.by: one.holds for one in ROWS.of(Claim) if one.topic == "bgp-withdrawn"}
    assert holds == {"Cloudflare": True, "RIPE NCC": False}


def test_article_41_1_has_versions_of_2014_2022_and_2024() -> None:
    versions = {one.since[:4]: one for one in ROWS.of(LawVersion) if one.law == "kz-communications-41-1"}
    assert set(versions) == {"2014", "2022", "2024"}
    assert [year for year, one in versions.items() if one.read] == ["2024"]
    assert {one.number for one in versions["2024"].provisions} == {"1", "1-2", "3"}
    assert all(one.says for one in versions["2024"].provisions)


def test_that_no_notice_was_found_cites_a_source_and_what_was_only_sought_does_not() -> None:
    searches = ROWS.of(Search)
    noticed = {one.operators: one.sources for one in searches if "P05" in one.checks}
    assert noticed == {(operator,): ("ST5",) for operator in OPERATORS}
    assert [one.sources for one in searches if "K11" in one.checks and not one.operators] == [("ST5",)]
    assert not any(one.sources for one in searches if {"K02", "P04", "P08", "P11", "K12"} & set(one.checks))


def test_judgements_are_those_for_which_there_is_evidence() -> None:
    found = {(one.check, one.subject): one.answer.value for one in ROWS.of(Judgement)}
    of_the_state = {check: answer for (check, subject), answer in found.items() if subject == "KZ"}
    assert of_the_state == {"K01": "partial", "K03": "no", "K04": "no", "K05": "yes", "K08": "no", "K13": "yes"}
    assert {key: answer for key, answer in found.items() if key[1] != "KZ"} == {
        **{(check, operator): "no" for check in ("P04", "P05") for operator in OPERATORS},
        ("P07", "kcell"): "partial",
        ("P07", "beeline-kz"): "no",
        ("P10", "beeline-kz"): "partial",
        ("P10", "kazakhtelecom"): "partial",
    }


def test_two_operators_belong_to_one_that_the_state_holds() -> None:
    owners = {one.owned: (one.owner, one.share, one.state) for one in ROWS.of(Ownership)}
    assert owners == {
        "kcell": ("kazakhtelecom", 75, False),
        "tele2-altel": ("kazakhtelecom", None, False),
        "kazakhtelecom": ("Samruk-Kazyna", 52, False),
        "Samruk-Kazyna": ("Republic of Kazakhstan", None, True),
    }


def test_control_by_a_state_body_is_no_acting_together_of_operators() -> None:
    assert all(len(one.operators) == 1 and one.status is Status.UNPROVEN for one in ROWS.of(Coordination))


def test_offers_are_those_that_were_made() -> None:
    offers = {one.id: one for one in ROWS.of(Offer)}
    assert (offers["president-300-minutes"].minutes, offers["president-300-minutes"].messages) == (300, 200)
    assert (offers["beeline-home-20-percent"].percent, offers["beeline-home-20-percent"].days) == (20, 6)
    assert offers["beeline-5-gb"].on_request
    assert offers["kazakhtelecom-discount"].percent is None


def test_seven_services_were_permitted_and_orda_was_blocked_beyond_the_end() -> None:
    reached = {one.service: one for one in ROWS.of(Reachability)}
    assert sum(one.reach is Reach.PERMITTED for one in reached.values()) == 7
    assert (reached["orda.kz"].reach, reached["orda.kz"].until) == (Reach.BLOCKED, "2022-01-13")


def test_dead_telephones_are_no_evidence_on_emergency_numbers() -> None:
    assert not any(one.emergency for one in ROWS.of(Harm))
    assert all(BY_ID["telephones-down"].doubt.values())


def test_earlier_episodes_are_ten_and_the_year_before_is_28_february() -> None:
    past = {one.id: one for one in ROWS.of(Past)}
    assert len(past) == 10
    assert {"2018", "2019", "2020", "2021"} <= {one.at[:4] for one in past.values()}
    last = past["rallies-2021-02-28"]
    assert (last.at, last.until) == ("2021-02-28T08:00:00Z", "2021-02-28T11:00:00Z")


def test_nobody_is_named_who_went_to_court_and_nothing_of_how_it_was_read_is_left() -> None:
    text = DATA.decode()
    assert not re.search(r"Kabyshev|Кабышев|\.txt|\(read|mirror|\w@\w", text)


def test_a_register_without_rows_was_searched_for() -> None:
    by_operators_themselves = {"notices", "policies"}
    assert {one.register for one in ROWS.of(Search)} >= set(REGISTERS) - set(ROWS.rows) - by_operators_themselves
