"""From a bundle to what a pack is told from: a case made of what the bundle says, in a folder that is thrown away.

Nothing is derived here: the version of the episode is the one that the bundle holds. What a bundle holds back is
therefore no hindrance, and the same bundle gives the same pack on every machine. Whether that version follows from the
sealed bytes is another question (``case.rederiving``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from kuager.accountability.loading import decode
from kuager.case import versions
from kuager.case.detecting import Detected
from kuager.case.documents import happenings
from kuager.case.folder import OPERATORS_FILE, SETTINGS_FILE, Case, new_case
from kuager.case.history import histories
from kuager.case.notices import notices_of
from kuager.case.operators import known_operators
from kuager.case.opinions import listed_of
from kuager.case.proving import EPISODE, STANDING
from kuager.case.reading import make_tables
from kuager.case.received import (
    DOCUMENT_KIND,
    DOCUMENTARY,
    OWN_WORDS_KIND,
    RECORD_KIND,
    REGISTER_KIND,
    Received,
)
from kuager.case.registers import record_citations, registers_of
from kuager.case.reporting import chosen_episode
from kuager.case.safe import refuse_other_language
from kuager.case.settings import from_toml
from kuager.case.unpacked import Unpacked, bare
from kuager.case.views import about_case, views_as_of
from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Withheld
from kuager.evidence.leaves import Claim, Document, Gap, Observation, Retraction, encode_leaf
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.note import SignedNote
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Statement
from kuager.model.episodes import Episode
from kuager.model.time import parse_utc
from kuager.model.words import State
from kuager.publications.pack.held import DerivedFile, Held, LogHead, OwnFile, Pause, SealedObject
from kuager.publications.safety.gate import made_safe
from kuager.publications.view import CaseView, EpisodeView

_READ = (DOCUMENTARY - {DOCUMENT_KIND}) | {"stop"}
"""The kinds that a pack is told from: rows, and what people list of earlier shutdowns."""


def held_in(
    bundle: Unpacked,
    folder: Path,
    episode: str,
    language: str,
    until: datetime | None,
    *,
    stamps: int,
    confidential: bool,
) -> Held:
    """What a bundle holds of an episode, in one language.

    Args:
        bundle: of a whole case, verified.
        folder: an empty one, for the case that is made of it.
        episode: its id; empty for the only one.
        language: one of those of the case.
        until: nothing later is told; None where there is no delay.
        stamps: how many stamps of time the bundle has.
        confidential: whether the bundle was made to hold back nothing.

    Raises:
        UsageError: there is no such episode or language, or the rules of safety leave nothing.
        ProofRefused: the bundle does not hold what its entries speak of.
    """
    case = _case(bundle, folder / "case")
    refuse_other_language(language, case.settings.languages)
    listed = [leaf for leaf in bundle.leaves.values() if isinstance(leaf, Claim) and leaf.about == STANDING]
    if not listed:
        raise ProofRefused(message("Nothing of this bundle was detected: it has no episodes."))
    stands = bundle.decoded(listed[-1].output, versions.Current)
    found = Detected(versions.load(case, stands), stands.events, ())
    known = max(parse_utc(leaf.known) for leaf in bundle.leaves.values())
    shown = made_safe(_view(case, found, language, known), case.settings.publication.rules, until)
    chosen = chosen_episode(shown.episodes, episode)
    operators = layout.CASE + OPERATORS_FILE
    return Held(
        case=shown,
        view=chosen,
        derived=_derived(bundle, chosen.episode),
        head=_head(bundle, known, stamps),
        settings=_own(bundle, layout.CASE + SETTINGS_FILE),
        operators=_own(bundle, operators) if operators in bundle.files else None,
        objects=tuple(_objects(bundle)),
        told_in=_told_in(case),
        pauses=tuple(
            Pause(leaf.start, leaf.end, index) for index, leaf in sorted(bundle.leaves.items()) if isinstance(leaf, Gap)
        ),
        confidential=confidential,
    )


def _case(bundle: Unpacked, path: Path) -> Case:
    """The case of a bundle as far as a pack reads it."""
    case = new_case(path, from_toml(bundle.files.read(layout.CASE + SETTINGS_FILE)))
    if (operators := layout.CASE + OPERATORS_FILE) in bundle.files:
        (path / OPERATORS_FILE).write_bytes(bundle.files.read(operators))
    read: list[Observation | Document] = []
    unread: list[Observation | Document] = []
    for leaf in _received(bundle):
        here = layout.object_path(bare(leaf.object)) in bundle.files
        (read if here and leaf.media in _READ else unread).append(leaf)
    for leaf in read:
        case.objects.put(bundle.files.read(layout.object_path(bare(leaf.object))))
        case.records.keep(_record(leaf))
    make_tables(case)
    for leaf in unread:  # only now: of these there are records, and no tables
        case.records.keep(_record(leaf))
    case.episodes.mkdir()
    case.proving.statements.mkdir()
    for claim in bundle.leaves.values():
        if isinstance(claim, Claim) and claim.about == EPISODE:
            statement = bare(claim.statement)
            said = bundle.files.read(layout.statement_path(statement))
            (case.proving.statements / f"{statement}.json").write_bytes(said)
            name = versions.name_of(bundle.decoded(claim.output, Episode))
            if Path(name).name != name:
                raise ProofRefused(message("An episode of the bundle has a name that no episode has."))
            (case.episodes / f"{name}.json").write_bytes(bundle.result(claim.output))
    log = LogWriter(case.proving.log.folder, "again")
    try:
        log.append(encode_leaf(leaf) for _, leaf in sorted(bundle.leaves.items()))
    finally:
        log.close()
    return case


def _received(bundle: Unpacked) -> Iterator[Observation | Document]:
    for _, leaf in sorted(bundle.leaves.items()):
        if isinstance(leaf, Observation | Document):
            yield leaf


def _record(leaf: Observation | Document) -> Received:
    signal, source = (leaf.signal, leaf.source) if isinstance(leaf, Observation) else ("", "")
    name = bare(leaf.object)  # what a file was called stays with whoever had it
    return Received(
        "observation/v1", leaf.object, leaf.size, leaf.media, leaf.place, signal, name, leaf.received, source
    )


def _view(case: Case, found: Detected, language: str, known: datetime) -> CaseView:
    """All of a case that a pack tells: its episodes without series, and the registers."""
    return CaseView(
        about=replace(about_case(case, language), known=known),
        episodes=tuple(_until_measured(one) for one in views_as_of(case, found, language, known)),
        simulated=any(one.simulated for one in found.episodes),
        histories=histories(case),
        places=case.settings.places,
        operators=known_operators([case.path]),
        registers=registers_of(case),
        notices=notices_of(case),
        record=record_citations(case),
        listed=listed_of(case),
    )


def _until_measured(view: EpisodeView) -> EpisodeView:
    """An episode that goes on is known until its signals end, as they do on its page."""
    ends = [span.end for one in view.episode.signals for span in one.spans if span.state is not State.NOT_OBSERVABLE]
    start, end = view.about.window
    return replace(view, about=replace(view.about, window=(start, min([end, max(ends)]) if ends else end)))


def _derived(bundle: Unpacked, episode: Episode) -> DerivedFile:
    """The newest claim of an episode that was not taken back."""
    retracted = {leaf.retracts for leaf in bundle.leaves.values() if isinstance(leaf, Retraction)}
    claims = [
        (index, leaf)
        for index, leaf in sorted(bundle.leaves.items())
        if isinstance(leaf, Claim)
        and (leaf.about, leaf.name) == (EPISODE, episode.id)
        and leaf_hash(encode_leaf(leaf)).hex() not in retracted
    ]
    if not claims:
        raise ProofRefused(message("The log of the bundle has no entry of the episode {id}."), id=episode.id)
    index, claim = claims[-1]
    statement, output = bare(claim.statement), bare(claim.output)
    said = bundle.files.read(layout.statement_path(statement))
    basis = Statement.parse(said)
    return DerivedFile(
        digest=output,
        size=len(bundle.result(output)),
        path=_in_pack(layout.result_path(output)),
        entry=index,
        known=parse_utc(claim.known),
        statement=statement,
        statement_size=len(said),
        statement_path=_in_pack(layout.statement_path(statement)),
        code=basis.code,
        parameters=basis.parameters,
    )


def _head(bundle: Unpacked, known: datetime, stamps: int) -> LogHead:
    note = SignedNote.parse(bundle.files.read(layout.CHECKPOINT))
    return LogHead(_own(bundle, layout.CHECKPOINT), len(bundle.leaves), known, stamps, len(note.signatures) - 1)


def _own(bundle: Unpacked, path: str) -> OwnFile:
    data = bundle.files.read(path)
    return OwnFile(sha256(data), len(data), _in_pack(path))


def _objects(bundle: Unpacked) -> Iterator[SealedObject]:
    withheld, seen = _withheld(bundle), set()
    for index, leaf in sorted(bundle.leaves.items()):
        if isinstance(leaf, Observation | Document) and leaf.object not in seen:
            seen.add(leaf.object)
            path = layout.object_path(bare(leaf.object))
            yield SealedObject(
                digest=bare(leaf.object),
                size=leaf.size,
                kind=leaf.media,
                source=leaf.source if isinstance(leaf, Observation) else "",
                received=leaf.received,
                entry=index,
                path=_in_pack(path) if path in bundle.files else "",
                withheld=withheld.get(leaf.object, ""),
            )


def _withheld(bundle: Unpacked) -> dict[str, str]:
    try:
        listed = msgspec.json.decode(bundle.files.read(layout.WITHHELD), type=tuple[Withheld, ...])
    except msgspec.DecodeError as error:
        raise ProofRefused(message("A result in the bundle cannot be read.")) from error
    return {one.object: one.reason for one in listed}


def _told_in(case: Case) -> dict[str, str]:
    """By the id of a row the object that has it, the newest where several have."""
    found: dict[str, str] = {}
    for record in case.records.all():
        if record.kind == RECORD_KIND:
            found |= {row.id: record.digest for row in happenings(case, [record])}
        elif record.kind in (REGISTER_KIND, OWN_WORDS_KIND):
            rows = decode(case.objects.get(record.digest), parse_utc(record.received))
            found |= {row.id: record.digest for row in rows}
    return found


def _in_pack(path: str) -> str:
    return f"bundle/{path}"
