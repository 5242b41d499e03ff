"""Worlds from real noise: what is read, and what is made of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kuager.errors import CodecError
from kuager.evaluation.bootstrap import bootstrapped
from kuager.evaluation.real import quiet_of, quiet_stretches
from kuager.evaluation.shapes import DAY_S
from kuager.model.words import SignalKind

MONDAY = 1_600_041_600


def test_real_stretches_are_those_that_are_quiet(shared_data: Path) -> None:
    quiet = quiet_stretches(shared_data)
    assert Counter(one.kind.value for one in quiet) == {
        "users": 16,
        "index": 11,
        "traffic": 3,
        "bgp": 1,
        "probing": 1,
        "telescope": 1,
    }
    by_name = {one.name: one for one in quiet}
    routes = by_name["ioda.bgp"]
    assert routes.ratios.shape == (31, 48)  # December alone
    assert float(np.nanmin(routes.ratios)) > 0.98
    assert by_name["ioda.mozilla"].quantum == pytest.approx(2.5)
    assert by_name["ioda.bgp"].noise.of_mean(1, 1_800) < 0.01 < by_name["ioda.gtr-norm"].noise.of_mean(1, 1_800)
    assert float(np.nanmedian(by_name["ioda.gtr-norm"].ratios)) == pytest.approx(1, abs=0.02)


def test_losses_are_multiplied_in(shared_data: Path) -> None:
    quiet = [one for one in quiet_stretches(shared_data) if one.kind is SignalKind.PROBING]
    errors = []
    for calm, hurt in zip(bootstrapped(quiet, 4, 20, event_rate=0), bootstrapped(quiet, 4, 20), strict=True):
        assert calm.truth == ()
        for series in hurt.series:
            for event in hurt.truth_of(series):
                inside = (series.times >= event.start) & (series.times + series.step_s <= event.end)
                if np.count_nonzero(np.isfinite(series.values[inside])) < 12:
                    continue
                left = np.nanmedian(series.values[inside]) / np.nanpercentile(series.values, 90)
                errors.append(abs(left - (1 - event.depth)))
    assert len(errors) > 10
    assert float(np.median(errors)) < 0.02
    assert float(np.mean(np.array(errors) < 0.1)) > 0.8  # a staircase has two depths, and its median is one of them


def test_blocks_keep_their_hours_and_their_lattice() -> None:
    times = MONDAY + 3_600 * np.arange(28 * 24, dtype=np.int64)
    hours = times % DAY_S // 3_600
    values = np.where(hours < 6, 4.0, 9.0) + (times // DAY_S % 7 == 0)
    quiet = quiet_of("made", SignalKind.INDEX, 3_600, times, values)
    assert quiet is not None
    assert quiet.ratios.shape == (28, 24)
    assert quiet.weekdays.tolist()[:8] == [0, 1, 2, 3, 4, 5, 6, 0]
    assert quiet.quantum == 1
    series = next(bootstrapped([quiet], 2, 1, event_rate=0)).series[0]
    night = series.values[series.times % DAY_S < 6 * 3_600]
    evening = series.values[series.times % DAY_S >= 6 * 3_600]
    assert night.max() < evening.min()
    assert np.array_equal(series.values, np.rint(series.values))


def test_too_little_or_nothing_is_left_out(tmp_path: Path) -> None:
    times = MONDAY + 3_600 * np.arange(3 * 24, dtype=np.int64)
    assert quiet_of("short", SignalKind.INDEX, 3_600, times, np.ones(72)) is None
    assert quiet_stretches(None) == quiet_stretches(tmp_path) == ()


def test_a_file_that_is_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "regional").mkdir()
    file = tmp_path / "regional" / "ukraine-border-2022-01-quiet.csv"
    file.write_text("adm1_unique_identifier,time_local\nUKR-4,yesterday\n")
    with pytest.raises(CodecError, match="latency_indx"):
        quiet_stretches(tmp_path)
    file.write_text("adm1_unique_identifier,time_local,latency_indx\nUKR-4,yesterday,100\n")
    with pytest.raises(CodecError, match="yesterday"):
        quiet_stretches(tmp_path)
