"""Lines of Censored Planet and what is made of them, for tests of their verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuager.codecs import piece
from kuager.codecs.censoredplanet.signatures import Signatures
from kuager.detection.verdicts.censoredplanet import classified
from kuager.model.verdicts import CLASSIFIED

BLOCKPAGE = "<html><body>This site is banned.</body></html>"
HARMLESS = "<html><body>Too many requests</body></html>"
SIGNATURES = Signatures(
    b'{"fingerprint": "b_nat_xx", "pattern": "is banned\\\\."}', b'{"fingerprint": "x_busy", "pattern": "Too many"}'
)


def shared_signatures(shared_data: Path) -> Signatures:
    """The source's own signatures."""
    folder = shared_data / "censoredplanet" / "metadata" / "data"
    return Signatures(
        (folder / "blockpage_signatures.json").read_bytes(), (folder / "false_positive_signatures.json").read_bytes()
    )


def rows(data: bytes, signatures: Signatures | None = SIGNATURES) -> list[dict[str, Any]]:
    """The rows of a file; each is checked for what holds for all of them."""
    found: list[dict[str, Any]] = []
    for batch in classified(piece.Lines((data,)), signatures):
        assert batch.schema == CLASSIFIED
        found.extend(batch.to_pylist())
    for row in found:
        assert row["blocked"] + row["down"] + row["ok"] == 1.0
        assert min(row["blocked"], row["down"], row["ok"]) >= 0
        assert (row["verdict"] == "blocked") == (row["blocked"] >= 0.5) == bool(row["layer"]) == bool(row["method"])
        assert (row["uid"], row["network"], row["received"]) == ("", "", None)
        assert row["reasons"]
        assert all(reason.endswith(".") and "{" not in reason for reason in row["reasons"])
    return found


def row(line: object, signatures: Signatures | None = SIGNATURES) -> dict[str, Any]:
    """The row of a single line."""
    (found,) = rows(json.dumps(line).encode(), signatures)
    return found


def expected_end_to_end(shared_data: Path, beginning: str) -> dict[str, list[dict[str, Any]]]:
    """What the source's pipeline read in each of its example files whose kind begins so."""
    text = (shared_data / "censoredplanet" / "censoredplanet_e2e.jsonl").read_text("utf-8")
    cases: dict[str, list[dict[str, Any]]] = {}
    for case in map(json.loads, text.splitlines()):
        if case["kind"].startswith(beginning):
            cases.setdefault(case["file"], []).append(case)
    if not cases:
        pytest.fail(f"no example begins with {beginning}")
    return cases
