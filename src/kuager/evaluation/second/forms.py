"""The forms that a loss takes, each drawn at random within what was seen of its like.

Facts behind the numbers. Of 182 national shutdowns 71 % begin on a full local hour and 14 % on a half hour, last .8 to
50 hours (5th and 95th percentile, median 5.5); of 729 other national outages 23 and 16 %, .25 to 16 hours, median 2;
the first are seen by BGP, probing and telescope alike in 94 %, the second in 54 % (Destination Unreachable, SIGCOMM
2023). Iran, 8 January 2026: probing fell from 90 to 7 % within an hour, web search to 14 % two hours later and to 2 %
after three, BGP to 87 % within that time and little lower that night, later 90 to 99; it came back operator by operator
through a day. Iran, November 2019: 96 to 12 % within four hours, for days. Venezuela, July 2019: the batteries of a
country without power last six hours (90, 80, 50, 40, 20, 10), and it comes back over 12 to 40 hours, with relapses,
each state in its own time. Tonga, January 2022: .1 to 2 % are left for weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between
from kuager.evaluation.second.happenings import Form, Happening, Piece
from kuager.evaluation.second.hours import DAYS, MINUTES, minute_of
from kuager.model.series import Values
from kuager.model.words import SignalKind


def happenings(stream: np.random.Generator, country: Country, forms: tuple[Form, ...]) -> tuple[Happening, ...]:
    """One happening of each form at a place, half a day apart at least; what finds no room is left out."""
    found: list[Happening] = []
    for form in forms:
        happening = _DRAWN[form](stream, country)
        if happening.pieces and all(_apart(happening, other) for other in found):
            found.append(happening)
    return tuple(sorted(found, key=lambda happening: happening.first))


def _apart(one: Happening, other: Happening) -> bool:
    return one.first > other.last + 720 or one.last < other.first - 720


# How the forms are drawn.


def _national(stream: np.random.Generator, country: Country) -> Happening:
    length = stream.choice([between(stream, 5, 60), between(stream, 50, 2880), between(stream, 1440, 17280)])
    fall, back = between(stream, 1, 60), between(stream, 1, 90)
    piece = _block(_start(stream, country, length), length, fall, back)
    return _seen(stream, Form.NATIONAL, (_edged(stream, piece),), _all(stream, country), bgp_blind=0.35)


def _partial(stream: np.random.Generator, country: Country) -> Happening:
    length = between(stream, 10, 7200)
    piece = _block(_start(stream, country, length), length, between(stream, 1, 60), between(stream, 1, 90))
    return _seen(stream, Form.PARTIAL, (_edged(stream, piece),), _some(stream, country), bgp_blind=0.6)


def _some(stream: np.random.Generator, country: Country) -> Values:
    """Float64 [o], a loss of 10 to 90 % of the people: of everybody's, or of some operators altogether."""
    wanted = float(stream.uniform(0.1, 0.9))
    if stream.random() < 0.5:
        return np.full(country.customers.size, wanted)
    order = stream.permutation(country.customers.size)
    before = np.cumsum(country.customers[order]) - country.customers[order]
    hit = np.zeros(country.customers.size)
    hit[order] = np.clip((wanted - before) / country.customers[order], 0.0, 0.98)
    return hit


def _mobile(stream: np.random.Generator, country: Country) -> Happening:
    length = between(stream, 60, 7200)
    piece = _block(_start(stream, country, length), length, between(stream, 1, 30), between(stream, 1, 60))
    hit = _by_mobile(country, _all(stream, country))
    return _seen(stream, Form.MOBILE, (_edged(stream, piece),), hit, bgp_blind=0.85)


def _curfew(stream: np.random.Generator, country: Country) -> Happening:
    """The same local hours on three to twelve days: examinations in the morning, or nights; not always every day."""
    days = int(stream.integers(3, 13))
    if stream.random() < 0.5:
        opens, hours = float(stream.integers(4, 10)), float(stream.choice([1.5, 2.0, 2.5, 3.0, 3.5, 4.0]))
    else:
        opens, hours = float(stream.integers(19, 24)), float(stream.integers(5, 11))
    on = int(stream.integers(1, DAYS - days))
    every = int(stream.integers(1, 3)) if days < 8 else 1
    chosen = [day for day in range(on, min(on + days * every, DAYS), every) if stream.random() < 0.9]
    fall, back = between(stream, 1, 10), between(stream, 1, 20)
    starts = [minute_of(country.zone, country.begin, day, opens) for day in chosen]
    pieces = tuple(_block(start, hours * 60, fall, back) for start in starts)
    hit = _all(stream, country) if stream.random() < 0.6 else _by_mobile(country, _all(stream, country))
    return _seen(stream, Form.CURFEW, pieces, hit, bgp_blind=0.5)


