"""The second simulator beside real data: a real quiet month does not stand out among the months that it draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kuager.codecs.ioda import export
from kuager.evaluation.second import drawings
from kuager.model.series import Series, Values

pytestmark = pytest.mark.slow

Measure = Callable[[Values], float]


@pytest.fixture(scope="module")
def quiet() -> list[Series]:
    """Series in which nothing happens, of half an hour and less."""
    return [
        drawn.series
        for drawing in drawings(21, 16)
        for drawn in drawing.drawn
        if not drawn.truth and drawn.series.step_s <= 1800
    ]


def of_days(values: Values) -> tuple[Values, Values]:
    """For a quiet month of half hours: the logarithm of its usual day, and what is left beside it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.log(np.where(values > 0, values, np.nan)).reshape(30, 48)
    day = np.nanmedian(logarithm, axis=0)
    return day, (logarithm - day).ravel()


def robust(values: Values) -> float:
    return float(1.4826 * np.nanmedian(np.abs(values - np.nanmedian(values))))


def together(values: Values, lag: int) -> float:
    early, late = values[:-lag], values[lag:]
    both = np.isfinite(early) & np.isfinite(late)
    return float(np.corrcoef(early[both], late[both])[0, 1])


def half_hours(values: Values) -> Values:
    """The means of what was measured, NaN where nothing was."""
    samples = values.reshape(1440, -1)
    measured = np.isfinite(samples).sum(axis=1)
    total = np.nansum(samples, axis=1)
    means: Values = np.divide(total, measured, out=np.full(1440, np.nan), where=measured > 0)
    return means


MEASURES: dict[str, Measure] = {
    "the top of the day against its night": lambda month: float(np.exp(np.ptp(of_days(month)[0]))),
    "spread beside the day": lambda month: robust(of_days(month)[1]),
    "step from one half hour to the next": lambda month: robust(np.diff(of_days(month)[1])),
    "standard deviation of steps": lambda month: float(np.nanstd(np.diff(of_days(month)[1]))),
    "what stays for half an hour": lambda month: together(of_days(month)[1], 1),
    "what stays for four hours": lambda month: together(of_days(month)[1], 8),
    "what stays for twelve hours": lambda month: together(of_days(month)[1], 24),
    "large steps that come together": lambda month: together(np.abs(np.diff(of_days(month)[1])), 1),
}


@pytest.mark.parametrize(
    ("real", "simulated"),
    [
        ("ioda.gtr-norm", "sim.traffic"),
        ("ioda.merit-nt", "sim.telescope"),
        ("ioda.bgp", "sim.bgp"),
        ("ioda.ping-slash24", "sim.probing"),
    ],
)
def test_a_real_quiet_month_would_not_stand_out_among_those_drawn(
    iran_export: Path, quiet: list[Series], real: str, simulated: str
) -> None:
    """Iran, December 2025, by half hours: by each measure between the lowest and the highest 2 % of what is drawn."""
    (series,) = (one for one in export.decode(iran_export.read_bytes(), "IR").series if one.signal == real)
    december = series.values[:1440]
    drawn = [half_hours(one.values) for one in quiet if one.signal == simulated]
    assert len(drawn) >= 20
    for name, measure in MEASURES.items():
        low, high = np.nanquantile([measure(month) for month in drawn], [0.02, 0.98])
        assert low <= measure(december) <= high, name
