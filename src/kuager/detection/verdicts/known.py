"""What a known block page or address says, by how widely it is used (OONI's scopes of fingerprints).

``nat`` and ``isp`` are pages and addresses of a country's or a provider's own filter: in that country they settle it,
elsewhere they say that the probe was not where it was counted. ``prod`` (a filter's maker), ``inst`` (a school or
company) and ``vbw`` (a warning of viruses) do not say on whose order. ``fp`` marks pages that were taken for block
pages and are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from kuager.detection.verdicts.doubts import KNOWN_FROM_ELSEWHERE
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.verdicts import Layer


class Sign(Protocol):
    """A fingerprint that was found in a record."""

    @property
    def scope(self) -> str:
        """How widely it is used."""

    @property
    def location_found(self) -> str:
        """``dns``, ``body`` or ``header.<name>``."""

    @property
    def expected_countries(self) -> Sequence[str]:
        """Countries in which it is used; empty when not known."""


FALSE_POSITIVE = Note(message("The page is known to have been taken for a block page by mistake."), {})
_ADDRESS = message("The name was answered with an address that is known to lead to blocked pages in this country.")
_PAGE = message("The page is known as a block page of this country.")
_MAKERS = message("A page or address of a filter's maker was met; on whose order it stands there is not known.")
_HOUSE = message("A page or address of a school's or company's filter was met, which is not the provider's.")
_WARNING = message("A page or address was met that is known to warn of viruses or fraud.")
_OWN_PAGE = message("A text of a block page stands in a page that the site itself sent in an encrypted connection.")

_DNS, _HTTP = Layer.DNS, Layer.HTTP
SETTLED = 0.97
"""A national or a provider's sign in its own country; it shows where the probe was, too."""
MOST_OF_FALSE = 0.3
"""What is left of blocked at most when a page is known to have been taken for a block page by mistake."""
OWN_PAGE = row(Layer.HTTP, 0.3, 0.0, _OWN_PAGE)
_NATIONAL = {
    Layer.DNS: row(Layer.DNS, 0.99, 0.0, _ADDRESS, "dns.known"),
    Layer.HTTP: row(Layer.HTTP, 0.99, 0.0, _PAGE, "http.blockpage"),
}
_PROVIDERS = {
    Layer.DNS: row(Layer.DNS, 0.97, 0.0, _ADDRESS, "dns.known"),
    Layer.HTTP: row(Layer.HTTP, 0.97, 0.0, _PAGE, "http.blockpage"),
}
ELSEWHERES = {layer: mute(layer, 0.5, 0.0, KNOWN_FROM_ELSEWHERE) for layer in (Layer.DNS, Layer.HTTP)}
_WEAK = {
    "prod": (0.7, _MAKERS),
    "inst": (0.45, _HOUSE),
    "vbw": (0.4, _WARNING),
}
_WEAK_ROWS = {
    (scope, layer): row(layer, blocked, 0.05, template, f"{layer}.blockpage")
    for scope, (blocked, template) in _WEAK.items()
    for layer in (Layer.DNS, Layer.HTTP)
}


def judge_signs(signs: Iterable[Sign], place: str, *, own_page: bool) -> tuple[Step | None, bool]:
    """What the weightiest sign says, None if none says anything, and whether one of a false positive was found.

    Args:
        signs: fingerprints found in the record.
        place: the probe's country, two letters.
        own_page: the only page in the record came from the site itself in an encrypted connection.
    """
    steps = []
    mistaken = False
    for sign in signs:
        layer = _DNS if sign.location_found == "dns" else _HTTP
        mistaken |= sign.scope == "fp"
        step = _step(sign, layer, place)
        if step is not None:
            steps.append(OWN_PAGE if own_page and layer is _HTTP else step)
    return max(steps, key=lambda step: (step.masses.blocked, step.layer is _DNS), default=None), mistaken


def _step(sign: Sign, layer: Layer, place: str) -> Step | None:
    if sign.scope in ("nat", "isp"):
        if sign.expected_countries and place not in sign.expected_countries:
            return ELSEWHERES[layer]
        return (_NATIONAL if sign.scope == "nat" else _PROVIDERS)[layer]
    return _WEAK_ROWS.get((sign.scope, layer))
