"""Signals that would fail together are never taken for independent witnesses."""

from __future__ import annotations

import pytest

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


def test_loss_and_delay_do_not_fall_in_outages() -> None:
    assert not signal("ioda.ping-slash24-loss").falls_in_outages
    assert not signal("ioda.ping-slash24-latency").falls_in_outages


def test_only_drawn_signals_are_simulated() -> None:
    assert {known.id for known in SIGNALS.values() if known.simulated} == {
        "sim.bgp",
        "sim.probing",
        "sim.telescope",
        "sim.traffic",
    }
