"""Other explanations are tested on what was measured: what speaks for, what against, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from tests.detection.drawn import DAY, HOUR, START, beat
from tests.episodes.drawn import examined, ordinary

from kuager.episodes.alternatives import alternatives
from kuager.episodes.cause import Timing
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import clusters, episode_clusters
from kuager.episodes.phases import phases
from kuager.episodes.scene import Scene, country_of
from kuager.episodes.shape import shapes
from kuager.model.documents import Acknowledgement, Explained
from kuager.model.episodes import Alternative
from kuager.model.time import Instant, from_epoch
from kuager.model.words import Access, AlternativeStatus, Explanation

STEP = 600
DAYS, CUT = 70, 60
SUPPORTED, UNLIKELY, OPEN = AlternativeStatus.SUPPORTED, AlternativeStatus.UNLIKELY, AlternativeStatus.CANNOT_BE_TOLD
BGP, PROBING, GOOGLE, TELESCOPE = "ioda.bgp", "ioda.ping-slash24", "ioda.gtr", "ioda.merit-nt"

Left = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""The share that is left at hours after the beginning of the cut, which may be negative."""


def switched(hours: float, left: float = 0.05) -> Left:
    return lambda at: np.where((at >= 0) & (at < hours), left, 1.0)


def mended(hours: float, slowly: float, left: float = 0.05) -> Left:
    """Down at once, and back over many hours."""
    return lambda at: np.where(at < 0, 1.0, np.clip(left + (at - hours) / slowly * (1 - left), left, 1.0))