def _interrupted(stream: np.random.Generator, country: Country) -> Happening:
    """A cut during which everybody is let back once to five times, for one to six hours."""
    length = between(stream, 900, 14400)
    begins = _start(stream, country, length)
    inside = begins + 90 + stream.uniform(0, 1, size=int(stream.integers(1, 6))) * (length - 540)
    bounds: list[int] = [begins]
    for start in np.sort(np.rint(inside / 30) * 30).astype(np.int64).tolist():
        end = start + round(between(stream, 60, 360) / 30) * 30
        if start >= bounds[-1] + 90 and end <= begins + length - 60:
            bounds += [start, end]
    bounds.append(begins + round(length))
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    fall, back = between(stream, 1, 20), between(stream, 1, 20)
    pieces = tuple(_block(start, end - start, fall, back) for start, end in pairs)
    return _seen(stream, Form.INTERRUPTED, pieces, _all(stream, country), bgp_blind=0.4)


def _ramp(stream: np.random.Generator, country: Country) -> Happening:
    length = between(stream, 480, 5760)
    fall = length * float(stream.uniform(0.25, 0.6))
    back = between(stream, 1, 30) if stream.random() < 0.5 else length * float(stream.uniform(0.1, 0.3))
    piece = _block(_start(stream, country, length), length, fall, back)
    hit = _all(stream, country) if stream.random() < 0.5 else np.full(country.hosts.size, stream.uniform(0.3, 0.9))
    return _seen(stream, Form.RAMP, (piece,), hit, bgp_blind=0.5)


def _staircase(stream: np.random.Generator, country: Country) -> Happening:
    """Two to four steps down, and sometimes steps up again."""
    length = between(stream, 480, 8640)
    down = np.sort(stream.uniform(0.15, 1.0, size=int(stream.integers(2, 5))))
    up = np.sort(stream.uniform(0.1, 0.8, size=int(stream.integers(0, 3))))[::-1]
    levels = np.concatenate((down, up))
    edges = np.concatenate(([0.0], np.cumsum(stream.uniform(0.4, 1.6, size=levels.size))))
    edges = _start(stream, country, length) + np.rint(edges / edges[-1] * length)
    fall = min(between(stream, 1, 20), float(np.diff(edges).min()) / 3)
    minutes = np.ravel(np.column_stack((edges, edges + fall)))
    lost = np.ravel(np.column_stack((np.concatenate(([0.0], levels)), np.concatenate((levels, [0.0])))))
    hit = _all(stream, country) if stream.random() < 0.6 else np.full(country.hosts.size, stream.uniform(0.4, 0.9))
    return _seen(stream, Form.STAIRCASE, (_edged(stream, Piece(minutes, lost)),), hit, bgp_blind=0.5)


def _throttling(stream: np.random.Generator, country: Country) -> Happening:
    length = between(stream, 120, 11520)
    piece = _block(_start(stream, country, length), length, between(stream, 1, 60), between(stream, 1, 60))
    hit = np.full(country.customers.size, float(stream.uniform(0.35, 0.9)))
    if stream.random() < 0.3:
        hit = _by_mobile(country, hit)
    return Happening(Form.THROTTLING, (_edged(stream, piece),), hit, {SignalKind.TRAFFIC: 1.0})


def _power(stream: np.random.Generator, country: Country) -> Happening:
    """Down within minutes to hours, and back for hours to days: unevenly, with relapses, each operator as it can."""
    fall, return_ = between(stream, 5, 240), between(stream, 240, 3600)
    stays = between(stream, 10, 360)
    steps = int(stream.integers(4, 12))
    back = np.sort(stream.uniform(0, 1, size=steps))[::-1] + stream.normal(0.0, 0.06, size=steps)
    returns = fall + stays + np.append(np.sort(stream.uniform(0.02, 0.97, steps)), 1.0) * return_
    minutes = np.concatenate(([0.0, fall, fall + stays], returns))
    lost = np.concatenate(([0.0, 1.0, float(stream.uniform(0.9, 1.0))], np.clip(back, 0.06, 0.95), [0.0]))
    length = float(minutes[-1])
    begins = int(stream.integers(720, max(721, MINUTES - 720 - round(length))))
    piece = _edged(stream, Piece(begins + np.rint(minutes) + np.arange(minutes.size), lost))
    hit = float(stream.uniform(0.3, 0.97)) * stream.uniform(0.7, 1.0, size=country.customers.size)
    return _seen(stream, Form.POWER, (piece,), hit, bgp_blind=0.6)


