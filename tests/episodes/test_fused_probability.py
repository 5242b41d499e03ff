"""What makes a fused probability rise and fall, which groups count, and what stays outside of a cluster."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from tests.detection.drawn import DAY, HOUR, beat
from tests.episodes.conftest import Make
from tests.episodes.drawn import examined, ordinary
from tests.episodes.test_fusion import BGP, GOOGLE, PROBING, TELESCOPE, day, episodes, kinds

from kuager.episodes.agreement import Core, agreement
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster, candidates, clusters, episode_clusters
from kuager.episodes.voices import Place
from kuager.episodes.weigh import FEATURES, fitted
from kuager.model.time import to_epoch
from kuager.model.words import Access, Direction, Level, PhaseKind, Stance

CUT = (20, 22, 0.1)


def daily(name: str, on: int, share: float, days: int = 60) -> Examined:
    """A daily count that has only ``share`` of the usual on one day."""
    times = beat(days, DAY)
    values = 1000 * (1 + 0.01 * np.random.default_rng(5).standard_normal(days))
    values[on] *= share
    return examined(name, "KZ", times, values)


def rising(one: Examined) -> Examined:
    """The same events in a signal that goes up when something happens."""
    return replace(one, signal=replace(one.signal, independence="searches", direction=Direction.RISES))


def of(anchor: Examined, *others: Examined) -> float:
    """The probability of the first event of the first series."""
    place = Place((anchor, *others))
    return next(one.probability() for one in candidates(place) if one.anchor.examined is anchor)


def only(*examined: Examined) -> Cluster:
    (one,) = episode_clusters(examined)
    return one


def test_who_agrees_raises_it_and_who_could_have_seen_it_lowers_it(make: Make) -> None:
    probing = make(PROBING, CUT)
    alone, refuted = of(probing), of(probing, make(GOOGLE))
    borne_out = of(probing, make(GOOGLE, CUT))
    assert refuted < alone < borne_out
    assert of(probing, make(GOOGLE), make(TELESCOPE)) < refuted
    assert borne_out > 0.9


def test_who_cannot_tell_and_routing_that_stays_up_change_nothing(make: Make) -> None:
    probing = make(PROBING, CUT)
    gone = make(GOOGLE, (18, 24, np.nan))
    assert of(probing, gone) == pytest.approx(of(probing), abs=0.01)
    assert of(probing, make(BGP)) == of(probing)


def test_one_service_is_not_the_fall_of_its_owner(make: Make) -> None:
    siblings = make(GOOGLE), make("ioda.gtr.search"), make("ioda.gtr.maps")
    blocked = make("ioda.gtr.gmail", (20, 22, 0.05))
    cluster = only(make(PROBING, CUT), make(TELESCOPE, CUT), blocked, *siblings)
    assert cluster.groups == {"probing", "telescope"}
    assert cluster.against == {"google"}
    assert of(make(PROBING, CUT), blocked, *siblings) < of(make(PROBING, CUT), blocked)


def test_two_blocked_services_do_not_agree_on_an_outage(make: Make) -> None:
    tor = make("tor.relay-users", (20, 22, 0.05)), make("tor.bridge-users")
    google = make("ioda.gtr.gmail", (20, 22, 0.05)), make(GOOGLE), make("ioda.gtr.search")
    assert episodes(*tor, *google, make(PROBING), make(TELESCOPE)) == ()


def test_a_ripple_of_routes_does_not_make_a_day_off_an_outage(make: Make) -> None:
    assert episodes(make(BGP, (20, 21, 0.93)), make(GOOGLE, (20, 21, 0.65)), make(PROBING)) == ()


def test_a_weeks_long_dip_does_not_chain_what_lies_inside_of_it(make: Make) -> None:
    cuts = ((12, 12.5, 0.05), (26, 26.5, 0.05))
    long = make(TELESCOPE, (10, 28, 0.4))
    first, second = episode_clusters([make(PROBING, *cuts), make(GOOGLE, *cuts), long])
    assert (first.first, first.last) == (day(12), day(12.5))
    assert (second.first, second.last) == (day(26), day(26.5))
    found = episodes(make(PROBING, *cuts), make(GOOGLE, *cuts), long)
    assert {reading.stance for one in found for reading in one.signals if reading.signal == TELESCOPE} == {
        Stance.SILENT
    }


def test_a_days_count_agrees_with_hours_only_as_far_as_its_depth_fits(make: Make) -> None:
    (event,) = Place((daily("tor.relay-users", 20, 0.1),)).sightings
    assert agreement((event,), Core(day(20.25), day(20.25) + HOUR, 0.9, Access.MIXED)) < 0.1
    assert agreement((event,), Core(day(20) + HOUR, day(21) - HOUR, 0.95, Access.MIXED)) > 0.9


def test_a_days_count_neither_bears_out_nor_places_an_hour(make: Make) -> None:
    hour = (20.5, 20.5 + 2 / 24, 0.05)
    count = daily("tor.relay-users", 20, 0.1)
    assert episodes(make(PROBING, hour), make(GOOGLE), count) == ()
    cluster = only(make(PROBING, hour), make(GOOGLE, hour), count)
    assert (cluster.first, cluster.last) == (day(20.5), day(20.5) + 2 * HOUR)
    assert cluster.groups == {"probing", "google"}


def test_a_days_count_that_stays_up_refutes_no_hour(make: Make) -> None:
    count = daily("tor.relay-users", 20, 1.0)
    midnight = day(20) - HOUR // 2, day(20) + HOUR // 2
    assert not count.could_have_seen(*midnight)
    assert count.coverage(*midnight) == 1.0
    assert only(make(PROBING, (20.5, 20.6, 0.05)), make(GOOGLE, (20.5, 20.6, 0.05)), count).against == set()


def test_a_rise_goes_with_a_loss_and_makes_none(make: Make) -> None:
    rise = rising(make("isp.searches", (19.5, 23, 0.1)))
    assert episode_clusters([rise]) == []
    assert episodes(make(PROBING, CUT), make(GOOGLE), rise) == ()
    cluster = only(make(PROBING, CUT), make(GOOGLE, CUT), rise)
    assert cluster.groups == {"probing", "google"}
    assert (cluster.first, cluster.last) == (day(20), day(22))
    assert any(one.examined is rise for one in cluster.faint)
    probing = make(PROBING, CUT)
    assert of(probing) <= of(probing, rise) <= of(probing, make(GOOGLE, CUT))


def test_where_fewer_than_half_measured_nobody_can_tell(make: Make) -> None:
    gap = (19, 23, np.nan)
    pair = make(PROBING, CUT), make(GOOGLE, CUT)
    (told,) = episodes(*pair, make(TELESCOPE, gap))
    assert told.level is Level.CORROBORATED
    (untold,) = episodes(*pair, make(TELESCOPE, gap), make(BGP, gap), make("tor.relay-users", gap))
    assert untold.level is Level.CANNOT_TELL
    assert any("Fewer than half" in note.template for note in untold.reasons)


def test_fixed_access_that_goes_on_refutes_no_loss_of_mobile(make: Make) -> None:
    mobile = make("isp.users", CUT, access=Access.MOBILE), make("radar.http", CUT, access=Access.MOBILE)
    place = Place((*mobile, make(GOOGLE, access=Access.FIXED)))
    assert all(voice.missed == 0 for one in candidates(place) for voice in one.others)
    mixed = Place((*mobile, make(GOOGLE)))
    assert any(voice.missed for one in candidates(mixed) for voice in one.others)


def test_what_mobile_access_alone_loses_is_half_of_what_both_show(make: Make) -> None:
    halved = make(TELESCOPE, (20, 22, 0.53)), make(PROBING), make(BGP)
    mobile = make("radar.http", (20, 22, 0.07), access=Access.MOBILE), make("radar.http", access=Access.FIXED)
    cluster = only(*mobile, *halved)
    assert cluster.groups == {"cloudflare", "telescope"}
    assert (cluster.first, cluster.last) == (day(20), day(22))
    day_off = make("radar.http", (20, 22, 0.5), access=Access.MOBILE), make("radar.http", access=Access.FIXED)
    assert episodes(*day_off, *halved) == ()
    together = make("radar.http", (20, 22, 0.07))
    assert episodes(together, *halved) == ()


def test_three_kinds_of_activity_at_less_than_half_are_more_than_a_holiday(make: Make) -> None:
    halved = [make(name, (20, 21, 0.45)) for name in (GOOGLE, "radar.http", TELESCOPE)]
    assert only(*halved).groups == {"google", "cloudflare", "telescope"}
    assert episodes(*halved[:2]) == ()
    assert episodes(*(make(name, (20, 21, 0.6)) for name in (GOOGLE, "radar.http", TELESCOPE))) == ()


def test_the_finest_series_does_not_place_an_edge_that_its_own_gap_blurs(make: Make) -> None:
    probing, google = make(PROBING, CUT), make(GOOGLE, CUT)
    times = beat(40 * 6, 600)
    values = ordinary(times, "minutes")
    values[(times >= day(20)) & (times < day(22))] *= 0.1
    values[(times >= day(19.9)) & (times < day(21))] = np.nan
    fine = examined(TELESCOPE, "KZ", times, values)
    cluster = only(probing, google, fine)
    assert cluster.first == day(20)


def test_service_inside_of_a_partial_loss_is_a_restoration(make: Make) -> None:
    cuts = ((20, 21, 0.45), (21, 21.125, 0.93), (21.125, 23, 0.45))
    count = daily("tor.relay-users", 21, 0.5)
    (one,) = episodes(make(PROBING, *cuts), make(GOOGLE, *cuts), make(TELESCOPE, *cuts), count)
    assert kinds(one).count(PhaseKind.RESTORATION) == 1
    window = one.phases[kinds(one).index(PhaseKind.RESTORATION)]
    assert to_epoch(window.start) == day(21)
    assert window.end is not None
    assert to_epoch(window.end) == day(21.125)


def test_what_only_a_few_measured_is_no_restoration(make: Make) -> None:
    gap = (21, 21.25, np.nan)
    cut = (20, 22, 0.05)
    back = make(PROBING, (20, 21, 0.05), (21.25, 22, 0.05))
    (one,) = episodes(back, make(GOOGLE, cut, gap), make(TELESCOPE, cut, gap))
    assert kinds(one) == [PhaseKind.BLACKOUT]


def test_the_reasons_say_how_many_groups_stand_where(make: Make) -> None:
    (one,) = episodes(
        make(PROBING, CUT), make(TELESCOPE, CUT), make(GOOGLE), make(BGP), make("isp.a", (18, 24, np.nan))
    )
    facts = next(note.facts for note in one.reasons if "every" in note.facts)
    assert facts == {
        "every": "5",
        "saw": "2",
        "in_part": "0",
        "missed": "2",
        "neither": "1",
    }  # GOOGLE and BGP missed it
    told = next(note.facts for note in one.reasons if "percent" in note.facts)
    assert int(told["percent"]) == min(95, int(100 * one.probability))


def test_every_candidate_is_part_of_a_cluster(make: Make) -> None:
    examined = [make(PROBING, CUT, (30, 31, 0.3)), make(GOOGLE, CUT), make(TELESCOPE, (19, 26, 0.5))]
    found = clusters(examined)
    anchors = {id(one.finding) for one in Place(tuple(examined)).sightings}
    assert len(anchors) == 4
    assert {id(one.finding) for cluster in found for one in cluster.sightings} == anchors
    assert all(0 < cluster.probability < 1 for cluster in found)


def test_the_weights_were_fitted_and_judged_on_other_worlds() -> None:
    table = tomllib.loads(resources.files("kuager.episodes").joinpath("fusion.toml").read_text("utf-8"))
    figures = table["fitted"]
    assert figures["training_seed"] != figures["test_seed"]
    assert figures["as_drawn"]["false_per_month"] <= 0.02
    assert figures["as_drawn"]["calibration_error"] < 0.1
    assert all(sign * table["weights"][name] >= 0 for name, sign in FEATURES.items())
    assert fitted().threshold >= 0.5
