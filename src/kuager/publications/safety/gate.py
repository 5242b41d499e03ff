"""The gate: from all that could be shown of a case to what is published. Every page and file is made of its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from kuager.errors import UsageError, message
from kuager.model.collected import DayCovered
from kuager.model.episodes import Alternative, Cause, Episode, Kinds, Phase, Reading
from kuager.model.history import History
from kuager.model.notes import Note
from kuager.model.opinions import Opinion
from kuager.model.services import Blocking
from kuager.publications.safety import conduct, delay, floor
from kuager.publications.safety.rules import Rules
from kuager.publications.safety.withheld import Withheld
from kuager.publications.view import About, CaseView, DocumentaryEntry, EpisodeView, HeldBack, Trace
from kuager.sources import registry

_REACHED = ".reached"
"""Ends the ids of series that are drawn from single measurements of services."""
_BY_PEOPLE = "ooni"
"""The source of permitted services."""


def made_safe(view: CaseView, rules: Rules, until: datetime | None = None) -> CaseView:
    """What may be published of a case, with a count of what may not.

    Args:
        view: everything that is known, in one language.
        rules: what the owner of the case lets out.
        until: nothing later is shown; None for everything. It is given, so that the same comes out again.

    Raises:
        UsageError: the case is about a place that is withheld, its title names one, or the delay leaves nothing.
    """
    withheld = Withheld(rules, view.operators)
    notices = conduct.notices(view.notices, withheld, until)
    registers = conduct.rows(view.registers, withheld, until, notices)
    record = conduct.citations(view.record, withheld, until)
    untold = {row.id for row in view.registers} | {one.id for one in view.record}
    untold -= {row.id for row in registers} | {one.id for one in record}
    gate = _Gate(rules, withheld, until, frozenset(untold))
    gate.check(view)
    kept = [(one, left) for one in view.episodes if (left := gate.view(one)) is not None]
    mine = [one for one in view.episodes if not gate.withheld.holds(one.episode.place)]
    return replace(
        view,
        about=gate.about(view.about),
        episodes=tuple(left for _, left in kept),
        measured=gate.readings(view.measured),
        alone=tuple(
            one
            for one in (delay.events(view.alone, until) if until is not None else view.alone)
            if not gate.withheld.holds(one.place)
        ),
        collected=tuple(gate.day(one) for one in view.collected if until is None or delay.day_is_over(one.day, until)),
        remarks={source: gate.withheld.notes(told) for source, told in view.remarks.items()},
        opinions=tuple(told for one in view.opinions if (told := gate.opinion(one)) is not None),
        site_measurements=view.site_measurements if view.site_measurements >= rules.least_measurements else 0,
        not_judged={
            place: said
            for place, notes in view.not_judged.items()
            if not gate.withheld.named_in(place) and (said := gate.notes(notes))
        },
        histories={
            name: known for name, one in view.histories.items() if (known := gate.history(name, one)) is not None
        },
        operators=gate.withheld.known_operators(),
        registers=registers,
        notices=notices,
        record=record,
        listed=tuple(told for one in view.listed if (told := gate.opinion(one)) is not None),
        withheld_kinds=gate.withheld.kinds,
        held_back=HeldBack(
            least=rules.least_measurements,
            rows=sum(gate.too_few(one.episode) for one, _ in kept),
            places=len(rules.withheld),
            episodes=len(mine) - len(kept),
            until=until,
            delay=timedelta(hours=rules.delay_hours if until is not None else 0),
            sources=gate.left_out(view),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Gate:
    """Applies the rules to one thing after another; ``untold`` are ids of rows that are not shown."""

    rules: Rules
    withheld: Withheld
    until: datetime | None
    untold: frozenset[str]

    def check(self, view: CaseView) -> None:
        """Refuse what no rule could make safe."""
        remedy = message("Mend `withheld`, `places` or `title` in case.toml, or do not publish.")
        if self.withheld.any_of(view.places):
            raise UsageError(message("A place that this case is about is withheld."), remedy=remedy)
        if self.withheld.named_in(view.about.case_title):
            raise UsageError(message("The title of this case names a place that is withheld."), remedy=remedy)
        if self.until is not None and self.until <= view.about.window[0]:
            raise UsageError(
                message("The delay leaves nothing of this case to publish: its window begins later."),
                remedy=message("Wait, or make `delay_hours` in case.toml smaller."),
            )

    def about(self, about: About) -> About:
        start, end = about.window
        return about if self.until is None else replace(about, window=(start, min(end, self.until)))

    def view(self, one: EpisodeView) -> EpisodeView | None:
        """An episode with what is shown of it; None where nothing of it may be."""
        episode = self.episode(one.episode)
        if episode is None:
            return None
        changed = _sources(one.episode.blocked) if len(episode.blocked) < len(one.episode.blocked) else set()
        traces = [self.trace(trace) for trace in one.traces if self.may_be_drawn(trace, changed)]
        return EpisodeView(
            episode=episode,
            traces=tuple(trace for trace in traces if trace.series.times.size),
            about=self.about(one.about),
            documents=tuple(entry for entry in one.documents if self.may_be_told(entry)),
            history=self.history(episode.id, one.history) if one.history is not None else None,
        )

    def episode(self, one: Episode) -> Episode | None:
        """What may be told of an episode."""
        if self.withheld.holds(one.place):
            return None
        left = delay.episode(one, self.until) if self.until is not None else one
        if left is None:
            return None
        left = msgspec.structs.replace(
            left,
            phases=tuple(told for phase in left.phases if (told := self.phase(phase)) is not None),
            signals=self.readings(left.signals),
            reasons=self.notes(left.reasons),
            unknowns=self.notes(left.unknowns),
            scope=self.withheld.scope(left.scope) if left.scope is not None else None,
            alternatives=tuple(self.alternative(told) for told in left.alternatives),
            cause=self.cause(left.cause),
            kinds=self.kinds(left) if left.kinds is not None else None,
        )
        left = floor.Kept(
            blocked=tuple(row for row in left.blocked if self.may_be_shown(row)),
            slowed=tuple(row for row in left.slowed if self.may_be_shown(row)),
            whitelisted=tuple(row for row in left.whitelisted if self.may_be_shown(row)),
        ).applied(left)
        if one.phases and not left.phases:
            return None
        return self.without_values(self.without_groups(left))

    def may_be_shown(self, row: floor.Row) -> bool:
        return floor.enough(row, self.rules.least_measurements) and not self.withheld.holds(row.network)

    def too_few(self, one: Episode) -> int:
        """How many findings of an episode rest on too few measurements; those of withheld places are not counted."""
        rows: tuple[floor.Row, ...] = (*one.blocked, *one.slowed, *one.whitelisted)
        least = self.rules.least_measurements
        return sum(not floor.enough(row, least) and not self.withheld.holds(row.network) for row in rows)

    def kinds(self, one: Episode) -> Kinds | None:
        """Who saw it, without signals that only withheld places had."""
        shown = {reading.signal for reading in one.signals if not self.withheld.holds(reading.place)}
        gone = {reading.signal for reading in one.signals} - shown
        if one.kinds is None or not gone:
            return one.kinds
        return Kinds(
            **{
                did: {
                    kind: kept
                    for kind, ids in getattr(one.kinds, did).items()
                    if (kept := tuple(name for name in ids if name not in gone))
                }
                for did in ("saw", "in_part", "missed", "neither")
            }
        )

    def phase(self, phase: Phase) -> Phase | None:
        places, networks = self.withheld.without(phase.places), self.withheld.without(phase.networks)
        if (phase.places and not places) or (phase.networks and not networks):
            return None
        return msgspec.structs.replace(phase, places=places, networks=networks)

    def readings(self, found: Iterable[Reading]) -> tuple[Reading, ...]:
        return tuple(
            delay.reading(one, self.until) if self.until is not None else one
            for one in found
            if not self.withheld.holds(one.place)
        )

    def notes(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        return tuple(told for note in notes if (told := self.note(note)) is not None)

    def note(self, note: Note) -> Note | None:
        if not floor.told(note, self.rules.least_measurements):
            return None
        if self.until is not None and not delay.is_before(note, self.until):
            return None
        told = conduct.without_rows(note, self.untold)
        return self.withheld.note(told) if told is not None else None

    def alternative(self, one: Alternative) -> Alternative:
        speaks_for, weights_for = self.weighed(one.speaks_for, one.weights_for)
        speaks_against, weights_against = self.weighed(one.speaks_against, one.weights_against)
        return msgspec.structs.replace(
            one,
            speaks_for=speaks_for,
            speaks_against=speaks_against,
            not_measured=self.notes(one.not_measured),
            weights_for=weights_for,
            weights_against=weights_against,
        )

    def weighed(self, notes: tuple[Note, ...], weights: tuple[int, ...]) -> tuple[tuple[Note, ...], tuple[int, ...]]:
        """Findings with their weights; episodes from before there were any have none."""
        if not weights:
            return self.notes(notes), ()
        kept = [
            (told, weight) for note, weight in zip(notes, weights, strict=True) if (told := self.note(note)) is not None
        ]
        return tuple(told for told, _ in kept), tuple(weight for _, weight in kept)

    def cause(self, cause: Cause) -> Cause:
        return msgspec.structs.replace(cause, notes=self.notes(cause.notes))

    def without_groups(self, one: Episode) -> Episode:
        """Groups of sites without the withheld networks."""
        if not any(self.withheld.any_of((group.network, *group.networks)) for group in one.groups):
            return one
        groups = [
            msgspec.structs.replace(group, networks=self.withheld.without(group.networks))
            for group in one.groups
            if not self.withheld.holds(group.network) and (self.withheld.without(group.networks) or not group.networks)
        ]
        return msgspec.structs.replace(one, groups=tuple(groups))

    def without_values(self, one: Episode) -> Episode:
        """Findings made of values that may not be used commercially stay as words only, where they are left out.

        A phase of which only such a finding says that its beginning is not known goes, too.
        """
        if not self.rules.leave_out_non_commercial:
            return one
        shown = msgspec.structs.replace(
            one,
            blocked=tuple(row for row in one.blocked if not _forbids(row.source)),
            slowed=tuple(row for row in one.slowed if not _forbids(row.source)),
            whitelisted=() if _forbids(_BY_PEOPLE) else one.whitelisted,
            groups=tuple(row for row in one.groups if not _forbids(row.source)),
        )
        phases = tuple(phase for phase in one.phases if one.began_unseen(phase) == shown.began_unseen(phase))
        return msgspec.structs.replace(shown, phases=phases)

    def may_be_drawn(self, trace: Trace, changed: Iterable[str]) -> bool:
        """Whether a series may be shown; one of services goes when a finding of its source is held back."""
        series = trace.series
        if self.withheld.holds(series.place):
            return False
        if series.signal.endswith(_REACHED) and series.signal.removesuffix(_REACHED) in changed:
            return False
        source = registry.signal(series.signal).source
        return not (self.rules.leave_out_non_commercial and source.non_commercial)

    def trace(self, trace: Trace) -> Trace:
        if self.until is None:
            return trace
        series, count = trace.series, delay.samples(trace.series, self.until)
        return Trace(
            replace(series, times=series.times[:count], values=series.values[:count]),
            trace.expected[:count] if trace.expected is not None else None,
        )

    def may_be_told(self, entry: DocumentaryEntry) -> bool:
        """Whether a row of the documentary record may be shown: none about, or naming, a withheld place."""
        if self.until is not None and entry.begins is not None and entry.begins >= self.until:
            return False
        return not self.withheld.any_of(entry.places) and not self.withheld.named_in(
            entry.text, entry.source, entry.link, entry.doubt
        )

    def opinion(self, one: Opinion) -> Opinion | None:
        if self.withheld.holds(one.place) or self.withheld.named_in(one.statement, one.cause, one.link, one.id):
            return None
        if self.rules.leave_out_non_commercial and _forbids(one.source):
            return None
        if self.until is None:
            return one
        if one.start >= self.until:
            return None
        return replace(one, end=one.end if one.end is not None and one.end <= self.until else None)

    def day(self, one: DayCovered) -> DayCovered:
        return replace(one, reason=self.withheld.note(one.reason)) if one.reason is not None else one

    def history(self, name: str, one: History) -> History | None:
        """What was said of an episode, as far as it may be told; None where nothing may be."""
        if self.withheld.any_of(_places(name)):
            return None
        told = []
        for version in one.versions:
            left = delay.version(version, self.until) if self.until is not None else version
            if left is None or (left.retraction is not None and self.withheld.note(left.retraction) is None):
                continue
            episode = self.episode(left.episode) if left.episode is not None else None
            if left.episode is None or episode is not None:
                told.append(msgspec.structs.replace(left, episode=episode))
        return History(tuple(told), one.entries) if told else None

    def left_out(self, view: CaseView) -> tuple[str, ...]:
        """The names of sources of which no values are passed on."""
        if not self.rules.leave_out_non_commercial:
            return ()
        signals = {trace.series.signal for one in view.episodes for trace in one.traces}
        signals |= {name for one in view.episodes for name in one.episode.service_signals}
        found = [registry.signal(name).source for name in signals]
        found += [registry.SOURCES[one.source] for one in view.opinions]
        return tuple(sorted({one.name for one in found if one.non_commercial}))


def _sources(rows: Iterable[Blocking]) -> set[str]:
    return {row.source for row in rows}


def _places(name: str) -> tuple[str, ...]:
    """The codes that may stand at the head of an episode's id: ``kz-75-2022-01-05-a`` is of KZ-75."""
    parts = name.upper().split("-")
    return parts[0], "-".join(parts[:2])


def _forbids(source: str) -> bool:
    return registry.SOURCES[source].non_commercial
