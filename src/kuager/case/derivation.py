"""Everything that is not raw is a derivation: name, code, parameters, inputs by hash, output by hash.

The record is canonical JSON (RFC 8785). Its key is the hash of all but the output: the same key must give the same
output, which makes work skippable, provenance walkable and results reproducible.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
import rfc8785

from kuager import __version__
from kuager.evidence.durable import replace
from kuager.evidence.objects import sha256

Parameter = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Derivation:
    """What is to be derived from what; the output is not known yet."""

    name: str
    parameters: Mapping[str, Parameter]
    inputs: Sequence[str]

    @property
    def code(self) -> str:
        """The version of the code that derives."""
        return code_version()

    @property
    def key(self) -> str:
        """The SHA-256 that names this derivation."""
        return sha256(rfc8785.dumps(self._record()))

    def with_output(self, output: str) -> bytes:
        """The record as canonical JSON."""
        return rfc8785.dumps({**self._record(), "output": f"sha256:{output}"})

    def _record(self) -> dict[str, str | Sequence[str] | Mapping[str, Parameter]]:
        return {
            "type": "derivation/v1",
            "name": self.name,
            "code": self.code,
            "parameters": dict(self.parameters),
            "inputs": [f"sha256:{digest}" for digest in self.inputs],
        }


class DerivationStore:
    """Records below one folder, a file each, named by key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def output_of(self, derivation: Derivation) -> str | None:
        """The output's hash when this very derivation was made before."""
        path = self._folder / f"{derivation.key}.json"
        if not path.exists():
            return None
        try:
            record = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
            return str(record["output"]).removeprefix("sha256:")
        except (msgspec.DecodeError, KeyError):
            return None  # a damaged record is no record: the work is done again

    def record(self, derivation: Derivation, output: str) -> None:
        """Keep the record durably."""
        replace(self._folder / f"{derivation.key}.json", derivation.with_output(output))


@cache
def code_version() -> str:
    """The package's version and the first half of a hash over all its files: another code is another derivation."""
    digest = hashlib.sha256()
    for name, content in sorted(_files(resources.files("kuager"), "")):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return f"kuager {__version__}+{digest.hexdigest()[:32]}"


def _files(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir():
            if item.name != "__pycache__":
                found += _files(item, f"{name}/")
        else:
            found.append((name, item.read_bytes()))
    return found
