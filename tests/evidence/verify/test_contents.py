"""What a bundle says, where whoever sealed it lies: lists and custody fit, and the check finds it all the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.evidence.bundles import (
    CUSTODY_KEY,
    LOG,
    LOG_KEY,
    METHOD,
    ORIGIN,
    WITNESSES,
    public_keys,
    signed_checkpoint,
    small_bundle,
)
from tests.evidence.verify.sealing import NOW, Files, files_of, logged, sealed_again, small_files, verified, wrong

from kuager.evidence.bundle import layout
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.keys.allowed_signers import AllowedSigner
from kuager.evidence.keys.public_key import fingerprint, public_of, ssh_line
from kuager.evidence.leaves import (
    Claim,
    CustodyEvent,
    Document,
    KeyEvent,
    Observation,
    Redaction,
    Retraction,
    encode_leaf,
)
from kuager.evidence.merkle import leaf_hash, root
from kuager.evidence.note import ED25519, SignedNote, VerifierKey, sign
from kuager.evidence.policy import Policy
from kuager.evidence.private.commitments import commit
from kuager.evidence.private.contributors import contribute
from kuager.evidence.statements import Statement
from kuager.evidence.verify.report import Outcome
from kuager.evidence.verify.trusted import Trusted

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
HASH = "sha256:" + "1" * 64
AT = "2025-11-01T00:00:00Z"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return small_files(tmp_path_factory.mktemp("objects"))


def _found(files: Files, *words: str) -> None:
    """Something fails, in these words, and the custodian's signature does not."""
    found = "\n".join(wrong(verified(files)))
    assert all(word in found for word in words), found
    assert layout.SIGNATURE not in found


def test_everything_of_a_good_bundle_is_told(files: Files) -> None:
    report = verified(files)
    told = [one.note.template.format(**one.note.facts) for one in report.findings]
    assert not report.wrong
    assert "8 of 8 entries are in the log." in told
    assert any("4 of 4 objects that entries name are there, or are listed as withheld: 1." in one for one in told)
    assert any("compare its fingerprint" in one for one in told)
    limits = " ".join(one.template for one in report.limits)
    assert "does not show that it was true" in limits
    assert "chose them" in limits
    assert report.bounds[0].time == datetime(2025, 11, 4, 23, 46, 40, tzinfo=UTC)
    assert report.bounds[0].entries == 8


def test_keys_from_elsewhere_are_told_apart(files: Files) -> None:
    policy = Policy.parse(public_keys()["policy"])
    custodian = AllowedSigner((layout.CUSTODIAN,), public_of(CUSTODY_KEY))
    report = verified(files, Trusted((LOG,), policy, (custodian,)))
    assert not report.wrong
    assert not any("chose them" in one.template for one in report.limits)
    assert all(one.anchored for one in report.bounds)
    other = VerifierKey.of(ORIGIN, ED25519, OTHER_KEY)
    assert any("None of the keys" in one for one in wrong(verified(files, Trusted((other,)))))
    stranger = AllowedSigner((layout.CUSTODIAN,), public_of(OTHER_KEY))
    assert any("nobody who is allowed" in one for one in wrong(verified(files, Trusted(custodians=(stranger,)))))


def test_a_custodian_whose_time_is_over(files: Files) -> None:
    def valid(until: str) -> Files:
        line = f'{layout.CUSTODIAN} namespaces="{layout.NAMESPACE}",valid-before="{until}" '
        text = line + ssh_line(public_of(CUSTODY_KEY)) + "\n"
        return sealed_again({**files, layout.ALLOWED_SIGNERS: text.encode()})

    assert any("could not be used" in one for one in wrong(verified(valid("20250101Z"))))
    since = verified(valid("20251201Z"))
    assert not since.wrong
    assert any(one.outcome is Outcome.NOT_CHECKED and "any more" in one.note.template for one in since.findings)
    assert not verified(valid("20270101Z")).wrong


def test_a_signature_that_was_taken_away(files: Files) -> None:
    without = {path: data for path, data in files.items() if path != layout.SIGNATURE}
    assert any("missing" in one for one in wrong(verified(without)))
    nobody = {path: data for path, data in files.items() if path != layout.ALLOWED_SIGNERS}
    unsigned = {path: data for path, data in sealed_again(nobody).items() if path != layout.SIGNATURE}
    report = verified(unsigned)
    assert not report.wrong
    assert any("Nobody signed" in one.note.template for one in report.findings)


