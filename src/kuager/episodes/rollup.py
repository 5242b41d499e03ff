"""From the parts of a place to the share of it that was lost: pure arithmetic, no times and no names.

The parts of a place fail together, and what is believed of them is wrong together: a roll-up that takes them for
independent is far too sure of itself. So all parts of a place share one latent factor, a one-factor Gaussian copula
(Vasicek, "Loan portfolio value", Risk, 2002; Li, "On default correlation: a copula function approach", 2000):

    part i has lost service  <=>  sqrt(r) Z + sqrt(1 - r) e_i < c_i,    P(part i has lost service) = Phi(c_i) = p_i

with Z and all e_i standard normal. Given Z, the parts are independent, and the distribution of the share lost is a
convolution; Z itself is integrated out by Gauss-Hermite quadrature. At r = 0 the parts are independent; at r = 1 they
follow one another, and equal ones are all lost or none. r stands in ``rollup.toml``, chosen on simulated worlds by
``benchmarks/fit_rollup.py``, with the error of a part's depth, by which the interval is wider.

Shares are 0 to 1 of the weight of the whole place, parts that nobody measured included.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import NormalDist

import numpy as np

from kuager.model.scope import Share
from kuager.model.series import Values
from kuager.model.words import State

LEAST_COVERED = 0.5
"""Where less of a place than this is measured, nothing is said of the whole."""
LEAST_LOSS = 0.05
"""A loss of less than a twentieth is no event of a place, as it is none of a series."""
HIGH_LOSS, MOST_LOST = 0.5, 0.75
"""A place is down when surely half of it and probably three quarters of what is measured was lost."""
NEAR_NOTHING = 0.1
"""Only mobile access was hit when surely half of it was lost, and at most this share of what is measured of fixed."""
TAIL = 0.05
"""The probability on either side of the interval."""

CELLS = 500
"""The distribution of the share lost is kept on a grid of this many steps; bounds are good to about a hundredth."""
NODES = 40
"""Of the quadrature."""

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a place at a time.

    Attributes:
        weight: in any unit that all members share; not negative.
        probability: that it has lost service, 0 to 1; None when nothing can be said of it.
        depth: the share of its service that it has lost if it has, 0 to 1.
    """

    weight: float
    probability: float | None
    depth: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """What ``benchmarks/fit_rollup.py`` found.

    Attributes:
        correlation: of two parts' latent variables.
        depth_error: how far the depth of a loss may be off, as a share of it.
    """

    correlation: float
    depth_error: float


def roll_up(members: Sequence[Member], correlation: float, depth_error: float = 0.0) -> Share:
    """The share of a place that is lost, from all of its parts in any order.

    Args:
        members: all parts, also those of which nothing is known. Without weight the whole place is unknown.
        correlation: of two parts' latent variables, 0 to 1.
        depth_error: how far all depths together may be off, as a share of them.
    """
    total = math.fsum(member.weight for member in members)
    if total <= 0:
        return Share(0.0, 0.0, 1.0, 0.0, 1.0, 0.0, State.NOT_OBSERVABLE)
    known = sorted((m.probability, m.weight * m.depth) for m in members if m.probability is not None)
    down = math.fsum(chance * amount for chance, amount in known) / total
    unknown = min(1.0, math.fsum(m.weight for m in members if m.probability is None) / total)
    low, high, chance = _interval([pair for pair in known if pair[0] > 0 and pair[1] > 0], total, correlation)
    low *= 1.0 - depth_error
    high = min(1.0, min(1.0 - unknown, high * (1.0 + depth_error)) + unknown)
    return Share(
        down=down,
        up=max(0.0, 1.0 - down - unknown),
        unknown=unknown,
        low=low,
        high=high,
        chance=chance,
        verdict=_verdict(down, unknown, low, high),
    )


def mobile_only(mobile: Share, fixed: Share) -> bool:
    """Whether mobile access was lost and fixed access was not, both measured well enough to say so."""
    measured = min(1.0 - mobile.unknown, 1.0 - fixed.unknown) >= LEAST_COVERED
    return measured and mobile.low >= HIGH_LOSS and fixed.high - fixed.unknown <= NEAR_NOTHING


def rounded(share: Share) -> Share:
    """The share to four digits, as it is stored; the masses still sum to 1."""
    down, unknown = round(share.down, 4), round(share.unknown, 4)
    up = round(max(0.0, 1.0 - down - unknown), 4)
    return Share(down, up, unknown, round(share.low, 4), round(share.high, 4), round(share.chance, 4), share.verdict)


