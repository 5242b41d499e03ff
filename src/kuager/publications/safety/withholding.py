"""Taking places out of an episode: nothing that was measured there, and no sentence that names them, stays.

Sums over a whole country stay, for they name nobody; the shares of operators do not, when a network of theirs is
withheld, for one could be reckoned from the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from kuager.model.episodes import Alternative, Episode, Kinds, Phase
from kuager.model.notes import Note
from kuager.model.operators import Operator
from kuager.model.scope import Division, Scope
from kuager.publications.safety.rules import Rules


def without_places(episode: Episode, rules: Rules, operators: Sequence[Operator]) -> Episode:
    """An episode of a place that is not itself withheld, without the places that are."""
    signals = tuple(one for one in episode.signals if not rules.withholds(one.place))
    return msgspec.structs.replace(
        episode,
        phases=tuple(kept for phase in episode.phases if (kept := _phase(phase, rules)) is not None),
        signals=signals,
        reasons=_notes(episode.reasons, rules),
        unknowns=_notes(episode.unknowns, rules),
        scope=_scope(episode.scope, rules, operators) if episode.scope is not None else None,
        alternatives=tuple(_alternative(one, rules) for one in episode.alternatives),
        kinds=_kinds(episode.kinds, {one.signal for one in signals}) if episode.kinds is not None else None,
        blocked=tuple(one for one in episode.blocked if not rules.withholds(one.network)),
        slowed=tuple(one for one in episode.slowed if not rules.withholds(one.network)),
        whitelisted=tuple(one for one in episode.whitelisted if not rules.withholds(one.network)),
        groups=tuple(
            msgspec.structs.replace(one, networks=_kept(one.networks, rules))
            for one in episode.groups
            if not rules.withholds(one.network) and (not one.networks or _kept(one.networks, rules))
        ),
    )


def _kept(codes: Iterable[str], rules: Rules) -> tuple[str, ...]:
    return tuple(code for code in codes if not rules.withholds(code))


def _phase(phase: Phase, rules: Rules) -> Phase | None:
    """A phase without what is withheld; None when it was of nothing else."""
    networks, places = _kept(phase.networks, rules), _kept(phase.places, rules)
    if (phase.networks and not networks) or (phase.places and not places):
        return None
    return msgspec.structs.replace(phase, networks=networks, places=places)


def _scope(scope: Scope, rules: Rules, operators: Sequence[Operator]) -> Scope:
    return msgspec.structs.replace(scope, divisions=tuple(_division(one, rules, operators) for one in scope.divisions))


def _division(division: Division, rules: Rules, operators: Sequence[Operator]) -> Division:
    hidden = {
        name
        for one in operators
        if any(rules.withholds(f"AS{held.asn}") for held in one.networks)
        for name in (one.id, one.name.en, one.name.ru, one.name.kk)
    }
    return msgspec.structs.replace(
        division,
        parts=tuple(one for one in division.parts if not rules.withholds(one.place)),
        operators=tuple(one for one in division.operators if one.operator not in hidden),
    )


def _kinds(kinds: Kinds, signals: set[str]) -> Kinds:
    """The kinds by what they did, without signals that only withheld places had."""
    return Kinds(
        **{
            name: {
                kind: kept
                for kind, ids in getattr(kinds, name).items()
                if (kept := tuple(one for one in ids if one in signals))
            }
            for name in ("saw", "in_part", "missed", "neither")
        }
    )


def _alternative(one: Alternative, rules: Rules) -> Alternative:
    """An alternative whose findings name nobody who is withheld; a finding goes with its weight."""
    speaks_for, weights_for = _weighed(one.speaks_for, one.weights_for, rules)
    against, weights_against = _weighed(one.speaks_against, one.weights_against, rules)
    return msgspec.structs.replace(
        one,
        speaks_for=speaks_for,
        weights_for=weights_for,
        speaks_against=against,
        weights_against=weights_against,
        not_measured=_notes(one.not_measured, rules),
    )


def _weighed(notes: Sequence[Note], weights: Sequence[int], rules: Rules) -> tuple[tuple[Note, ...], tuple[int, ...]]:
    kept = [(clean, index) for index, note in enumerate(notes) if (clean := _note(note, rules)) is not None]
    return tuple(note for note, _ in kept), tuple(weights[index] for _, index in kept if index < len(weights))


def _notes(notes: Iterable[Note], rules: Rules) -> tuple[Note, ...]:
    return tuple(clean for note in notes if (clean := _note(note, rules)) is not None)


def _note(note: Note, rules: Rules) -> Note | None:
    """A note without the codes of withheld places; None when one of its facts named nothing else."""
    facts = {}
    for name, value in note.facts.items():
        named = [code for code in _CODE.findall(value) if rules.withholds(code)]
        cleaned = value
        for code in named:
            cleaned = re.sub(rf"(?:, |\s)?\b{re.escape(code)}\b", "", cleaned)
        cleaned = cleaned.strip(", ")
        if named and not cleaned:
            return None
        facts[name] = cleaned
    return Note(note.template, facts)


_CODE = re.compile(r"\bAS\d+\b|\b[A-Z]{2}-[A-Z0-9]{1,3}\b")