def test_files_that_no_bundle_has(files: Files) -> None:
    for path in (
        "data/objects/sha256/ab/x", "a\x1b[2J", "..", "../x", "/etc/passwd", "C:\\x", "data\\x", "VERIFY.TXT",
        ".DS_Store", "log/01.leaf", "log/١.leaf",
        "data/claims/" + "A" * 64 + ".json", "data/claims/" + "a" * 64 + ".json\n",
    ):  # fmt: skip
        report = verified({**files, path: b""})
        found = [one for one in report.findings if one.outcome is Outcome.FAILS and "No bundle" in one.note.template]
        assert len(found) == 1
        assert found[0].place.isprintable()


def test_lists_of_another_spelling(files: Files) -> None:
    lines = files[layout.MANIFEST].splitlines(keepends=True)
    for data in (
        b"".join(reversed(lines)),
        b"".join([lines[0], *lines]),
        b"".join(lines).upper(),
        b"".join(lines).replace(b"  ", b" *"),
        b"".join(lines).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + b"".join(lines),
        b"".join(lines)[:-1],
        b"".join(lines) + b"\n",
        lines[0].replace(b"data/", b"data/./") + b"".join(lines[1:]),
        lines[0].replace(b"data/", b"../data/") + b"".join(lines[1:]),
    ):
        assert data != files[layout.MANIFEST]
        assert any("no list" in one or "bytes that" in one for one in wrong(verified({**files, layout.MANIFEST: data})))


def test_a_leaf_of_another_log(files: Files) -> None:
    leaf = encode_leaf(CustodyEvent("made", AT, METHOD, "elsewhere"))
    _found(sealed_again({**files, "log/0.leaf": leaf}), "log/0.tlog-proof", "do not lead to the root")


def test_a_proof_under_another_name_or_head(files: Files) -> None:
    swapped = {"log/0.leaf": files["log/7.leaf"], "log/0.tlog-proof": files["log/7.tlog-proof"]}
    _found(sealed_again({**files, **swapped}), "The proof is of the entry 7")
    head = files[layout.CHECKPOINT].replace(b"8\n", b"9\n", 1)
    proof = files["log/0.tlog-proof"].replace(files[layout.CHECKPOINT], head)
    _found(sealed_again({**files, "log/0.tlog-proof": proof}), "another checkpoint")
    without = {path: data for path, data in files.items() if path != "log/3.tlog-proof"}
    _found(sealed_again(without), "log/3.leaf: The entry has no proof")
    without = {path: data for path, data in files.items() if path != "log/3.leaf"}
    _found(sealed_again(without), "log/3.tlog-proof: The proof is of an entry that")


def test_a_head_that_was_not_signed_or_not_seen(files: Files) -> None:
    text, _, lines = files[layout.CHECKPOINT].partition(b"\n\n")
    log, *witnesses = lines.splitlines(keepends=True)
    for kept, words in (
        ([log], "fewer than the policy asks"),
        ([log, witnesses[0]], "fewer than the policy asks"),
        ([*witnesses], "None of the keys"),
        ([log.replace(b" ", b" A", 2)[:-2] + b"\n", *witnesses], layout.CHECKPOINT),
    ):
        _found(sealed_again({**files, layout.CHECKPOINT: text + b"\n\n" + b"".join(kept)}), words)
    found = wrong(verified(sealed_again({**files, layout.CHECKPOINT: b"\n"})))
    assert any("no signed note" in one for one in found)


def test_a_fork_of_the_log(files: Files, tmp_path: Path) -> None:
    hashes = [leaf_hash(files[layout.leaf_path(index)]) for index in range(8)]
    other = signed_checkpoint([*hashes[:2], hashes[0]], 2).encode()
    _found(
        sealed_again({**files, "log/checkpoints/3": other}),
        "log/consistency/3-8.txt",
        "Nothing shows that the log of 3",
    )
    same_size = signed_checkpoint([*hashes[:7], hashes[0]], 2).encode()
    _found(sealed_again({**files, "log/checkpoints/8": same_size}), "two different histories of 8 entries")
    elsewhere = Checkpoint("elsewhere.example/log", 3, root(hashes[:3])).text()
    note = SignedNote(elsewhere, (sign(elsewhere, "elsewhere.example/log", LOG_KEY),)).encode()
    _found(sealed_again({**files, "log/checkpoints/3": note}), "log/checkpoints/3: None of the keys")
    without = {path: data for path, data in files.items() if path != "log/consistency/3-8.txt"}
    _found(sealed_again(without), "Nothing shows that the log of 3 entries is the beginning of that of 8")
    wrong_place = {**without, "log/checkpoints/5": files["log/checkpoints/3"]}
    _found(sealed_again(wrong_place), "of 3 entries, which its place does not say")