def calm(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.ones(at.shape)


def at_days(*days: int) -> Left:
    """A moderate loss of nine hours on some days."""
    return lambda at: np.where(np.isin(np.floor(at / 24), days) & (at % 24 < 9), 0.6, 1.0)


def interrupted(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Thirty hours with four hours of service in between."""
    return np.where((at >= 0) & (at < 30) & ~((at >= 12) & (at < 16)), 0.05, 1.0)


def surging(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where((at >= -2) & (at < 0), 2.0, switched(8)(at))


def series(name: str, left: Left = calm, *, place: str = "IR", access: Access = Access.MIXED) -> Examined:
    times = beat(DAYS, STEP)
    left_of_it = left((times - START - CUT * DAY) / HOUR)
    return examined(name, place, times, ordinary(times, name + place + access) * left_of_it, access)


def judged(
    *examined: Examined,
    elsewhere: Sequence[Examined] = (),
    timing: Timing | None = None,
    acknowledged: Sequence[Acknowledgement] = (),
    explained: Sequence[Explained] = (),
) -> dict[Explanation, Alternative]:
    place = examined[0].series.place
    cut = min(clusters(examined), key=lambda cluster: abs(cluster.first - START - CUT * DAY))
    pieces = phases(cut, examined)
    scene = Scene(place, cut, examined, (*examined, *elsewhere), pieces, timing, acknowledged, explained)
    return {one.explanation: one for one in alternatives(scene)}


def said(one: Alternative) -> str:
    return " ".join(note.template for note in (*one.speaks_for, *one.speaks_against))


def test_every_explanation_is_tested_and_none_is_excluded() -> None:
    found = judged(series(PROBING, switched(8)), series(GOOGLE, switched(8)))
    assert list(found) == list(Explanation)
    assert {one.status for one in found.values()} <= {SUPPORTED, UNLIKELY, OPEN}


def test_what_comes_back_at_once_in_two_signals_was_no_power_cut() -> None:
    power = judged(series(PROBING, switched(8)), series(GOOGLE, switched(8)))[Explanation.POWER]
    assert power.status is UNLIKELY
    assert "switched on" in said(power)
    assert power.speaks_against[0].facts["minutes"] == "10"


def test_what_comes_back_slowly_and_unevenly_in_the_country_fits_a_power_cut() -> None:
    parts = [series(PROBING, mended(8, slow), place=f"IR-0{n}") for n, slow in enumerate((4, 9, 16, 24, 30), start=1)]
    found = judged(series(PROBING, mended(8, 14)), series(GOOGLE, mended(8, 12)), elsewhere=parts)
    assert found[Explanation.POWER].status is SUPPORTED
    assert "slowly" in said(found[Explanation.POWER])
    assert "unevenly" in said(found[Explanation.POWER])
    alone = judged(series(PROBING, mended(8, 14)), series(GOOGLE, mended(8, 12)))
    assert alone[Explanation.POWER].status is OPEN  # one finding is not enough


def test_a_return_is_no_finer_than_its_samples_and_none_where_nobody_measured() -> None:
    (one,) = shapes(clusters([series(PROBING, switched(8))])[0].sightings)
    assert one.returned_in == (0, STEP)
    assert one.deep_s == 8 * HOUR
    hidden = series(PROBING, lambda at: np.where((at >= 8) & (at < 14), np.nan, switched(8)(at)))
    (seen,) = shapes(clusters([hidden])[0].sightings)
    assert seen.returned_in is not None
    assert seen.returned_in[0] == 0
    assert seen.returned_in[1] >= 6 * HOUR


def test_routes_that_stay_announced_speak_against_a_routing_error() -> None:
    routing = judged(series(PROBING, switched(8)), series(GOOGLE, switched(8)), series(BGP))[Explanation.ROUTING]
    assert routing.status is UNLIKELY
    assert routing.speaks_against[0].facts["signals"] == BGP


def test_routes_that_go_first_and_come_back_soon_fit_a_routing_error() -> None:
    routing = judged(series(BGP, switched(3)), series(PROBING, switched(3)))[Explanation.ROUTING]
    assert routing.status is SUPPORTED
    assert not routing.not_measured


def test_without_routing_nothing_is_said_of_it() -> None:
    routing = judged(series(PROBING, switched(8)), series(GOOGLE, switched(8)))[Explanation.ROUTING]
    assert routing.status is OPEN
    assert any("Routing was not measured" in note.template for note in routing.not_measured)


def test_what_one_signal_sees_everywhere_at_once_is_that_signals_failure() -> None:
    abroad = [series(PROBING, switched(8), place=place) for place in ("TR", "AZ")]
    source = judged(series(PROBING, switched(8)), series(GOOGLE), elsewhere=abroad)[Explanation.SOURCE]
    assert source.status is SUPPORTED
    assert source.speaks_for[-1].facts["places"] == "AZ, TR"


def test_what_two_kinds_see_here_alone_is_no_failure_of_a_source() -> None:
    abroad = [series(PROBING, place=place) for place in ("TR", "AZ")]
    source = judged(series(PROBING, switched(8)), series(GOOGLE, switched(8)), elsewhere=abroad)[Explanation.SOURCE]
    assert source.status is UNLIKELY
    assert "as usual in other countries" in said(source)


def test_a_silent_sensor_says_nothing() -> None:
    pair = series(PROBING, switched(8)), series(GOOGLE, switched(8))
    silent = [
        series(BGP, lambda at: np.where(at > -2, np.nan, 1.0)),
        series("ioda.gtr.fixed", lambda at: np.where(at > -2, np.nan, 1.0), access=Access.FIXED),
    ]
    before, after = judged(*pair), judged(*pair, *silent)
    assert {key: one.status for key, one in before.items()} == {key: one.status for key, one in after.items()}
    assert before[Explanation.ROUTING].not_measured == after[Explanation.ROUTING].not_measured


def test_networks_keep_no_holidays_and_people_do() -> None:
    assert judged(series(PROBING, switched(24)), series(GOOGLE, switched(24)))[Explanation.HABIT].status is UNLIKELY
    weeks = at_days(0, -7, -14)
    habit = judged(series(GOOGLE, weeks), series(PROBING))[Explanation.HABIT]
    assert habit.status is SUPPORTED
    assert habit.speaks_for[0].facts == {"hit": "2", "measured": "8"}


def test_mobile_alone_is_no_cable_and_no_power_cut() -> None:
    mobile = series(GOOGLE, switched(8), access=Access.MOBILE)
    fixed = series("ioda.gtr.fixed", access=Access.FIXED)
    found = judged(mobile, fixed, series(TELESCOPE, switched(8, 0.5)))
    for explanation in (Explanation.CABLE, Explanation.POWER):
        assert "Only mobile access fell" in said(found[explanation])


def test_service_in_between_speaks_against_what_must_be_mended() -> None:
    pair = series(PROBING, interrupted), series(GOOGLE, interrupted)
    (cluster,) = episode_clusters(pair)
    scene = Scene("IR", cluster, pair, pair, phases(cluster, pair), None, ())
    cable = next(one for one in alternatives(scene) if one.explanation is Explanation.CABLE)
    assert cable.status is UNLIKELY
    assert "does not mend itself" in said(cable)


def test_a_long_time_in_pieces_is_not_a_long_outage() -> None:
    def told(left: Left) -> str:
        pair = series(PROBING, left), series(GOOGLE, left)
        (cluster,) = episode_clusters(pair)
        scene = Scene("IR", cluster, pair, pair, phases(cluster, pair), None, ())
        return " ".join(said(one) for one in alternatives(scene))

    assert "without a break" in told(switched(60))
    assert "without a break" not in told(lambda at: np.where((at >= 0) & (at < 60) & (at % 20 < 14), 0.05, 1.0))


def test_the_same_hour_again_is_no_accident_but_may_be_a_planned_power_cut() -> None:
    pair = series(PROBING, mended(8, 14)), series(GOOGLE, mended(8, 12))
    found = judged(*pair, timing=Timing(240, 8.0, 3, 3))
    assert found[Explanation.POWER].status is SUPPORTED
    assert "clock time" in said(found[Explanation.CABLE])
    assert found[Explanation.CABLE].speaks_against


def test_traffic_that_surges_before_it_speaks_for_a_flood() -> None:
    flood = judged(series(PROBING, switched(8)), series(TELESCOPE, surging))[Explanation.DDOS]
    assert "Unwanted traffic rose" in said(flood)


@pytest.mark.parametrize(("interested", "status"), [(False, SUPPORTED), (True, OPEN)])
def test_a_document_that_names_another_cause_counts_by_who_speaks(interested: bool, status: AlternativeStatus) -> None:
    day = from_epoch(START + CUT * DAY)
    document = Explained("D1", Explanation.DISASTER, interested, Instant(day, day, day), ("IR",))
    pair = series(PROBING, switched(30)), series(GOOGLE, mended(30, 2))
    assert judged(*pair, explained=[document])[Explanation.DISASTER].status is status


def test_an_order_that_was_admitted_stands_against_everything_else() -> None:
    order = Acknowledgement("T1", "state", from_epoch(START + CUT * DAY), True, ("IR",))
    found = judged(series(PROBING, mended(8, 14)), series(GOOGLE, mended(8, 12)), acknowledged=[order])
    assert all("by law or order" in said(one) for one in found.values())
    assert SUPPORTED not in {one.status for one in found.values()}


def test_the_country_of_a_network_is_where_its_addresses_are() -> None:
    assert (country_of("KZ"), country_of("KZ-75"), country_of("AS9198")) == ("KZ", "KZ", "KZ")
    assert country_of("AS64496") == ""  # kept for documentation, RFC 5398
