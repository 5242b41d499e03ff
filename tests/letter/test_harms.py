"""L10 to L15: emergencies, blocking, routing, payment, cost, and what others claim of causes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from tests.case.kazakh_measurements import NETWORKS, SERVER, START, web
from tests.detection.verdicts.records import ADDRESS, NO_PAGE, connect, control, failed_fetch, handshake, judged, query
from tests.letter.conftest import RECEIVED, derived, january, section, with_rows, words

from kuager.accountability.answering import Speaks
from kuager.accountability.causal import unfounded
from kuager.accountability.cost import MethodStatus
from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.loading import decode
from kuager.accountability.rows.documents import Claim, Counts
from kuager.accountability.rows.people import Field, Reach, Reachability
from kuager.accountability.rows.row import Answer, Status
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import new_case
from kuager.case.settings import Settings
from kuager.errors import CodecError
from kuager.evaluation.founding import january_2022
from kuager.model.episodes import Alternative, Episode, Reading
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.verdicts import VerdictKind
from kuager.model.words import AlternativeStatus, EpisodeKind, Explanation, PhaseKind, Stance
from kuager.publications.dossiers import dossier_of
from kuager.publications.view import CaseView

TIMEOUT = "generic_timeout_error"
GONE = {f"{ADDRESS}:443": {"status": False, "failure": TIMEOUT}}
DAYS = 20

NAME: dict[str, Any] = {"queries": [query((), "dns_nxdomain_error")], "tcp_connect": [], "tls_handshakes": []}
CONNECTION: dict[str, Any] = {"tcp_connect": [connect(TIMEOUT)], "tls_handshakes": []}
ENCRYPTED: dict[str, Any] = {"tls_handshakes": [handshake(TIMEOUT)]}


@pytest.mark.parametrize(
    ("failure", "failed", "elsewhere"),
    [
        ("dns_nxdomain_error", NAME, {"dns": {"addrs": [], "failure": "dns_name_error"}, "tcp_connect": {}}),
        (TIMEOUT, CONNECTION, {"tcp_connect": GONE, "tls_handshake": {}}),
        (TIMEOUT, ENCRYPTED, {"tls_handshake": GONE}),
    ],
    ids=["dns", "tcp", "tls"],
)
def test_l11_down_worldwide_is_not_blocked(failure: str, failed: dict[str, Any], elsewhere: dict[str, Any]) -> None:
    """L11: at each step a block is proven against a control; what fails for the control too is no block."""
    here = failed_fetch(failure, **failed)
    assert judged(here).verdict.kind is VerdictKind.BLOCKED
    everywhere = judged(here | {"control": control(http_request=NO_PAGE, **elsewhere)})
    assert everywhere.verdict.kind is VerdictKind.DOWN
    assert everywhere.method == ""


def test_l11_no_episode_of_a_site_that_is_down_worldwide(tmp_path: Path) -> None:
    """L11: nor does it make an episode, beside a site that is blocked (a small case made for this)."""
    case = new_case(tmp_path / "kz", Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",)))
    add_bytes(case, "\n".join(map(json.dumps, _blocked_and_down())).encode(), "ooni.jsonl", "ooni", None)
    (found,) = detect_case(case).episodes
    assert found.kind is EpisodeKind.BLOCKING
    assert {one.service for one in found.blocked} == {"orda.kz"}


def test_l12_routes_stay_and_nothing_comes_through(episode: Episode, pages: dict[str, html.HtmlElement]) -> None:
    """L12: a place that routing still shows may be dead to whoever asks it."""
    bgp, probing = reading(episode, "sim.bgp"), reading(episode, "sim.probing")
    assert (bgp.stance, probing.stance) == (Stance.DISAGREES, Stance.AGREES)
    assert bgp.lowest is not None
    assert bgp.lowest > 0.9
    assert probing.lowest is not None
    assert probing.lowest < 0.1
    routing = of_routing(episode)
    assert routing.status is AlternativeStatus.UNLIKELY
    assert "sim.bgp" in announced(routing)
    assert "Someone who looked at BGP alone would have seen almost nothing" in pages["en"].text_content()


def test_l12_routes_that_go_are_told_from_routes_that_stay() -> None:
    """L12: where routes go as well, routing agrees (series of the case, its routes withdrawn; no case)."""
    (stayed,) = derived(january_2022().series)
    (went,) = derived([_withdrawn(one) for one in january_2022().series])
    assert reading(stayed, "sim.bgp").stance is Stance.DISAGREES
    assert announced(of_routing(stayed))
    assert reading(went, "sim.bgp").stance is Stance.AGREES
    assert announced(of_routing(went)) == ""


def reading(episode: Episode, signal: str) -> Reading:
    (found,) = (one for one in episode.signals if one.signal == signal)
    return found


def of_routing(episode: Episode) -> Alternative:
    (found,) = (one for one in episode.alternatives if one.explanation is Explanation.ROUTING)
    return found


def announced(routing: Alternative) -> str:
    """The signals of which it is said that routes stayed; empty where it is not."""
    return " ".join(
        note.facts["signals"] for note in routing.speaks_against if note.template.startswith("Routes stayed announced")
    )


def _withdrawn(series: Series) -> Series:
    lost = (series.times >= to_epoch(january(5, 10, 45))) & (series.times < to_epoch(january(11, 2, 15)))
    share = 0.05 if series.signal == "sim.bgp" else 1.0
    values = series.values.copy()
    values[lost] *= share
    return replace(series, values=values)


def _blocked_and_down() -> Iterator[dict[str, Any]]:
    """From the tenth day one site is kept away here and another answers nobody."""
    gone = {"tcp_connect": {f"{SERVER}:443": {"status": False, "failure": TIMEOUT}}, "http_request": NO_PAGE}
    for number in range(4 * DAYS):
        moment, late = START + timedelta(hours=6 * number), number >= 2 * DAYS
        for nth, network in enumerate(NETWORKS):
            key = 100 * number + 10 * nth
            yield dict(web(moment, network, "orda.kz", key, blocked=late))
            yield dict(web(moment, network, "zakon.kz", key + 1, blocked=False))
            broken: dict[str, Any] = dict(web(moment, network, "down.example.org", key + 2, blocked=late))
            if late:
                keys = broken["test_keys"]
                broken |= {"test_keys": keys | {"control": keys["control"] | gone, "blocking": None}}
            yield broken


EMERGENCY = """
[[documents]]
id = "called-in-vain"
text = "A report made for this test."
kind = "report"
by = "A clinic"
published = "2022-01-20"
seen = "2026-11-23"
source_class = ["ngo"]