def test_keys_that_are_not_the_same_in_both_spellings(files: Files) -> None:
    _found(sealed_again({**files, layout.LOG_PEM: files["keys/witness-1.pem"]}), "keys/log.pem: The file does not hold")
    _found(sealed_again({**files, "keys/witness-1.pem": files[layout.LOG_PEM]}), "keys/witness-1.pem")
    stranger = VerifierKey.of(ORIGIN, ED25519, OTHER_KEY)
    _found(sealed_again({**files, layout.LOG_KEY: f"{stranger.text}\n".encode()}), "does not name the log's key")


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"event":"made","known":"2025-11-01T00:00:00Z","known":"2025-11-01T00:00:00Z","type":"custody-event/v1"}',
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        encode_leaf(CustodyEvent("made", AT, METHOD)).replace(b"{", b"{ ", 1),
        encode_leaf(CustodyEvent("made", AT, METHOD)).replace(b'"made"', b'"\\u006dade"'),
        encode_leaf(CustodyEvent("made", AT, METHOD)).replace(b'"made"', b'"\xff"'),
        encode_leaf(CustodyEvent("made", AT, METHOD)).replace(b'"made"', b"1e400"),
        encode_leaf(CustodyEvent("made", AT, METHOD)) + b"\n",
        b"",
    ],
)
def test_entries_of_no_known_form(files: Files, data: bytes) -> None:
    _found(logged(data, base=files), "log/0.leaf: An entry of the log is not of a form")


def test_objects_that_are_not_as_entries_say(files: Files) -> None:
    def entry(size: int, named: str) -> Observation:
        return Observation(named, size, "text/plain", AT, AT, METHOD, "collector")

    digest = hashlib.sha256(b"abc").hexdigest()
    place = {layout.object_path(digest): b"abc"}
    held = {layout.WITHHELD: json.dumps([{"object": HASH, "reason": "terms"}], separators=(",", ":")).encode()}
    assert not verified(logged(entry(3, f"sha256:{digest}"), further=place, base=files)).wrong
    assert not verified(logged(entry(3, HASH), further=held, base=files)).wrong
    _found(logged(entry(4, f"sha256:{digest}"), further=place, base=files), "3 bytes; the entry says 4")
    _found(logged(entry(3, HASH), base=files), "neither there nor listed")
    _found(logged(entry(3, HASH), further=place | held, base=files), "No entry names the file")
    _found(logged(further=held, base=files), "listed as withheld")
    moved = {f"data/objects/sha256/00/{digest}": b"abc"}
    _found(logged(entry(3, f"sha256:{digest}"), further=moved, base=files), "whose hash it is called by")
    other = held[layout.WITHHELD].replace(b"terms", b"x")
    for data in (b"", b"{}", b"[ ]", b'[{"object":"sha256:1","reason":"terms"}]', other):
        _found(logged(entry(3, HASH), further={layout.WITHHELD: data}, base=files), "no list of what is withheld")


def test_claims_and_their_statements(files: Files) -> None:
    digest = hashlib.sha256(b"abc").hexdigest()
    here = {layout.object_path(digest): b"abc"}
    received = Document(f"sha256:{digest}", 3, "text/plain", AT, AT, METHOD, "collector")

    def claimed(inputs: tuple[str, ...], output: str = "2" * 64, change: Callable[[bytes], bytes] = bytes) -> Files:
        data = change(Statement({"x": output}, "detect", "kuager 1", {}, inputs).encode())
        hashed = hashlib.sha256(data).hexdigest()
        claim = Claim("table", "x", f"sha256:{hashed}", "sha256:" + "2" * 64, AT)
        return logged(received, claim, further={**here, layout.statement_path(hashed): data}, base=files)

    assert not verified(claimed((digest,))).wrong
    _found(claimed(("3" * 64,)), "rests on 1 things that no entry names")
    _found(claimed((digest,), output="4" * 64), "another result")
    for old, new in (
        (b"Statement/v1", b"Statement/v2"), (b"{", b"{ "), (b'"code"', b'"code":"","code"'), (b"{}", b'{"a":1e999}'),
        (b"{}", b'{"a":9007199254740993}'), (b"{}", b'{"a":' + b"[" * 50_000),
    ):  # fmt: skip
        _found(claimed((digest,), change=partial(_replaced, old, new)), "A statement about a derivation")
    whole = claimed((digest,))
    path = next(path for path in whole if path.startswith("data/claims/"))
    without = sealed_again({name: data for name, data in whole.items() if name != path})
    _found(without, "statement that the entry names is missing")


def _replaced(old: bytes, new: bytes, data: bytes) -> bytes:
    return data.replace(old, new, 1)


