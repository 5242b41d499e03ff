"""From what was examined to the episodes of a case, kept version by version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import rfc8785

from kuager.case import versions
from kuager.case.acknowledged import acknowledged
from kuager.case.collected import was_collected
from kuager.case.derivation import Derivation, Parameter
from kuager.case.documents import explained, occasions
from kuager.case.examining import chosen_windows, countries_watched, examine
from kuager.case.folder import OPERATORS_FILE, Case
from kuager.case.operators import known_operators
from kuager.case.places import belongs, is_country
from kuager.case.proving import EPISODE, STANDING
from kuager.case.reading import read_as, up_to_date_tables
from kuager.case.received import OWN_KINDS, RECORD_KIND, REGISTER_KIND
from kuager.case.services import sightings_of
from kuager.case.verdicts import asked_for_flagged, up_to_date_verdicts
from kuager.episodes.assemble import episodes_at, events_of
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.episodes.services import with_services
from kuager.episodes.whole import with_parts
from kuager.errors import CaseError, message
from kuager.evidence.leaves import Event as When
from kuager.evidence.objects import sha256
from kuager.model.episodes import Episode, Event
from kuager.model.time import format_utc
from kuager.publications.records.episode import SIMULATED
from kuager.sources.registry import signal

DETECT = "detect"
ASKED_FOR_FLAGGED = "asked-for-flagged"
"""The parameter that names the objects which answered a question for flagged measurements only."""

NOT_FOUND_ANY_MORE = message("It is not found any more in what is known now.")
"""Why a claim about an episode is taken back; translated when it is shown."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The episodes that stand, the events of all series, and the names of versions that are new."""

    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]
    new: tuple[str, ...]


