"""The gate: from all that could be shown of a case to what is published. Every page and file is made of its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from kuager.errors import UsageError, message
from kuager.model.episodes import Episode
from kuager.model.history import History
from kuager.model.time import to_epoch
from kuager.publications.safety.delay import episode_until, event_until, reading_until, trace_until
from kuager.publications.safety.floor import above_floor
from kuager.publications.safety.rules import Rules
from kuager.publications.safety.withholding import without_places
from kuager.publications.view import CaseView, EpisodeView, HeldBack, Trace
from kuager.sources import registry


def made_safe(view: CaseView, rules: Rules, until: datetime | None = None) -> CaseView:
    """What may be published of a case.

    Args:
        view: everything that could be shown, in one language.
        rules: what the owner of the case decided.
        until: nothing later is told; None where there is no delay.

    Raises:
        UsageError: the case is about nothing but places that are withheld.
    """
    places = tuple(code for code in view.places if not rules.withholds(code))
    if view.places and not places:
        raise UsageError(
            message("Every place of this case is withheld: nothing of it can be published."),
            remedy=message("Take a place out of `withheld` in case.toml, or do not publish."),
        )
    if until is not None and until <= view.about.window[0]:
        raise UsageError(
            message("The delay leaves nothing of this case to publish: its window begins later."),
            remedy=message("Wait, or make `delay_hours` in case.toml smaller."),
        )
    episodes, rows, late = [], 0, 0
    for one in view.episodes:
        if rules.withholds(one.episode.place):
            continue
        safe, dropped = _safe_episode(one.episode, view, rules, until)
        rows += dropped
        late += safe is None
        if safe is not None:
            episodes.append(_shown(one, safe, rules, until, view))
    last = view.about.window[1] if until is None else min(view.about.window[1], until)
    return replace(
        view,
        about=replace(view.about, window=(view.about.window[0], last)),
        episodes=tuple(episodes),
        measured=tuple(
            one if until is None else reading_until(one, until)
            for one in view.measured
            if not rules.withholds(one.place)
        ),
        alone=tuple(
            kept
            for one in view.alone
            if not rules.withholds(one.place)
            and (kept := one if until is None else event_until(one, until)) is not None
        ),
        collected=tuple(one for one in view.collected if until is None or one.day + 86_400 <= to_epoch(until)),
        opinions=tuple(
            one for one in view.opinions if not rules.withholds(one.place) and (until is None or one.start < until)
        ),
        histories=_histories(view, rules, until),
        places=places,
        held_back=HeldBack(
            rows=rows,
            least=rules.least_measurements,
            places=len(rules.withheld),
            episodes=late,
            until=until,
            sources=_left_out(view, rules),
        ),
    )


def _safe_episode(episode: Episode, view: CaseView, rules: Rules, until: datetime | None) -> tuple[Episode | None, int]:
    """An episode that may be shown, None when nothing of it may; and how many rows lie below the floor."""
    safe: Episode | None = without_places(episode, rules, view.operators) if rules.withheld else episode
    if safe is not None and until is not None:
        safe = episode_until(safe, until)
    if safe is None:
        return None, 0
    floored = above_floor(safe, rules.least_measurements)
    return floored.episode, floored.rows


def _shown(view: EpisodeView, safe: Episode, rules: Rules, until: datetime | None, case: CaseView) -> EpisodeView:
    last = view.about.window[1] if until is None else min(view.about.window[1], until)
    return replace(
        view,
        episode=safe,
        traces=tuple(
            trace if until is None else trace_until(trace, until) for trace in view.traces if _passes(trace, rules)
        ),
        about=replace(view.about, window=(view.about.window[0], last)),
        documents=tuple(one for one in view.documents if not any(rules.withholds(place) for place in one.places)),
        history=_history(view.history, case, rules, until) if view.history is not None else None,
    )


def _passes(trace: Trace, rules: Rules) -> bool:
    source = registry.signal(trace.series.signal).source
    return not rules.withholds(trace.series.place) and not (rules.leave_out_non_commercial and source.non_commercial)


def _left_out(view: CaseView, rules: Rules) -> tuple[str, ...]:
    """Names of the sources whose values are not passed on because of their licence."""
    if not rules.leave_out_non_commercial:
        return ()
    sources = [registry.signal(trace.series.signal).source for one in view.episodes for trace in one.traces]
    return tuple(dict.fromkeys(one.name for one in sources if one.non_commercial))


def _histories(view: CaseView, rules: Rules, until: datetime | None) -> Mapping[str, History]:
    """What was said before goes through the same gate; of a place that is withheld nothing was ever said."""
    kept = {name: _history(one, view, rules, until) for name, one in view.histories.items()}
    return {name: one for name, one in kept.items() if one is not None}


def _history(history: History, view: CaseView, rules: Rules, until: datetime | None) -> History | None:
    known = [one.episode.place for one in history.versions if one.episode is not None]
    if any(rules.withholds(place) for place in known) or (not known and rules.withheld):
        return None
    versions = []
    for one in history.versions:
        if until is not None and one.start >= until:
            continue
        safe = _safe_episode(one.episode, view, rules, until)[0] if one.episode is not None else None
        end = one.end if until is None or (one.end is not None and one.end <= until) else None
        versions.append(msgspec.structs.replace(one, episode=safe, end=end))
    return History(tuple(versions), history.entries) if versions else None
