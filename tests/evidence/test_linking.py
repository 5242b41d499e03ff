"""What is public of two contributors differs by chance only: not by who they are, what they have, or when they came.

Two people as different as can be contribute on the same day: name, telephone, place, kind, name and size of the file,
hour, number of fields, number of curators. Everything that becomes public of each is gathered and compared field by
field; random values must be equally long and of the same distribution as the other's and as those of dummies; and the
people are exchanged. What may differ is what is meant to be seen: the pixels themselves, and the size class (a power of
two) of a sealed file that is handed on.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519
from tests.evidence.private.logs import logging_to
from tests.evidence.private.photographs import SECRETS, drawn, jpeg_of, png_of
from tests.evidence.private.test_metadata import segments

from kuager.evidence import base64_text
from kuager.evidence.bundle.layout import object_path, sealed_path
from kuager.evidence.objects import sha256
from kuager.evidence.private.batches import DAY_S, Batches
from kuager.evidence.private.commitments import Record, Value
from kuager.evidence.private.contributors import Contribution, contribute, receipt_of
from kuager.evidence.private.metadata import derivative
from kuager.evidence.private.sealing import seal

DAY = 1_641_340_800
LEAVES = 4
UNLIKELY = 5.5
"""Standard deviations; chance alone exceeds them once in 26 million comparisons."""
CURATOR = Ed25519PrivateKey.generate()
CURATORS = [str(x25519.Identity.generate().to_public()) for _ in range(5)]


@dataclass(frozen=True)
class Person:
    """Somebody who must stay unknown."""

    fields: Mapping[str, Value]
    file: bytes
    curators: Sequence[str]
    hour: int


@dataclass(frozen=True)
class Public:
    """What the world sees of a contribution."""

    leaf: bytes
    place: int
    receipt: bytes
    sealed_leaf: Mapping[str, str]
    sealed_size: int
    derivative: bytes
    claim: Mapping[str, str]
    names: Sequence[str]


@pytest.fixture(scope="module")
def people() -> tuple[Person, Person]:
    aru = Person(
        {"name": "Aru", "phone": "+77010000000", "file": "IMG_20220105_160411.jpg", "place": ["Almaty", "flat 12"]},
        jpeg_of(drawn(2200, 1650), orientation=3),
        CURATORS[:2],
        hour=2,
    )
    konstantin = Person(
        {f"field-{number}": "Константин Константинопольский " * 20 for number in range(40)},
        png_of(drawn(2400, 1800)),
        CURATORS,
        hour=23,
    )
    return aru, konstantin


def _lodged(folder: Path, order: Sequence[Person]) -> tuple[list[Record], list[Contribution], list[bytes]]:
    batches = Batches(folder / "private", leaves=LEAVES)
    made = [contribute(person.fields) for person in order]
    arrivals = sorted(zip(order, made, strict=True), key=lambda pair: pair[0].hour)
    with logging_to(folder / "log") as log:
        for person, (_, contribution) in arrivals:
            batches.submit(contribution, log.folder, DAY + person.hour * 3600)
        batches.log_due(log.folder, log.writer, DAY + DAY_S)
        leaves = list(log.folder.leaves())
    return [record for record, _ in made], [contribution for _, contribution in made], leaves


def _public(folder: Path, order: Sequence[Person]) -> list[Public]:
    records, contributions, leaves = _lodged(folder, order)
    found = []
    for person, record, contribution in zip(order, records, contributions, strict=True):
        assert record.root == contribution.root
        leaf = contribution.leaf(DAY)
        sealed = seal(person.file, person.curators)
        made = derivative(person.file, sealed.disclosure.commitment)
        names = (object_path(sha256(made.data)), sealed_path(sha256(sealed.data)))
        found.append(
            Public(
                leaf,
                leaves.index(leaf),
                receipt_of(leaf, "log.example").issue("curator.example", CURATOR),
                sealed.leaf(),
                len(sealed.data),
                made.data,
                made.claim("2026-01-01T00:00:00Z"),
                names,
            )
        )
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, people: tuple[Person, Person]) -> list[Public]:
    return _public(tmp_path_factory.mktemp("seen"), people)


def _without_chance(public: Public) -> dict[str, object]:
    """Everything public with each random value replaced by its length."""

    def shape(text: str) -> object:
        return text if text in ("contribution/v1", "2022-01-05T00:00:00Z", "sealed/v1", "derivative/v1") else len(text)

    receipt = public.receipt.decode().split("\n")
    return {
        "leaf": {name: shape(value) for name, value in json.loads(public.leaf).items()},
        "leaf length": len(public.leaf),
        "receipt": [*receipt[:3], *(len(line) for line in receipt[3:])],
        "sealed leaf": {name: shape(value) for name, value in public.sealed_leaf.items()},
        "claim": {name: value if name == "how" else shape(value) for name, value in public.claim.items()},
        "derivative": [(marker, data) for marker, data in segments(public.derivative)],
        "names": [re.sub(r"/[0-9a-f]{2}/[0-9a-f]{64}$|[0-9a-f]{64}", "", name) for name in public.names],
    }


def test_nothing_public_differs_but_by_chance(
    tmp_path: Path, people: tuple[Person, Person], seen: list[Public]
) -> None:
    for first, second in (seen, _public(tmp_path, people[::-1])):
        assert _without_chance(first) == _without_chance(second)
        everything = b"".join([first.leaf, first.receipt, first.derivative, str(first.claim).encode()])
        everything += b"".join([second.leaf, second.receipt, second.derivative, str(second.claim).encode()])
        for person in people:
            texts = [value for value in person.fields.values() if isinstance(value, str)]
            assert not any(text.encode() in everything for text in (*person.fields, *texts) if text != "file")
        assert not any(secret in everything for secret in SECRETS)


def test_dummies_look_as_contributions_do(tmp_path: Path, people: tuple[Person, Person]) -> None:
    leaves = _lodged(tmp_path, people)[2]
    assert len(leaves) == LEAVES
    assert len({tuple((name, len(value)) for name, value in json.loads(leaf).items()) for leaf in leaves}) == 1
    assert len({len(leaf) for leaf in leaves}) == 1


def _bits(contribution: Contribution) -> npt.NDArray[np.uint8]:
    data = contribution.root + contribution.key + contribution.signature
    return np.unpackbits(np.frombuffer(data, np.uint8))


def test_random_values_of_both_and_of_dummies_are_of_one_distribution(people: tuple[Person, Person]) -> None:
    """Bit by bit over many contributions: root, key and signature; the top bits of signatures are set for nobody."""
    count = 250
    ones = [
        np.array([_bits(contribute(fields)[1]) for _ in range(count)]).sum(axis=0, dtype=np.int64)
        for fields in (people[0].fields, {f"field-{number}": "x" for number in range(20)}, {})
    ]
    for other in ones[1:]:
        assert np.abs(ones[0] - other).max() / np.sqrt(count / 2) < UNLIKELY
    uniform = slice(0, 256)
    for one in ones:
        assert np.abs(one[uniform] - count / 2).max() / np.sqrt(count / 4) < UNLIKELY, "roots are uniform"


def test_places_within_a_batch_say_nothing_of_who_came_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    batches, places, count = Batches(tmp_path / "private", leaves=LEAVES), np.zeros((2, LEAVES)), 120
    with logging_to(tmp_path / "log") as log:
        for number in range(count):
            start = DAY + number * DAY_S
            early = batches.submit(contribute({"name": "Aru"})[1], log.folder, start + 7200)
            late = batches.submit(contribute({"name": "Konstantin"})[1], log.folder, start + 82_800)
            batches.log_due(log.folder, log.writer, start + DAY_S)
            logged = list(log.folder.leaves(number * LEAVES))
            for row, leaf in enumerate((early, late)):
                places[row, logged.index(leaf)] += 1
    expected = count / LEAVES
    assert np.abs(places - expected).max() / np.sqrt(expected * (1 - 1 / LEAVES)) < UNLIKELY


def test_sealed_sizes_of_one_class_differ_by_chance_only() -> None:
    """age adds a stanza of random length to every header; sizes of originals and numbers of curators do not show."""
    count = 120
    small = np.array([len(seal(b"x" * 10, CURATORS[:2]).data) for _ in range(count)])
    large = np.array([len(seal(b"y" * 65_000, CURATORS).data) for _ in range(count)])
    error = np.sqrt((small.var() + large.var()) / count)
    assert abs(small.mean() - large.mean()) / error < UNLIKELY
    assert max(small.max(), large.max()) - min(small.min(), large.min()) < 400


def test_the_search_for_differences_finds_one(seen: list[Public]) -> None:
    """A leaf with the time of arrival, or a file named as the contributor named it, would be noticed."""
    first, second = seen
    late = Contribution(*_parts(second.leaf)).leaf(DAY + 1)
    assert _without_chance(first) != _without_chance(replace(second, leaf=late))
    assert _without_chance(first) != _without_chance(
        replace(second, names=("IMG_20220105_160411.jpg", second.names[1]))
    )
    assert _without_chance(first) != _without_chance(replace(second, derivative=jpeg_of(drawn(1024, 768))))


def _parts(leaf: bytes) -> tuple[bytes, bytes, bytes]:
    said = json.loads(leaf)
    root = bytes.fromhex(said["commit"].removeprefix("sha256:"))
    return root, base64_text.decode(said["key"]), base64_text.decode(said["signature"])
