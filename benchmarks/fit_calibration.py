"""Fit the probability of a single event and write ``src/kuager/detection/calibration.toml``.

Run from the root of the repository: ``python benchmarks/fit_calibration.py``. Worlds for fitting and for judging have
different seeds. The figures go into the file, so that whoever reads the coefficients reads how good they are.
"""

from __future__ import annotations

from pathlib import Path

from kuager.detection.calibrate import WEIGHTED
from kuager.evaluation.calibration import candidates, fit, predicted
from kuager.evaluation.scores import brier, calibration_error
from kuager.evaluation.worlds import worlds

TRAINING_SEED, TEST_SEED = 11, 1
WORLDS = 150
TARGET = Path(__file__).parents[1] / "src" / "kuager" / "detection" / "calibration.toml"


def main() -> None:
    """Fit, judge, write."""
    training = candidates(worlds(TRAINING_SEED, WORLDS))
    fitted = fit(training)
    test = candidates(worlds(TEST_SEED, WORLDS))
    chances = predicted(fitted, test.features)
    lines = [
        "# Written by benchmarks/fit_calibration.py. The weights multiply Features.transformed of calibrate.py.",
        "# Simulated worlds, one author for simulator and detector: expect real series to be harder.",
        f"intercept = {fitted.intercept:.6f}",
        "",
        "[weights]",
        *(f"{name} = {weight:.6f}" for name, weight in zip(WEIGHTED, fitted.weights, strict=True)),
        "",
        "[fitted]",
        f"training_seed = {TRAINING_SEED}",
        f"test_seed = {TEST_SEED}",
        f"worlds = {WORLDS}",
        f"training_candidates = {len(training.true)}",
        f"test_candidates = {len(test.true)}",
        f"test_true_share = {test.true.mean():.4f}",
        f"test_brier = {brier(chances, test.true):.4f}",
        f"test_brier_of_base_rate = {brier([test.true.mean()] * len(test.true), test.true):.4f}",
        f"test_calibration_error = {calibration_error(chances, test.true):.4f}",
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(TARGET.read_text("utf-8"))


if __name__ == "__main__":
    main()