def detect_case(case: Case) -> Detected:
    """Derive the episodes of a case and keep new versions of those that changed.

    Raises:
        CaseError: nothing has been added and nobody asked yet.
    """
    with case.writing("detect"):
        for record in case.records.all():
            case.objects.get(record.digest)  # whatever is derived is derived from bytes that are still those received
        derivation = _derivation(case, [*up_to_date_tables(case), *up_to_date_verdicts(case).values()])
        if not case.records.all() and not was_collected(case):
            raise CaseError(
                message("The case “{case}” holds no observations yet."),
                remedy=message("Run: kuager collect {case}; or add a file: kuager add {case} FILE --as KIND."),
                case=str(case.path),
            )
        if case.derivations.output_of(derivation) == versions.standing_hash(case):
            found = standing(case)
            _enter(case, found.episodes)
            return found
        derived = derive(case)
        episodes = versions.numbered(case, derived.episodes)
        hashes, new = versions.keep(case, episodes)
        listed = versions.Current(derived.notice, basis(case), hashes, derived.events)
        case.derivations.record(derivation, versions.stand(case, listed))
        _enter(case, episodes)
    return Detected(episodes, derived.events, new)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the tables of a case say, whatever was said before: episodes without a history, and all events."""

    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]
    notice: str


def derive(case: Case) -> Derived:
    """Derive the episodes from tables and verdicts that are up to date; nothing is written."""
    examined = examine(case)
    return Derived(
        episodes=tuple(_episodes(case, examined)),
        events=events_of(one for one in examined if belongs(case, one.series.place)),
        notice=SIMULATED if any(one.signal.simulated for one in examined) else "",
    )


def _enter(case: Case, episodes: Sequence[Episode]) -> None:
    """Claim what stands in the log, and take back what stands no more."""
    listed = versions.current(case)
    assert listed is not None  # noqa: S101 - it was written a moment ago
    parameters = {**_about(case), **read_as(case), ASKED_FOR_FLAGGED: sorted(asked_for_flagged(case))}
    derivation = Derivation(DETECT, parameters, [one.digest for one in case.records.all()])
    case.proving.derived(
        EPISODE,
        derivation,
        {name.rpartition(".v")[0]: digest for name, digest in listed.episodes.items()},
        {one.id: When(format_utc(one.start), format_utc(one.end) if one.end else None) for one in episodes},
        {name.rpartition(".v")[0]: name for name in listed.episodes},
    )
    case.proving.retracted(EPISODE, [one.id for one in episodes], NOT_FOUND_ANY_MORE)
    case.proving.derived(STANDING, derivation, {STANDING: versions.standing_hash(case)})


def standing(case: Case) -> Detected:
    """The episodes as they stand, without deriving anything.

    Raises:
        CaseError: nothing has been detected yet, or something was added or changed since.
        CaseDamaged: a file is not what was derived.
    """
    listed = versions.current(case)
    if listed is None:
        raise CaseError(
            message("Nothing has been detected in “{case}” yet."),
            remedy=message("Run: kuager detect {case}."),
            case=str(case.path),
        )
    if listed.basis != basis(case):
        raise CaseError(
            message("“{case}” has changed since its episodes were derived: files or settings are newer."),
            meaning=message("What was found before may not be what the case says now."),
            remedy=message("Run: kuager detect {case}."),
            case=str(case.path),
        )
    return Detected(versions.load(case, listed), listed.events, ())


def basis(case: Case) -> str:
    """The SHA-256 of what a case is about and of everything that it received: another basis, other episodes."""
    read_as = [[one.object, one.kind, one.place, one.signal] for one in case.records.all() if one.kind not in OWN_KINDS]
    return sha256(rfc8785.dumps({"about": _about(case), "received": read_as}))


def _about(case: Case) -> dict[str, Parameter]:
    settings = case.settings
    about: dict[str, Parameter] = {
        "places": list(settings.places),
        "from": format_utc(settings.start),
        "to": format_utc(settings.end),
    }
    operators = case.path / OPERATORS_FILE
    if operators.is_file():  # whose networks are whose decides what adds up to mobile and to fixed access
        about["operators"] = sha256(operators.read_bytes())
    return about


def _derivation(case: Case, tables: list[str]) -> Derivation:
    documents = [record.digest for record in case.records.all() if record.kind in (RECORD_KIND, REGISTER_KIND)]
    # the basis counts too: rows that are no series change no episode, and what stands must still say that it knows them
    return Derivation(DETECT, {**_about(case), "basis": basis(case)}, tables + documents)


def _episodes(case: Case, examined: Sequence[Examined]) -> list[Episode]:
    by_place: dict[str, list[Examined]] = defaultdict(list)
    for one in examined:
        if belongs(case, one.series.place):
            by_place[one.series.place].append(one)
    around = Circumstances(
        window=case.settings.window,
        countries=countries_watched(examined),
        parts=any(not is_country(place) for place in by_place),
        set_aside=tuple(sorted({series.signal for series in chosen_windows(case)[1]})),
        retold=_retold(case),
        acknowledgements=acknowledged(case),
        inputs=_inputs(case),
        occasions=occasions(case),
        explained=explained(case),
        everywhere=tuple(examined),
    )
    found = [episode for place in sorted(by_place) for episode in episodes_at(place, by_place[place], around)]
    whole = with_parts(found, by_place, case.settings.places, around, known_operators([case.path]))
    every = with_services(whole, sightings_of(case), around)
    return sorted(every, key=lambda episode: (episode.start, episode.place, episode.id))


def _retold(case: Case) -> tuple[str, ...]:
    """Signals of a known source that came in a series file, which anyone can write."""
    written = {record.digest for record in case.records.all() if record.kind == "series"}
    known = (
        series.signal
        for series, objects in case.observations.series()
        if written & set(objects) and signal(series.signal).source.home
    )
    return tuple(sorted(set(known)))


def _inputs(case: Case) -> dict[str, tuple[str, ...]]:
    """For each place the sealed objects behind its series, and those of the documents."""
    documents = {record.digest for record in case.records.all() if record.kind in (RECORD_KIND, REGISTER_KIND)}
    behind: dict[str, set[str]] = defaultdict(lambda: set(documents))
    for series, objects in case.observations.series():
        behind[series.place].update(objects)
    return {place: tuple(sorted(digests)) for place, digests in behind.items()}
