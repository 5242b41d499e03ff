"""Ours, Go's code for transparency logs and ``verify.sh`` agree on proofs that hold and on proofs that do not."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.evidence.bundles import small_bundle, subtrees_of_hashes

from kuager.errors import ProofRefused
from kuager.evidence.bundle.writing import verify_script, write_bundle
from kuager.evidence.merkle import (
    Subtrees,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of_range,
    verify_consistency,
    verify_inclusion,
)

GO_LIBRARY = Path("/usr/share/gocode")
SEED = 20220105


@dataclass(frozen=True)
class Proof:
    """Of an entry (index, size, its hash, the root), or of growth (size, larger size, root, larger root)."""

    growth: bool
    first: int
    size: int
    hashes: tuple[bytes, ...]

    def line(self, name: int) -> str:
        """As ``verify.sh`` and the Go program read it."""
        words = [f"{name}{'=' if self.growth else ''}", str(self.first), str(self.size)]
        return " ".join([*words, *(one.hex() for one in self.hashes)])

    @property
    def holds(self) -> bool:
        """What ours says."""
        left, right, *proof = self.hashes
        try:
            if self.growth:
                verify_consistency(self.first, self.size, proof, left, right)
            else:
                verify_inclusion(self.first, self.size, left, proof, right)
        except ProofRefused:
            return False
        return True

    def one_bit_changed(self, draw: random.Random) -> Proof:
        """Another hash in one place."""
        at, bit = draw.randrange(len(self.hashes)), draw.randrange(256)
        other = (int.from_bytes(self.hashes[at]) ^ 1 << bit).to_bytes(32)
        return replace(self, hashes=(*self.hashes[:at], other, *self.hashes[at + 1 :]))


def _of_entry(index: int, size: int, subtrees: Subtrees) -> Proof:
    hashes = inclusion_proof(index, size, subtrees)
    return Proof(False, index, size, (subtrees(0, index), root_of_range(0, size, subtrees), *hashes))


def _of_growth(size: int, larger: int, subtrees: Subtrees) -> Proof:
    roots = (root_of_range(0, size, subtrees), root_of_range(0, larger, subtrees))
    return Proof(True, size, larger, (*roots, *consistency_proof(size, larger, subtrees)))


def _drawn_leaves(count: int) -> Subtrees:
    return subtrees_of_hashes([leaf_hash(b"%d" % number) for number in range(count)])


def _equal_leaves() -> Subtrees:
    """A tree of any size, all of whose entries are the same."""
    levels = [leaf_hash(b"again")]
    while len(levels) < 60:
        levels.append(node_hash(levels[-1], levels[-1]))
    return lambda height, _: levels[height]


@pytest.fixture(scope="module")
def go_check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from what the system has, without a network."""
    if shutil.which("go") is None or not (GO_LIBRARY / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("GO ABSENT: apt-get install golang-go golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "check"
    source = Path(__file__).parent / "go" / "check.go"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_LIBRARY), "GOFLAGS": "", "GOPROXY": "off"}
    subprocess.run(["go", "build", "-o", str(program), str(source)], env=environment, check=True)
    return program


def _go(program: Path, proofs: list[Proof]) -> set[int]:
    lines = "".join(f"{proof.line(name)}\n" for name, proof in enumerate(proofs))
    done = subprocess.run([str(program), "-proofs"], input=lines, capture_output=True, text=True, check=True)
    return {int(name.strip("=")) for name in done.stdout.split()}


def _shells(folder: Path, proofs: list[Proof]) -> set[int]:
    """What the functions of ``verify.sh`` say, in two processes."""
    functions = folder / "functions.sh"
    functions.write_bytes(verify_script().removesuffix(b'main "$@"\n'))
    running = []
    for half in range(2):
        files = [(folder / f"{half}-{kind}") for kind in ("inclusion", "consistency")]
        for file, growth in zip(files, (False, True), strict=True):
            lines = [
                proof.line(name) for name, proof in enumerate(proofs) if name % 2 == half and proof.growth is growth
            ]
            file.write_text("".join(f"{line}\n" for line in lines))
        command = (
            f'. {functions}; check_tools; {{ plan_inclusion <"{files[0]}"; plan_consistency <"{files[1]}"; }} '
            '>"$work/todo"; follow "$work/todo"'
        )
        running.append(subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True))
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return {int(name.strip("=")) for half in said for name in half.split()}


def _agree(folder: Path, go_check: Path, proofs: list[Proof]) -> None:
    """All three say that the proofs hold, and that none does in which a bit was changed."""
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    both = [*proofs, *(proof.one_bit_changed(draw) for proof in proofs)]
    right = set(range(len(proofs)))
    assert {name for name, proof in enumerate(both) if proof.holds} == right
    assert _go(go_check, both) == right
    assert _shells(folder, both) == right


def test_all_pairs_of_small_sizes(tmp_path: Path, go_check: Path) -> None:
    subtrees = _drawn_leaves(18)
    growth = [_of_growth(size, larger, subtrees) for larger in range(2, 19) for size in range(1, larger)]
    entries = [_of_entry(index, size, subtrees) for size in range(1, 19) for index in range(size)]
    _agree(tmp_path, go_check, [*growth, *entries])


@pytest.mark.slow
def test_ten_thousand_proofs(tmp_path: Path, go_check: Path) -> None:
    """Of trees of up to 1,000 entries, and of some so large that their numbers need 15 digits."""
    draw = random.Random(SEED)  # noqa: S311 - the same every time
    subtrees, equal = _drawn_leaves(1_000), _equal_leaves()

    def drawn() -> Iterator[Proof]:
        for number in range(10_000):
            size = draw.randint(1, 1_000) if number >= 300 else draw.randint(1, 10**15 - 1)
            yield _of_entry(draw.randrange(size), size, subtrees if number >= 300 else equal)

    _agree(tmp_path, go_check, list(drawn()))


def test_a_proof_of_another_length_place_or_size_is_refused(tmp_path: Path, go_check: Path) -> None:
    subtrees = _drawn_leaves(40)
    proofs = []
    for size in range(2, 40):
        index = size * 7 % size if size % 7 else size // 2
        for proof in (_of_entry(index, size, subtrees), _of_growth(max(1, size // 3), size, subtrees)):
            hashes = proof.hashes
            proofs += [
                replace(proof, hashes=hashes[:-1]),
                replace(proof, hashes=(*hashes, sha256(b"more").digest())),
                replace(proof, hashes=(hashes[1], hashes[0], *hashes[2:])),
                replace(proof, first=proof.first + 1),
                replace(proof, size=proof.size * 2),
            ]
    ours = {name for name, proof in enumerate(proofs) if proof.holds}
    assert not ours
    assert _go(go_check, proofs) == ours
    assert _shells(tmp_path, proofs) == ours


def test_go_reads_a_bundle(tmp_path: Path, go_check: Path) -> None:
    contents = small_bundle(tmp_path / "objects")
    write_bundle(contents, tmp_path / "kz", None)
    command = [str(go_check), str(tmp_path / "kz")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "entries 7\ncheckpoints 2\n"
    for name in ("log/3.leaf", "log/3.tlog-proof", "log/checkpoint", "log/consistency/3-7.txt", "log/checkpoints/4"):
        path = tmp_path / "kz" / name
        data = path.read_bytes()
        path.write_bytes(data.replace(b"a", b"b", 1) if b"a" in data else data.replace(b"/", b"x", 1))
        assert path.read_bytes() != data
        assert subprocess.run(command, check=False, capture_output=True).returncode == 3
        path.write_bytes(data)
