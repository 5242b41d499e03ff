"""What makes an episode and what does not, when it ends, and what it is called."""

from __future__ import annotations

import msgspec
import numpy as np
from tests.detection.drawn import DAY, START
from tests.episodes.conftest import Make

from kuager.episodes.assemble import episodes_at, letters
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Episode
from kuager.model.time import from_epoch, to_epoch
from kuager.model.words import Access, CauseValue, EpisodeKind, Level, PhaseKind, Stance

BGP, PROBING, GOOGLE, TELESCOPE = "ioda.bgp", "ioda.ping-slash24", "ioda.gtr", "ioda.merit-nt"


def episodes(*examined: Examined, acknowledgements: tuple[Acknowledgement, ...] = ()) -> tuple[Episode, ...]:
    around = Circumstances((START, START + 60 * DAY), 1, False, (), (), acknowledgements, {"KZ": ("ab",)})
    return episodes_at("KZ", examined, around)


def day(number: float) -> int:
    return START + int(number * DAY)


def kinds(episode: Episode) -> list[PhaseKind]:
    return [phase.kind for phase in episode.phases]


def test_two_kinds_that_fall_together_are_corroborated(make: Make) -> None:
    (one,) = episodes(make(PROBING, (20, 22, 0.1)), make(GOOGLE, (20, 22, 0.05)), make(BGP))
    assert one.level is Level.CORROBORATED
    assert to_epoch(one.start) == day(20)
    assert one.end is not None
    assert to_epoch(one.end) == day(22)
    assert {reading.signal: reading.stance for reading in one.signals} == {
        PROBING: Stance.AGREES,
        GOOGLE: Stance.AGREES,
        BGP: Stance.DISAGREES,
    }


def test_a_day_off_is_no_episode(make: Make) -> None:
    assert episodes(make(GOOGLE, (20, 21, 0.6)), make(TELESCOPE, (20, 21, 0.6)), make(PROBING), make(BGP)) == ()


def test_one_signal_among_others_that_could_have_seen_it_is_no_episode(make: Make) -> None:
    assert episodes(make(PROBING, (20, 22, 0.1)), make(GOOGLE)) == ()


def test_routing_that_stays_up_refutes_nothing(make: Make) -> None:
    (one,) = episodes(make(PROBING, (20, 25, 0.03)), make(BGP))
    assert one.level is Level.SIGNAL


def test_two_columns_of_one_hand_do_not_corroborate_each_other(make: Make) -> None:
    assert {one.level for one in episodes(make("isp.a", (20, 22, 0.02)), make("isp.b", (20, 22, 0.02)))} <= {
        Level.SIGNAL
    }


def test_a_sensor_that_falls_silent_does_not_keep_an_episode_open(make: Make) -> None:
    silent = make(TELESCOPE, (20, 22, 0.02), (22, 40, np.nan))
    (one,) = episodes(make(PROBING, (20, 25, 0.05)), make(GOOGLE, (20, 25, 0.05)), silent)
    assert not one.ongoing
    assert one.end is not None
    assert to_epoch(one.end) == day(25)


def test_what_all_data_end_in_is_ongoing(make: Make) -> None:
    (one,) = episodes(make(PROBING, (35, 40, 0.05)), make(GOOGLE, (35, 40, 0.05)))
    assert one.ongoing
    assert one.end is None
    assert one.phases[-1].end is None


def test_a_lasting_deep_loss_is_ongoing_and_not_a_new_level(make: Make) -> None:
    (one,) = episodes(make(PROBING, (25, 40, 0.4)), make(GOOGLE, (25, 40, 0.4)), make(TELESCOPE, (25, 40, 0.4)))
    assert one.ongoing
    assert to_epoch(one.start) == day(25)


def test_time_that_nobody_measured_is_no_restoration(make: Make) -> None:
    gap = (22, 23, np.nan)
    (one,) = episodes(make(PROBING, (20, 25, 0.05), gap), make(GOOGLE, (20, 25, 0.05), gap))
    assert kinds(one) == [PhaseKind.BLACKOUT]
    assert any("no signal was measuring" in note.template for note in one.unknowns)


def test_hours_of_service_between_two_cuts_are_a_restoration(make: Make) -> None:
    cuts = ((20, 21, 0.05), (21.25, 23, 0.05))
    (one,) = episodes(make(PROBING, *cuts), make(GOOGLE, *cuts))
    assert kinds(one) == [PhaseKind.BLACKOUT, PhaseKind.RESTORATION, PhaseKind.BLACKOUT]
    assert to_epoch(one.phases[1].start) == day(21)


def test_cuts_that_days_part_are_two_episodes(make: Make) -> None:
    cuts = ((20, 21, 0.05), (24, 25, 0.05))
    assert len(episodes(make(PROBING, *cuts), make(GOOGLE, *cuts))) == 2


def test_slower_traffic_while_networks_answer_is_throttling(make: Make) -> None:
    mobile = make(GOOGLE, (20, 22, 0.4), (22, 24, 0.02), access=Access.MOBILE)
    (one,) = episodes(mobile, make(PROBING, (22, 24, 0.05)), make(TELESCOPE, (22, 24, 0.05)))
    assert kinds(one)[0] is PhaseKind.THROTTLING
    assert one.phases[0].access is Access.MOBILE
    assert PhaseKind.BLACKOUT in kinds(one)


def test_fixed_access_that_goes_on_is_no_blackout(make: Make) -> None:
    mobile = make(GOOGLE, (20, 22, 0.02), access=Access.MOBILE)
    fixed = make("ioda.gtr.fixed", (20, 22, 0.88), access=Access.FIXED)
    (one,) = episodes(mobile, fixed, make(PROBING, (20, 22, 0.1)))
    assert PhaseKind.BLACKOUT not in kinds(one)


def acknowledgement(place: str, at: int, *, names_order: bool) -> Acknowledgement:
    return Acknowledgement("T039", "Kcell", from_epoch(at), names_order, (place,))


def test_only_what_is_said_of_that_place_at_that_time_confirms(make: Make) -> None:
    pair = make(PROBING, (20, 22, 0.1)), make(GOOGLE, (20, 22, 0.05))
    said = acknowledgement("KZ", day(20.5), names_order=True)
    (one,) = episodes(*pair, acknowledgements=(said,))
    assert (one.level, one.kind) == (Level.CONFIRMED, EpisodeKind.SHUTDOWN)
    assert one.cause.value is CauseValue.ORDERED
    for other in (
        acknowledgement("ES", day(20.5), names_order=True),
        acknowledgement("AS29355", day(20.5), names_order=True),
        acknowledgement("KZ", day(2), names_order=True),
        msgspec.structs.replace(said, services=("orda.kz",)),  # of one site, not of access as a whole
    ):
        (one,) = episodes(*pair, acknowledgements=(other,))
        assert (one.level, one.kind) == (Level.CORROBORATED, EpisodeKind.OUTAGE)
        assert one.cause.value is CauseValue.UNKNOWN


def test_letters_do_not_run_out() -> None:
    assert [letters(number) for number in (0, 25, 26, 27)] == ["a", "z", "ba", "bb"]
    assert len({letters(number) for number in range(2000)}) == 2000
