"""A witness, and what a log asks of it: by requests as bytes, over real HTTP, and with copies that are older."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from textwrap import dedent

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.witnessing import serving

from kuager.errors import EvidenceError, KuagerError, LogDamaged, ProofRefused
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosigned
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.note import COSIGNATURE, ED25519, SignedNote, VerifierKey, sign
from kuager.evidence.policy import Policy
from kuager.evidence.proof import seen
from kuager.evidence.witness.asking import cosignature_in, cosigned_by
from kuager.evidence.witness.request import LARGEST_REQUEST, Request, request_for
from kuager.evidence.witness.witness import Answer, Witness

ORIGIN, NAME = "log.example/a", "witness.example/w1"
KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
LOG_KEY = VerifierKey.of(ORIGIN, ED25519, KEY)
WITNESS_KEY = VerifierKey.of(NAME, COSIGNATURE, WITNESS)
MOMENT = 1_790_000_000


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "seen", NAME, WITNESS, [LOG_KEY])


def _grown(folder: Path, size: int, entry: bytes = b"entry") -> LogFolder:
    """A log with so many entries, signed."""
    writer = LogWriter(folder, ORIGIN)
    log = LogFolder(folder)
    start = log.head.size
    writer.append(b"%s %d" % (entry, number) for number in range(start, size))
    writer.sign(ORIGIN, KEY)
    writer.close()
    return log


@pytest.fixture
def log(tmp_path: Path) -> LogFolder:
    return _grown(tmp_path / "log", 5)


def _ask(witness: Witness, log: LogFolder, old: int) -> Answer:
    return witness.answer(request_for(log, old).encode(), MOMENT)


def test_a_request_is_written_as_the_specification_shows_it(shared_data: Path) -> None:
    text = (shared_data / "evidence-vectors" / "c2sp-spec-examples" / "tlog-witness.md").read_text()
    block = re.search(r"Example request body:\n\n((?:    .*\n|\n)+)", text)
    assert block is not None
    data = dedent(block[1]).strip().encode() + b"\n"
    request = Request.parse(data)
    assert (request.old, len(request.hashes)) == (20_852_014, 4)
    assert Checkpoint.parse(request.checkpoint.text).size == 20_852_163
    assert request.encode() == data


def test_a_head_is_cosigned_as_long_as_the_log_grows(witness: Witness, log: LogFolder) -> None:
    for old, size in ((0, 5), (5, 5), (5, 6), (6, 300), (300, 700)):
        _grown(log.path, size)
        answer = _ask(witness, log, old)
        assert answer.status == HTTPStatus.OK
        note = log.checkpoint
        assert note is not None
        line = cosignature_in(answer.body, note, WITNESS_KEY)
        assert cosigned(note.with_lines([line]), [WITNESS_KEY]) == {WITNESS_KEY: MOMENT}
        kept = witness.newest(hashlib.sha256(ORIGIN.encode()).hexdigest())
        assert kept is not None
        monitored = SignedNote.parse(kept)
        assert monitored == note.with_lines([line])
    policy = Policy.parse(f"log {LOG_KEY.text}\nwitness w {WITNESS_KEY.text}\nquorum w\n".encode())
    assert seen(monitored, policy).witnesses == {WITNESS_KEY: MOMENT}


def test_what_the_witness_saw_is_told_to_whoever_proves_from_another_size(witness: Witness, log: LogFolder) -> None:
    assert _ask(witness, log, 3) == Answer(HTTPStatus.CONFLICT, b"0\n", "text/x.tlog.size")
    assert _ask(witness, log, 0).status == HTTPStatus.OK
    _grown(log.path, 9)
    assert _ask(witness, log, 0) == Answer(HTTPStatus.CONFLICT, b"5\n", "text/x.tlog.size")
    assert _ask(witness, log, 7) == Answer(HTTPStatus.CONFLICT, b"5\n", "text/x.tlog.size")
    assert _ask(witness, log, 5).status == HTTPStatus.OK


def test_a_replayed_request_is_not_cosigned_again(witness: Witness, log: LogFolder) -> None:
    first = request_for(log, 0).encode()
    assert witness.answer(first, MOMENT).status == HTTPStatus.OK
    _grown(log.path, 9)
    assert _ask(witness, log, 5).status == HTTPStatus.OK
    assert witness.answer(first, MOMENT) == Answer(HTTPStatus.CONFLICT, b"9\n", "text/x.tlog.size")


def _with(text: bytes, old: int = 0, hashes: tuple[bytes, ...] = (), key: Ed25519PrivateKey = KEY) -> bytes:
    return Request(old, hashes, SignedNote(text, (sign(text, ORIGIN, key),))).encode()


def test_every_refusal_has_the_status_of_the_specification(tmp_path: Path, witness: Witness, log: LogFolder) -> None:
    assert _ask(witness, log, 0).status == HTTPStatus.OK
    other = _grown(tmp_path / "other", 8, b"other")
    _grown(log.path, 8)
    good, split = request_for(log, 5), request_for(other, 5)
    text = good.checkpoint.text
    foreign = Checkpoint("log.example/b", 8, bytes(32)).text()
    false = SignedNote(text, (sign(foreign, ORIGIN, KEY),))
    statuses = {
        "another history": (split.encode(), 422),
        "a proof that is cut": (Request(5, good.hashes[:-1], good.checkpoint).encode(), 422),
        "a proof that is too long": (Request(5, (*good.hashes, bytes(32)), good.checkpoint).encode(), 422),
        "another root at the size that was seen": (_with(Checkpoint(ORIGIN, 5, bytes(32)).text(), 5), 422),
        "a proof from size to size": (_with(text, 5, (bytes(32),)), 422),
        "the size that was seen is larger": (_with(Checkpoint(ORIGIN, 4, bytes(32)).text(), 5), 400),
        "another log": (_with(foreign, 5), 404),
        "no key that is known": (_with(text, 5, good.hashes, OTHER), 403),
        "a false signature": (Request(5, good.hashes, false).encode(), 403),
        "no request": (b"old 5\n", 400),
        "a size that is no number": (good.encode().replace(b"old 5", b"old 05"), 400),
        "too many hashes": (Request(5, (bytes(32),) * 64, good.checkpoint).encode(), 400),
        "a hash that is none": (Request(5, (bytes(31),), good.checkpoint).encode(), 400),
        "no head": (_with(b"only text\n", 5), 400),
        "too long": (good.encode() + b"x" * LARGEST_REQUEST, 400),
    }
    assert {name: witness.answer(body, MOMENT).status for name, (body, _) in statuses.items()} == {
        name: HTTPStatus(status) for name, (_, status) in statuses.items()
    }
    assert witness.answer(good.encode(), MOMENT).status == HTTPStatus.OK


def test_an_empty_log_is_cosigned_with_the_root_of_nothing_and_no_other(witness: Witness, tmp_path: Path) -> None:
    assert witness.answer(_with(f"{ORIGIN}\n0\n{'A' * 43}=\n".encode()), MOMENT).status == 422
    empty = _grown(tmp_path / "empty", 0)
    assert _ask(witness, empty, 0).status == HTTPStatus.OK
    assert witness.answer(_with(request_for(empty, 0).checkpoint.text, 0, (bytes(32),)), MOMENT).status == 422
    assert _ask(witness, _grown(tmp_path / "empty", 3), 0).status == HTTPStatus.OK


def test_a_witness_whose_memory_is_damaged_cosigns_nothing(witness: Witness, log: LogFolder, tmp_path: Path) -> None:
    assert _ask(witness, log, 0).status == HTTPStatus.OK
    (kept,) = (path for path in (tmp_path / "seen").iterdir() if path.name != ".lock")
    for damage in (b"", kept.read_bytes()[:40], kept.read_bytes().replace(b"log.example/a", b"log.example/b")):
        kept.write_bytes(damage)
        with pytest.raises(LogDamaged, match="cannot be read"):
            _ask(witness, log, 0)


def test_of_two_histories_shown_at_once_one_is_cosigned(witness: Witness, tmp_path: Path) -> None:
    logs = [_grown(tmp_path / str(number), 3 + number, b"%d" % number) for number in range(8)]
    requests = [request_for(one, 0).encode() for one in logs]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: witness.answer(body, MOMENT).status, requests))
    assert sorted(answers) == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 7


@given(st.binary(max_size=300) | st.text("old 0123+/=\n—A", max_size=300).map(str.encode))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    try:
        request = Request.parse(data)
    except ProofRefused:
        return
    assert request.encode() == data


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
)
def test_requests_come_back_as_they_were_written(old: int, hashes: list[bytes]) -> None:
    text = Checkpoint(ORIGIN, 7, bytes(32)).text()
    request = Request(old, tuple(hashes), SignedNote(text, (sign(text, ORIGIN, KEY),)))
    assert Request.parse(request.encode()) == request


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    def respond(path: str, body: bytes) -> Answer:
        assert path == "/w/add-checkpoint"
        return witness.answer(body, int(time.time()))

    with serving(respond) as served:
        yield served


def test_over_http_a_log_is_cosigned_each_time_it_has_grown(address: str, log: LogFolder) -> None:
    for size in (5, 5, 6, 300):
        writer = LogWriter(_grown(log.path, size).path, ORIGIN)
        with_line = writer.add_lines(size, [cosigned_by(address, WITNESS_KEY, log)])
        writer.close()
        assert log.checkpoint == with_line
        assert abs(cosigned(with_line, [WITNESS_KEY])[WITNESS_KEY] - time.time()) < 60


def test_an_older_copy_of_a_log_is_found_out_before_and_after_it_went_on(address: str, log: LogFolder) -> None:
    copy = log.path.with_name("copy")
    cosigned_by(address, WITNESS_KEY, log)
    shutil.copytree(log.path, copy)
    cosigned_by(address, WITNESS_KEY, _grown(log.path, 9))
    with pytest.raises(LogDamaged, match="saw 9 entries of this log; here 5 are signed") as older:
        cosigned_by(address, WITNESS_KEY, LogFolder(copy))
    assert "older copy" in older.value.diagnostics().meaning
    with pytest.raises(LogDamaged, match="does not continue the 9") as split:
        cosigned_by(address, WITNESS_KEY, _grown(copy, 12, b"other"))
    assert "two histories" in split.value.diagnostics().meaning
    cosigned_by(address, WITNESS_KEY, _grown(log.path, 10))


@pytest.mark.parametrize("known", [[], [VerifierKey.of(ORIGIN, ED25519, OTHER)]])
def test_a_witness_that_does_not_know_the_log_says_so(tmp_path: Path, log: LogFolder, known: list[VerifierKey]) -> None:
    stranger = Witness(tmp_path / "seen", NAME, WITNESS, known)
    with (
        serving(lambda _, body: stranger.answer(body, MOMENT)) as served,
        pytest.raises(EvidenceError, match="does not know this log"),
    ):
        cosigned_by(served, WITNESS_KEY, log)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(HTTPStatus.OK, b""), "no signed note"),
        (Answer(HTTPStatus.OK, b"\xe2\x80\x94 somebody AAAAAAAA\n"), "no cosignature by its key"),
        (Answer(HTTPStatus.OK, b"x" * 300_000), "sent more than"),
        (Answer(HTTPStatus.CONFLICT, b"0\n"), "another number of entries"),
        (Answer(HTTPStatus.CONFLICT, b"-1\n"), "does not say how much"),
        (Answer(HTTPStatus.CONFLICT, b"\xff"), "does not say how much"),
        (Answer(HTTPStatus.UNPROCESSABLE_ENTITY), "HTTP 422"),
        (Answer(HTTPStatus.INTERNAL_SERVER_ERROR), "HTTP 500"),
        (Answer(HTTPStatus.FOUND), "another address"),
    ],
)
def test_a_hostile_answer_ends_in_words(log: LogFolder, answer: Answer, told: str) -> None:
    with serving(lambda _path, _body: answer) as served, pytest.raises(EvidenceError, match=told) as refused:
        cosigned_by(served, WITNESS_KEY, log)
    assert not isinstance(refused.value, LogDamaged)


def test_a_cosignature_of_another_head_is_refused(tmp_path: Path, witness: Witness, log: LogFolder) -> None:
    line = _ask(witness, log, 0).body
    with serving(lambda _path, _body: Answer(HTTPStatus.OK, line)) as served:
        cosigned_by(served, WITNESS_KEY, log)
        with pytest.raises(ProofRefused, match="cosignature of the witness"):
            cosigned_by(served, WITNESS_KEY, _grown(log.path, 6))


def test_whoever_is_not_there_or_nowhere_is_told_of(log: LogFolder, tmp_path: Path) -> None:
    for wrong in ("http://127.0.0.1:1/", "ftp://w.example/", "nonsense", "http://[", "file:///etc/passwd"):
        with pytest.raises(EvidenceError):
            cosigned_by(wrong, WITNESS_KEY, log)
    LogWriter(tmp_path / "unsigned", ORIGIN).close()
    with pytest.raises(KuagerError, match="is signed"):
        cosigned_by("http://127.0.0.1:1/", WITNESS_KEY, LogFolder(tmp_path / "unsigned"))
