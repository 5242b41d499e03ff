"""Signals that would fail together are never taken for independent witnesses."""

from __future__ import annotations

import pytest

from kuager.model.words import Direction
from kuager.sources.registry import SIGNALS, SOURCES, signal


def test_every_signal_says_what_it_sees_and_what_it_cannot() -> None:
    for known in SIGNALS.values():
        assert known.source.id in SOURCES
        assert known.name
        assert known.sees
        assert known.cannot_see
        assert known.native_step_s > 0


def test_products_of_one_series_fall_together() -> None:
    assert signal("ioda.gtr.gmail").independence == signal("ioda.gtr-norm").independence == "google"
    assert signal("ioda.gtr.gmail").id == "ioda.gtr.gmail"
    assert signal("ioda.ucsd-nt").independence == signal("ioda.merit-nt").independence


@pytest.mark.parametrize(("one", "other", "same"), [("isp.a", "isp.b", True), ("isp.a", "ix.a", False)])
def test_what_nobody_registered_is_told_apart_by_its_hand(one: str, other: str, same: bool) -> None:
    assert (signal(one).independence == signal(other).independence) is same


def test_loss_delay_and_searches_for_a_way_around_rise_in_outages() -> None:
    rising = {known.id for known in SIGNALS.values() if known.direction is Direction.RISES}
    assert rising == {"ioda.ping-slash24-loss", "ioda.ping-slash24-latency", "trends.vpn"}
    assert signal("ioda.ping-slash24").direction is Direction.FALLS


def test_only_drawn_signals_are_simulated() -> None:
    assert {known.id for known in SIGNALS.values() if known.simulated} == {
        "sim.bgp",
        "sim.probing",
        "sim.telescope",
        "sim.traffic",
        "sim.users",
        "sim.index",
        "sim.count",
    }
