"""The protocol: sealed seeds stay sealed, worlds are reproducible, and most of their months are empty."""

from __future__ import annotations

import ast
from itertools import islice
from pathlib import Path

import pytest

from kuager.evaluation.empty import Emptiness
from kuager.evaluation.protocol import (
    LEAST_EMPTY,
    SEALED_SEEDS,
    TRAINING_SEEDS,
    TUNING_SEEDS,
    Part,
    protocolled,
)
from kuager.evaluation.tally import score

ROOT = Path(__file__).parents[2]
PROTOCOL = ROOT / "src" / "kuager" / "evaluation" / "protocol.py"
ALLOWED = {PROTOCOL, Path(__file__)}


def test_every_part_has_a_seed_of_each_class_and_none_twice() -> None:
    seeds = [seeds[part] for seeds in (TRAINING_SEEDS, TUNING_SEEDS, SEALED_SEEDS) for part in Part]
    assert len(set(seeds)) == 3 * len(Part)


def test_nothing_but_the_protocol_touches_the_sealed_seeds() -> None:
    files = [file for room in ("src", "benchmarks", "tests") for file in (ROOT / room).rglob("*.py")]
    assert len(files) > 100
    sealed = set(SEALED_SEEDS.values())
    touching = []
    for file in files:
        if file in ALLOWED:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value in sealed
            named = "SEALED_SEEDS" in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
            if literal or named:
                touching.append(str(file))
    assert touching == []
    asking = [file.name for file in files if file not in ALLOWED and "sealed=True" in file.read_text("utf-8")]
    assert asking == []


def test_sealed_worlds_come_from_sealed_seeds_only() -> None:
    assert {source.seed for source in protocolled(1, None, sealed=True).sources} <= set(SEALED_SEEDS.values())
    assert {source.seed for source in protocolled(1, None, sealed=False).sources} <= set(TUNING_SEEDS.values())


@pytest.mark.slow
def test_worlds_are_reproducible_and_mostly_empty(shared_data: Path) -> None:
    plan = protocolled(8, shared_data, sealed=False)
    assert [source.part for source in plan.single] == [Part.WORLDS, Part.BOOTSTRAP, Part.SECOND]
    for source in plan.single:
        emptiness = Emptiness()
        worlds = list(source.simulations())
        again = next(islice(source.draw(source.seed, 2), 1, None))
        assert [one.values.tobytes() for one in again.series] == [one.values.tobytes() for one in worlds[1].series]
        assert again.truth == worlds[1].truth
        for simulation in worlds:
            emptiness.add(simulation)
        row = emptiness.row(source.part.value, score("nothing", []))
        assert row.share is not None
        assert LEAST_EMPTY - 0.1 <= row.share < 0.95  # of some thirty months; the command says it of many more
        assert any(simulation.truth for simulation in worlds)


def test_without_real_data_the_bootstrap_is_left_out() -> None:
    plan = protocolled(1, None, sealed=False)
    assert plan.bootstrap_missing
    assert [source.part for source in plan.single] == [Part.WORLDS, Part.SECOND]
