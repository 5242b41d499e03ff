"""IODA's own export for Iran, December 2025 to January 2026: what a real file must show."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from kuager.case.adding import add_file
from kuager.case.detecting import Detected, detect_case
from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.model.episodes import Episode, Reading
from kuager.model.time import parse_utc
from kuager.model.words import CauseValue, EpisodeKind, Explanation, Level, PhaseKind, Stance, State
from kuager.publications.records.episode import episode_record


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Case:
    settings = Settings("", ("IR",), parse_utc("2025-12-01"), parse_utc("2026-01-29", end_of_day=True))
    made = new_case(tmp_path_factory.mktemp("cases") / "ir-2026", settings)
    add_file(made, iran_export, "ioda-export", None)
    return made


@pytest.fixture(scope="module")
def found(case: Case) -> Detected:
    return detect_case(case)


@pytest.fixture(scope="module")
def episode(found: Detected) -> Episode:
    (only,) = found.episodes
    return only


def reading(episode: Episode, signal: str) -> Reading:
    return next(one for one in episode.signals if one.signal == f"ioda.{signal}")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def state_at(one: Reading, moment: datetime) -> State:
    return next(span.state for span in one.spans if span.start <= moment < span.end)


def test_there_is_one_episode_and_it_is_corroborated(episode: Episode) -> None:
    assert episode.level is Level.CORROBORATED
    assert episode.probability > 0.99
    assert episode.kind is EpisodeKind.OUTAGE  # no document names an order
    assert episode.cause.value is CauseValue.UNKNOWN
    assert episode.id == "ir-2026-01-08-a"
    assert not episode.simulated


def test_the_onset_is_an_interval_on_the_afternoon_of_8_january(episode: Episode) -> None:
    assert at("2026-01-08T16:00") <= episode.start_earliest <= episode.start <= episode.start_latest
    assert episode.start_latest <= at("2026-01-08T17:00")


def test_probing_leads_and_google_follows_two_hours_later(episode: Episode) -> None:
    probing, google = reading(episode, "ping-slash24"), reading(episode, "gtr-norm")
    assert probing.start == at("2026-01-08T16:30")
    assert google.start == at("2026-01-08T18:30")
    assert probing.lowest == pytest.approx(0.035, abs=0.005)


def test_whoever_reads_bgp_alone_would_call_it_over(episode: Episode) -> None:
    bgp = reading(episode, "bgp")
    assert bgp.stance is Stance.DISAGREES
    assert bgp.lowest is not None
    assert bgp.lowest > 0.86
    assert bgp.start == at("2026-01-08T18:00")
    assert bgp.end is not None
    assert bgp.end < at("2026-01-09T12:00")
    assert state_at(bgp, at("2026-01-10T12:00")) is State.NORMAL


def test_the_telescope_is_not_measuring_where_its_column_is_empty(episode: Episode) -> None:
    telescope = reading(episode, "merit-nt")
    assert state_at(telescope, at("2026-01-08T20:00")) is State.NOT_OBSERVABLE
    assert state_at(telescope, at("2026-01-09T00:30")) is State.DOWN
    assert 0.5 < telescope.coverage < 0.9
    silent = sum((s.end - s.start).total_seconds() for s in telescope.spans if s.state is State.NOT_OBSERVABLE)
    empty_samples, after_the_file = 2864 - 2590, 8 * 3600
    assert silent == empty_samples * 1800 + after_the_file


def test_googles_return_is_a_change_of_phase_and_not_the_end(episode: Episode) -> None:
    kinds = [phase.kind for phase in episode.phases]
    assert PhaseKind.BLACKOUT in kinds
    blackout = episode.phases[kinds.index(PhaseKind.BLACKOUT)]
    assert blackout.end is not None
    assert at("2026-01-18T00:00") <= blackout.end <= at("2026-01-19T12:00")
    assert episode.phases[kinds.index(PhaseKind.BLACKOUT) + 1].kind is PhaseKind.PARTIAL
    assert state_at(reading(episode, "ping-slash24"), at("2026-01-22T12:00")) is State.DOWN


def test_the_end_lies_on_27_or_28_january(episode: Episode) -> None:
    assert not episode.ongoing
    assert episode.end is not None
    assert episode.end_earliest is not None
    assert at("2026-01-27T00:00") <= episode.end_earliest <= episode.end < at("2026-01-29T00:00")


def test_phases_touch_and_fill_the_episode(episode: Episode) -> None:
    assert episode.phases[0].start == episode.start
    assert episode.phases[-1].end == episode.end
    assert all(one.end == other.start for one, other in pairwise(episode.phases))


def test_december_has_no_event_that_two_kinds_of_signal_share(found: Detected) -> None:
    before = [event for event in found.events if event.start.best < at("2026-01-01T00:00")]
    assert not [event for event in before if event.signal in ("ioda.bgp", "ioda.ping-slash24")]


def test_detecting_again_changes_nothing(case: Case, found: Detected) -> None:
    files = {path: path.read_bytes() for path in case.episodes.iterdir()}
    again = detect_case(case)
    assert again.episodes == found.episodes
    assert again.new == ()
    assert {path: path.read_bytes() for path in case.episodes.iterdir()} == files


def test_what_cannot_be_told_is_said(episode: Episode) -> None:
    said = " ".join(note.template for note in episode.unknowns)
    assert "no document" in said
    assert "per cent of the highest value" in said
    assert "mobile and fixed" in said


def test_a_window_that_ends_inside_leaves_it_ongoing(tmp_path: Path, iran_export: Path) -> None:
    lines = iran_export.read_text().splitlines(keepends=True)
    cut = tmp_path / "cut.csv"
    cut.write_text("".join(line for line in lines if line[1:11] < "2026-01-15" or line.startswith('"Time')))
    settings = Settings("", ("IR",), parse_utc("2025-12-01"), parse_utc("2026-01-14", end_of_day=True))
    made = new_case(tmp_path / "ir", settings)
    add_file(made, cut, "ioda-export", None)
    (only,) = detect_case(made).episodes
    assert only.ongoing
    assert only.end is None
    assert only.phases[-1].end is None
    assert "data end" in only.unknowns[0].template


def test_no_sentence_counts_routing_among_those_that_saw_it(episode: Episode) -> None:
    assert episode.kinds is not None
    assert set(episode.kinds.saw) == {"probing", "google", "telescope", "mozilla"}
    assert episode.kinds.in_part == {"routing": ("ioda.bgp",)}
    record = episode_record(episode)
    assert record["kinds"] == msgspec.to_builtins(episode.kinds)
    agreeing = sum(one.stance is Stance.AGREES for one in episode.signals)
    assert agreeing == 4
    source = next(one for one in episode.alternatives if one.explanation is Explanation.SOURCE)
    notes = [*episode.reasons, *source.speaks_against]
    saw = [note.facts.get("count", note.facts.get("saw")) for note in notes if "saw it" in note.template]
    assert saw == ["4"] * 3


def test_a_file_of_twelve_days_has_steady_phases_and_says_how_little_is_known(
    tmp_path: Path, iran_export: Path
) -> None:
    lines = iran_export.read_text().splitlines(keepends=True)
    cut = tmp_path / "cut.csv"
    inside = (line for line in lines if "2026-01-05" <= line[1:11] <= "2026-01-16")
    cut.write_text("".join([lines[0], *inside]))
    made = new_case(tmp_path / "ir", Settings("", ("IR",), parse_utc("2026-01-05"), parse_utc("2026-01-17")))
    add_file(made, cut, "ioda-export", None)
    (only,) = detect_case(made).episodes
    assert [phase.kind for phase in only.phases] == [PhaseKind.PARTIAL, PhaseKind.BLACKOUT]
    assert only.ordinary_days == 4
