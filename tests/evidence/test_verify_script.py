"""``verify.sh``, run really: what it finds in a bundle that is as it should be, and in others."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.evidence.authority import stamped
from tests.evidence.bundles import (
    CUSTODY_KEY,
    LOG_KEY,
    ORIGIN,
    WITNESS_KEYS,
    WITNESSES,
    custody_signature,
    signed_checkpoint,
    small_bundle,
)

from kuager.evidence.bundle.contents import Contents, Withheld
from kuager.evidence.bundle.layout import NAMESPACE
from kuager.evidence.bundle.writing import verify_script, write_bundle
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.note import ED25519, SignedNote, VerifierKey, sign

SHELLS = ("sh", "bash --posix", "mksh")


def _run(folder: Path, shell: str = "sh", **environment: str) -> tuple[int, str]:
    command = [*shell.split(), str(folder / "verify.sh")]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", timeout=60, env={**os.environ, **environment}
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def _written(tmp_path: Path, change: Callable[[Contents], Contents] = lambda contents: contents) -> Path:
    contents = small_bundle(tmp_path / "objects", texts={"verify.sh": verify_script()})
    folder = tmp_path / "kz-2022-01"
    write_bundle(change(contents), folder, custody_signature)
    return folder


def _wrong(found: tuple[int, str]) -> list[str]:
    code, said = found
    lines = [line.removeprefix("  DOES NOT HOLD  ") for line in said.splitlines() if line.startswith("  DOES NOT HOLD")]
    assert code == (3 if lines else 0), said
    return lines


def _tree(folder: Path) -> dict[str, str]:
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shell", [one for one in SHELLS if shutil.which(one.split()[0])])
def test_a_bundle_that_is_as_it_should_be(tmp_path: Path, shell: str) -> None:
    folder, work = _written(tmp_path), tmp_path / "work with blanks"
    work.mkdir()
    before = _tree(folder)
    code, said = _run(folder, shell, TMPDIR=str(work))
    assert code == 0, said
    for sentence in (
        "the custodian signed the list of all files.",
        "the log signed its checkpoint of 7 entries.",
        "the witness witness-2.example saw this checkpoint (2025-11-04 23:46:41 UTC, as it says).",
        "as many witnesses as keys/policy asks: 2 of 3.",
        "7 of 7 entries are in the log.",
        "the log only grew: 2 earlier checkpoints are its beginning.",
        "2 entries name statements that are here",
    ):
        assert sentence in said
    assert "“terms”" in said
    assert VerifierKey.of(ORIGIN, ED25519, LOG_KEY).text in said
    for key in (LOG_KEY, CUSTODY_KEY, WITNESS_KEYS[0]):
        line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        told = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=line, capture_output=True, check=True).stdout
        assert told.decode().split()[1] in said
    assert _tree(folder) == before
    assert not list(work.iterdir())


@pytest.mark.skipif(shutil.which("busybox") is None, reason="BUSYBOX ABSENT: apt-get install busybox")
def test_the_small_tools_of_small_systems_are_enough(tmp_path: Path) -> None:
    programs, busybox = tmp_path / "bin", shutil.which("busybox") or ""
    programs.mkdir()
    for name in subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split():
        (programs / name).symlink_to(busybox)
    for name in ("openssl", "ssh-keygen"):
        (programs / name).unlink(missing_ok=True)
        (programs / name).symlink_to(shutil.which(name) or name)
    folder = _written(tmp_path)
    assert _run(folder, str(programs / "sh"), PATH=str(programs)) == _run(folder)


def test_it_says_what_is_missing_on_the_machine(tmp_path: Path) -> None:
    folder, programs = _written(tmp_path), tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    done = subprocess.run(
        ["/bin/sh", str(folder / "verify.sh")], check=False, capture_output=True, text=True, env={"PATH": str(programs)}
    )
    assert done.returncode == 1
    assert "nothing was checked" in done.stderr


def _in_object(folder: Path) -> None:
    path = next((folder / "data" / "objects").rglob("????????????????????*"))
    path.write_bytes(path.read_bytes().replace(b"4", b"5").replace(b"order", b"other"))


def _in_text(folder: Path) -> None:
    (folder / "bag-info.txt").write_bytes(b"Bagging-Date: 2025-11-02\n")


def _injected(folder: Path) -> None:
    (folder / "log" / "$(touch pwned).leaf").write_bytes(b"x")


def _two_lines(folder: Path) -> None:
    (folder / "keys" / "policy\nlog").mkdir()


DAMAGE: list[tuple[list[Callable[[Path], object]], list[str]]] = [
    ([_in_object, _in_text], ["manifest-sha256.txt: all files have", "tagmanifest-sha256.txt: all files have"]),
    (
        [
            lambda folder: (folder / "log" / "3.leaf").unlink(),
            lambda folder: (folder / "data" / "results" / ("0" * 64)).write_bytes(b""),
        ],
        ["manifest-sha256.txt lists exactly", "tagmanifest-sha256.txt lists exactly"],
    ),
    ([lambda folder: (folder / "log" / "9.leaf").write_bytes(b"{}")], ["tagmanifest-sha256.txt lists exactly"]),
    ([lambda folder: (folder / "data" / "withheld.json").unlink()], ["data/withheld.json is here"]),
    ([lambda folder: (folder / "notes.txt").write_bytes(b"")], ["only plain files"]),
    ([lambda folder: (folder / "keys" / "tsa-x.pem").symlink_to("/etc/hostname")], ["only plain files"]),
    ([lambda folder: os.mkfifo(folder / "VERIFY.txt")], ["only plain files"]),
    ([_injected], ["only plain files"]),
    ([lambda folder: (folder / "log" / "8.leaf").write_bytes(bytes(600_000))], ["keys, entries and proofs are small"]),
    ([_two_lines], ["only plain files"]),
]


@pytest.mark.parametrize(("damage", "sentences"), DAMAGE)
def test_what_was_damaged_after_it_was_packed(
    tmp_path: Path, damage: list[Callable[[Path], object]], sentences: list[str]
) -> None:
    folder = _written(tmp_path)
    for one in damage:
        one(folder)
    found = _wrong(_run(folder))
    for sentence in sentences:
        assert any(line.startswith(sentence) for line in found), found
    assert not (Path("/") / "pwned").exists()


def _changed_hash(proof: bytes) -> bytes:
    """Another first hash in a proof, still base 64."""
    lines = proof.split(b"\n")
    lines[2] = (b"B" if lines[2][:1] == b"A" else b"A") + lines[2][1:]
    return b"\n".join(lines)


def _head(contents: Contents) -> SignedNote:
    return SignedNote.parse(contents.checkpoint)


def _with_head(contents: Contents, head: SignedNote) -> Contents:
    """The same under another checkpoint, which every proof leads to."""
    proofs = {index: proof.replace(contents.checkpoint, head.encode()) for index, proof in contents.proofs.items()}
    return replace(contents, checkpoint=head.encode(), proofs=proofs)


def _forged_cosignature(contents: Contents) -> Contents:
    head = _head(contents)
    lines = [replace(line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1])) for line in head.signatures]
    return _with_head(contents, SignedNote(head.text, (*head.signatures[:2], lines[2])))


def _signed_by_another(contents: Contents) -> Contents:
    head = _head(contents)
    return _with_head(contents, SignedNote(head.text, (sign(head.text, ORIGIN, WITNESS_KEYS[0]), *head.signatures[1:])))


def _another_root(contents: Contents) -> Contents:
    """A log that was signed, of which these entries are none."""
    text = Checkpoint(ORIGIN, len(contents.leaves), bytes(32)).text()
    return _with_head(contents, SignedNote(text, (sign(text, ORIGIN, LOG_KEY),)))


def _fork(contents: Contents) -> Contents:
    return replace(contents, checkpoints={**contents.checkpoints, 3: signed_checkpoint([bytes(32)] * 3, 2).encode()})


def _another_size(contents: Contents) -> Contents:
    """A true entry that lies about how long its object is would have another hash: the object is changed instead."""
    digest = next(iter(contents.objects))
    leaves = {
        index: leaf.replace(b'"size":', b'"size":1') if digest.encode() in leaf else leaf
        for index, leaf in contents.leaves.items()
    }
    return replace(contents, leaves=leaves)


def _policy_asks(count: int) -> Callable[[Contents], Contents]:
    return lambda contents: replace(
        contents,
        keys={
            **contents.keys,
            "policy": contents.keys["policy"].replace(b"group witnesses 2", b"group witnesses %d" % count),
        },
    )


def _key(name: str, data: bytes) -> Callable[[Contents], Contents]:
    return lambda contents: replace(contents, keys={**contents.keys, name: data})


def _proof(index: int, data: Callable[[Contents], bytes]) -> Callable[[Contents], Contents]:
    return lambda contents: replace(contents, proofs={**contents.proofs, index: data(contents)})


def _leaf(index: int, data: Callable[[Contents], bytes]) -> Callable[[Contents], Contents]:
    return lambda contents: replace(contents, leaves={**contents.leaves, index: data(contents)})


def _consistency(contents: Contents) -> Contents:
    return replace(contents, consistency={**contents.consistency, (4, 7): (bytes(32), contents.consistency[4, 7][-1])})


FORGERIES: list[tuple[list[Callable[[Contents], Contents]], list[str]]] = [
    (
        [
            _proof(2, lambda contents: _changed_hash(contents.proofs[2])),
            _proof(3, lambda contents: contents.proofs[4]),
            _leaf(0, lambda contents: contents.leaves[0].replace(b"made", b"Made")),
            _fork,
            _consistency,
            _policy_asks(3),
            _key("witness-1.pem", b"-----BEGIN PUBLIC KEY-----\n"),
            _key("allowed_signers", b"somebody@example ssh-ed25519 AAAA\n"),
            lambda contents: replace(contents, withheld=()),
            lambda contents: replace(contents, results={sha256(b"planted").hexdigest(): b"planted"}),
        ],
        [
            "the signature of the custodian over the list of all files.",
            "keys/witness-1.vkey and keys/witness-1.pem are the same key of a witness.",
            "keys/policy can be read, names this log, and is content with who cosigned.",
            "all entries are in the log. Not proved are 3: 0 2 3",
            "the log of 3 entries is the beginning of that of 7.",
            "the log of 4 entries is the beginning of that of 7.",
            "the object that entry 2 names is here, as it says, or is said to be withheld.",
            f"an entry of the log names the file of the hash {sha256(b'planted').hexdigest()}.",
        ],
    ),
    (
        [
            _forged_cosignature,
            _leaf(5, lambda contents: contents.leaves[6]),
            _leaf(6, lambda contents: contents.leaves[4]),
            _proof(1, lambda contents: contents.proofs[1][:-1]),
            lambda contents: replace(contents, withheld=(*contents.withheld, Withheld('sha256:x","reason":"', "y"))),
            lambda contents: replace(contents, statements={}),
        ],
        [
            "the cosignature of the witness witness-2.example.",
            "keys/policy can be read, names this log, and is content with who cosigned.",
            "proofs are lines of text.",
            "all entries are in the log. Not proved are 2: 5 6",
            "data/withheld.json can be read.",
            "the statement that entry 4 names is here, as it says, or is said to be withheld.",
            "the statement that entry 6 names is here, as it says, or is said to be withheld.",
            "an entry of the log names the file of the hash",
        ],
    ),
    (
        [_another_root, _policy_asks(4)],
        ["keys/policy can be read", "all entries are in the log. Not proved are 7", "the log of 3", "the log of 4"],
    ),
    (
        [_another_size, _key("policy", b"quorum none\n")],
        ["keys/policy", "all entries", "the object that entry 1 names"],
    ),
    ([_signed_by_another], ["the signature of the log under its checkpoint"]),
    ([_key("log.vkey", f"{WITNESSES[0].text}\n".encode())], ["keys/log.vkey and keys/log.pem are the same key"]),
    (
        [_key("log.vkey", b"$(touch /pwned)+43e0df2c+AdvfjsGvNqa3FSsaeA5xlLGr/12sNpMwRKctEdF00/p5\n")],
        ["keys/log.vkey and keys/log.pem are the same key"],
    ),
]


@pytest.mark.parametrize(("forgeries", "sentences"), FORGERIES)
def test_what_was_forged_before_it_was_packed(
    tmp_path: Path, forgeries: list[Callable[[Contents], Contents]], sentences: list[str]
) -> None:
    def forged(contents: Contents) -> Contents:
        for one in forgeries:
            contents = one(contents)
        return contents

    found = _wrong(_run(_written(tmp_path, forged)))
    assert len(found) == len(sentences), found
    for line, sentence in zip(found, sentences, strict=True):
        assert line.startswith(sentence)
    assert not (Path("/") / "pwned").exists()


def test_a_hash_of_digits_is_compared_as_text_and_not_as_a_number(tmp_path: Path) -> None:
    """1e2 and 100 are one number: two hashes that a careless comparison would take for the same."""
    chains = tmp_path / "chains"
    chains.write_text(f"a {'0' * 61}1e2 {'0' * 61}100\nb {'0' * 61}100 {'0' * 61}100\n")
    functions = tmp_path / "functions.sh"
    functions.write_bytes(verify_script().removesuffix(b'main "$@"\n'))
    command = f'. {functions}; check_tools; follow "{chains}"'
    assert subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout == "b\n"


def test_a_bundle_without_signature_witnesses_and_time_says_so(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects", witnesses=0, earlier=(), texts={"verify.sh": verify_script()})
    keys = {name: contents.keys[name] for name in ("log.vkey", "log.pem", "allowed_signers")}
    write_bundle(replace(contents, keys=keys), tmp_path / "kz", None)
    code, said = _run(tmp_path / "kz")
    assert code == 0, said
    for sentence in ("nobody signed the list", "no witness cosigned", "no authority stamped it"):
        assert sentence in said


def test_time_stamps_count_by_what_was_good_when_they_were_made(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects", texts={"verify.sh": verify_script()})
    token, certificates = stamped(tmp_path / "tsa", _head(contents).text)
    false, others = stamped(tmp_path / "tsb", contents.checkpoint)
    stamps = {"7.one.tsr": token, "7.two.tsr": token}
    keys = {**contents.keys, "tsa-one.pem": certificates, "tsa-two.pem": certificates, "tsa-three.pem": others}
    write_bundle(replace(contents, stamps=stamps, keys=keys), tmp_path / "kz", custody_signature)
    wrong = {**stamps, "7.three.tsr": false, "3.one.tsr": token, "7.four.tsr": token}
    write_bundle(replace(contents, stamps=wrong, keys=keys), tmp_path / "wrong", custody_signature)
    time.sleep(2.1)  # the authorities' certificates are over now
    code, said = _run(tmp_path / "kz")
    assert code == 0, said
    today = datetime.now(UTC).date().isoformat()
    for who in ("one", "two"):
        assert f"{who}: the log of 7 entries was there not later than {today}" in said
    found = _run(tmp_path / "wrong")
    assert sorted(_wrong(found)) == [
        "the time stamp of one over the log of 3 entries.",
        "the time stamp of three over the log of 7 entries.",
    ]
    assert "the time stamp of four over 7 entries: its certificates are not here." in found[1]


@pytest.mark.parametrize(("until", "code"), [("20251101235959", 0), ("20251031235959", 3)])
def test_a_key_that_may_not_sign_any_more_might_on_the_day_of_the_bag(tmp_path: Path, until: str, code: int) -> None:
    limited = f'namespaces="{NAMESPACE}",valid-before="{until}Z"'.encode()

    def ended(contents: Contents) -> Contents:
        signers = contents.keys["allowed_signers"].replace(f'namespaces="{NAMESPACE}"'.encode(), limited)
        return replace(contents, keys={**contents.keys, "allowed_signers": signers})

    found = _run(_written(tmp_path, ended))
    assert found[0] == code, found
    assert ("might on the day that the bag names" in found[1]) is (code == 0)


def test_leaf_hashes_are_those_of_the_standard(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects", texts={"verify.sh": verify_script()})
    write_bundle(contents, tmp_path / "kz", None)
    functions = tmp_path / "functions.sh"
    functions.write_bytes(verify_script().removesuffix(b'main "$@"\n'))
    command = f". {functions}; check_tools; cd {tmp_path / 'kz'}; leaf_hashes | sort -n"
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert said.split() == [
        word for index, leaf in contents.leaves.items() for word in (str(index), leaf_hash(leaf).hex())
    ]
