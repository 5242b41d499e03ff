"""Networks and regions add up to their country: what is hit and spared, episodes that only the parts tell of."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.detection.drawn import DAY, START
from tests.episodes.drawn import Cut, half_hourly

from kuager.detection import detect
from kuager.episodes.assemble import episodes_at
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.episodes.whole import with_parts
from kuager.model.episodes import Episode
from kuager.model.scope import Division, Part
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.words import (
    Access,
    Level,
    PartsKind,
    PartState,
    PhaseKind,
    Scale,
    SignalKind,
    Stance,
    State,
    Weighting,
)
from kuager.sources.registry import signal

PROBING, BGP, GOOGLE = "ioda.ping-slash24", "ioda.bgp", "ioda.gtr"
FIXED = ("AS9198", "AS50482", "AS39824", "AS41798")
"""Kazakh networks that the register calls fixed, with half of all addresses between them."""
MOBILE = ("AS29355", "AS48503", "AS29555", "AS206026")
"""And mobile ones, with a quarter."""
MIXED = "AS21299"
WINDOW = (START, START + 40 * DAY)


def series(name: str, place: str, *cuts: Cut, days: int = 40) -> Examined:
    return half_hourly(name, place, cuts, name + place, days=days)


def told(place: str, examined: Sequence[Examined]) -> list[Episode]:
    """The episodes of the whole after its parts were heard; those of the parts are left out."""
    by_place: dict[str, list[Examined]] = defaultdict(list)
    for one in examined:
        by_place[one.series.place].append(one)
    around = Circumstances(WINDOW, 1, True, (), (), (), {code: (code,) for code in by_place})
    own = [episode for code in sorted(by_place) for episode in episodes_at(code, by_place[code], around)]
    found = with_parts(own, by_place, [place], around)
    assert len([one for one in found if one.place != place]) == len([one for one in own if one.place != place])
    return sorted((one for one in found if one.place == place), key=lambda one: one.start)


def networks(*codes: str, **cuts: Cut) -> list[Examined]:
    return [series(PROBING, code, *([cuts[code]] if code in cuts else [])) for code in codes]


def divided(episode: Episode, kind: PartsKind = PartsKind.NETWORKS) -> Division:
    assert episode.scope is not None
    (found,) = [one for one in episode.scope.divisions if one.kind is kind]
    return found


def states(division: Division) -> Mapping[str, PartState]:
    return {part.place: part.state for part in division.parts}


def part(division: Division, place: str) -> Part:
    return next(one for one in division.parts if one.place == place)


def day(number: float) -> int:
    return START + int(number * DAY)


def notes(episode: Episode) -> str:
    return "\n".join(note.template for note in (*episode.reasons, *episode.unknowns))


def test_networks_that_fall_at_once_are_an_episode_of_their_country() -> None:
    onsets = {code: (20 + index / 48, 22.0, 0.03) for index, code in enumerate((*FIXED, *MOBILE))}
    (one,) = told("KZ", networks(*FIXED, *MOBILE, MIXED, **onsets))
    assert one.scope is not None
    assert one.scope.rolled_up
    assert one.id == "kz-2022-01-21-a"
    assert day(20) <= to_epoch(one.start) <= day(20 + 1 / 48)  # the first network alone is less than half of it
    assert one.end == datetime.fromtimestamp(day(22), UTC)
    assert one.start_earliest < one.start < one.start_latest
    assert one.level is Level.SIGNAL
    assert one.probability > 0.9
    division = divided(one)
    assert states(division)[MIXED] is PartState.SPARED
    assert [code for code, state in states(division).items() if state is PartState.HIT] == [*FIXED, *MOBILE]
    assert division.onsets is not None
    assert (to_epoch(division.onsets.first), to_epoch(division.onsets.last)) == (day(20), day(20 + 7 / 48))
    assert to_epoch(division.onsets.median) == day(20 + 3.5 / 48)
    assert set(one.phases[-1].places) == {"KZ", *FIXED, *MOBILE}
    assert set(one.phases[0].places) < {"KZ", *FIXED, *MOBILE}
    assert one.inputs == tuple(sorted((*FIXED, *MOBILE, MIXED)))
    assert "Put together from its networks" in notes(one)
    assert "Addresses are not users" in notes(one)


def test_the_share_lost_is_that_of_addresses_with_an_interval() -> None:
    cuts = dict.fromkeys(FIXED, (20.0, 22.0, 0.0))
    (one,) = told("KZ", networks(*FIXED, *MOBILE, MIXED, **cuts))
    division = divided(one)
    weight = sum(part(division, code).weight for code in FIXED)
    share = division.worst.share
    assert division.weighting is Weighting.ADDRESSES
    assert 0.45 < weight < 0.55
    assert share.low <= weight <= share.high
    assert share.down == pytest.approx(weight, abs=0.05)
    assert share.down + share.up + share.unknown == pytest.approx(1, abs=1e-9)
    measured = sum(part(division, code).weight for code in (*FIXED, *MOBILE, MIXED))
    assert share.unknown == pytest.approx(1 - measured, abs=1e-3)
    assert division.worst.share.verdict is State.DEGRADED
    assert [moment.start for moment in division.course] == sorted(moment.start for moment in division.course)
    lost = {each.operator: each.share.down for each in division.operators}
    assert lost["Kazakhtelecom"] > 0.8
    assert lost["Kcell"] == 0


def test_only_mobile_networks_down_is_mobile_only_and_mixed_ones_count_in_neither() -> None:
    cuts = dict.fromkeys((*MOBILE, MIXED), (20.0, 22.0, 0.02))
    (one,) = told("KZ", networks(*FIXED, *MOBILE, MIXED, **cuts))
    division = divided(one)
    assert division.mobile_only
    assert division.mobile is not None
    assert division.fixed is not None
    assert division.mobile.low > 0.8
    assert division.fixed.down == 0
    assert {phase.access for phase in one.phases} == {Access.MOBILE}
    assert "Mobile access only" in notes(one)
    assert "no signal here tells them apart" not in notes(one)
    everything = dict.fromkeys((*FIXED, *MOBILE, MIXED), (20.0, 22.0, 0.02))
    (other,) = told("KZ", networks(*FIXED, *MOBILE, MIXED, **everything))
    assert not divided(other).mobile_only
    assert PhaseKind.BLACKOUT in {phase.kind for phase in other.phases}


def test_one_small_network_makes_no_episode_of_the_country() -> None:
    assert told("KZ", networks(*FIXED, *MOBILE, MIXED, AS48503=(20.0, 22.0, 0.0))) == []


def test_a_country_of_which_less_than_half_is_measured_has_none_either() -> None:
    cuts = dict.fromkeys(MOBILE, (20.0, 22.0, 0.0))
    assert told("KZ", networks(*MOBILE, **cuts)) == []
    own = [series(PROBING, "KZ", (20, 22, 0.1)), series(GOOGLE, "KZ", (20, 22, 0.1))]
    (one,) = told("KZ", [*own, *networks(*MOBILE, **cuts)])
    assert divided(one).worst.share.verdict is State.NOT_OBSERVABLE
    assert "half of them are needed" in notes(one)


def test_routes_that_stay_announced_are_no_service_and_no_measurement() -> None:
    silent = [series(BGP, code) for code in FIXED]
    cuts = dict.fromkeys(MOBILE, (20.0, 22.0, 0.0))
    assert told("KZ", [*silent, *networks(*MOBILE, **cuts)]) == []


def test_an_episode_with_signals_of_its_own_keeps_its_edges_and_learns_its_scope() -> None:
    own = [series(PROBING, "KZ", (20, 23, 0.3)), series(GOOGLE, "KZ", (20, 23, 0.3))]
    cuts = dict.fromkeys(("AS9198", "AS29355"), (20.5, 22.0, 0.02))
    (alone,) = told("KZ", own)
    (one,) = told("KZ", [*own, *networks(*FIXED, *MOBILE, MIXED, **cuts)])
    assert (one.id, one.start, one.end, one.level, one.probability) == (
        alone.id,
        alone.start,
        alone.end,
        alone.level,
        alone.probability,
    )
    assert alone.scope is None
    assert one.scope is not None
    assert not one.scope.rolled_up
    division = divided(one)
    assert part(division, "AS9198").since == datetime.fromtimestamp(day(20.5), UTC)
    assert part(division, "AS9198").until == datetime.fromtimestamp(day(22), UTC)
    assert part(division, "AS50482").state is PartState.SPARED
    assert part(division, "AS50482").since is None
    assert set(one.phases[0].places) == {"KZ", "AS9198", "AS29355"}
    assert {"AS9198", "KZ"} <= set(one.inputs)
    assert "A contradiction" not in notes(one)
    assert msgspec.json.decode(msgspec.json.encode(one), type=Episode) == one


def test_a_whole_that_falls_while_no_part_does_is_named_a_contradiction() -> None:
    own = [series(PROBING, "KZ", (20, 22, 0.1)), series(GOOGLE, "KZ", (20, 22, 0.1))]
    (one,) = told("KZ", [*own, *networks(*FIXED, *MOBILE, MIXED)])
    assert "A contradiction: signals of the whole fell, and none of the {count} networks measured did." in notes(one)


def test_parts_that_fall_while_the_whole_stays_normal_are_disputed_and_named() -> None:
    cuts = dict.fromkeys((*FIXED, *MOBILE), (20.0, 22.0, 0.02))
    (one,) = told("KZ", [series(PROBING, "KZ"), series(GOOGLE, "KZ"), *networks(*FIXED, *MOBILE, MIXED, **cuts)])
    assert one.scope is not None
    assert one.scope.rolled_up
    assert one.level is Level.DISPUTED
    assert "stayed normal" in notes(one)
    assert {reading.place for reading in one.signals} == {"KZ", "AS9198", "AS29355", "AS48503", "AS50482"}
    assert {reading.stance for reading in one.signals if reading.place == "KZ"} == {Stance.DISAGREES}
    (unheard,) = told("KZ", networks(*FIXED, *MOBILE, MIXED, **cuts))
    assert one.probability < unheard.probability


def test_two_kinds_of_signal_corroborate_only_where_they_saw_the_same_networks() -> None:
    cuts = dict.fromkeys((*FIXED, *MOBILE), (20.0, 22.0, 0.02))
    both = [series(GOOGLE, code, cuts[code]) for code in cuts]
    (one,) = told("KZ", [*networks(*FIXED, *MOBILE, **cuts), *both])
    assert one.level is Level.CORROBORATED
    (other,) = told("KZ", [*networks(*FIXED, *MOBILE, **cuts), series(GOOGLE, "AS48503", (20, 22, 0.02))])
    assert other.level is Level.SIGNAL


def test_hours_of_service_are_a_restoration_and_a_gap_in_all_data_is_none() -> None:
    cuts = ((20.0, 21.0, 0.02), (21.25, 23.0, 0.02))
    (one,) = told("KZ", [series(PROBING, code, *cuts) for code in (*FIXED, *MOBILE, MIXED)])
    kinds = [phase.kind for phase in one.phases]
    assert kinds == [PhaseKind.BLACKOUT, PhaseKind.RESTORATION, PhaseKind.BLACKOUT]
    assert one.phases[1].places == ("KZ",)
    gap = ((20.0, 23.0, 0.02), (21.0, 21.25, np.nan))
    (other,) = told("KZ", [series(PROBING, code, *gap) for code in (*FIXED, *MOBILE, MIXED)])
    assert [phase.kind for phase in other.phases] == [PhaseKind.BLACKOUT]


def test_what_all_data_end_in_is_going_on() -> None:
    (one,) = told("KZ", networks(*FIXED, *MOBILE, **dict.fromkeys((*FIXED, *MOBILE), (38.0, 40.0, 0.02))))
    assert one.ongoing
    assert one.end is one.phases[-1].end is None


def test_regions_count_alike_and_those_not_measured_are_unknown() -> None:
    codes = ("KZ-10", "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27", "KZ-31", "KZ-35", "KZ-39", "KZ-43", "KZ-47")
    cut = [series(PROBING, code, (20, 22, 0.02)) for code in codes[1:9]]
    (one,) = told("KZ", [*cut, *(series(PROBING, code) for code in codes[9:])])
    division = divided(one, PartsKind.REGIONS)
    assert division.weighting is Weighting.EQUAL
    assert division.whole
    assert {part.weight for part in division.parts} == {division.parts[0].weight}
    assert sum(state is PartState.HIT for state in states(division).values()) == 8
    assert states(division)["KZ-75"] is PartState.UNKNOWN
    assert "all regions count alike" in notes(one)


def test_the_order_in_which_series_are_given_changes_nothing() -> None:
    cuts = {code: (20 + index / 48, 22.0, 0.03) for index, code in enumerate((*FIXED, *MOBILE))}
    examined = networks(*FIXED, *MOBILE, MIXED, **cuts)
    assert told("KZ", examined) == told("KZ", examined[::-1])


@pytest.fixture(scope="module")
def counties(shared_data: Path) -> list[Examined]:
    """Iran's counties in November 2019, hourly; the file's epochs are local time, 3:30 hours ahead of UTC."""
    values: dict[str, dict[int, float]] = defaultdict(dict)
    with (shared_data / "regional" / "iran-2019-11-counties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = f"IR-{int(row['id_1']):02}-{int(row['id_2']):03}"
            values[code][int(row["time_e"]) - 12_600] = float(row["connectivity"])
    found = []
    for code, samples in sorted(values.items()):
        times = np.array(sorted(samples), dtype=np.int64)
        given = np.array([samples[moment] for moment in times.tolist()])
        made = Series("index.connectivity", code, Access.MIXED, Scale.ABSOLUTE, "", 3600, times, given, "")
        found.append(Examined(signal(made.signal), made, detect(times, given, 3600, SignalKind.INDEX)))
    return found


def test_iran_in_november_2019_by_county(counties: list[Examined]) -> None:
    """Parts are counties, of equal weight for want of any number of people; the data end before the restoration."""
    by_place = {one.series.place: [one] for one in counties}
    window = (to_epoch(datetime(2019, 11, 11, tzinfo=UTC)), to_epoch(datetime(2019, 11, 20, tzinfo=UTC)))
    around = Circumstances(window, 1, True, (), (), (), {code: (code,) for code in by_place})
    found = with_parts([], by_place, ["IR"], around)
    (country,) = [one for one in found if one.place == "IR"]
    division = divided(country, PartsKind.REGIONS)
    earliest, latest = datetime(2019, 11, 16, 14, tzinfo=UTC), datetime(2019, 11, 16, 19, tzinfo=UTC)
    assert earliest <= country.start_earliest
    assert country.start <= latest
    assert country.ongoing
    assert division.onsets is not None
    assert earliest <= division.onsets.tenth < division.onsets.median <= division.onsets.ninetieth <= latest
    assert len(division.parts) == 73
    assert not division.whole
    hit = [one for one in division.parts if one.state is PartState.HIT]
    assert len(hit) >= 65
    order = [one.since for one in hit if one.since is not None]
    assert order == sorted(order)
    assert sum(earliest <= moment <= latest for moment in order) >= 60
    assert division.worst.share.low > 0.5
    assert division.covered > 0.9
    assert country.phases[-1].kind is PhaseKind.BLACKOUT
    provinces = {one.place for one in found} - {"IR"}
    assert "IR-06" in provinces
    assert len(provinces) >= 10  # those of which two counties or more are measured


def test_iran_before_the_shutdown_has_no_episode(counties: list[Examined]) -> None:
    by_place = {}
    for one in counties:
        kept = one.series.times < to_epoch(datetime(2019, 11, 16, 12, tzinfo=UTC))
        times, values = one.series.times[kept], one.series.values[kept]
        made = Series(one.series.signal, one.series.place, Access.MIXED, Scale.ABSOLUTE, "", 3600, times, values, "")
        by_place[made.place] = [Examined(one.signal, made, detect(times, values, 3600, SignalKind.INDEX))]
    window = (to_epoch(datetime(2019, 11, 11, tzinfo=UTC)), to_epoch(datetime(2019, 11, 16, 12, tzinfo=UTC)))
    around = Circumstances(window, 1, True, (), (), (), {code: (code,) for code in by_place})
    assert [one for one in with_parts([], by_place, ["IR"], around) if one.place == "IR"] == []
