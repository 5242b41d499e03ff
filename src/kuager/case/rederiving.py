"""Deriving every claim of a bundle again from its sealed bytes, and comparing.

Claims that were derived in one go, from the same bytes with the same parameters, are compared in one go: a case is made
of those bytes in a folder that is thrown away, and detection runs as it ran then. What another version of the program
derived is compared all the same, and a difference then says so.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from kuager.case import versions
from kuager.case.derivation import code_version
from kuager.case.detecting import ASKED_FOR_FLAGGED, DETECT, Derived, derive
from kuager.case.folder import SETTINGS_FILE, Case, new_case
from kuager.case.ledger import Ledger, asked_and_answered
from kuager.case.operators import FILE as OPERATORS_FILE
from kuager.case.proving import EPISODE, PUBLICATION, STANDING, TABLE, VERDICTS
from kuager.case.reading import OBSERVE, READ_AS, hashes_of_tables, rebuild
from kuager.case.received import Received
from kuager.case.settings import Settings, from_toml
from kuager.case.verdicts import FLAGGED, up_to_date_verdicts
from kuager.errors import KuagerError, ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, Document, Observation
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Parameter, Statement
from kuager.model.episodes import Episode
from kuager.model.notes import Note
from kuager.model.time import parse_utc
from kuager.publications.record import whole_episode

T = TypeVar("T")
HOLDS, FAILS, NOT_CHECKED = "holds", "fails", "not-checked"


class Files(Protocol):
    """A bundle as :mod:`kuager.evidence.verify` reads it."""

    def __contains__(self, path: object) -> bool: ...

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of deriving one claim again: ``holds``, ``fails`` or ``not-checked``, and why in words."""

    claim: Claim
    outcome: str
    note: Note


SAME = message("{name} comes out the same when it is derived again.")
DIFFERS = message("{name} comes out otherwise when it is derived again.")
OTHER_CODE = message("{name} comes out otherwise: it was derived by {code}, and this is {here}.")
NOT_HERE = message("{name} cannot be derived again: {count} of the objects that it rests on are not in the bundle.")
NOT_POSSIBLE = message("{name} cannot be derived again: {reason}")
PAGES = message("{name}: pages are not made again; the episodes that they show are.")


def rederive(files: Files, leaves: Sequence[object]) -> Iterator[Compared]:
    """Derive every claim again.

    Args:
        files: the bundle, already verified.
        leaves: its entries.
    """
    received = [leaf for leaf in leaves if isinstance(leaf, Observation | Document)]
    groups: dict[bytes, list[Claim]] = defaultdict(list)
    for leaf in leaves:
        if isinstance(leaf, Claim):
            statement = Statement.parse(files.read(layout.statement_path(leaf.statement.removeprefix("sha256:"))))
            groups[_basis(statement)].append(leaf)
    for basis, claims in groups.items():
        yield from _compared(files, Statement.parse(basis), claims, received)


def _basis(statement: Statement) -> bytes:
    """What a statement rests on, without its results: claims with the same one were derived in one go."""
    return Statement({}, statement.name, statement.code, statement.parameters, statement.inputs).encode()


def _compared(
    files: Files, basis: Statement, claims: Sequence[Claim], received: Sequence[Observation | Document]
) -> Iterator[Compared]:
    if claims[0].about == PUBLICATION:
        for claim in claims:
            yield Compared(claim, NOT_CHECKED, Note(PAGES, {"name": claim.name}))
        return
    missing = sum(layout.object_path(digest) not in files for digest in basis.inputs)
    if missing:
        for claim in claims:
            yield Compared(claim, NOT_CHECKED, Note(NOT_HERE, {"name": claim.name, "count": str(missing)}))
        return
    with tempfile.TemporaryDirectory(prefix="kuager-") as folder:
        try:
            case = _case(Path(folder) / "case", files, basis, received)
            outputs = _derived(case, files, basis, claims)
        except KuagerError as error:
            reason = error.diagnostics().happened
            for claim in claims:
                yield Compared(claim, FAILS, Note(NOT_POSSIBLE, {"name": claim.name, "reason": reason}))
            return
    for claim in claims:
        yield _judged(claim, basis, outputs.get((claim.about, claim.name)))


