"""Deriving every claim of a bundle again from its sealed bytes, and comparing.

Claims that were derived in one go, from the same bytes with the same parameters, are compared in one go: a case is made
of those bytes in a folder that is thrown away, and detection runs as it ran then. What another version of the program
derived is compared all the same: the same result holds, another one says nothing.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from kuager.case import versions
from kuager.case.collecting import BEGAN
from kuager.case.derivation import code_version
from kuager.case.detecting import ASKED_FOR_FLAGGED, DETECT, Derived, derive, standing
from kuager.case.folder import SETTINGS_FILE, Case, new_case
from kuager.case.ledger import Ledger, asked_and_answered
from kuager.case.operators import FILE as OPERATORS_FILE
from kuager.case.proving import EPISODE, PUBLICATION, STANDING, TABLE, VERDICTS
from kuager.case.publishing import MANIFEST, published_files
from kuager.case.reading import OBSERVE, READ_AS, hashes_of_tables, make_tables
from kuager.case.received import Received
from kuager.case.settings import Settings, from_toml
from kuager.case.verdicts import FLAGGED, make_verdicts
from kuager.errors import KuagerError, ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, CustodyEvent, Document, Leaf, Observation, encode_leaf
from kuager.evidence.log.writer import LogWriter
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
OTHER_CODE = message(
    "{name} comes out otherwise, which may be because this is {here}, and it was derived by {code}: use that version."
)
NOT_HERE = message("{name} cannot be derived again: {count} of the objects that it rests on are not in the bundle.")
NOT_POSSIBLE = message("{name} cannot be derived again: {reason}")
PAGES = message("{name}: these pages hold what only the whole case has; the episodes that they show are derived again.")


def rederive(files: Files, leaves: Mapping[int, Leaf]) -> Iterator[Compared]:
    """Derive every claim again.

    Args:
        files: the bundle, already verified.
        leaves: its entries by their number in the log.
    """
    bundle = _Bundle(files, leaves)
    groups: dict[bytes, list[int]] = defaultdict(list)
    for index, leaf in leaves.items():
        if isinstance(leaf, Claim):
            basis = bundle.basis(leaf)
            groups[basis.encode() + (str(index).encode() if leaf.about == PUBLICATION else b"")].append(index)
    for indexes in groups.values():
        yield from _compared(bundle, indexes)


class _Bundle:
    """A bundle by what it says."""

    def __init__(self, files: Files, leaves: Mapping[int, Leaf]) -> None:
        self.files, self.leaves = files, leaves
        self.received = {
            leaf.object: leaf for leaf in reversed([*leaves.values()]) if isinstance(leaf, Observation | Document)
        }

    def claim(self, index: int) -> Claim:
        """The claim of that number."""
        leaf = self.leaves[index]
        assert isinstance(leaf, Claim)  # noqa: S101 - only claims are asked for
        return leaf

    def basis(self, claim: Claim) -> Statement:
        """What a claim rests on, without results: claims with the same one were derived in one go."""
        data = self.files.read(layout.statement_path(claim.statement.removeprefix("sha256:")))
        said = Statement.parse(data)
        return Statement({}, said.name, said.code, said.parameters, said.inputs)

    def result(self, digest: str) -> bytes:
        """The file that a claim is about."""
        return self.files.read(layout.result_path(digest.removeprefix("sha256:")))


def _compared(bundle: _Bundle, indexes: Sequence[int]) -> Iterator[Compared]:
    claims = [bundle.claim(index) for index in indexes]
    basis = bundle.basis(claims[0])
    objects = [digest for digest in basis.inputs if f"sha256:{digest}" in bundle.received]
    missing = sum(layout.object_path(digest) not in bundle.files for digest in objects)
    unknown = len(basis.inputs) - len(objects) - (claims[0].about == PUBLICATION)
    if missing or unknown:
        for claim in claims:
            yield Compared(claim, NOT_CHECKED, Note(NOT_HERE, {"name": claim.name, "count": str(missing + unknown)}))
        return
    with tempfile.TemporaryDirectory(prefix="kuager-") as folder:
        try:
            if claims[0].about == PUBLICATION:
                yield _pages(Path(folder) / "case", bundle, indexes[0])
                return
            case = _case(Path(folder) / "case", bundle, basis)
            outputs = _derived(case, bundle, basis, claims)
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
        return Compared(claim, NOT_CHECKED, Note(OTHER_CODE, facts))
    return Compared(claim, FAILS, Note(DIFFERS, {"name": claim.name}))


def _case(path: Path, bundle: _Bundle, basis: Statement) -> Case:
    """A case of the bytes that a claim rests on, read as they were read then."""
    parameters = basis.parameters
    case = new_case(path, _settings(bundle.files, parameters))
    if "operators" in parameters:
        (path / OPERATORS_FILE).write_bytes(bundle.files.read(layout.CASE + OPERATORS_FILE))
    for digest, read_as in zip(basis.inputs, _words(parameters, READ_AS), strict=True):
        kind, place, signal = (*read_as.split(" "), "", "")[:3]
        entry = bundle.received[f"sha256:{digest}"]
        case.objects.put(bundle.files.read(layout.object_path(digest)))
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


def _derived(case: Case, bundle: _Bundle, basis: Statement, claims: Sequence[Claim]) -> dict[tuple[str, str], str]:
    """The SHA-256 of each result by what it is about and its name."""
    make_tables(case)
    found = {(TABLE, name): digest for name, digest in hashes_of_tables(case).items()}
    if basis.name != OBSERVE:
        found |= {(VERDICTS, name): digest for name, digest in make_verdicts(case).items()}
    if basis.name == DETECT:
        found |= _episodes(derive(case), bundle, claims)
    return found


def _episodes(derived: Derived, bundle: _Bundle, claims: Sequence[Claim]) -> dict[tuple[str, str], str]:
    """The episodes under the ids and versions that they were claimed by, and the list of them."""
    found = {}
    for claim in claims:
        if claim.about == EPISODE:
            found[EPISODE, claim.name] = _again(derived, _decoded(bundle, claim.output, Episode))
        elif claim.about == STANDING:
            listed = _decoded(bundle, claim.output, versions.Current)
            again = {_again(derived, _decoded(bundle, digest, Episode)) for digest in listed.episodes.values()}
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


def _pages(path: Path, bundle: _Bundle, index: int) -> Compared:
    """The pages made again, from what was known when they were published."""
    claim = bundle.claim(index)
    before = {number: leaf for number, leaf in bundle.leaves.items() if number < index}
    basis = bundle.basis(claim)
    stood = f"sha256:{basis.inputs[0]}"
    detected = [
        leaf for leaf in before.values() if isinstance(leaf, Claim) and (leaf.about, leaf.output) == (STANDING, stood)
    ]
    collected = any(isinstance(leaf, CustodyEvent) and leaf.event == BEGAN for leaf in before.values())
    if len(before) < index or not detected or collected:
        return Compared(claim, NOT_CHECKED, Note(PAGES, {"name": claim.name}))
    case = _case(path, bundle, bundle.basis(detected[-1]))
    languages, title = _words(basis.parameters, "languages"), str(basis.parameters.get("title", ""))
    case.settings = replace(case.settings, languages=tuple(languages), title=title)
    make_tables(case)
    make_verdicts(case)
    case.episodes.mkdir()
    for leaf in before.values():
        if isinstance(leaf, Claim) and leaf.about == EPISODE:
            episode = _decoded(bundle, leaf.output, Episode)
            (case.episodes / f"{episode.id}.v{episode.version}.json").write_bytes(bundle.result(leaf.output))
    (case.episodes / versions.CURRENT_FILE).write_bytes(bundle.result(stood))
    log = LogWriter(case.proving.log.folder, "again")
    log.append(encode_leaf(leaf) for leaf in before.values())
    log.close()
    return _judged(claim, basis, sha256(published_files(case, standing(case))[MANIFEST]))


def _decoded(bundle: _Bundle, digest: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(bundle.result(digest), type=kind)
    except msgspec.DecodeError as error:
        raise ProofRefused(message("A result in the bundle cannot be read.")) from error
