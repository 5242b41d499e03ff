"""Choosing what of a case goes into a bundle: all of it, what one episode rests on, or what one entry rests on.

What could point at a volunteer, and what its source lets nobody pass on, stays out of a bundle unless it is made for a
court or an expert, who must keep it to themselves. What stays out is named by its hash with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kuager.case.anchors import Anchors
from kuager.case.consent import goes_into
from kuager.case.folder import OPERATORS_FILE, SETTINGS_FILE, Case
from kuager.case.log import Entry
from kuager.case.proving import EPISODE
from kuager.case.public_keys import fingerprints, key_files
from kuager.case.received import DOCUMENT_KIND, UNREAD
from kuager.case.signing import custodian_key, log_key
from kuager.errors import KuagerError, UsageError, message
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Contents, Withheld
from kuager.evidence.bundle.writing import verify_script, write_bundle
from kuager.evidence.cosignature import cosigned
from kuager.evidence.keys import ssh_signature
from kuager.evidence.leaves import Claim, Contribution, Document, Gap, KeyEvent, Observation, Redaction, Retraction
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.merkle import inclusion_proof
from kuager.evidence.note import SignedNote, VerifierKey
from kuager.evidence.objects import sha256
from kuager.evidence.proof import LogProof
from kuager.evidence.statements import Statement
from kuager.publications.verify_text import verify_texts
from kuager.sources.registry import SOURCES

IDENTIFYING, TERMS, SCOPE = "identifying", "terms", "scope"
"""Why an object is withheld."""

_OF_VOLUNTEERS = frozenset({"ooni", "ooni-api", "ooni-archive", "censoredplanet", "mlab", UNREAD})
"""Kinds of files with addresses, identifiers of reports, or nobody knows what."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into a bundle of a case.

    ``episode`` is the id of one, ``entry`` the number of one claim in the log; the whole case when both are left out.
    ``confidential`` holds back nothing.
    """

    episode: str = ""
    entry: int | None = None
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was written, for whoever handles it."""

    path: Path
    files: int
    entries: int
    withheld: tuple[Withheld, ...]
    fingerprints: dict[str, str]


def bundle_case(case: Case, chosen: Chosen, into: Path, anchors: Anchors, passphrase: str | None = None) -> Bundled:
    """Write a bundle.

    Args:
        case: the case.
        chosen: what of it.
        into: the folder, or the zip, to be made.
        anchors: whose certificates and policy go with it.
        passphrase: of the custodian's key.

    Raises:
        KuagerError: there is no such episode or claim, nothing is signed yet, or something is there already.
    """
    custodian = custodian_key(passphrase)
    log = LogFolder(case.proving.log.folder)
    key = log_key(log)
    contents = _contents(case, chosen, log, key, anchors)
    files = write_bundle(contents, into, lambda manifest: ssh_signature.sign(manifest, custodian, layout.NAMESPACE))
    return Bundled(into, files, len(contents.leaves), contents.withheld, fingerprints(key))


def _contents(case: Case, chosen: Chosen, log: LogFolder, key: VerifierKey, anchors: Anchors) -> Contents:
    size = _signed(case, log)
    entries = [entry for entry in _chosen(case, chosen) if entry.index < size]
    claims = [entry.leaf for entry in entries if isinstance(entry.leaf, Claim)]
    statements = {digest: _statement(case, digest) for digest in sorted({_bare(one.statement) for one in claims})}
    objects, withheld = _objects(case, entries, chosen)
    head = log.checkpoint
    assert head is not None  # noqa: S101 - something is signed
    subtrees = log.subtrees(size)
    stamps = _stamps(log, size)
    earlier = sorted({int(name.partition(".")[0]) for name in stamps} - {size})
    signed = log.checkpoints
    return Contents(
        name=_name(case, chosen),
        dated=date.fromisoformat(max(entry.leaf.known for entry in entries)[:10]),
        objects={digest: case.objects.path(digest) for digest in objects},
        statements=statements,
        results=_results(case, claims),
        case_files={
            name: (case.path / name).read_bytes()
            for name in (SETTINGS_FILE, OPERATORS_FILE)
            if (case.path / name).is_file()
        },
        withheld=withheld,
        leaves={entry.index: data for entry, data in zip(entries, _leaves(log, entries), strict=True)},
        proofs={
            entry.index: LogProof(entry.index, inclusion_proof(entry.index, size, subtrees), head).encode()
            for entry in entries
        },
        checkpoint=head.encode(),
        keys=key_files(key, anchors, witnessed=_witnessed(head, anchors)),
        texts={"verify.sh": verify_script(), **verify_texts(case.settings.languages)},
        checkpoints={one: signed[one].encode() for one in earlier},
        consistency={(one, size): log.consistency(one, size) for one in earlier},
        stamps=stamps,
        disclosures=_disclosures(case, entries, chosen),
    )


def _witnessed(head: SignedNote, anchors: Anchors) -> bool:
    """Whether the policy is content with who cosigned the head."""
    policy = anchors.policy
    return policy is not None and policy.satisfied(cosigned(head, policy.witnesses.values()))


def _disclosures(case: Case, entries: Iterable[Entry], chosen: Chosen) -> dict[str, bytes]:
    """What was revealed of the contributions that go in; nothing tells the others from dummies.

    What was agreed to for a court only goes into confidential bundles only; what nobody agrees to any more, into none.
    """
    roots = {_bare(entry.leaf.commit) for entry in entries if isinstance(entry.leaf, Contribution)}
    demands, kept = case.entrusted.closed(), case.entrusted.kept()

    def goes(root: str) -> bool:
        if root in demands:
            return True  # an operator's own, opened by it
        entrusted = bytes.fromhex(root)
        return entrusted in kept and goes_into(case.entrusted.record(entrusted), confidential=chosen.confidential)

    return {root: opening for root, opening in case.entrusted.openings().items() if root in roots and goes(root)}


