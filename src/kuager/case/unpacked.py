"""A bundle by what it says, and a case made of it again, in a folder that is thrown away.

Everything here comes from strangers: names and numbers of a bundle lead to no path but those that Kuager makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from kuager.case.detecting import ASKED_FOR_FLAGGED
from kuager.case.folder import OPERATORS_FILE, SETTINGS_FILE, Case, new_case
from kuager.case.ledger import Ledger, asked_and_answered
from kuager.case.reading import READ_AS
from kuager.case.received import DOCUMENT_KIND, OWN_KINDS, Received
from kuager.case.settings import Settings, from_toml
from kuager.case.verdicts import FLAGGED
from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, Document, Leaf, Observation
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Parameter, Statement
from kuager.model.places import find
from kuager.model.time import parse_utc
from kuager.publications.language import LANGUAGES

T = TypeVar("T")


class Files(Protocol):
    """A bundle as :mod:`kuager.evidence.verify` reads it."""

    def __contains__(self, path: object) -> bool: ...

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        ...


class Unpacked:
    """A bundle by what it says.

    Args:
        files: of the bundle, already verified.
        leaves: its entries by their number in the log.
    """

    def __init__(self, files: Files, leaves: Mapping[int, Leaf]) -> None:
        self.files, self.leaves = files, leaves
        found = [leaf for leaf in leaves.values() if isinstance(leaf, Observation | Document)]
        self.received = {bare(leaf.object): leaf for leaf in reversed(found)}

    def claim(self, index: int) -> Claim:
        """The claim of that number."""
        leaf = self.leaves[index]
        assert isinstance(leaf, Claim)  # noqa: S101 - only claims are asked for
        return leaf

    def basis(self, claim: Claim) -> Statement:
        """What a claim rests on, without results: claims with the same one were derived in one go."""
        said = Statement.parse(self.files.read(layout.statement_path(bare(claim.statement))))
        return Statement({}, said.name, said.code, said.parameters, said.inputs)

    def missing(self, basis: Statement) -> int:
        """How many of the objects that something rests on are not here."""
        return sum(
            digest not in self.received
            or (layout.object_path(digest) not in self.files and self.received[digest].media != DOCUMENT_KIND)
            for digest in basis.inputs
        )  # a document's own bytes are not read: its row says what it is

    def has_result(self, claim: Claim) -> bool:
        """Whether the file that a claim is about is here."""
        return layout.result_path(bare(claim.output)) in self.files

    def result(self, digest: str) -> bytes:
        """A file that a claim is about."""
        return self.files.read(layout.result_path(bare(digest)))

    def decoded(self, digest: str, kind: type[T]) -> T:
        """What such a file says.

        Raises:
            ProofRefused: it does not say that.
        """
        try:
            return msgspec.json.decode(self.result(digest), type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ProofRefused(message("A result in the bundle cannot be read.")) from error

    @property
    def operators(self) -> str:
        """The SHA-256 of the operators that came along; empty when none did."""
        path = layout.CASE + OPERATORS_FILE
        return sha256(self.files.read(path)) if path in self.files else ""

    def case(self, path: Path, basis: Statement) -> Case:
        """A case of the bytes that something rests on, read as they were read then.

        Raises:
            ProofRefused: the statement does not say how each was read.
        """
        parameters = basis.parameters
        case = new_case(path, self._settings(parameters))
        if "operators" in parameters:
            (path / OPERATORS_FILE).write_bytes(self.files.read(layout.CASE + OPERATORS_FILE))
        ways = words(parameters, READ_AS)
        if len(ways) != len(basis.inputs) or self.missing(basis):
            raise _says_too_little()
        for digest, read_as in zip(basis.inputs, ways, strict=True):
            if (path_there := layout.object_path(digest)) in self.files:
                case.objects.put(self.files.read(path_there))
            case.records.keep(_record(self.received[digest], read_as))
        ledger = Ledger(path / "evidence" / "requests")
        for digest in words(parameters, ASKED_FOR_FLAGGED):
            ledger.keep(sha256(digest.encode()), asked_and_answered(FLAGGED, digest))
        return case

    def add_own_words(self, case: Case, leaves: Iterable[Leaf]) -> None:
        """Add what operators said themselves by some entries, of which episodes take no notice and pages do."""
        known = {record.object for record in case.records.all()}
        for leaf in leaves:
            if isinstance(leaf, Document) and leaf.media in OWN_KINDS and leaf.object not in known:
                case.objects.put(self.files.read(layout.object_path(bare(leaf.object))))
                case.records.keep(_record(leaf, f"{leaf.media} {leaf.place}"))

    def _settings(self, parameters: Mapping[str, Parameter]) -> Settings:
        """What the case is about; what was claimed about other places or times names its own."""
        settings = from_toml(self.files.read(layout.CASE + SETTINGS_FILE))
        if "places" not in parameters:
            return settings
        if not {"from", "to"} <= parameters.keys():
            raise _says_too_little()
        return Settings(
            title=settings.title,
            places=tuple(find(code).code for code in words(parameters, "places")),
            start=parse_utc(str(parameters["from"])),
            end=parse_utc(str(parameters["to"])),
            languages=settings.languages,
            publication=settings.publication,
        )


def words(parameters: Mapping[str, Parameter], name: str) -> Sequence[str]:
    """The words of a parameter; none where it is missing or a number."""
    found = parameters.get(name, ())
    return [found] if isinstance(found, str) else [] if isinstance(found, int) else found


def languages_of(parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    """The languages in which something was published.

    Raises:
        ProofRefused: there are none, or others than Kuager writes.
    """
    languages = tuple(words(parameters, "languages"))
    if not languages or not set(languages) <= set(LANGUAGES) or len(set(languages)) < len(languages):
        raise ProofRefused(message("The statement names no languages in which Kuager publishes."))
    return languages


def bare(digest: str) -> str:
    """The 64 hexadecimal digits of ``sha256:…``."""
    return digest.removeprefix("sha256:")


def _record(entry: Observation | Document, read_as: str) -> Received:
    kind, place, signal = (*read_as.split(" "), "", "")[:3]
    return Received(
        type="observation/v1",
        object=entry.object,
        size=entry.size,
        kind=kind,
        place=place,
        signal=signal,
        name=bare(entry.object),
        received=entry.received,
        source=entry.source if isinstance(entry, Observation) else "",
        url=entry.url if isinstance(entry, Observation) else "",
    )


def _says_too_little() -> ProofRefused:
    return ProofRefused(message("The statement does not say how each of its inputs was read."))