def test_entries_that_name_earlier_ones(files: Files) -> None:
    made = CustodyEvent("made", AT, METHOD)
    first = leaf_hash(encode_leaf(made)).hex()
    _found(logged(made, Retraction(first, "x", "wrong", AT), base=files), "that is no claim")
    _found(logged(made, Retraction("0" * 64, "x", "wrong", AT), base=files), "that there is not")
    assert not verified(logged(made, Redaction(first, (HASH,), "asked for", AT), base=files)).wrong
    whole = logged(made, Redaction(first, (), "", AT), base=files)
    report = verified(sealed_again({path: data for path, data in whole.items() if not path.startswith("log/0.")}))
    assert not report.wrong
    assert any("1 of them are not in the bundle" in one.template.format(**one.facts) for one in report.limits)


def test_contributions(files: Files) -> None:
    _, contribution = contribute({"place": "KZ"})
    leaf = contribution.leaf(1_762_000_000 // 86_400 * 86_400)
    assert not wrong(verified(logged(leaf, base=files)))
    _, other = contribute({"place": "KZ"})
    false = replace(contribution, signature=other.signature).leaf(1_762_000_000 // 86_400 * 86_400)
    _found(logged(false, base=files), "not signed by the key that it names")


def test_what_later_entries_take_back_is_told(files: Files) -> None:
    digest = hashlib.sha256(b"abc").hexdigest()
    data = Statement({"x": "2" * 64}, "detect", "kuager 1", {}, (digest,)).encode()
    hashed = hashlib.sha256(data).hexdigest()
    further = {layout.object_path(digest): b"abc", layout.statement_path(hashed): data}
    received = Document(f"sha256:{digest}", 3, "text/plain", AT, AT, METHOD, "collector")
    claim = Claim("table", "x", f"sha256:{hashed}", "sha256:" + "2" * 64, AT)
    back = Retraction(leaf_hash(encode_leaf(claim)).hex(), "x", "wrong", AT)
    print_of_log = fingerprint(LOG.public)
    revoked = KeyEvent("revoke", "log", LOG.text, print_of_log, AT, AT, reason="lost")
    report = verified(logged(received, claim, back, revoked, further=further, base=files))
    assert not wrong(report)
    limits = [one.template.format(**one.facts) for one in report.limits]
    assert "Of the claims in it, 0 were replaced by newer ones, and 1 taken back." in limits
    made = KeyEvent("new", "log", LOG.text, print_of_log, AT, AT)
    assert any("about a key is not signed" in one for one in wrong(verified(logged(made, base=files))))
    assert any(f"{print_of_log} of the role log was revoked" in one for one in limits)


def test_times_that_cannot_be(files: Files) -> None:
    def made(*times: str) -> Files:
        return logged(*(CustodyEvent("made", time, METHOD) for time in times), base=files)

    _found(made("2025-11-01T00:00:01Z", AT), "before the entry that comes before it")
    _found(made("2025-13-01T00:00:00Z"), "a time that cannot be")
    _found(made("2025-11-06T00:00:00Z"), "witness-1.example saw it at 2025-11-04T23:46:40Z")
    assert not verified(made(AT, AT)).wrong


def test_opened_fields(files: Files) -> None:
    record = commit({"place": "KZ", "device": "a telephone"})
    leaf = Observation(HASH, 3, "text/plain", AT, AT, METHOD, "collector", commit=f"sha256:{record.root.hex()}")
    held = {layout.WITHHELD: json.dumps([{"object": HASH, "reason": "sealed"}], separators=(",", ":")).encode()}
    path = layout.disclosure_path(record.root.hex())
    opening = record.open(["place"])
    assert not verified(logged(leaf, further={**held, path: opening}, base=files)).wrong
    other = commit({"place": "RU"}).open(["place"])
    _found(logged(leaf, further={**held, path: other}, base=files), path)
    _found(logged(leaf, further={**held, path: opening.replace(b'"index":', b'"index":1')}, base=files), path)
    _found(logged(further={path: opening}, base=files), "No entry committed")


def test_all_sizes_of_small_logs(tmp_path: Path) -> None:
    for observations in range(12):
        made = files_of(small_bundle(tmp_path / str(observations), observations=observations, earlier=(1, 2)))
        assert not wrong(verified(made))


def test_a_bundle_without_witnesses_says_so(files: Files) -> None:
    bare = {path: data for path, data in files.items() if not path.startswith("keys/witness-")}
    bare[layout.POLICY] = f"log {LOG.text}\nquorum none\n".encode()
    report = verified(sealed_again(bare))
    assert not report.wrong
    assert any("No witness cosigned" in one.note.template for one in report.findings)
    assert not report.bounds
    assert len(WITNESSES) == 3
    assert NOW.tzinfo is UTC
