"""Whether what entries speak of is there: received bytes, statements, results; and nothing else is.

A file counts by its hash, which its path repeats. A statement says what was derived from what: the entry that names it
must name the same result, and what it was derived from must be named by entries too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import msgspec
import rfc8785

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Withheld
from kuager.evidence.leaves import Claim, Document, Observation
from kuager.evidence.statements import Statement
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.entries import Entries
from kuager.evidence.verify.report import SPOKEN_OF, Section

_PREFIX = "sha256:"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_NAMED_BY_HASH = ("data/objects/", "data/claims/", "data/results/", "data/sealed/")
_REASONS = frozenset({"identifying", "terms", "scope", "sealed"})


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """What was found, and how many objects are withheld."""

    section: Section
    withheld: int


@dataclass(frozen=True, slots=True)
class _Derived:
    """Hashes of what claims name as their result, and of everything that their statements say they made."""

    outputs: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)


def check_spoken_of(bag: Bag, entries: Entries) -> SpokenOf:
    """Check everything that entries name, and that nothing is there that they do not name."""
    section = Section(SPOKEN_OF)
    withheld = _withheld(bag, section)
    _check_names(bag, section)
    _check_objects(bag, entries, withheld, section)
    named = _named_by(entries)
    derived = _check_claims(bag, entries, named, section)
    named |= {*derived.subjects}
    _check_strangers(bag, named, withheld, section)
    _tell_results(bag, derived.outputs, section)
    return SpokenOf(section, len(withheld))


def _named_by(entries: Entries) -> set[str]:
    """Every hash that an entry names, whatever for."""
    found: set[str] = set()
    for leaf in entries.leaves.values():
        for value in msgspec.structs.asdict(leaf).values():
            if isinstance(value, str) and _DIGEST.fullmatch(value):
                found.add(value)
    return found


def _withheld(bag: Bag, section: Section) -> Mapping[str, str]:
    """The reason of every object that is left out."""
    if layout.WITHHELD not in bag.held:
        section.fails(message("The list of what is withheld is missing."), layout.WITHHELD)
        return {}
    data = bag.held[layout.WITHHELD]
    try:
        listed = msgspec.json.decode(data, type=list[Withheld])
        canonical = rfc8785.dumps(msgspec.to_builtins(listed)) == data
    except (msgspec.DecodeError, rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        canonical, listed = False, []
    objects = [one.object for one in listed]
    in_order = objects == sorted(set(objects))
    right = all(_DIGEST.fullmatch(one.object) and one.reason in _REASONS for one in listed)
    if not (canonical and in_order and right):
        section.fails(message("The file is no list of what is withheld, as Kuager writes it."), layout.WITHHELD)
        return {}
    return {one.object: one.reason for one in listed}


def _check_names(bag: Bag, section: Section) -> None:
    """A file that is called by a hash must have the bytes of that hash."""
    good = total = 0
    for path, digest in bag.digests.items():
        if path.startswith(_NAMED_BY_HASH):
            total += 1
            if path in (
                layout.object_path(digest),
                layout.statement_path(digest),
                layout.result_path(digest),
                layout.sealed_path(digest),
            ):
                good += 1
            else:
                section.fails(message("The file does not have the bytes whose hash it is called by."), path)
    section.counted(message("{count} of {all} files have the bytes whose hash they are called by."), good, total)


def _check_objects(bag: Bag, entries: Entries, withheld: Mapping[str, str], section: Section) -> None:
    here = left_out = total = 0
    for index, leaf in entries.leaves.items():
        if not isinstance(leaf, Observation | Document):
            continue
        total += 1
        path = layout.object_path(leaf.object.removeprefix(_PREFIX))
        present = path in bag.digests
        if present and bag.sizes[path] != leaf.size:
            section.fails(
                message("The object has {size} bytes; the entry says {said}."),
                layout.leaf_path(index),
                size=bag.sizes[path],
                said=leaf.size,
            )
        elif present and leaf.object in withheld:
            section.fails(message("The object is listed as withheld and is there all the same."), path)
        elif present:
            here += 1
        elif leaf.object in withheld:
            left_out += 1
        else:
            section.fails(
                message("The object that the entry names is neither there nor listed as withheld."),
                layout.leaf_path(index),
            )
    section.counted(
        message("{count} of {all} objects that entries name are there, or are listed as withheld: {withheld}."),
        here + left_out,
        total,
        withheld=left_out,
    )


def _check_claims(bag: Bag, entries: Entries, named: set[str], section: Section) -> _Derived:
    """Check statements against the entries that name them."""
    good = total = 0
    derived = _Derived()
    for index, leaf in entries.leaves.items():
        if not isinstance(leaf, Claim):
            continue
        total += 1
        path = layout.leaf_path(index)
        derived.outputs.add(leaf.output)
        statement = _statement(bag, leaf, path, section)
        if statement is None:
            continue
        derived.subjects.update(f"{_PREFIX}{one}" for one in statement.subjects.values())
        if leaf.output.removeprefix(_PREFIX) not in statement.subjects.values():
            section.fails(message("The statement is of another result than the entry that names it."), path)
            continue
        unknown = [one for one in statement.inputs if f"{_PREFIX}{one}" not in named]
        if unknown:
            section.fails(
                message("The claim rests on {count} things that no entry names, such as {input}."),
                layout.statement_path(leaf.statement.removeprefix(_PREFIX)),
                count=len(unknown),
                input=unknown[0],
            )
        good += not unknown
    section.counted(
        message("{count} of {all} claims say from what and how they were derived, and rest only on what entries name."),
        good,
        total,
    )
    return derived


def _statement(bag: Bag, leaf: Claim, place: str, section: Section) -> Statement | None:
    path = layout.statement_path(leaf.statement.removeprefix(_PREFIX))
    if path not in bag.held:
        section.fails(message("The statement that the entry names is missing."), place)
        return None
    try:
        return Statement.parse(bag.held[path])
    except ProofRefused as error:
        section.refused(error, path)
        return None


def _check_strangers(bag: Bag, named: set[str], withheld: Mapping[str, str], section: Section) -> None:
    """Nothing may be there, or be listed as withheld, that no entry names."""
    for path in bag.digests:
        if path.startswith(_NAMED_BY_HASH):
            digest = path.rpartition("/")[2].partition(".")[0]
            if f"{_PREFIX}{digest}" not in named:
                section.fails(message("No entry names the file."), path)
    unnamed = sorted(set(withheld) - named)
    if unnamed:
        section.fails(
            message("No entry names {count} of the objects that are listed as withheld, such as {object}."),
            layout.WITHHELD,
            count=len(unnamed),
            object=unnamed[0],
        )


def _tell_results(bag: Bag, results: Collection[str], section: Section) -> None:
    """Results that are files are covered by their names; of the others the bundle has the hash only."""
    absent = [one for one in results if layout.result_path(one.removeprefix(_PREFIX)) not in bag.digests]
    if absent:
        section.not_checked(
            message("{count} of {all} results are no files: only deriving them again shows that they have that hash."),
            count=len(absent),
            all=len(results),
        )
