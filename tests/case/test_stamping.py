"""Witnesses are asked before more is signed, so that an older copy of a case does not show two histories."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.evidence.witnessing import serving

from kuager.case.anchors import Anchors
from kuager.case.folder import Case, new_case, open_case
from kuager.case.log import method, now
from kuager.case.settings import Settings
from kuager.case.signing import log_key
from kuager.case.stamping import stamp_case
from kuager.errors import LogDamaged
from kuager.evidence.leaves import Document, encode_leaf
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.note import COSIGNATURE, VerifierKey
from kuager.evidence.policy import Policy
from kuager.evidence.witness.witness import Witness

NAME = "witness.example/w1"
KEY = Ed25519PrivateKey.from_private_bytes(b"w" * 32)


def _document(number: int) -> Document:
    return Document(f"sha256:{number:064x}", 1, "text/plain", now(), now(), method(), "custodian")


def _add(case: Case, number: int) -> LogFolder:
    with case.writing("add"):
        case.proving.log.append(_document(number))
    return LogFolder(case.proving.log.folder)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    window = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
    made = new_case(tmp_path / "case", Settings("", ("KZ",), *window))
    _add(made, 1)
    return made


@pytest.fixture
def anchors(case: Case, tmp_path: Path) -> Iterator[Anchors]:
    witness = Witness(tmp_path / "seen", NAME, KEY, [log_key(LogFolder(case.proving.log.folder))])
    with serving(lambda _, body: witness.answer(body, int(time.time()))) as address:
        vkey = VerifierKey.of(NAME, COSIGNATURE, KEY).text
        yield Anchors(Policy.parse(f"witness w {vkey} {address}\nquorum w\n".encode()))


def test_an_older_copy_is_found_out_before_more_of_it_is_signed(case: Case, anchors: Anchors, tmp_path: Path) -> None:
    assert [one.time is not None for one in stamp_case(case, anchors).vouched] == [True]
    shutil.copytree(case.path, tmp_path / "copy")
    seen = _add(case, 2).head.size
    stamp_case(case, anchors)
    copy = open_case(tmp_path / "copy")
    log = LogFolder(copy.proving.log.folder)
    signed = log.signed_size
    assert signed < seen
    writer = LogWriter(log.path, log.head.origin)  # as when the key is locked: added and not signed
    writer.append([encode_leaf(_document(3))])
    writer.close()
    with pytest.raises(LogDamaged, match=f"saw {seen} entries of this log; here {signed} are signed"):
        stamp_case(copy, anchors)
    assert log.signed_size == signed
