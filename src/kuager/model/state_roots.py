"""Roots of states that were used to read along in encrypted connections, by the name that their certificates bear.

No browser trusts them; whoever is shown a certificate of theirs for a foreign site is being intercepted.
``data/state-roots.csv`` is made by hand from the requests to the browsers' makers and their refusals. Of most roots no
fingerprint could be checked, and a chain rarely holds its root, so the name in the issuer is what is looked for.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class StateRoot:
    """A root: the state's code, the common name, and the SHA-256 of the certificate, empty where not checked."""

    place: str
    common_name: str
    sha256: str
    source: str


@cache
def state_roots() -> tuple[StateRoot, ...]:
    """The register, the oldest first."""
    text = resources.files("kuager.model").joinpath("data", "state-roots.csv").read_text(encoding="utf-8")
    return tuple(
        StateRoot(row["place"], row["common_name"], row["sha256"], row["source"])
        for row in csv.DictReader(text.splitlines())
    )
