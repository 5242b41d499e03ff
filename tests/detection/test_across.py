"""What series of one signal share in several countries is their source's; what is left is each country's own."""

from __future__ import annotations

import numpy as np

from kuager.detection import Detection, detect
from kuager.detection.across import detect_across, shared
from kuager.model.series import Series, Values
from kuager.model.words import Access, Scale, SignalKind

DAY = 86_400
START = 1_262_304_000  # 2010-01-01
DAYS = 200


def series(values: Values, place: str) -> Series:
    times = START + DAY * np.arange(values.size, dtype=np.int64)
    return Series("tor.relay-users", place, Access.MIXED, Scale.ABSOLUTE, "", DAY, times, values, "users")


def countries(count: int, wavering: float, lost: slice | None = None, failed: slice | None = None) -> list[Series]:
    random = np.random.default_rng(11)
    course = np.exp(wavering * random.standard_normal(DAYS))
    every = []
    for number in range(count):
        values = 1000.0 * (number + 1) * course * (1.0 + 0.02 * random.standard_normal(DAYS))
        if failed is not None:
            values[failed] *= 0.2
        if lost is not None and number == 0:
            values[lost] *= 0.5
        every.append(series(values, f"A{chr(65 + number)}"))
    return every


def both(every: list[Series]) -> tuple[list[Detection], list[Detection]]:
    masks = [np.zeros(DAYS, dtype=np.bool_) for _ in every]
    alone = [detect(one.times, one.values, DAY, SignalKind.USERS) for one in every]
    common = shared(alone, range(len(every)))
    return alone, detect_across(every, SignalKind.USERS, masks, alone, common)


def test_what_all_countries_share_is_taken_out_of_each() -> None:
    every = countries(20, 0.15, lost=slice(100, 110))
    alone, again = both(every)
    assert np.median(again[1].noise_at(0, DAYS)[0]) < 0.7 * np.median(alone[1].noise_at(0, DAYS)[0])
    (loss,) = again[0].findings
    assert (loss.first, loss.last) == (100, 110)
    assert abs(loss.depth - 0.5) < 0.03
    assert not any(found.findings for found in again[1:])


def test_grid_and_expectation_stay_in_the_units_of_the_series() -> None:
    every = countries(20, 0.15)
    _, again = both(every)
    for one, found in zip(every, again, strict=True):
        assert np.allclose(found.grid.values, one.values)
        assert np.allclose(found.ratio, one.values / found.expected)


def test_a_failure_of_the_source_is_observed_nowhere_but_where_more_was_lost() -> None:
    every = countries(20, 0.01, lost=slice(100, 110), failed=slice(104, 107))
    alone, again = both(every)
    assert all(found.findings for found in alone)
    assert [len(found.findings) for found in again] == [1] + [0] * 19
    assert all(not found.observed[104:107].any() for found in again[1:])
    quiet = [found.observed.sum() for found in again[1:]]
    assert set(quiet) == {DAYS - 3}


def test_few_countries_are_left_as_they_were_judged_alone() -> None:
    alone, again = both(countries(4, 0.15))
    assert all(one is other for one, other in zip(alone, again, strict=True))


def test_a_source_that_hardly_wavers_is_left_alone() -> None:
    alone, again = both(countries(20, 0.005))
    assert all(one is other for one, other in zip(alone, again, strict=True))
