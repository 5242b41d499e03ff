"""TLS handshakes of a name against a baseline: slow for one name alone, on the same network and day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.throttling.measured import DAY, START
from tests.detection.throttling.test_throughput import assert_kept

from kuager.codecs import ooni
from kuager.detection.order import Mask
from kuager.detection.throttling.finding import Otherwise, Sign
from kuager.detection.throttling.handshakes import slow_handshakes, throttled_names
from kuager.detection.throttling.pairs import Handshakes, paired
from kuager.model.series import Times, Values

DAYS = 30


def drawn(a_day: int = 12, networks: int = 3, seed: int = 1) -> tuple[Times, Values, Mask, Times]:
    """Times, durations in s, which are of the target, and networks."""
    stream = np.random.default_rng(seed)
    times = np.sort(START + stream.integers(DAYS * DAY, size=DAYS * a_day))
    durations = 0.15 * np.exp(0.4 * stream.standard_normal(times.size))
    return times, durations, stream.random(times.size) < 0.5, stream.integers(networks, size=times.size)


def during(times: Times, first: int, last: int) -> Mask:
    inside: Mask = (times >= START + first * DAY) & (times < START + last * DAY)
    return inside


def test_a_slow_name_is_found_where_every_handshake_succeeds() -> None:
    times, durations, target, networks = drawn()
    durations[target & during(times, 10, 16)] *= 20.0
    (found,) = throttled_names(Handshakes.of(times, durations, target, networks=networks))
    assert found.sign is Sign.HANDSHAKES
    assert found.slower_low <= 20.0 <= found.slower_high
    assert abs(found.first - (START + 10 * DAY)) <= DAY
    assert abs(found.last - (START + 16 * DAY)) <= DAY
    assert {Otherwise.CONGESTION, Otherwise.PROBES, Otherwise.FAR_SERVER} <= set(found.unlikely)


def test_where_the_baseline_is_slow_too_it_is_the_network() -> None:
    times, durations, target, networks = drawn()
    durations[during(times, 10, 16)] *= 20.0
    handshakes = Handshakes.of(times, durations, target, networks=networks)
    assert throttled_names(handshakes) == ()
    assert any(one.speaks_for == (Otherwise.CONGESTION,) for one in slow_handshakes(handshakes))


def test_days_without_baseline_are_not_observable() -> None:
    times, durations, target, networks = drawn(a_day=60, networks=1)
    inside = during(times, 10, 16)
    durations[target & inside] *= 20.0
    kept = target | ~inside
    handshakes = Handshakes.of(times[kept], durations[kept], target[kept], networks=networks[kept])
    assert paired(handshakes).not_observable == int(np.count_nonzero(target & inside))
    assert throttled_names(handshakes) == ()


def test_a_baseline_of_another_network_is_none() -> None:
    times, durations, target, _ = drawn()
    handshakes = Handshakes.of(times, durations, target, networks=target.astype(np.int64))
    assert paired(handshakes).times.size == 0
    assert slow_handshakes(handshakes) == ()


def test_timeouts_count_as_at_least_that_long() -> None:
    times, durations, target, networks = drawn()
    slow = np.flatnonzero(target & during(times, 10, 16))
    durations[slow] *= 20.0
    ended = np.zeros(times.size, dtype=np.bool_)
    ended[slow[::2]] = True
    durations[slow[::2]] = 10.0
    with_them = throttled_names(Handshakes.of(times, durations, target, networks=networks, timed_out=ended))
    missing = durations.copy()
    missing[slow[::2]] = np.nan
    without = throttled_names(Handshakes.of(times, missing, target, networks=networks))
    assert with_them[0].runs > without[0].runs
    assert with_them[0].slower > without[0].slower


def test_a_name_that_never_answers_is_blocked_and_not_slow() -> None:
    times, durations, target, networks = drawn()
    ended = target & during(times, 10, 16)
    durations[ended] = 10.0
    assert throttled_names(Handshakes.of(times, durations, target, networks=networks, timed_out=ended)) == ()


def test_timeouts_beside_quick_handshakes_are_blocking_that_comes_and_goes() -> None:
    times, durations, target, networks = drawn()
    ended = target & during(times, 10, 16) & (np.random.default_rng(2).random(times.size) < 0.65)
    durations[ended] = 10.0
    found = throttled_names(Handshakes.of(times, durations, target, networks=networks, timed_out=ended))
    assert found == ()
    durations[target & during(times, 10, 16) & ~ended] *= 15.0
    assert throttled_names(Handshakes.of(times, durations, target, networks=networks, timed_out=ended))


def test_a_name_that_is_always_slow_is_told_from_a_distant_one() -> None:
    times, durations, target, networks = drawn()
    far = np.where(target, 2.5 * durations, durations)
    assert throttled_names(Handshakes.of(times, far, target, networks=networks)) == ()
    always = np.where(target, 25.0 * durations, durations)
    (found,) = throttled_names(Handshakes.of(times, always, target, networks=networks))
    assert (found.ongoing, found.first) == (True, int(times[target][0]))
    assert found.slower_low <= 25.0 <= found.slower_high


def test_a_service_that_is_slow_elsewhere_is_in_trouble() -> None:
    times, durations, target, networks = drawn()
    durations[target & during(times, 10, 16)] *= 20.0
    own = Handshakes.of(times, durations, target, networks=networks)
    (slow,) = [one for one in slow_handshakes(own, elsewhere=own) if one.probability >= 0.5]
    assert Otherwise.SERVICE in slow.speaks_for
    quiet = Handshakes.of(*drawn(seed=9)[:3])
    assert Otherwise.SERVICE in throttled_names(own, elsewhere=quiet)[0].unlikely


def test_the_measurement_of_a_throttled_site_is_no_verdict_by_itself(shared_data: Path) -> None:
    """OONI's emulated case: handshakes succeed and the body times out; one measurement is an accident."""
    (row,) = measurements(shared_data / "ooni" / "web_connectivity_qa" / "throttlingWithHTTPS.json")
    details = json.loads(row["details"])
    assert details["http_experiment_failure"] == "generic_timeout_error"
    assert "tls_failures" not in details
    assert slow_handshakes(of_details([row], "largefile.com")) == ()


