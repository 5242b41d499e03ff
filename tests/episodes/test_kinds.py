"""Who saw an episode is answered once, and every sentence says the same."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from tests.episodes.conftest import Make
from tests.episodes.test_fusion import BGP, GOOGLE, PROBING, TELESCOPE, episodes, kinds

from kuager.episodes import grade
from kuager.model.episodes import Episode
from kuager.model.notes import Note
from kuager.model.words import Explanation, PhaseKind, Stance
from kuager.publications.language import translator


def told(notes: tuple[Note, ...]) -> str:
    return " ".join(translator("en").note(note) for note in notes)


def counted(episode: Episode) -> dict[str, str]:
    return next(note.facts for note in episode.reasons if "every" in note.facts)


def test_each_kind_stands_once_and_the_counts_are_those_of_the_lists(make: Make) -> None:
    (one,) = episodes(
        make(PROBING, (20, 25, 0.05)), make(GOOGLE, (20, 25, 0.05)), make(TELESCOPE, (20, 20.5, 0.05)), make(BGP)
    )
    assert one.kinds is not None
    assert set(one.kinds.saw) == {"probing", "google"}
    assert set(one.kinds.in_part) == {"telescope"}
    assert set(one.kinds.missed) == {"routing"}
    assert one.kinds.neither == {}
    assert counted(one) == {"every": "4", "saw": "2", "in_part": "1", "missed": "1", "neither": "0"}
    agreeing = {reading.signal for reading in one.signals if reading.stance is Stance.AGREES}
    assert {name for names in one.kinds.saw.values() for name in names} == agreeing
    said = told(one.reasons)
    assert "2 independent kinds of signal saw it: " in said
    assert "Saw a part of it, and normal for most of it: Telescope." in said
    assert "Could have seen it and did not: BGP." in said
    assert "Routes that stay announced count for nothing against it" in said


def test_a_signal_that_disagrees_is_never_quoted_among_those_that_saw_it(make: Make) -> None:
    routing = make(BGP, (20, 20.6, 0.5))
    (one,) = episodes(make(PROBING, (20, 30, 0.04)), make(GOOGLE, (20, 30, 0.04)), routing)
    assert {reading.stance for reading in one.signals if reading.signal == BGP} == {Stance.DISAGREES}
    assert one.kinds is not None
    assert "routing" not in one.kinds.saw
    source = next(other for other in one.alternatives if other.explanation is Explanation.SOURCE)
    (against,) = source.speaks_against
    assert against.facts["count"] == "2"
    assert BGP not in against.facts["signals"].split()


def test_hours_of_service_are_nobodys_dissent(make: Make) -> None:
    cuts = ((20, 20.1, 0.02), (20.55, 20.65, 0.02))
    (one,) = episodes(make(PROBING, *cuts), make(GOOGLE, *cuts))
    assert {reading.stance for reading in one.signals} == {Stance.AGREES}


def test_one_provider_behind_all_kinds_is_named(make: Make) -> None:
    (one,) = episodes(make(PROBING, (20, 22, 0.05)), make(GOOGLE, (20, 22, 0.05)))
    assert "all of them came through one provider all the same (IODA, Georgia Tech)" in told(one.reasons)
    (two,) = episodes(make(PROBING, (20, 22, 0.05)), make("radar.netflows", (20, 22, 0.05)))
    assert "those here came through 2 providers" in told(two.reasons)


def test_a_probability_is_told_with_what_it_was_learnt_from_and_not_above_what_it_is_worth(make: Make) -> None:
    (one,) = episodes(make(PROBING, (20, 22, 0.05)), make(GOOGLE, (20, 22, 0.05)))
    assert one.probability > grade.MOST_TOLD
    (sentence,) = [line for line in map(translator("en").note, one.reasons) if "probable" in line]
    assert "more than 95 per cent probable" in sentence
    assert "simulated outages" in sentence


def test_the_most_that_is_told_goes_with_the_calibration_that_was_measured() -> None:
    accuracy = Path(__file__, "../../../docs/accuracy.md").resolve().read_text(encoding="utf-8")
    row = re.search(r"\| episodes, second \|.*\| ([\d.]+) \([\d.]+ to [\d.]+\) \|", accuracy)
    assert row is not None
    assert float(row[1]) >= 0.10, "calibrated better than that, sentences may tell more than 95 per cent"


def test_a_series_of_few_ordinary_days_does_not_make_phases_flicker(make: Make) -> None:
    service = [(4 + hours, 4 + hours + 0.2) for hours in np.arange(0.2, 6, 0.45)]
    edges = [4.0, *(edge for pair in service for edge in pair), 10.0]
    ragged = [(first, last, 0.02) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    steady = (4, 10, 0.02)
    (short,) = episodes(*(make(name, steady, days=10) for name in (PROBING, GOOGLE, "ioda.mozilla")),
                        make(TELESCOPE, *ragged, days=10))  # fmt: skip
    assert kinds(short) == [PhaseKind.BLACKOUT]
    assert short.ordinary_days == 4
    later = [(first + 20, last + 20, share) for first, last, share in ragged]
    (known,) = episodes(*(make(name, (24, 30, 0.02)) for name in (PROBING, GOOGLE, "ioda.mozilla")),
                        make(TELESCOPE, *later))  # fmt: skip
    assert PhaseKind.PARTIAL in kinds(known)  # what is well known keeps its say
    assert known.ordinary_days is None


def test_values_that_were_set_aside_are_no_gap(make: Make) -> None:
    silent = make(TELESCOPE, (20, 21, np.nan))
    stuck = make(TELESCOPE)
    stuck.detection.observed[20 * 48 : 21 * 48] = False  # as the gate leaves a sensor that repeats itself
    for one, aside in ((silent, 0.0), (stuck, 0.5)):
        found = episodes(make(PROBING, (20, 22, 0.05)), make(GOOGLE, (20, 22, 0.05)), one)
        (reading,) = [other for other in found[0].signals if other.signal == TELESCOPE]
        assert reading.coverage == 0.5
        assert reading.set_aside == aside
