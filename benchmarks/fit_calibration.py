"""Fit the probability of a single event and write ``src/kuager/detection/calibration.json``.

Run from the root of the repository: ``python benchmarks/fit_calibration.py [--worlds 150]`` (needs scikit-learn, in the
``develop`` extra). Trees are fitted on the training seeds of three generators, then brought to agree with frequencies
on other seeds (a logistic function of their log-odds), and judged on the tuning seeds; the sealed seeds are not
touched. Trees may only grow with evidence, depth and sharpness. The figures go into the file, beside those of a
logistic regression on the same features, so that whoever reads it reads how good it is.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kuager.detection.calibrate import FEATURES, RISING, Trees
from kuager.evaluation import second
from kuager.evaluation.bootstrap import bootstrapped
from kuager.evaluation.calibration import Candidates, candidates
from kuager.evaluation.protocol import TRAINING_SEEDS, TUNING_SEEDS, Part
from kuager.evaluation.real import quiet_stretches
from kuager.evaluation.scores import brier, calibration_error
from kuager.evaluation.worlds import worlds

TARGET = Path(__file__).parents[1] / "src" / "kuager" / "detection" / "calibration.json"
DATA = Path(os.environ.get("KUAGER_DATA", "../shared/data"))
AGREEING = 40
"""Added to a training seed it gives the seed of the worlds on which trees are brought to agree with frequencies."""
TREES = {"max_iter": 250, "max_leaf_nodes": 12, "learning_rate": 0.06, "min_samples_leaf": 30, "l2_regularization": 1.0}

Numbers = npt.NDArray[np.float64]


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=150, help="worlds of each generator to fit on")
    count = parser.parse_args().worlds
    parts = (Part.WORLDS, Part.BOOTSTRAP, Part.SECOND)
    tasks = [(part, TRAINING_SEEDS[part], number, count) for part in parts for number in range(2)]
    tasks += [(part, TRAINING_SEEDS[part] + AGREEING, 0, count) for part in parts]
    tasks += [(part, TUNING_SEEDS[part], 0, count) for part in parts]
    with ProcessPoolExecutor(2) as pool:
        drawn = list(pool.map(draw, tasks))
    training = Candidates.together(drawn[: 2 * len(parts)])
    agreeing = Candidates.together(drawn[2 * len(parts) : 3 * len(parts)])
    rising = [1 if name in RISING else 0 for name in FEATURES]
    model = HistGradientBoostingClassifier(monotonic_cst=rising, random_state=0, **TREES)
    model.fit(training.features, training.true)
    plain = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2_000))
    plain.fit(training.features, training.true)
    agreement = LogisticRegression(C=1e6).fit(model.decision_function(agreeing.features)[:, np.newaxis], agreeing.true)
    scale, shift = float(agreement.coef_[0, 0]), float(agreement.intercept_[0])
    figures: dict[str, float] = {"training_candidates": len(training.true)}
    for part, test in zip(parts, drawn[3 * len(parts) :], strict=True):
        chances = 1 / (1 + np.exp(-(scale * model.decision_function(test.features) + shift)))
        logistic = plain.predict_proba(test.features)[:, 1]
        figures |= {f"{part} {name}": value for name, value in judged(test.true, chances, logistic).items()}
    TARGET.write_bytes(msgspec.json.encode(written(model, scale, shift, figures)) + b"\n")
    for name, value in figures.items():
        print(f"{name}: {value:g}")


def draw(task: tuple[Part, int, int, int]) -> Candidates:
    """The candidates of one half of the worlds of one generator; the halves have seeds of their own."""
    part, seed, half, count = task
    count, seed = count // 2, seed + 1_000 * half
    if part is Part.BOOTSTRAP:
        return candidates(bootstrapped(quiet_stretches(DATA), seed, count))
    return candidates(worlds(seed, count, failure_rate=0.0) if part is Part.WORLDS else second.worlds(seed, count))


def judged(true: npt.NDArray[np.bool_], chances: Numbers, logistic: Numbers) -> dict[str, float]:
    """Figures on worlds that took no part in fitting."""
    return {
        "candidates": len(true),
        "true share": round(float(true.mean()), 4),
        "brier": round(brier(chances, true), 4),
        "brier of the base rate": round(brier([true.mean()] * len(true), true), 4),
        "calibration error": round(calibration_error(chances, true), 4),
        "brier of logistic regression": round(brier(logistic, true), 4),
        "calibration error of logistic regression": round(calibration_error(logistic, true), 4),
    }


def written(model: HistGradientBoostingClassifier, scale: float, shift: float, figures: dict[str, float]) -> Trees:
    """The trees as plain lists, child by index over all trees."""
    roots: list[int] = []
    rows: list[tuple[int, float, int, int, float]] = []
    for (tree,) in model._predictors:
        base = len(rows)
        roots.append(base)
        for node in tree.nodes:
            leaf = bool(node["is_leaf"])
            rows.append(
                (
                    -1 if leaf else int(node["feature_idx"]),
                    0.0 if leaf else float(f"{node['num_threshold']:.8g}"),
                    base if leaf else base + int(node["left"]),
                    base if leaf else base + int(node["right"]),
                    round(float(node["value"]), 8),
                )
            )
    feature, threshold, left, right, value = (list(column) for column in zip(*rows, strict=True))
    start = float(model._baseline_prediction[0, 0])
    return Trees(start, roots, feature, threshold, left, right, value, scale, shift, figures)


if __name__ == "__main__":
    main()