def test_real_handshakes_of_sites_make_no_throttle(shared_data: Path) -> None:
    files = sorted((shared_data / "ooni" / "manual_v05").glob("*/measurement.json"))
    rows = [row for file in files for row in measurements(file)]
    handshakes = of_details(rows, "www.youtube.com")
    assert handshakes.times.size > 5
    assert slow_handshakes(handshakes) == ()


def measurements(file: Path) -> list[dict[str, Any]]:
    return [row for batch in ooni.read([file.read_bytes()]) for row in batch.to_pylist()]


def of_details(rows: list[dict[str, Any]], name: str) -> Handshakes:
    """The handshakes of measurements; those of a name are the target."""
    told = [
        (int(row["start"].timestamp()), second, server == name)
        for row in rows
        for server, seconds in json.loads(row["details"]).get("tls_handshake_s", {}).items()
        for second in seconds
    ]
    times, seconds, target = (np.array([one[column] for one in told]) for column in range(3))
    return Handshakes.of(times.astype(np.int64), seconds.astype(np.float64), target.astype(np.bool_))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40 * DAY), st.floats(allow_nan=True), st.booleans(), st.integers(0, 1), st.booleans()),
        max_size=60,
    )
)
def test_whatever_is_measured_what_is_told_keeps_its_promises(rows: list[tuple[int, float, bool, int, bool]]) -> None:
    columns = [np.array([row[column] for row in rows]) for column in range(5)]
    times, networks = (columns[column].astype(np.int64) for column in (0, 3))
    target, ended = (columns[column].astype(np.bool_) for column in (2, 4))
    durations = columns[1].astype(np.float64)
    for one in slow_handshakes(Handshakes.of(times, durations, target, networks=networks, timed_out=ended)):
        assert_kept(one)


@pytest.mark.parametrize("seed", range(4))
def test_ordinary_months_have_no_verdict(seed: int) -> None:
    times, durations, target, networks = drawn(seed=50 + seed)
    assert throttled_names(Handshakes.of(times, durations, target, networks=networks)) == ()
