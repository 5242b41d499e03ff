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

import msgspec

from kuager.case import versions
from kuager.case.collecting import BEGAN
from kuager.case.derivation import code_version
from kuager.case.detecting import DETECT, Derived, derive, standing
from kuager.case.detecting import basis as basis_of
from kuager.case.folder import Case
from kuager.case.proving import EPISODE, PUBLICATION, STANDING, TABLE, VERDICTS
from kuager.case.publication_settings import rules_hash
from kuager.case.publishing import MANIFEST, derived_part, published_files
from kuager.case.reading import OBSERVE, hashes_of_tables, make_tables
from kuager.case.unpacked import Files, Unpacked, bare, languages_of
from kuager.case.verdicts import make_verdicts
from kuager.errors import KuagerError, ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, CustodyEvent, Leaf, encode_leaf
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.objects import sha256
from kuager.evidence.statements import Statement
from kuager.model.episodes import Episode
from kuager.model.notes import Note
from kuager.model.time import parse_utc
from kuager.publications.records.episode import whole_episode

Result = tuple[str, str, str]
"""What a claim is about, the name of the thing, and the SHA-256 of what came of it then."""

HOLDS, FAILS, NOT_CHECKED = "holds", "fails", "not-checked"

SAME = message("{name} comes out the same when it is derived again.")
DIFFERS = message("{name} comes out otherwise when it is derived again.")
OTHER_CODE = message(
    "{name} comes out otherwise, which may be because this is {here}, and it was derived by {code}: use that version."
)
NOT_HERE = message("{name} cannot be derived again: {count} of the objects that it rests on are not in the bundle.")
NO_RESULT = message("{name} cannot be compared: what was derived then is not in the bundle.")
OTHER_OPERATORS = message(
    "{name} cannot be derived again: the operators were others then than those that the bundle has."
)
OTHER_RULES = message(
    "{name} cannot be derived again: the rules of safety by which it was published are not those of the bundle."
)
NOT_POSSIBLE = message("{name} cannot be derived again: {reason}")
PAGES = message("{name}: these pages hold what only the whole case has; the episodes that they show are derived again.")


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of deriving one claim again: ``holds``, ``fails`` or ``not-checked``, and why in words."""

    claim: Claim
    outcome: str
    note: Note


def rederive(files: Files, leaves: Mapping[int, Leaf]) -> Iterator[Compared]:
    """Derive every claim again.

    Args:
        files: the bundle, already verified.
        leaves: its entries by their number in the log.
    """
    bundle = Unpacked(files, leaves)
    groups: dict[bytes, list[Claim]] = defaultdict(list)
    for index, leaf in leaves.items():
        if isinstance(leaf, Claim) and leaf.about == PUBLICATION:
            yield _published(bundle, index)
        elif isinstance(leaf, Claim):
            groups[bundle.basis(leaf).encode()].append(leaf)
    for claims in groups.values():
        yield from _compared(bundle, claims)


def _compared(bundle: Unpacked, claims: Sequence[Claim]) -> Iterator[Compared]:
    basis = bundle.basis(claims[0])
    derived = []
    for claim in claims:
        told = _not_to_be_compared(bundle, basis, claim)
        if told is not None:
            yield Compared(claim, NOT_CHECKED, told)
        else:
            derived.append(claim)
    if not derived:
        return
    with tempfile.TemporaryDirectory(prefix="kuager-") as folder:
        try:
            outputs = _derived(bundle.case(Path(folder) / "case", basis), bundle, basis, derived)
        except KuagerError as error:
            for claim in derived:
                yield _not_possible(claim, error)
            return
    for claim in derived:
        yield _judged(claim, basis, outputs.get((claim.about, claim.name, bare(claim.output)), ""))


def _not_to_be_compared(bundle: Unpacked, basis: Statement, claim: Claim) -> Note | None:
    """Why nobody can say from this bundle whether a claim comes out the same; None when that can be said."""
    missing = bundle.missing(basis)
    if missing:
        return Note(NOT_HERE, {"name": claim.name, "count": str(missing)})
    operators = basis.parameters.get("operators")
    if operators is not None and operators != bundle.operators:
        return Note(OTHER_OPERATORS, {"name": claim.name})
    if claim.about in {EPISODE, STANDING} and not bundle.has_result(claim):
        return Note(NO_RESULT, {"name": claim.name})
    return None


def _judged(claim: Claim, basis: Statement, output: str) -> Compared:
    if output == bare(claim.output):
        return Compared(claim, HOLDS, Note(SAME, {"name": claim.name}))
    if basis.code != code_version():
        facts = {"name": claim.name, "code": basis.code, "here": code_version()}
        return Compared(claim, NOT_CHECKED, Note(OTHER_CODE, facts))
    return Compared(claim, FAILS, Note(DIFFERS, {"name": claim.name}))


def _not_possible(claim: Claim, error: KuagerError) -> Compared:
    return Compared(claim, FAILS, Note(NOT_POSSIBLE, {"name": claim.name, "reason": error.diagnostics().happened}))


def _derived(case: Case, bundle: Unpacked, basis: Statement, claims: Sequence[Claim]) -> dict[Result, str]:
    """The SHA-256 that comes of each claim."""
    make_tables(case)
    found = {(TABLE, name): digest for name, digest in hashes_of_tables(case).items()}
    if basis.name != OBSERVE:
        found |= {(VERDICTS, name): digest for name, digest in make_verdicts(case).items()}
    outputs = {(one.about, one.name, bare(one.output)): found.get((one.about, one.name), "") for one in claims}
    if basis.name == DETECT:
        outputs |= _episodes(case, derive(case), bundle, claims)
    return outputs


def _episodes(case: Case, derived: Derived, bundle: Unpacked, claims: Sequence[Claim]) -> dict[Result, str]:
    """What comes of claims about episodes, under the ids and versions that they had, and of lists of them."""
    found = {}
    for claim in claims:
        output = bare(claim.output)
        if claim.about == EPISODE:
            claimed = bundle.decoded(output, Episode)
            again = [_again(one, claimed) for one in derived.episodes if claimed.id == claim.name]
            found[EPISODE, claim.name, output] = output if output in again else ""
        elif claim.about == STANDING:
            listed = bundle.decoded(output, versions.Current)
            found[STANDING, claim.name, output] = _listed_again(case, derived, bundle, listed)
    return found


def _listed_again(case: Case, derived: Derived, bundle: Unpacked, listed: versions.Current) -> str:
    """The SHA-256 of the list of what was derived, each under the one name that a claimed list has for it; else empty.

    A list that leaves an episode out, or has it twice, is not what was derived.
    """
    claimed = [(name, digest, bundle.decoded(digest, Episode)) for name, digest in listed.episodes.items()]
    stands: dict[str, str] = {}
    for one in derived.episodes:
        same = [
            (name, digest)
            for name, digest, episode in claimed
            if name == versions.name_of(episode) and digest == _again(one, episode)
        ]
        if len(same) != 1:
            return ""
        stands |= dict(same)
    return sha256(msgspec.json.encode(versions.Current(derived.notice, basis_of(case), stands, derived.events)))


def _again(derived: Episode, claimed: Episode) -> str:
    """The SHA-256 of a derived episode under the id and version of a claimed one."""
    return sha256(whole_episode(msgspec.structs.replace(derived, id=claimed.id, version=claimed.version)))


def _published(bundle: Unpacked, index: int) -> Compared:
    """The pages made again, from what was known when they were published."""
    claim = bundle.claim(index)
    before = [leaf for number, leaf in sorted(bundle.leaves.items()) if number < index]
    basis = bundle.basis(claim)
    stood = f"sha256:{basis.inputs[0]}" if basis.inputs else ""
    claims = [leaf for leaf in before if isinstance(leaf, Claim)]
    detected = [one for one in claims if (one.about, one.output) == (STANDING, stood) and bundle.has_result(one)]
    collected = any(isinstance(leaf, CustodyEvent) and leaf.event == BEGAN for leaf in before)
    if len(before) < index or not detected or collected:
        return Compared(claim, NOT_CHECKED, Note(PAGES, {"name": claim.name}))
    rests_on = bundle.basis(detected[-1])
    told = _not_to_be_compared(bundle, rests_on, claim)
    if told is not None:
        return Compared(claim, NOT_CHECKED, told)
    with tempfile.TemporaryDirectory(prefix="kuager-") as folder:
        try:
            case = bundle.case(Path(folder) / "case", rests_on)
            title = str(basis.parameters.get("title", ""))
            case.settings = replace(case.settings, languages=languages_of(basis.parameters), title=title)
            _restore(case, bundle, detected[-1], before)
            bundle.add_own_words(case, before)
            rules = case.settings.publication
            if rules_hash(rules) != str(basis.parameters.get("rules", "")):
                return Compared(claim, NOT_CHECKED, Note(OTHER_RULES, {"name": claim.name}))
            until = basis.parameters.get("until")
            made = published_files(case, standing(case), parse_utc(str(until)) if until else None)[MANIFEST]
            same = bundle.has_result(claim) and derived_part(bundle.result(claim.output)) == derived_part(made)
            return _judged(claim, basis, bare(claim.output) if same else sha256(made))
        except KuagerError as error:
            return _not_possible(claim, error)


def _restore(case: Case, bundle: Unpacked, stood: Claim, before: Sequence[Leaf]) -> None:
    """Bring a case to where it was when a list of episodes stood: tables, versions, log."""
    make_tables(case)
    make_verdicts(case)
    case.episodes.mkdir()
    case.proving.statements.mkdir()
    for leaf in before:
        if isinstance(leaf, Claim) and leaf.about == EPISODE:
            statement = bare(leaf.statement)
            data = bundle.files.read(layout.statement_path(statement))
            (case.proving.statements / f"{statement}.json").write_bytes(data)
            name = versions.name_of(bundle.decoded(leaf.output, Episode))
            if Path(name).name != name:
                raise ProofRefused(message("An episode of the bundle has a name that no episode has."))
            (case.episodes / f"{name}.json").write_bytes(bundle.result(leaf.output))
    (case.episodes / versions.CURRENT_FILE).write_bytes(bundle.result(stood.output))
    log = LogWriter(case.proving.log.folder, "again")
    try:
        log.append(encode_leaf(leaf) for leaf in before)
    finally:
        log.close()