def _signed(case: Case, log: LogFolder) -> int:
    """How many entries there are, all of them signed: a bundle without the newest would tell what was known before."""
    size = log.signed_size if case.proving.log.exists else 0
    if not size:
        raise KuagerError(
            message("Nothing in “{case}” is signed yet."),
            remedy=message("Run: kuager stamp {case}."),
            case=str(case.path),
        )
    if log.unsigned:
        raise KuagerError(
            message("{count} entries of the log of “{case}” are not signed yet."),
            meaning=message("A bundle without them would not say what the case says now."),
            remedy=message("Run: kuager stamp {case}."),
            count=log.unsigned,
            case=str(case.path),
        )
    return size


def _chosen(case: Case, chosen: Chosen) -> list[Entry]:
    """The entries that go in: the claims that were asked for, and everything that they rest on."""
    entries = case.proving.log.entries()
    if chosen.entry is not None:
        wanted = [entry for entry in entries if entry.index == chosen.entry and isinstance(entry.leaf, Claim)]
    elif chosen.episode:
        wanted = [
            entry
            for entry in entries
            if isinstance(entry.leaf, Claim) and (entry.leaf.about, entry.leaf.name) == (EPISODE, chosen.episode)
        ]
    else:
        return list(entries)
    if not wanted:
        raise UsageError(
            message("The log of “{case}” has no such claim."),
            remedy=message("Its episodes are: {episodes}."),
            case=str(case.path),
            episodes=", ".join(case.proving.latest(EPISODE)) or "–",
        )
    return _with_grounds(case, wanted)


def _with_grounds(case: Case, wanted: Sequence[Entry]) -> list[Entry]:
    """Claims with what they were derived from, what they replace, what took them back; all gaps and keys."""
    inputs = {
        f"sha256:{digest}"
        for entry in wanted
        if isinstance(entry.leaf, Claim)
        for digest in Statement.parse(_statement(case, _bare(entry.leaf.statement))).inputs
    }
    hashes = {entry.hash for entry in wanted}
    hashes |= {one for entry in wanted if isinstance(entry.leaf, Claim) for one in entry.leaf.replaces}
    return [
        entry
        for entry in case.proving.log.entries()
        if entry.hash in hashes
        or isinstance(entry.leaf, Gap | KeyEvent)
        or (isinstance(entry.leaf, Observation | Document) and entry.leaf.object in inputs)
        or (isinstance(entry.leaf, Retraction) and entry.leaf.retracts in hashes)
        or (isinstance(entry.leaf, Redaction) and entry.leaf.redacts in hashes)
    ]


def _objects(case: Case, entries: Iterable[Entry], chosen: Chosen) -> tuple[list[str], tuple[Withheld, ...]]:
    """The objects that go in, and those that stay out; what nobody came to read may hold anything."""
    leaves = [entry.leaf for entry in entries if isinstance(entry.leaf, Observation | Document)]
    named = {leaf.object for leaf in leaves}
    withheld: dict[str, str] = {}
    if not chosen.confidential:
        records = case.records.all()
        taken_for = [(leaf.object, leaf.media, leaf.source if isinstance(leaf, Observation) else "") for leaf in leaves]
        taken_for += [(record.object, record.kind, record.source) for record in records]
        taken_for += [(one, UNREAD, "") for one in sorted(named - {record.object for record in records})]
        for one, kind, source in taken_for:
            reason = _reason(kind, source)
            if one in named and reason:
                withheld.setdefault(one, reason)
    kept = sorted(_bare(one) for one in named - withheld.keys())
    return kept, tuple(Withheld(one, withheld[one]) for one in sorted(withheld))


def _reason(kind: str, source: str) -> str:
    """Why an object of a kind, from a source, must not be passed on; empty when it may be."""
    read_as = kind.partition(":")[0]
    if read_as in _OF_VOLUNTEERS:
        return IDENTIFYING
    if read_as == DOCUMENT_KIND:
        return TERMS  # what others wrote is cited and hashed, and not handed on
    for one in SOURCES.values():
        if not one.passed_on and one.id in (source, read_as):
            return TERMS
    return ""


def _results(case: Case, claims: Iterable[Claim]) -> dict[str, bytes]:
    """The files that were claimed: versions of episodes, lists of what stood, the list of what is published."""
    outputs = {_bare(claim.output) for claim in claims}
    found = {}
    for path in (*sorted(case.episodes.glob("*.json")), *sorted(case.manifests.glob("*"))):
        data = path.read_bytes()
        if sha256(data) in outputs:
            found[sha256(data)] = data
    return found


def _statement(case: Case, digest: str) -> bytes:
    return (case.proving.statements / f"{digest}.json").read_bytes()


def _leaves(log: LogFolder, entries: Sequence[Entry]) -> Iterable[bytes]:
    every = list(log.leaves())
    return [every[entry.index] for entry in entries]


def _stamps(log: LogFolder, size: int) -> dict[str, bytes]:
    """Time over signed heads, by the name of the file."""
    paths = sorted((log.path / "stamps").glob("*.*.*"))
    return {path.name: path.read_bytes() for path in paths if int(path.name.partition(".")[0]) <= size}


def _name(case: Case, chosen: Chosen) -> str:
    name = re.sub("[^A-Za-z0-9.-]+", "-", case.name).strip("-.") or "case"
    if chosen.episode:
        return chosen.episode
    return name if chosen.entry is None else f"{name}-entry-{chosen.entry}"


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
