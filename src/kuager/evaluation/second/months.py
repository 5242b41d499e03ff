"""Worlds of the second simulator: which places, kinds, steps and happenings a month has.

A world has four places and four kinds; over five worlds in a row five of the twenty place-months have something in
them, in every run of worlds from the first at most three in ten. Over twelve happenings in a row every form comes once
at least. Half of the worlds hand out the kinds that IODA does and traffic; in the others users, an index or counts of
tests stand in for one or two of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kuager.evaluation.second.countries import Country, countries, month
from kuager.evaluation.second.dice import between, dice
from kuager.evaluation.second.drawing import Asked, Drawing, draw_place
from kuager.evaluation.second.forms import happenings
from kuager.evaluation.second.happenings import Form, Happening
from kuager.evaluation.second.hours import MINUTES
from kuager.evaluation.second.nuisances import Manner, Nuisance, clashes
from kuager.model.words import Scale, SignalKind

PLACES = 4
_HAPPEN = (1, 1, 1, 0, 2)
"""In how many of its places something happens, for five worlds in a row."""
_FORMS = (*Form, Form.NATIONAL, Form.NATIONAL, Form.PARTIAL)
_USUAL = (SignalKind.BGP, SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)
_OTHERS = (SignalKind.USERS, SignalKind.INDEX, SignalKind.COUNT)
_STEPS = (60, 300, 600, 900, 1800, 3600)
_STEP_CHANCES = (0.06, 0.62, 0.09, 0.1, 0.08, 0.05)


def drawings(seed: int, count: int) -> Iterator[Drawing]:
    """That many worlds with all that is known of them."""
    for number in range(count):
        yield _world(seed, number)


def failing_drawings(seed: int, count: int) -> Iterator[Drawing]:
    """That many worlds of one signal in 12 to 20 places that falls or freezes for all of them together."""
    for number in range(count):
        yield _failing(seed, number)


def _world(seed: int, number: int) -> Drawing:
    name = f"world-{number}"
    stream = dice(seed, name)
    there = countries(seed, name, month(seed, name), PLACES)
    asked = tuple(_asked(stream, kind) for kind in _kinds(stream))
    eventful = stream.permutation(PLACES)[: _HAPPEN[number % len(_HAPPEN)]].tolist()
    before = number // len(_HAPPEN) * sum(_HAPPEN) + sum(_HAPPEN[: number % len(_HAPPEN)])
    happened = {
        there[place].code: _happened(seed, name, there[place], before + order) for order, place in enumerate(eventful)
    }
    drawn = [one for country in there for one in draw_place(seed, name, country, asked, happened.get(country.code, ()))]
    return Drawing(tuple(drawn), happened)


def _failing(seed: int, number: int) -> Drawing:
    name = f"failing-{number}"
    stream = dice(seed, name)
    there = countries(seed, name, month(seed, name), int(stream.integers(12, 21)))
    asked = _asked(stream, (*_USUAL, *_OTHERS)[int(stream.integers(7))])
    failures = _failures(stream)
    happened = {}
    for order, country in enumerate(there[::4]):
        drawn = _happened(seed, name, country, 3 * number + order)
        # Nobody could tell a loss from a failure of the source that covers it.
        happened[country.code] = tuple(each for each in drawn if not any(clashes(fail, (each,)) for fail in failures))
    drawings_of_places = [
        draw_place(seed, name, country, (asked,), happened.get(country.code, ()), _local(seed, name, country, failures))
        for country in there
    ]
    return Drawing(tuple(one for drawn_there in drawings_of_places for one in drawn_there), happened, failures)


def _happened(seed: int, name: str, country: Country, ordinal: int) -> tuple[Happening, ...]:
    """What happens at an eventful place: the form whose turn it is, and in one place of four another one beside it."""
    stream = dice(seed, name, country.code, "happenings")
    turn = dice(seed, "forms", ordinal // len(_FORMS)).permutation(len(_FORMS))[ordinal % len(_FORMS)]
    forms = [_FORMS[int(turn)]]
    if stream.random() < 0.25:
        forms.append(_FORMS[int(stream.integers(len(_FORMS)))])
    return happenings(stream, country, tuple(forms))


def _kinds(stream: np.random.Generator) -> tuple[SignalKind, ...]:
    """Four kinds, always with traffic, the only one that throttling touches."""
    kinds = list(_USUAL)
    if stream.random() < 0.5:
        number = int(stream.integers(1, 3))
        outgoing, incoming = stream.permutation(3)[:number].tolist(), stream.permutation(3)[:number].tolist()
        for leaves, comes in zip(outgoing, incoming, strict=True):
            kinds[leaves] = _OTHERS[comes]
    return tuple(kinds)


def _asked(stream: np.random.Generator, kind: SignalKind) -> Asked:
    step_s = int(stream.choice(_STEPS, p=_STEP_CHANCES))
    chance = {SignalKind.TRAFFIC: 0.6, SignalKind.INDEX: 0.0}.get(kind, 0.15)
    return Asked(kind, step_s, Scale.RELATIVE if stream.random() < chance else Scale.ABSOLUTE)


def _failures(stream: np.random.Generator) -> tuple[Nuisance, ...]:
    """One to three failures of a source, half an hour to two days each, a day apart at least."""
    found: list[Nuisance] = []
    for _ in range(int(stream.integers(1, 4))):
        length = round(between(stream, 30, 2880) / 5) * 5
        start = int(stream.integers(288, (MINUTES - 1440 - length) // 5)) * 5
        if any(start < other.end + 1440 and start + length > other.start - 1440 for other in found):
            continue
        manner = Manner.FALLS if stream.random() < 0.6 else Manner.FREEZES
        factor = (
            float(stream.choice([0.0, stream.uniform(0.05, 0.85)], p=[0.2, 0.8])) if manner is Manner.FALLS else 1.0
        )
        found.append(Nuisance(manner, start, start + length, factor))
    return tuple(found)


def _local(seed: int, name: str, country: Country, failures: tuple[Nuisance, ...]) -> tuple[Nuisance, ...]:
    """The failures as one place shows them: a fall is not equally deep everywhere."""
    stream = dice(seed, name, country.code, "failures")
    return tuple(
        Nuisance(each.manner, each.start, each.end, min(each.factor * float(stream.uniform(0.85, 1.15)), 0.95))
        if each.manner is Manner.FALLS
        else each
        for each in failures
    )
