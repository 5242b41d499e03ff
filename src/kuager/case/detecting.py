"""From what was examined to the episodes of a case, kept version by version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from kuager.case.adding import received
from kuager.case.derivation import Derivation, Parameter
from kuager.case.documents import acknowledgements
from kuager.case.examining import belongs, countries_watched, examine
from kuager.case.folder import Case
from kuager.episodes.assemble import Circumstances, episodes_at, events_of
from kuager.episodes.findings import Examined
from kuager.errors import CaseDamaged, CaseError, message
from kuager.evidence.durable import replace, write_new
from kuager.evidence.objects import sha256
from kuager.model.episodes import Episode, Event
from kuager.model.time import format_utc
from kuager.publications.record import SIMULATED, whole_episode

CURRENT_FILE = "current.json"


class Current(msgspec.Struct, frozen=True):
    """Which versions stand, and every event of every series, also those that became no episode.

    ``notice`` is empty, or says that signals are simulated.
    """

    notice: str
    episodes: tuple[str, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Detected:
    """The episodes that stand, the events of all series, and the names of versions that are new."""

    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]
    new: tuple[str, ...]


def detect_case(case: Case) -> Detected:
    """Derive the episodes of a case and keep new versions of those that changed.

    Raises:
        CaseError: nothing has been added yet.
    """
    with case.writing("detect"):
        derivation = _derivation(case)
        if not derivation.inputs:
            raise CaseError(
                message("The case “{case}” holds no observations yet."),
                remedy=message("Add a file first: kuager add {case} FILE --as KIND."),
                case=str(case.path),
            )
        if case.derivations.output_of(derivation) == standing_hash(case):
            return standing(case)
        examined = examine(case)
        found = _episodes(case, examined)
        versions = _numbered(_versions(case), found)
        new = tuple(name for episode in versions if _keep(case, name := _name(episode), episode))
        events = events_of(one for one in examined if belongs(case, one.series.place))
        notice = SIMULATED if any(one.signal.simulated for one in examined) else ""
        current = msgspec.json.encode(Current(notice, tuple(_name(episode) for episode in versions), events))
        replace(case.episodes / CURRENT_FILE, current)
        case.derivations.record(derivation, sha256(current))
    return Detected(versions, events, new)


def standing(case: Case) -> Detected:
    """The episodes as they stand, without deriving anything.

    Raises:
        CaseError: nothing has been detected yet.
    """
    current = _current(case)
    if current is None:
        raise CaseError(
            message("Nothing has been detected in “{case}” yet."),
            remedy=message("Run: kuager detect {case}."),
            case=str(case.path),
        )
    return Detected(_load(case, current), current.events, ())


def standing_hash(case: Case) -> str:
    """The SHA-256 of the list of what stands; empty when there is none yet."""
    path = case.episodes / CURRENT_FILE
    return sha256(path.read_bytes()) if path.exists() else ""


def _derivation(case: Case) -> Derivation:
    settings = case.settings
    parameters: dict[str, Parameter] = {
        "places": list(settings.places),
        "from": format_utc(settings.start),
        "to": format_utc(settings.end),
    }
    records = received(case)
    tables = [case.observations.table_hash(name) for name in case.observations.signals()]
    documents = [record.digest for record in records if record.kind == "record"]
    return Derivation("detect", parameters, tables + documents)


def _episodes(case: Case, examined: Sequence[Examined]) -> list[Episode]:
    by_place: dict[str, list[Examined]] = defaultdict(list)
    for one in examined:
        if belongs(case, one.series.place):
            by_place[one.series.place].append(one)
    around = Circumstances(
        window=case.settings.window,
        countries=countries_watched(examined),
        acknowledgements=acknowledgements(case),
        inputs=tuple(record.digest for record in received(case)),
    )
    found = [episode for place in sorted(by_place) for episode in episodes_at(place, by_place[place], around)]
    return sorted(found, key=lambda episode: (episode.start, episode.place))


def _numbered(known: Sequence[Episode], found: Sequence[Episode]) -> tuple[Episode, ...]:
    """The episodes under the ids that they had before, as the next version unless nothing in them has changed."""
    numbered: list[Episode] = []
    for fresh in found:
        free = [old for old in known if old.id not in {episode.id for episode in numbered}]
        same = [old for old in free if old.place == fresh.place and _overlap(old, fresh)]
        if same:
            latest = max((old for old in same if old.id == same[-1].id), key=lambda old: old.version)
            again = msgspec.structs.replace(fresh, id=latest.id, version=latest.version)
            changed = msgspec.structs.replace(again, version=latest.version + 1)
            numbered.append(latest if again == latest else changed)
        else:
            taken = {episode.id for episode in (*known, *numbered)}
            numbered.append(msgspec.structs.replace(fresh, id=_free_id(fresh.id, taken)))
    return tuple(numbered)


def _overlap(one: Episode, other: Episode) -> bool:
    starts_before_end = other.end is None or one.start < other.end
    return starts_before_end and (one.end is None or other.start < one.end)


def _free_id(wanted: str, taken: set[str]) -> str:
    stem = wanted[:-1]
    return next(f"{stem}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" if f"{stem}{letter}" not in taken)


def _name(episode: Episode) -> str:
    return f"{episode.id}.v{episode.version}"


def _keep(case: Case, name: str, episode: Episode) -> bool:
    return write_new(case.episodes / f"{name}.json", whole_episode(episode))


def _versions(case: Case) -> list[Episode]:
    return [_read(case, path.stem) for path in sorted(case.episodes.glob("*.v*.json"))]


def _current(case: Case) -> Current | None:
    path = case.episodes / CURRENT_FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Current)
    except msgspec.DecodeError as error:
        raise CaseDamaged(
            message("The list of episodes, {file}, cannot be read."),
            remedy=message("Run kuager detect: it is derived anew."),
            file=f"episodes/{CURRENT_FILE}",
        ) from error


def _load(case: Case, current: Current) -> tuple[Episode, ...]:
    return tuple(_read(case, name) for name in current.episodes)


def _read(case: Case, name: str) -> Episode:
    path = case.episodes / f"{name}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Episode)
    except (OSError, msgspec.DecodeError) as error:
        raise CaseDamaged(
            message("The episode file {file} cannot be read."),
            remedy=message("Remove the folder “episodes” and run kuager detect again: it is derived anew."),
            file=f"episodes/{path.name}",
        ) from error
