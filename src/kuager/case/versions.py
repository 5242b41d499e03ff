"""Every version of every episode of a case, and which of them stand.

A version is a file that is written once. ``current.json`` names those that stand, each with the hash of its file, and
says what they were derived from. An episode keeps its id as long as it overlaps what it was before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import msgspec

from kuager.case.folder import Case
from kuager.case.proving import EPISODE
from kuager.episodes.assemble import letters
from kuager.episodes.services import SERVICE_KINDS
from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import replace, write_new
from kuager.evidence.leaves import Claim
from kuager.evidence.objects import sha256
from kuager.model.episodes import Episode, Event
from kuager.publications.records.episode import whole_episode

CURRENT_FILE = "current.json"
STOOD = "stood.{digest}.json"
"""Every list that ever stood, by its SHA-256."""


class Current(msgspec.Struct, frozen=True):
    """Which versions stand, and every event of every series, also those that became no episode.

    ``notice`` is empty, or says that signals are simulated. ``basis`` names what they were derived from, ``episodes``
    holds the SHA-256 of each version's file by its name.
    """

    notice: str
    basis: str
    episodes: dict[str, str]
    events: tuple[Event, ...]


def keep(case: Case, episodes: Sequence[Episode]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Write the versions that are not there yet; the hash of each by its name, and the names of the new ones."""
    hashes, new = {}, []
    for episode in episodes:
        name, data = name_of(episode), whole_episode(episode)
        if write_new(case.episodes / f"{name}.json", data):
            new.append(name)
        hashes[name] = sha256(data)
    return hashes, tuple(new)


def stand(case: Case, current: Current) -> str:
    """Make versions stand in place of those before; the hash of the list."""
    data = msgspec.json.encode(current)
    digest = sha256(data)
    write_new(case.episodes / STOOD.format(digest=digest), data)
    replace(case.episodes / CURRENT_FILE, data)
    return digest


def standing_hash(case: Case) -> str:
    """The SHA-256 of the list of what stands; empty when there is none yet."""
    path = case.episodes / CURRENT_FILE
    return sha256(path.read_bytes()) if path.exists() else ""


def current(case: Case) -> Current | None:
    """The list of what stands; None when there is none yet.

    Raises:
        CaseDamaged: it cannot be read.
    """
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


def stood(case: Case, digest: str) -> Current:
    """A list that stood once, by its SHA-256.

    Raises:
        CaseDamaged: it is missing or not what was derived.
    """
    path = case.episodes / STOOD.format(digest=digest)
    try:
        data = path.read_bytes()
        if sha256(data) != digest:
            raise _damaged(path.name)
        return msgspec.json.decode(data, type=Current)
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(path.name) from error


def of_output(case: Case, name: str, digest: str) -> Episode | None:
    """A version by its name and the SHA-256 of its file; None when there is no such file.

    Raises:
        CaseDamaged: the file is not what was derived.
    """
    return _read(case, name, digest) if (case.episodes / f"{name}.json").exists() else None


def number_of(name: str) -> int:
    """The version's number in its name; 0 where it has none."""
    number = name.rpartition(".v")[2]
    return int(number) if number.isdecimal() else 0


def load(case: Case, listed: Current) -> tuple[Episode, ...]:
    """The episodes that stand.

    Raises:
        CaseDamaged: a file is missing or is not what was derived.
    """
    return tuple(_read(case, name, digest) for name, digest in listed.episodes.items())


def numbered(case: Case, found: Sequence[Episode]) -> tuple[Episode, ...]:
    """The episodes under the ids that they had before, as the next version unless nothing in them has changed.

    Raises:
        CaseDamaged: a version that stood until now is not what was derived: no other may be put upon it in silence.
    """
    known = _known(case)
    claimed = _claimed(case)
    named: list[Episode] = []
    for fresh in found:
        free = [old for old in known if old.id not in {episode.id for episode in named}]
        same = [old for old in free if old.place == fresh.place and _overlap(old, fresh) and _alike(old, fresh)]
        if same:
            first = min(same, key=lambda old: (old.start, old.id))
            latest = max((old for old in same if old.id == first.id), key=lambda old: old.version)
            again = msgspec.structs.replace(fresh, id=latest.id, version=latest.version)
            changed = msgspec.structs.replace(again, version=latest.version + 1)
            named.append(latest if again == latest else changed)
        else:
            taken = {episode.id for episode in (*known, *named)}
            gone = {name: versions for name, versions in claimed.items() if name not in taken}
            named.append(_claimed_before(fresh, gone) or msgspec.structs.replace(fresh, id=_free_id(fresh.id, taken)))
    return tuple(named)