@cache
def fitted() -> Fitted:
    """The parameters, from ``rollup.toml`` beside this file."""
    table = tomllib.loads(resources.files(__package__).joinpath("rollup.toml").read_text("utf-8"))
    return Fitted(float(table["correlation"]), float(table["depth_error"]))


def _verdict(down: float, unknown: float, low: float, high: float) -> State:
    measured = 1.0 - unknown
    if measured < LEAST_COVERED:
        return State.NOT_OBSERVABLE
    if low > LEAST_LOSS:
        return State.DOWN if low >= HIGH_LOSS and down >= MOST_LOST * measured else State.DEGRADED
    return State.NORMAL if high - unknown <= LEAST_LOSS else State.NOT_OBSERVABLE


def _interval(losses: Sequence[tuple[float, float]], total: float, correlation: float) -> tuple[float, float, float]:
    """Lower and upper bound of what the known parts lost, and the probability that it is more than the least loss.

    Args:
        losses: probability above 0 and amount above 0 of each part, in canonical order.
        total: weight of the whole place.
        correlation: as in :func:`roll_up`.
    """
    if not losses:
        return 0.0, 0.0, 0.0
    probabilities = np.array([chance for chance, _ in losses])
    amounts = np.array([amount for _, amount in losses])
    amount = math.fsum(amounts.tolist())
    cells = amounts / amount * CELLS
    mass = _together(probabilities, cells) if correlation >= 1 else _mixed(probabilities, cells, correlation)
    cumulative = np.cumsum(mass)
    # the grid is one of what these parts can lose at most, so that parts of which nothing is known only scale it down
    low, high = (min(CELLS, int(np.searchsorted(cumulative, tail - 1e-12))) / CELLS for tail in (TAIL, 1.0 - TAIL))
    above = np.arange(mass.size) / CELLS * amount / total > LEAST_LOSS
    return low * amount / total, high * amount / total, min(1.0, float(mass[above].sum()))


def _mixed(probabilities: Values, cells: Values, correlation: float) -> Values:
    """The distribution of the cells lost, float64 [cells], the shared factor integrated out."""
    nodes, weights = _quadrature()
    given = _conditional(probabilities, correlation, nodes)
    mass = np.zeros((nodes.size, CELLS + cells.size + 2))
    mass[:, 0] = 1.0
    reach = 1
    for index, size in enumerate(cells.tolist()):
        whole = int(size)
        lost, rest = given[:, index : index + 1], size - whole
        before = mass[:, :reach].copy()
        mass[:, :reach] *= 1.0 - lost
        mass[:, whole : whole + reach] += lost * (1.0 - rest) * before  # an amount between two cells is in both
        mass[:, whole + 1 : whole + 1 + reach] += lost * rest * before
        reach += whole + 1
    found: Values = weights @ mass
    return found


def _together(probabilities: Values, cells: Values) -> Values:
    """The same where the parts follow one another: whenever one is lost, all more probable ones are lost too."""
    order = np.argsort(-probabilities, kind="stable")
    chances = np.append(probabilities[order], 0.0)
    reached = np.append(0.0, np.cumsum(cells[order]))
    mass = np.zeros(CELLS + cells.size + 2)
    mass[0] = 1.0 - chances[0]
    for size, chance in zip(reached[1:].tolist(), (chances[:-1] - chances[1:]).tolist(), strict=True):
        nearest = round(size)
        mass[nearest] += chance
    return mass


def _conditional(probabilities: Values, correlation: float, nodes: Values) -> Values:
    """The probability of each part given the shared factor, float64 [nodes, parts]."""
    if correlation <= 0:
        return np.tile(probabilities, (nodes.size, 1))
    given = np.empty((nodes.size, probabilities.size))
    for index, chance in enumerate(probabilities.tolist()):
        if chance >= 1:
            given[:, index] = 1.0
            continue
        threshold = _NORMAL.inv_cdf(chance)
        scaled = (threshold - math.sqrt(correlation) * nodes) / math.sqrt(1.0 - correlation)
        given[:, index] = [_NORMAL.cdf(value) for value in scaled.tolist()]
    return given


@cache
def _quadrature() -> tuple[Values, Values]:
    """Nodes and weights for the expectation of a function of a standard normal variable, float64 [NODES] each."""
    nodes, weights = np.polynomial.hermite.hermgauss(NODES)
    return math.sqrt(2.0) * nodes, weights / weights.sum()
