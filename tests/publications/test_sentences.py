from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from tests.publications.conftest import CUT, in_language

from kuager.model.words import Level, Stance
from kuager.publications.view import EpisodeView
from kuager.publications.wording.contrast import contrasts
from kuager.publications.wording.sentence import darkness, sentence, title


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_sentence_says_what_where_when_how_sure_and_who_disagrees(simulated_view: EpisodeView) -> None:
    told = plain(sentence(simulated_view))
    assert told == (
        "Kazakhstan: internet shutdown, from 5 January 2022, 10:30 UTC (16:30 Almaty) to 11 January 2022, 02:15 UTC "
        "(08:15 Almaty); corroborated, 4 of 5 simulated signals agree; BGP disagrees."
    )
    assert plain(title(simulated_view)).startswith("Kazakhstan: internet shutdown, 5–11 Jan")


def test_an_ongoing_outage_of_unknown_cause_claims_neither_end_nor_order(ongoing_view: EpisodeView) -> None:
    told = plain(sentence(ongoing_view))
    assert "internet outage, cause not known" in told
    assert "still going on at 10 January 2022, 02:15 UTC" in told
    assert "shutdown" not in told


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_other_languages_leave_no_english_and_no_open_field(simulated_view: EpisodeView, language: str) -> None:
    view = in_language(simulated_view, language)
    for told in (sentence(view), title(view), *contrasts(view)):
        assert "{" not in told
        assert not {"from", "agree", "signals", "was"} & set(told.split())


def test_nobody_disagreeing_leaves_no_clause(simulated_view: EpisodeView) -> None:
    agreeing = tuple(one for one in simulated_view.episode.signals if one.stance is Stance.AGREES)
    episode = msgspec.structs.replace(simulated_view.episode, signals=agreeing, level=Level.CONFIRMED)
    told = plain(sentence(replace(simulated_view, episode=episode)))
    assert told.endswith("; confirmed, 4 of 4 simulated signals agree.")


def test_routing_that_stayed_up_is_contrasted_with_probing(simulated_view: EpisodeView) -> None:
    told = plain(contrasts(simulated_view)[0])
    assert "looked at BGP alone would have seen almost nothing" in told
    assert "never fell below 95 %" in told
    assert "Active probing stood at about 15 %" in told


def test_routing_that_came_back_early_is_said_to_mislead(simulated_view: EpisodeView) -> None:
    bgp, *others = simulated_view.episode.signals
    early = msgspec.structs.replace(bgp, start=CUT, end=CUT + timedelta(hours=15), depth=0.05, probability=0.9)
    episode = msgspec.structs.replace(simulated_view.episode, signals=(early, *others))
    told = plain(contrasts(replace(simulated_view, episode=episode))[0])
    assert "would have called it over on 6 January 2022, 01:30 UTC" in told
    assert "after 15 hours" in told


def test_signals_that_tell_one_story_need_no_contrast(simulated_view: EpisodeView) -> None:
    agreeing = tuple(one for one in simulated_view.episode.signals if one.stance is Stance.AGREES)
    episode = msgspec.structs.replace(simulated_view.episode, signals=agreeing)
    assert contrasts(replace(simulated_view, episode=episode)) == ()


def test_few_ordinary_days_are_told_in_every_sentence_that_can_be_quoted(ongoing_view: EpisodeView) -> None:
    episode = msgspec.structs.replace(ongoing_view.episode, ordinary_days=4)
    short = replace(ongoing_view, episode=episode)
    assert "judged by about 4 ordinary days, where two weeks are needed" in plain(sentence(short))
    assert plain(darkness(short)).startswith("Blackout for ")
    assert plain(darkness(short)).endswith(", with about 4 ordinary days known.")
    assert "ordinary" not in sentence(ongoing_view) + darkness(ongoing_view)