def _claimed(case: Case) -> dict[str, dict[int, str]]:
    """What the log says of versions, also of those whose files are gone: by id and number the SHA-256 of the file."""
    found: dict[str, dict[int, str]] = {}
    for entry in case.proving.log.entries():
        if isinstance(entry.leaf, Claim) and entry.leaf.about == EPISODE:
            number = number_of(case.proving.named(entry.leaf))
            found.setdefault(entry.leaf.name, {})[number] = entry.leaf.output.removeprefix("sha256:")
    return found


def _claimed_before(fresh: Episode, gone: Mapping[str, Mapping[int, str]]) -> Episode | None:
    """An episode among those whose files are gone: the version that it is by its hash, or else the next of its id."""
    for name, claimed in gone.items():
        for number, digest in sorted(claimed.items(), reverse=True):
            again = msgspec.structs.replace(fresh, id=name, version=number)
            if sha256(whole_episode(again)) == digest:
                return again
    if fresh.id not in gone:
        return None
    return msgspec.structs.replace(fresh, version=max(gone[fresh.id]) + 1)


def _known(case: Case) -> list[Episode]:
    """Every version there is; those that stand as the list says that they were written."""
    try:
        listed = current(case)
    except CaseDamaged:  # the list is derived anew, and says nothing of the files until then
        listed = None
    digests = listed.episodes if listed is not None else {}
    return [_read(case, path.stem, digests.get(path.stem, "")) for path in sorted(case.episodes.glob("*.v*.json"))]


def _overlap(one: Episode, other: Episode) -> bool:
    starts_before_end = other.end is None or one.start < other.end
    return starts_before_end and (one.end is None or other.start < one.end)


def _alike(one: Episode, other: Episode) -> bool:
    """Whether both are of access as a whole, or both of the same services or of the same networks."""
    if (one.kind in SERVICE_KINDS, one.kind) != (other.kind in SERVICE_KINDS, other.kind):
        return one.kind not in SERVICE_KINDS and other.kind not in SERVICE_KINDS
    services, networks = ([_named(each, name) for each in (one, other)] for name in ("services", "networks"))
    return (
        one.kind not in SERVICE_KINDS
        or bool(services[0] & services[1])
        or (services[0] == services[1] and bool(networks[0] & networks[1] or networks[0] == networks[1]))
    )


def _named(episode: Episode, name: str) -> set[str]:
    return {code for phase in episode.phases for code in getattr(phase, name)}


def _free_id(wanted: str, taken: set[str]) -> str:
    stem = wanted.rpartition("-")[0]
    return next(name for number in count() if (name := f"{stem}-{letters(number)}") not in taken)


def name_of(episode: Episode) -> str:
    """What a version is called: the id of the episode and the number of the version."""
    return f"{episode.id}.v{episode.version}"


def _read(case: Case, name: str, digest: str) -> Episode:
    """A version; an empty ``digest`` asks for no check."""
    path = case.episodes / f"{name}.json"
    try:
        data = path.read_bytes()
        if digest and sha256(data) != digest:
            raise _damaged(path.name)
        return msgspec.json.decode(data, type=Episode)
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(path.name) from error


def _damaged(name: str) -> CaseDamaged:
    return CaseDamaged(
        message("The episode file {file} is not what was derived."),
        meaning=message("It was changed or damaged after it was written, or is missing."),
        remedy=message("Remove the folder “episodes” and run kuager detect: everything in it is derived anew."),
        file=f"episodes/{name}",
    )
