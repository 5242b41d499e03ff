"""BGP: address blocks that networks announce, as a sum of processes that are on or off.

Measured on Iran, some 41,000 blocks: the median step of half an hour is 5e-5 of the whole, yet the largest are 130 of
those (kurtosis 180), 7 % of the half hours do not change at all, there is no time of day, daily means stay within
.2 % for weeks, and dips of .2 to 1 % last from half an hour to 20 hours. So: many
small networks that come and go for minutes to days, seldom a larger one, often several at once because they hang on
one upstream, and renumbering that stays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between
from kuager.evaluation.second.hours import MINUTES
from kuager.evaluation.second.population import Population
from kuager.model.series import Values

LARGEST_FLAP = 0.012
"""The share of a place that one network takes with it when it flaps; a larger loss would be an outage."""
_DEEPEST = 0.03


def routes(stream: np.random.Generator, country: Country, step_s: int) -> Population:
    """Visible address blocks: 120 in a small place, 60,000 in a large one."""
    blocks = np.maximum(np.rint(120 * 500**country.size * country.networks), 1.0)
    total = float(blocks.sum())
    network_of = stream.choice(blocks.size, size=round(20 + 380 * country.size), p=country.networks)
    change = np.zeros((blocks.size, MINUTES + 1))
    _flaps(stream, change, network_of, total)
    for _ in range(int(stream.poisson(5))):  # networks moved for good
        part = round(stream.laplace(0.0, 0.0008) * total)
        change[stream.choice(network_of), int(stream.integers(MINUTES))] += np.clip(part, -0.004 * total, 0.004 * total)
    shown = blocks[:, np.newaxis] + np.cumsum(change[:, :MINUTES], axis=1)
    shown = np.maximum(shown, np.floor((1 - _DEEPEST) * blocks)[:, np.newaxis])
    minutes = step_s // 60
    held: Values = shown.reshape(blocks.size, -1, minutes).mean(axis=2)
    readings = max(1, step_s // 300)

    def read(_: np.random.Generator, there: Values) -> Values:
        counted: Values = np.rint(there * readings) / readings  # a coarser step is the mean of five-minute counts
        return counted

    return Population(held, read, "visible /24s")


def _flaps(stream: np.random.Generator, change: Values, network_of: npt.NDArray[np.int64], total: float) -> None:
    """Networks that are withdrawn and come back: alone, and in flurries behind one upstream."""
    alone = int(stream.poisson(network_of.size * between(stream, 0.08, 2.0)))
    tiny = int(stream.poisson(between(stream, 20.0, 800.0)))
    flurries = int(stream.poisson(between(stream, 0.5, 12.0)))
    members = stream.integers(3, 15, size=flurries)
    starts = np.concatenate(
        (
            stream.integers(0, MINUTES, size=alone + tiny),
            np.repeat(stream.integers(0, MINUTES, size=flurries), members) + stream.integers(0, 20, int(members.sum())),
        )
    )
    sizes = np.concatenate(
        (
            (stream.pareto(1.1, alone) + 1) * total * 2e-4,
            stream.geometric(0.6, tiny).astype(np.float64),
            (stream.pareto(1.5, int(members.sum())) + 1) * total * 1.5e-4,
        )
    )
    sizes = np.rint(np.clip(sizes, 1.0, max(1.0, LARGEST_FLAP * total)))
    lengths = np.minimum(np.exp(stream.normal(np.log(14), 1.5, sizes.size)), 3 * 1440.0)
    ends = np.minimum(starts + np.maximum(np.rint(lengths), 1).astype(np.int64), MINUTES)
    starts = np.minimum(starts, MINUTES)
    owners = stream.choice(network_of, size=sizes.size)
    np.subtract.at(change, (owners, starts), sizes)
    np.add.at(change, (owners, ends), sizes)
