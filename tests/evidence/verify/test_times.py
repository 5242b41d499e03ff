"""Times over the heads of a log: stamps of a real authority, of Bitcoin, and beacons."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.evidence.bundles import METHOD
from tests.evidence.stamping import Authority, in_block, new_authority
from tests.evidence.verify.sealing import Files, logged, sealed_again, small_files, verified, wrong

from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Beacon, CustodyEvent
from kuager.evidence.note import SignedNote
from kuager.evidence.stamps import rfc3161
from kuager.evidence.stamps.beacon import DRAND, QUICKNET
from kuager.evidence.verify.report import Outcome
from kuager.evidence.verify.trusted import Trusted
from kuager.model.time import format_utc

GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
    "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)
"""The header of Bitcoin's first block."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return small_files(tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority") / "first")


@pytest.fixture(scope="module")
def stamped(files: Files, authority: Authority) -> Files:
    text = SignedNote.parse(files[layout.CHECKPOINT]).text
    response = authority.stamped(rfc3161.question(text).request)
    return sealed_again({**files, "log/stamps/8.first.tsr": response, "keys/tsa-first.pem": authority.roots})


def test_an_authority_whose_root_the_bundle_brings(stamped: Files) -> None:
    report = verified(stamped)
    assert not wrong(report)
    bound = report.bounds[-1]
    assert (bound.entries, bound.anchored) == (8, False)
    assert timedelta() < datetime.now(UTC) + timedelta(seconds=3) - bound.time < timedelta(minutes=2)


def test_an_authority_whose_root_is_given(stamped: Files, authority: Authority, tmp_path: Path) -> None:
    report = verified(stamped, Trusted(tsa_roots=authority.roots))
    assert report.bounds[-1].anchored
    other = new_authority(tmp_path / "other")
    found = wrong(verified(stamped, Trusted(tsa_roots=other.roots)))
    assert any("log/stamps/8.first.tsr" in line for line in found)
    bare = sealed_again({path: data for path, data in stamped.items() if path != "keys/tsa-first.pem"})
    untold = verified(bare)
    assert not untold.wrong
    assert any("Nobody knows the certificates" in one.note.template for one in untold.findings)


def test_stamps_of_something_else(stamped: Files) -> None:
    token = stamped["log/stamps/8.first.tsr"]
    for path, data in (
        ("log/stamps/8.first.tsr", b"<html>"),
        ("log/stamps/8.first.tsr", token[:-1]),
        ("log/stamps/3.first.tsr", token),
        ("log/stamps/5.first.tsr", token),
    ):
        assert any(line.startswith(path) for line in wrong(verified(sealed_again({**stamped, path: data}))))


def test_stamps_of_bitcoin(files: Files) -> None:
    text = SignedNote.parse(files[layout.CHECKPOINT]).text
    magic = b"\x00OpenTimestamps\x00\x00Proof\x00" + bytes.fromhex("bf89e2e884e89294")
    proof = magic + b"\x01\x08" + hashlib.sha256(text).digest() + in_block(0)
    path = "log/stamps/8.bitcoin.ots"
    report = verified(sealed_again({**files, path: proof}))
    assert not report.wrong
    assert [one.outcome for one in report.findings if one.place == path] == [Outcome.NOT_CHECKED]
    header = {layout.header_path(1): GENESIS}
    assert not verified(sealed_again({**files, **header})).wrong
    other = {layout.header_path(1): GENESIS[:-1] + b"\0"}
    assert any("A header of a Bitcoin block" in line for line in wrong(verified(sealed_again({**files, **other}))))
    assert any(path in line for line in wrong(verified(sealed_again({**files, path: proof[:-1]}))))


def test_beacons(files: Files) -> None:
    def drawn(published: datetime, known: datetime) -> Files:
        number = int((published - datetime.fromtimestamp(QUICKNET.genesis, UTC)).total_seconds()) // QUICKNET.period
        beacon = Beacon(DRAND, QUICKNET.hash, number, "0" * 64)
        return logged(CustodyEvent("collected", format_utc(known), METHOD, "", beacon), base=files)

    day = datetime(2025, 11, 1, tzinfo=UTC)
    good = verified(drawn(day, day + timedelta(minutes=1)))
    assert not good.wrong
    assert any("are not older than" in one.note.template for one in good.findings)
    found = wrong(verified(drawn(day, day - timedelta(hours=1))))
    assert any("but what is in it was published at" in line for line in found)