_DRAWN: dict[Form, Callable[[np.random.Generator, Country], Happening]] = {
    Form.NATIONAL: _national,
    Form.PARTIAL: _partial,
    Form.MOBILE: _mobile,
    Form.CURFEW: _curfew,
    Form.INTERRUPTED: _interrupted,
    Form.RAMP: _ramp,
    Form.STAIRCASE: _staircase,
    Form.THROTTLING: _throttling,
    Form.POWER: _power,
}


# What the forms are made of.


def _all(stream: np.random.Generator, country: Country) -> Values:
    result: Values = 1 - between(stream, 0.002, 0.06) * stream.uniform(0.5, 1.5, size=country.customers.size)
    return result


def _by_mobile(country: Country, hit: Values) -> Values:
    """The same for mobile operators alone; a place that has none loses everything."""
    if not country.mobile.any():
        return hit
    return np.where(country.mobile, hit, 0.0)


def _start(stream: np.random.Generator, country: Country, length: float) -> int:
    """A minute at which something of that length may begin: mostly on a full or half local hour."""
    day = int(stream.integers(1, max(2, DAYS - 1 - int(length // 1440))))
    hour = float(stream.integers(24))
    chance = stream.random()
    if 0.65 < chance <= 0.8:
        hour += 0.5
    elif chance > 0.8:
        hour += int(stream.integers(12)) / 12
    return minute_of(country.zone, country.begin, day, hour)


def _block(start: int, length: float, fall: float, back: float) -> Piece:
    """A loss that falls for ``fall`` minutes, stays, and comes back within the last ``back`` minutes."""
    whole = max(5.0, round(length / 5) * 5.0)
    fall, back = min(fall, whole * 0.7), min(back, whole * 0.25)
    if whole <= 60:  # what is over within the hour falls and returns at once
        fall, back = 0.0, 0.0
    knots = np.array([0.0, fall, whole - back, whole]) + start
    return Piece(knots, np.array([0.0, 1.0, 1.0, 0.0] if fall > 0 else [1.0, 1.0, 1.0, 1.0]))


def _edged(stream: np.random.Generator, piece: Piece) -> Piece:
    """One in six begins before the data do or is not over when they end; half an hour to five days lie inside."""
    length = piece.last - piece.first
    chance = stream.random()
    if length < 60 or chance > 0.16:
        return piece
    inside = round(between(stream, 30, min(max(31, 0.9 * length), 7200)))
    return piece.moved((inside - piece.last) if chance < 0.06 else (MINUTES - inside - piece.first))


def _seen(
    stream: np.random.Generator,
    form: Form,
    pieces: tuple[Piece, ...],
    hit: Values,
    *,
    bgp_blind: float,
) -> Happening:
    """A happening with what each kind of signal sees of it, and how much later."""
    sight = {kind: float(stream.uniform(0.95, 1.0)) for kind in SignalKind}
    chance = stream.random()
    if chance < bgp_blind:
        sight[SignalKind.BGP] = 0.0
    elif chance < bgp_blind + 0.35 * (1 - bgp_blind):
        sight[SignalKind.BGP] = float(stream.uniform(0.08, 0.7))
    if stream.random() < 0.08:
        sight[SignalKind.TELESCOPE] = 0.0
    if stream.random() < 0.06:
        sight[SignalKind.PROBING] = 0.0
    delays = {kind: int(stream.integers(0, 6)) for kind in SignalKind}
    delays[SignalKind.TRAFFIC] += int(stream.exponential(15)) if stream.random() < 0.3 else 0
    delays[SignalKind.TELESCOPE] += int(stream.exponential(10)) if stream.random() < 0.3 else 0
    happening = Happening(form, pieces, hit, sight, delays, between(stream, 0.02, 0.1))
    if stream.random() < 0.3:  # often everyone sees it at the same time
        return replace(happening, delays={})
    return happening