[[harms]]
id = "no-answer"
text = "The emergency number could not be reached, for this test."
sources = ["called-in-vain"]
field = "health"
emergency = true
at = "2022-01-06"
places = ["KZ"]
"""


def test_l10_an_emergency_is_never_inferred_from_a_cut(account: Account, episode: Episode) -> None:
    """L10: whether emergency services could be reached needs evidence of its own."""
    assert any(one.kind is PhaseKind.BLACKOUT and one.places == ("KZ",) for one in episode.phases)
    assert not any(one.emergency for one in account.harms)
    assert account.answer("K12").answer is Answer.UNKNOWN


def test_l10_an_emergency_has_its_flag_where_a_source_says_so(view: CaseView) -> None:
    """L10: and where a source says so it is flagged (a row made for this, added to the case)."""
    (flagged,) = dossier_of(with_rows(view, EMERGENCY)).accounts
    assert [one.field for one in flagged.harms if one.emergency] == [Field.HEALTH]
    assert flagged.answer("K12").answer is Answer.NO
    not_an_emergency = EMERGENCY.replace("emergency = true", "emergency = false")
    (told,) = dossier_of(with_rows(view, not_an_emergency)).accounts
    assert not any(one.emergency for one in told.harms)
    assert told.answer("K12").answer is Answer.UNKNOWN


def test_l13_the_permitted_list_of_8_january_is_shown(
    dossier: Dossier, account: Account, held: html.HtmlElement
) -> None:
    """L13: whether people could pay, and which services alone were let through."""
    permitted = [one for one in dossier.registers.of(Reachability) if one.reach is Reach.PERMITTED]
    (bank,) = [one for one in permitted if one.field is Field.BANKING]
    outlets = [one for one in permitted if one.field is Field.MEDIA]
    assert "kaspi" in bank.service.lower()
    assert {one.service.lower() for one in outlets} == OUTLETS
    for row in (bank, *outlets):
        assert row.at == "2022-01-08"
        (shown,) = held.xpath(f"//li[@id='row-{row.id}']")
        assert row.service in words(shown)
        assert "8 January 2022" in words(shown)
    listed = account.answer("K13")
    assert (listed.answer, listed.speaks) == (Answer.YES, Speaks.AGAINST)


OUTLETS = {"tengrinews.kz", "inform.kz", "baq.kz", "24.kz", "stopfake.kz", "qazaqstan.tv"}


def test_l14_cost_is_a_range_of_published_claims(account: Account, held: html.HtmlElement) -> None:
    """L14: what it cost, as a range over several methods, each with its inputs and its source."""
    found = account.cost
    assert found.published is not None
    assert (found.published.low.usd, found.published.high.usd) == (189_000_000, 500_000_000)
    assert found.computed is not None
    assert found.computed.low.usd != found.computed.high.usd
    page = words(section(held, "cost"))
    assert "Published claims: 189 to 500 million US dollars." in page
    assert all(one.inputs and one.source for one in found.estimates if one.usd is not None)
    netloss = next(one for one in found.estimates if one.method == "isoc-netloss")
    assert (netloss.status, netloss.usd) == (MethodStatus.WITHDRAWN, None)
    (row,) = [one for one in section(held, "cost").xpath(".//tbody/tr") if "NetLoss" in words(one)]
    assert "withdrawn" in words(row)


def test_l14_damage_by_riots_and_one_company_are_not_counted(account: Account, held: html.HtmlElement) -> None:
    """L14: what is no cost of the shutdown stands apart, with the reason."""
    apart = {one.claim.counts for one in account.cost.apart}
    assert {Counts.RIOT, Counts.COMPANY} <= apart
    assert {one.counts for one in account.cost.claims} == {Counts.SHUTDOWN}
    assert "It counts damage by riots, which is no cost of the shutdown." in words(section(held, "cost"))


def test_l15_what_others_say_of_causes_stays_theirs(dossier: Dossier, held: html.HtmlElement) -> None:
    """L15: that a price fell after is somebody's claim, unproven, and told as theirs."""
    (claim,) = [one for one in dossier.registers.of(Claim) if one.topic == "bitcoin-price"]
    assert claim.by
    assert dossier.standing(claim) is Status.UNPROVEN
    shown = section(held, "claims")
    (row,) = shown.xpath(f".//li[@id='row-{claim.id}']")
    assert "unproven" in words(row)
    assert "Kuager makes none of them its own." in words(shown)


@pytest.mark.parametrize("word", ["caused", "led to", "because of", "вызвало", "привело к", "салдарынан"])
def test_l15_no_causal_word_without_a_test(word: str) -> None:
    """L15: a row of ours that says what brought something about is refused; as a claim it stays unproven."""
    said = EMERGENCY.replace("The emergency number could not", f"The cut {word} that the emergency number could not")
    with pytest.raises(CodecError):
        decode(said.encode(), RECEIVED)
    claim = f"""
[[claims]]
id = "claimed"
text = "The cut {word} it, says somebody."
sources = ["called-in-vain"]
topic = "made-for-this-test"
by = "Somebody"
at = "2022-01-20"
"""
    (found,) = decode(claim.encode(), RECEIVED).of(Claim)
    assert found.status is Status.UNPROVEN


def test_l15_no_page_says_in_our_words_what_brought_something_about(founding: dict[str, CaseView]) -> None:
    """L15: nor does any row of the case itself, in any of its languages."""
    assert not [row.id for row in founding["en"].registers if unfounded(row)]
