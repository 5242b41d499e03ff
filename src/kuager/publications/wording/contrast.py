"""Where signals part: what a reader of one signal alone would have thought, in sentences computed from the readings."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.words import SignalKind, Stance
from kuager.publications import clock
from kuager.publications.view import EpisodeView
from kuager.publications.wording.sentence import name_of
from kuager.sources import registry

LONG_BEFORE = 0.5
"""A signal that is over before this share of the episode has passed was over long before it."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)
APART = timedelta(hours=1)
"""Onsets and ends closer than this are not worth a sentence."""


def contrasts(view: EpisodeView) -> tuple[str, ...]:
    """The disagreements of an episode in words, in the language of the view; none when all signals tell one story."""
    found = [_dissent(view, reading) for reading in view.episode.signals]
    found.append(_onsets(view))
    found.append(_returns(view))
    return tuple(sentence for sentence in found if sentence)


def _dissent(view: EpisodeView, reading: Reading) -> str:
    """What someone would have thought who had looked at this signal alone; empty where it tells the same story."""
    deepest = _deepest(view, reading)
    routing = registry.signal(reading.signal).kind is SignalKind.BGP
    if deepest is None or reading.lowest is None or not (routing or reading.stance is Stance.DISAGREES):
        return ""
    translation = view.about.translation
    facts = {
        "signal": name_of(reading, translation, short=True),
        "lowest": translation.share_above(reading.lowest),
        "other": name_of(deepest, translation, short=True),
        "level": translation.share(1 - (deepest.depth or 0.0)),
    }
    if reading.start is None:
        template = message(
            "Someone who looked at {signal} alone would have seen almost nothing: it never fell below {lowest} of what "
            "was expected. Meanwhile {other} stood at about {level} (median)."
        )
        return translation.gettext(template, **facts)
    if reading.end is None or reading.end - reading.start > LONG_BEFORE * view.duration:
        return ""
    template = message(
        "Someone who looked at {signal} alone would have called it over on {end}: it never fell below {lowest} of what "
        "was expected, and after {length} it was back at {back} of its level before. Meanwhile {other} stood at "
        "about {level} (median)."
    )
    return translation.gettext(
        template,
        end=clock.both(reading.end, view.about.zone, translation),
        back=translation.fine_share(_back(view, reading, reading.start, reading.end)),
        length=clock.roughly(reading.end - reading.start, translation),
        **facts,
    )


def _deepest(view: EpisodeView, apart_from: Reading) -> Reading | None:
    """The agreeing signal that looks at networks, or else any, with the greatest loss."""
    agreeing = [one for one in _agreeing(view) if one is not apart_from and one.depth is not None]
    probing = [one for one in agreeing if registry.signal(one.signal).kind is SignalKind.PROBING]
    return max(probing or agreeing, key=lambda one: one.depth or 0.0, default=None)


def _back(view: EpisodeView, reading: Reading, start: datetime, end: datetime) -> float:
    """The share of its level in the week before that a signal had again on the day after its own end.

    Its values tell it best: an expectation learns a lasting step, and then calls it normal. Without them it is what
    the states say of the loss.
    """
    trace = view.trace(reading)
    if trace is not None:
        before = _median(trace.series, start - WEEK, start)
        after = _median(trace.series, end, end + DAY)
        if before > 0 and after >= 0:
            return after / before
    depths = [span.depth for span in reading.spans if span.depth is not None and span.start <= end < span.end]
    return 1.0 - depths[0] if depths else 1.0


def _median(series: Series, start: datetime, end: datetime) -> float:
    """The middle value of a stretch, NaN where nothing was measured."""
    values = series.values[(series.times >= to_epoch(start)) & (series.times < to_epoch(end))]
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else math.nan


def _onsets(view: EpisodeView) -> str:
    """Who fell first and who last, where that is more than an hour apart."""
    ends = _far_apart((one.start, one) for one in _agreeing(view))
    if ends is None:
        return ""
    (start, first), (end, last) = ends
    translation = view.about.translation
    return translation.gettext(
        message("The first to fall was {first}, on {time}; the last, {last}, followed after {length}. Both are kept."),
        first=name_of(first, translation, short=True),
        time=clock.both(start, view.about.zone, translation),
        last=name_of(last, translation, short=True),
        length=clock.roughly(end - start, translation),
    )


def _returns(view: EpisodeView) -> str:
    """Who came back first and who last, where that is more than an hour apart."""
    ends = _far_apart((one.end, one) for one in _agreeing(view))
    if ends is None:
        return ""
    (start, first), (end, last) = ends
    translation = view.about.translation
    return translation.gettext(
        message(
            "The first to be normal again was {first}, on {start}; the last was {last}, on {end}. A return of one "
            "signal is not the end of the episode."
        ),
        first=name_of(first, translation, short=True),
        start=clock.both(start, view.about.zone, translation),
        last=name_of(last, translation, short=True),
        end=clock.both(end, view.about.zone, translation),
    )


def _agreeing(view: EpisodeView) -> list[Reading]:
    return [one for one in view.episode.signals if one.stance is Stance.AGREES]


def _far_apart(
    moments: Iterable[tuple[datetime | None, Reading]],
) -> tuple[tuple[datetime, Reading], tuple[datetime, Reading]] | None:
    """The first and the last signal, each with its moment; None where there are no two or they are near."""
    known = sorted(((moment, one) for moment, one in moments if moment), key=lambda pair: pair[0])
    return (known[0], known[-1]) if len(known) > 1 and known[-1][0] - known[0][0] >= APART else None
