"""Each loop gives the same bits interpreted and as machine code, and stays inside its arrays.

Machine code reads past an array without a word, the interpreter does not: so odd sizes are run by the interpreter.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.detection.drawn import DAY, HOUR, MINUTE, START

from kuager.detection import Detection, compiled, detect
from kuager.detection.calibrate import FEATURES, log_odds
from kuager.detection.compiled import Loop
from kuager.detection.decode import LEVELS, decode
from kuager.detection.hours import lay
from kuager.detection.learn import share_of_expected
from kuager.detection.noise import noise_of_samples
from kuager.detection.pieces import MEASURES, cut, measure
from kuager.detection.rounds import learn_blocks
from kuager.model.words import SignalKind

Generator = np.random.Generator
ALWAYS, NEVER = -1, 10**15


def numbers(generator: Generator, size: int) -> Any:
    """Numbers about 1 with losses, gaps, zeros and repeats, float64 [size]."""
    values = generator.normal(1.0, 0.03, size)
    for _ in range(int(generator.integers(0, 4))):
        first = int(generator.integers(0, size))
        lost = generator.choice([0.0, 0.12, 0.5, 0.9, 1.5])
        values[first : first + int(generator.integers(1, size + 1))] *= lost
    values[generator.random(size) < generator.choice([0.0, 0.1, 0.9])] = np.nan
    return np.round(values, int(generator.integers(1, 9)))


def levels(generator: Generator, size: int) -> Any:
    """A path in runs, int8 [size]."""
    return np.repeat(generator.choice(LEVELS.size, size), generator.integers(1, 9, size))[:size].astype(np.int8)


def blocks_of(generator: Generator, size: int) -> tuple[int, float, int]:
    """Samples before the series in its first block, samples of a block, and how many blocks there are."""
    per_block = int(generator.choice([1, 2, 6, 12, 60]))
    before = int(generator.integers(0, per_block))
    return before, float(per_block), -(-(before + size) // per_block)


def for_lay(generator: Generator, size: int) -> list[Any]:
    step_s = int(generator.choice([MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY]))
    length = max(HOUR, step_s)
    start = START + int(generator.integers(0, 3)) * 10 * MINUTE
    begin = start // length * length if length % step_s == 0 and length > step_s else start
    blocks = np.empty((start + (size - 1) * step_s - begin) // length + 1)
    buffer = np.empty(min(size, length // step_s + 2))
    return [numbers(generator, size), start, step_s, begin, length, bool(generator.integers(2)), blocks, buffer]


def for_learn(generator: Generator, size: int) -> list[Any]:
    slots = int(generator.choice([1, 4, 24]))
    outputs = [np.zeros(size), np.zeros(size, np.int8), np.zeros(size, np.int8), np.zeros(size)]
    counted = float(generator.choice([0.0, 0.0, 12.0]))
    values = numbers(generator, size) * 100.0 * (1.0 + 0.4 * np.sin(np.arange(size) * 2 * np.pi / slots))
    return [values, slots, slots, slots > 1, float(generator.choice([0.012, 0.05])), counted, *outputs]


def for_share(generator: Generator, size: int) -> list[Any]:
    before, per_block, blocks = blocks_of(generator, size)
    expected = np.abs(numbers(generator, blocks))
    return [numbers(generator, size), expected, before, per_block, np.zeros(size), np.zeros(size)]


def for_decode(generator: Generator, size: int) -> list[Any]:
    before, per_block, blocks = blocks_of(generator, size)
    noise = [generator.uniform(0.012, 0.4, blocks), generator.uniform(1.0, 5.0, blocks)]
    counts = bool(generator.integers(2))
    expected = generator.random(size) * 5
    return [numbers(generator, size), expected, before, per_block, *noise, counts, np.zeros(size, np.int8)]


def for_cut(generator: Generator, size: int) -> list[Any]:
    ratio = numbers(generator, size)
    pieces = np.zeros((int(generator.integers(1, size // 2 + 2)), 2), np.int64)
    return [levels(generator, size), ratio, np.zeros(size, np.int8), float(generator.uniform(0.01, 0.2)), pieces]


def for_measure(generator: Generator, size: int) -> list[Any]:
    ratio, expected, before, per_block, *noise, counts, path = for_decode(generator, size)
    path = levels(generator, size)
    pieces = np.zeros((size // 2 + 1, 2), np.int64)
    pieces = pieces[: cut.interpreted(path, ratio, np.zeros(size, np.int8), 0.05, pieces)]
    measures = np.zeros((pieces.shape[0], MEASURES))
    return [ratio, expected, path, pieces, before, per_block, *noise, counts, measures]


def for_log_odds(generator: Generator, size: int) -> list[Any]:
    """Trees of three nodes each."""
    trees = int(generator.integers(1, 9))
    feature = np.tile([0, -1, -1], trees)
    feature[::3] = generator.integers(0, len(FEATURES), trees)
    children = [np.where(feature >= 0, np.arange(3 * trees) + way, 0) for way in (1, 2)]
    rows = generator.normal(size=(size, len(FEATURES)))
    shape = [np.arange(0, 3 * trees, 3), feature, generator.normal(size=3 * trees), *children]
    return [generator.normal(size=3 * trees), rows, 0.3, *shape, np.zeros(size)]


def marks(generator: Generator, size: int) -> Any:
    """Marks of blocks of all sorts, int8 [size]."""
    return generator.choice([-1, 0, 0, 0, 1, 2], size).astype(np.int8)


def for_noise(generator: Generator, size: int) -> list[Any]:
    before, per_block, blocks = blocks_of(generator, size)
    middle = [marks(generator, blocks), generator.random(blocks) * 50, generator.random(blocks), 1_800, HOUR]
    scales = [0.03, 3.0, 0.02, float(generator.choice([0.0, 0.5, -0.5])), np.zeros(blocks), np.zeros(blocks)]
    return [numbers(generator, size), before, per_block, *middle, *scales]


LOOPS: dict[str, tuple[Loop[..., Any], Callable[[Generator, int], list[Any]]]] = {
    "lay": (lay, for_lay),
    "learn_blocks": (learn_blocks, for_learn),
    "share_of_expected": (share_of_expected, for_share),
    "noise_of_samples": (noise_of_samples, for_noise),
    "decode": (decode, for_decode),
    "cut": (cut, for_cut),
    "measure": (measure, for_measure),
    "log_odds": (log_odds, for_log_odds),
}


def bits(given: object) -> list[bytes]:
    """All numbers of an answer and of arrays; every NaN is the same."""
    parts = given if isinstance(given, list | tuple) else [given]
    arrays = [np.asarray(0 if one is None else one) for one in parts]
    return [
        np.where(np.isnan(one), np.nan, one).tobytes() if one.dtype.kind == "f" else one.tobytes() for one in arrays
    ]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LOOPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 400))
def test_machine_code_gives_the_bits_of_the_interpreter(name: str, seed: int, size: int) -> None:
    loop, drawn = LOOPS[name]
    slowly = drawn(np.random.default_rng(seed), size)
    quickly = copy.deepcopy(slowly)
    with np.errstate(all="ignore"):
        answer = loop.interpreted(*slowly)
    assert bits(answer) == bits(loop.machine_code(*quickly))
    assert bits(slowly) == bits(quickly)


def series(seed: int) -> tuple[Any, Any, int, SignalKind]:
    """A series of any step, length and kind, with a cut."""
    generator = np.random.default_rng(seed)
    step_s = int(generator.choice([5 * MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY]))
    size = int(generator.integers(2, 1_500))
    kind = list(SignalKind)[int(generator.integers(len(SignalKind)))]
    start = START + int(generator.choice([0, 10 * MINUTE]))
    mean = generator.choice([2.0, 1_000.0])
    values = generator.poisson(mean * (1.2 + np.sin(np.arange(size) * step_s * 2 * np.pi / DAY)), size).astype(float)
    first = int(generator.integers(0, size))
    values[first : first + int(generator.integers(1, 60))] *= generator.choice([0.0, 0.3])
    return start + step_s * np.arange(size, dtype=np.int64), values, step_s, kind


def same(one: Detection, other: Detection) -> bool:
    arrays = [(bits([each.expected, each.ratio, each.path]), each.findings, each.shifts) for each in (one, other)]
    return arrays[0] == arrays[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(40))
def test_a_series_is_judged_alike_by_both(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    times, values, step_s, kind = series(seed)
    found = []
    for patience in (NEVER, ALWAYS):
        monkeypatch.setattr(compiled, "PATIENCE", patience)
        found.append(detect(times, values, step_s, kind))
    assert same(*found)


ODD_VALUES: dict[str, Callable[[int], Any]] = {
    "level": lambda size: np.full(size, 50.0),
    "zeros": np.zeros,
    "one zero": lambda size: np.r_[0.0, np.full(size - 1, 50.0)],
    "all missing but one": lambda size: np.r_[np.full(size - 1, np.nan), 5.0],
    "missing": lambda size: np.full(size, np.nan),
    "half missing": lambda size: np.where(np.arange(size) < size // 2, np.nan, 50.0),
    "lost at both ends": lambda size: np.where(np.abs(np.arange(size) - size / 2) < size / 4, 500.0, 1.0),
    "small counts": lambda size: np.arange(size) % 4 * 1.0,
    "negative": lambda size: -np.arange(size, dtype=float),
    "enormous": lambda size: np.full(size, 1e300),
    "tiny": lambda size: np.full(size, 5e-324),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_VALUES)
@pytest.mark.parametrize("step_s", [MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY])
@pytest.mark.filterwarnings("error")
def test_odd_sizes_stay_inside(monkeypatch: pytest.MonkeyPatch, name: str, step_s: int) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", NEVER)
    per_hour = max(1, HOUR // step_s)
    for size in sorted({1, 2, 3, per_hour, per_hour + 1, 2 * per_hour, 2 * per_hour + 1, 170}):
        for start in (START, START + 10 * MINUTE, START + 59 * MINUTE):
            values = ODD_VALUES[name](size)
            for kind in (SignalKind.TRAFFIC, SignalKind.COUNT):
                found = detect(start + step_s * np.arange(size, dtype=np.int64), values, step_s, kind)
                assert found.ratio.size == found.path.size == size