def _judged(claim: Claim, basis: Statement, output: str | None) -> Compared:
    if output == claim.output.removeprefix("sha256:"):
        return Compared(claim, HOLDS, Note(SAME, {"name": claim.name}))
    if basis.code != code_version():
        facts = {"name": claim.name, "code": basis.code, "here": code_version()}
        return Compared(claim, FAILS, Note(OTHER_CODE, facts))
    return Compared(claim, FAILS, Note(DIFFERS, {"name": claim.name}))


def _case(path: Path, files: Files, basis: Statement, received: Sequence[Observation | Document]) -> Case:
    """A case of the bytes that a claim rests on, read as they were read then."""
    parameters = basis.parameters
    case = new_case(path, _settings(files, parameters))
    if "operators" in parameters:
        (path / OPERATORS_FILE).write_bytes(files.read(layout.CASE + OPERATORS_FILE))
    for digest, read_as in zip(basis.inputs, _words(parameters, READ_AS), strict=True):
        kind, place, signal = (*read_as.split(" "), "", "")[:3]
        entry = next(one for one in received if one.object == f"sha256:{digest}")
        case.objects.put(files.read(layout.object_path(digest)))
        case.records.keep(
            Received(
                type="observation/v1",
                object=entry.object,
                size=entry.size,
                kind=kind,
                place=place,
                signal=signal,
                name=digest,
                received=entry.received,
                source=entry.source if isinstance(entry, Observation) else "",
                url=entry.url if isinstance(entry, Observation) else "",
            )
        )
    ledger = Ledger(path / "evidence" / "requests")
    for digest in _words(parameters, ASKED_FOR_FLAGGED):
        ledger.keep(digest[:40], asked_and_answered(FLAGGED, digest))
    return case


def _settings(files: Files, parameters: Mapping[str, Parameter]) -> Settings:
    """What the case is about; what was claimed about other places or times names its own."""
    settings = from_toml(files.read(layout.CASE + SETTINGS_FILE))
    if "places" not in parameters:
        return settings
    return Settings(
        title=settings.title,
        places=tuple(_words(parameters, "places")),
        start=parse_utc(str(parameters["from"])),
        end=parse_utc(str(parameters["to"])),
        languages=settings.languages,
    )


def _words(parameters: Mapping[str, Parameter], name: str) -> Sequence[str]:
    found = parameters.get(name, ())
    return [found] if isinstance(found, str) else [] if isinstance(found, int) else found


def _derived(case: Case, files: Files, basis: Statement, claims: Sequence[Claim]) -> dict[tuple[str, str], str]:
    """The SHA-256 of each result by what it is about and its name."""
    with case.writing("verify"):
        rebuild(case)
        found = {(TABLE, name): digest for name, digest in hashes_of_tables(case).items()}
        if basis.name != OBSERVE:
            found |= {(VERDICTS, name): digest for name, digest in up_to_date_verdicts(case).items()}
        if basis.name == DETECT:
            found |= _episodes(derive(case), files, claims)
    return found


def _episodes(derived: Derived, files: Files, claims: Sequence[Claim]) -> dict[tuple[str, str], str]:
    """The episodes under the ids and versions that they were claimed by, and the list of them."""
    found = {}
    for claim in claims:
        if claim.about == EPISODE:
            found[EPISODE, claim.name] = _again(derived, _decoded(files, claim.output, Episode))
        elif claim.about == STANDING:
            listed = _decoded(files, claim.output, versions.Current)
            again = {_again(derived, _decoded(files, digest, Episode)) for digest in listed.episodes.values()}
            same = (derived.notice, derived.events) == (listed.notice, listed.events)
            if same and again == set(listed.episodes.values()) and len(again) == len(derived.episodes):
                found[STANDING, claim.name] = sha256(msgspec.json.encode(listed))
    return found


def _again(derived: Derived, claimed: Episode) -> str:
    """The SHA-256 of the derived episode that is the claimed one but for its id and version; empty when none is."""
    for episode in derived.episodes:
        named = msgspec.structs.replace(episode, id=claimed.id, version=claimed.version)
        if named == claimed:
            return sha256(whole_episode(named))
    return ""


def _decoded(files: Files, digest: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(files.read(layout.result_path(digest.removeprefix("sha256:"))), type=kind)
    except msgspec.DecodeError as error:
        raise ProofRefused(message("A result in the bundle cannot be read.")) from error
