"""Fit how probable a slow stretch is, on simulated months of the training seeds, and print the weights.

Run from the root of the repository: ``python -m benchmarks.fit_throttling``. The weights stand in
``detection/throttling/certainty.py``. A candidate is true when it overlaps a throttle; candidates that something else
is measured to explain are left out, and so are months of a mishap that slows everybody: the probability says that a
stretch is no accident of the runs, not why it is slow. Months are weighted as if one in eight had a throttle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from kuager.detection.throttling.finding import Otherwise, Sign, Throttled
from kuager.detection.throttling.handshakes import slow_handshakes
from kuager.detection.throttling.throughput import slow_stretches
from kuager.evaluation.protocol import TRAINING_SEEDS, Part
from kuager.evaluation.throttled_months import Mishap, Throttle, handshake_months, speed_months

MONTHS = 600
PREVALENCE = 0.125
SLOW_FOR_ALL = {Mishap.CONGESTION, Mishap.SERVER}


def main() -> None:
    """Print the weights of both kinds of runs."""
    seed = TRAINING_SEEDS[Part.THROTTLING]
    speeds = (
        (month.throttle, slow_stretches(month.runs))
        for month in speed_months(seed, MONTHS)
        if month.mishap not in SLOW_FOR_ALL
    )
    _print("THROUGHPUT_CERTAINTY", speeds)
    handshakes = ((month.throttle, slow_handshakes(month.handshakes)) for month in handshake_months(seed, MONTHS))
    _print("HANDSHAKES_CERTAINTY", handshakes)


def _print(name: str, months: Iterable[tuple[Throttle | None, Sequence[Throttled]]]) -> None:
    features, labels, weights = [], [], []
    for throttle, found in months:
        for one in found:
            if not _left(one):
                continue
            everybody = one.sign is Sign.THROUGHPUT and Otherwise.PROBES in one.unlikely
            features.append([one.contrast, np.log(one.slower), float(everybody)])
            labels.append(throttle is not None and one.first < throttle.end and one.last_earliest >= throttle.start)
            weights.append(2.0 * (1.0 - PREVALENCE if throttle is None else PREVALENCE))
    model = LogisticRegression(C=10.0, max_iter=5_000).fit(features, labels, sample_weight=weights)
    numbers = ", ".join(f"{value:.3f}" for value in (*model.intercept_, *model.coef_[0]))
    print(f"{name} = Certainty({numbers})  # {len(labels)} candidates, {sum(labels)} true")


def _left(one: Throttled) -> bool:
    """Whether its probability alone decides: nothing explains it otherwise, and congestion is spoken against."""
    no_queue = one.plateau is not None or Otherwise.CONGESTION in one.unlikely
    return not one.speaks_for and (no_queue or one.sign is Sign.HANDSHAKES)


if __name__ == "__main__":
    main()
