"""The cause is shown with what it rests on, and no page says more of it than that."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from rich.console import Console
from tests.publications.conftest import in_language
from tests.publications.test_pages import BUDGET, parsed

from kuager.episodes.cause import Timing, cause
from kuager.errors import message
from kuager.model.episodes import Alternative, Cause
from kuager.model.notes import Note
from kuager.model.words import AlternativeStatus, CauseValue, EpisodeKind, Explanation, Level
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.records.episode import episode_record
from kuager.publications.site.episode import render_episode
from kuager.publications.terminal import timeline
from kuager.publications.view import EpisodeView
from kuager.publications.wording.why import why

AT_ONCE = Note(message("It came back at once, within {minutes} min, as when something is switched on ({signals})."), {
    "minutes": "10", "signals": "sim.probing"})  # fmt: skip
ORDERED = Note(message("Those responsible said that it was done by law or order: {documents}."), {"documents": "T<1>"})
STATUSES = (AlternativeStatus.SUPPORTED, AlternativeStatus.CANNOT_BE_TOLD, AlternativeStatus.UNLIKELY)


def with_cause(view: EpisodeView, value: CauseValue = CauseValue.UNKNOWN) -> EpisodeView:
    documented = Cause(value, Level.CANNOT_TELL if value is CauseValue.UNKNOWN else Level.SIGNAL)
    alternatives = tuple(
        Alternative(explanation, STATUSES[number % 3], (AT_ONCE,) * (number % 2), (ORDERED, AT_ONCE), ())
        for number, explanation in enumerate(Explanation)
    )
    episode = msgspec.structs.replace(
        view.episode,
        kind=EpisodeKind.OUTAGE,
        cause=cause(documented, Timing(240, 5.0, 3, 3), ()),
        alternatives=alternatives,
    )
    return replace(view, episode=episode)


@pytest.fixture
def suspected(simulated_view: EpisodeView) -> EpisodeView:
    return with_cause(simulated_view)


def test_a_suspicion_is_never_told_without_what_it_is_not(suspected: EpisodeView) -> None:
    assert suspected.episode.cause.value is CauseValue.SUSPECTED
    page = render_episode(suspected).replace("\u00a0", " ")
    for words in (
        "cause: not known; its timing resembles that of ordered outages",
        "That rests on its timing alone.",
        "It is no evidence that anyone ordered this outage, nor of who did.",
        "in 6 countries only",
        "Planned power cuts",
        "internet outage, cause not known",
    ):
        assert words in page, words
    assert "internet shutdown" not in page


def test_every_explanation_stands_in_the_table_and_what_is_common_stands_once(suspected: EpisodeView) -> None:
    page = render_episode(suspected)
    assert page.count("This speaks against all of them: Those responsible") == 1
    assert page.count("T&lt;1&gt;") == 1
    for name in ("Power cut", "Cable cut", "Natural disaster", "Failure of the measurement", "Holiday or habit"):
        assert name in page
    for status in ("● </span>", "supported", "unlikely", "cannot be told"):
        assert status.replace(" </span>", "</span>") in page
    assert "Nothing is ever excluded" in page


def test_features_are_told_with_what_they_do_to_the_odds(suspected: EpisodeView) -> None:
    rows = {row.name: row for row in why(suspected.episode, translator("en")).features}
    assert rows["Began on the full hour of the local clock"].value == "yes"
    assert rows["Length"].value == "5 h"
    assert rows["Of these, at the same clock time"].value == "3"
    assert rows["Of these, at the same clock time"].odds.startswith("× ")


def test_documents_are_said_to_be_documents(simulated_view: EpisodeView) -> None:
    page = render_episode(with_cause(simulated_view, CauseValue.ORDERED))
    assert "Cause: ordered." in page
    assert "One party says so in documents." in page
    assert "neither confirms the documents nor contradicts them" in page


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_page_stays_whole_and_light(suspected: EpisodeView, language: str) -> None:
    page = render_episode(in_language(suspected, language))
    parsed(page)
    assert len(page.encode()) < BUDGET


def test_programs_get_the_same(suspected: EpisodeView) -> None:
    record = msgspec.json.decode(msgspec.json.encode(episode_record(suspected.episode)))
    assert set(record["cause"]) == {"value", "level", "probability", "features", "notes"}
    assert record["cause"]["value"] == "suspected"
    assert 0.8 <= record["cause"]["probability"] <= 0.95
    first = record["alternatives"][0]
    assert set(first) == {"explanation", "status", "for", "against", "not_measured"} | {
        "weights_for",
        "weights_against",
    }
    assert [one["explanation"] for one in record["alternatives"]] == [one.value for one in Explanation]
    assert "within 10 min" in first["against"][1]


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_says_of_each_what_speaks_for_and_against_it(suspected: EpisodeView, width: int) -> None:
    written = io.StringIO()
    Console(file=written, width=width).print(timeline(suspected, width))
    lines = written.getvalue().splitlines()
    told = " ".join(written.getvalue().split())
    assert sum(line.startswith(("  ● ", "  ◇ ", "  ○ ")) for line in lines) == len(Explanation)
    assert "○ Cable cut: cannot be told + It came back at once, within 10 min" in told
    assert told.count("This speaks against all of them: Those responsible") == 1
    assert "findings for it" not in told
    assert "no evidence that anyone" in told


def test_a_finding_that_counts_twice_is_marked(suspected: EpisodeView) -> None:
    first, *others = suspected.episode.alternatives
    once = msgspec.structs.replace(first, speaks_against=(AT_ONCE,), weights_against=(1,))
    plain = msgspec.structs.replace(others[0], speaks_for=(), weights_against=(1, 2))
    told = why(msgspec.structs.replace(suspected.episode, alternatives=(plain, once)), translator("en"))
    assert [line[-2:] for line in told.against_all] == ["×2"]
    assert told.alternatives[0].speaks_against == ("Those responsible said that it was done by law or order: T<1>.",)
    alone = msgspec.structs.replace(others[0], weights_for=(2,), speaks_against=(), weights_against=())
    episode = msgspec.structs.replace(suspected.episode, alternatives=(first, alone))
    assert why(episode, translator("en")).alternatives[1].speaks_for[0].endswith("(Active probing). ×2")
    page = render_episode(replace(suspected, episode=episode))
    assert "(Active probing). ×2" in page
    assert "one marked ×2 twice" in page
