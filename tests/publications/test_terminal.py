from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from rich.console import Console
from tests.publications.conftest import in_language, reading_of

from kuager.errors import message
from kuager.model.notes import Note
from kuager.publications.terminal import nothing_found, timeline
from kuager.publications.view import CaseView, EpisodeView


def printed(view: EpisodeView, width: int, *, colour: bool = False) -> str:
    written = io.StringIO()
    Console(file=written, width=width, force_terminal=colour, color_system="truecolor" if colour else None).print(
        timeline(view, width)
    )
    return written.getvalue()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_story_fits_the_terminal_and_says_everything(simulated_view: EpisodeView, width: int) -> None:
    told = printed(simulated_view, width).replace("\u00a0", " ")
    lines = told.splitlines()
    assert max(len(line) for line in lines) <= width
    assert "SIMULATED SIGNALS" in lines[0]
    whole = " ".join(told.split())
    for words in (
        "corroborated, 4 of 5 simulated signals agree; BGP disagrees",
        "not measuring",
        "5 Jan",
        "16:30",
        "blackout",
    ):
        assert words in whole
    row = next(line for line in lines if "Telescope" in line)
    assert {"█", "▁", "░"} <= set(row)
    assert "\x1b" not in told


def test_states_differ_by_character_and_by_colour(simulated_view: EpisodeView) -> None:
    bgp = next(line for line in printed(simulated_view, 100).splitlines() if "◇ BGP" in line)
    assert set(bgp.removeprefix("◇ BGP").strip()) == {"▁"}
    assert "\x1b[" in printed(simulated_view, 100, colour=True)


def test_an_ongoing_episode_is_drawn_to_the_end_of_the_data(ongoing_view: EpisodeView) -> None:
    told = printed(ongoing_view, 100)
    assert "SIMULATED" not in told
    assert "still going on" in told


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_other_languages(simulated_view: EpisodeView, language: str) -> None:
    told = printed(in_language(simulated_view, language), 100)
    assert {"ru": "не измеряет", "kk": "өлшемейді"}[language] in told


def test_nothing_found_is_not_nothing_happened(simulated_view: EpisodeView) -> None:
    written = io.StringIO()
    quiet = CaseView(simulated_view.about, (), (reading_of("ioda.bgp", 0.98),))
    Console(file=written, width=80).print(nothing_found(quiet, 80))
    told = " ".join(written.getvalue().split())
    assert "does not mean that nothing happened" in told
    assert "100 %" in told


def test_the_terminal_tells_who_saw_it_and_how_probable_it_is(simulated_view: EpisodeView) -> None:
    note = Note(message("Of {every} independent kinds of signal {saw} saw it."), {"every": "4", "saw": "3"})
    episode = msgspec.structs.replace(simulated_view.episode, reasons=(note,))
    assert "• Of 4 independent kinds of signal 3 saw it." in printed(replace(simulated_view, episode=episode), 100)
