"""What an oracle could see: against draws, and measured from series whose noise is known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.evaluation.drawn import START

from kuager.evaluation.behaviours import usual
from kuager.evaluation.oracle import OwnNoise, known_noise, measured_noise
from kuager.evaluation.plans import SeriesPlan
from kuager.evaluation.shapes import DAY_S, HOUR_S, noise
from kuager.evaluation.simulator import simulate
from kuager.model.words import SignalKind


@pytest.mark.parametrize("samples", [1, 4, 48])
def test_the_noise_of_a_mean_is_that_of_many_draws(samples: int) -> None:
    behaviour = usual(SignalKind.TRAFFIC)
    drawn = noise(48 * 4_000, 1_800, behaviour, np.random.default_rng(3)).reshape(4_000, 48)[:, :samples]
    own = OwnNoise(
        white=behaviour.noise * (1 - behaviour.correlated_share) ** 0.5,
        correlated=behaviour.noise * behaviour.correlated_share**0.5,
        correlation_s=behaviour.correlation_s,
        daily=0.0,
    )
    assert own.of_mean(samples, 1_800) == pytest.approx(float(drawn.mean(axis=1).std()), rel=0.06)


def test_more_samples_see_more_and_correlation_hides() -> None:
    white, shared = OwnNoise(0.05, 0.0, HOUR_S, 0.0), OwnNoise(0.0, 0.05, 6 * HOUR_S, 0.0)
    assert white.snr(0.5, 4, 300) == pytest.approx(0.5 / 0.025)
    assert shared.snr(0.5, 4, 300) < 1.1 * shared.snr(0.5, 1, 300) < 0.6 * white.snr(0.5, 4, 300)
    assert white.snr(0.5, 0, 300) == 0


def test_counting_is_noise() -> None:
    sparse, many = (known_noise(usual(SignalKind.COUNT), level) for level in (1.0, 100.0))
    assert sparse.white > 1 > 3 * many.white


@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.TELESCOPE, SignalKind.PROBING])
def test_measured_noise_is_near_the_known_one(kind: SignalKind) -> None:
    plan = SeriesPlan(f"sim.{kind}", "XA", kind, step_s=1_800)
    drawn = simulate([plan], (), (), START, START + 60 * DAY_S, 5)
    measured = measured_noise(drawn.series[0], ())
    for samples in (1, 12, 48):
        known = drawn.noises[0].of_mean(samples, 1_800)
        assert 0.5 * known < measured.of_mean(samples, 1_800) < 2 * known


def test_what_lies_in_true_events_is_no_noise() -> None:
    plan = SeriesPlan("sim.probing", "XA", SignalKind.PROBING, step_s=1_800)
    series = simulate([plan], (), (), START, START + 30 * DAY_S, 5).series[0]
    calm = measured_noise(series, ())
    cut = (START + 10 * DAY_S, START + 14 * DAY_S)
    series.values[(series.times >= cut[0]) & (series.times < cut[1])] *= 0.3
    assert measured_noise(series, (cut,)).of_mean(1, 1_800) == pytest.approx(calm.of_mean(1, 1_800), rel=0.2)
    assert measured_noise(series, ()).of_mean(1, 1_800) > 5 * calm.of_mean(1, 1_800)
