"""What an episode needs to know of the case around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.episodes.findings import Examined
from kuager.model.documents import Acknowledgement, Explained, Occasion


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an episode needs to know of the case around it.

    Attributes:
        window: seconds since the epoch, half-open.
        countries: how many countries the case watches, for the sensor gate.
        parts: whether the case has series of regions or networks, not of countries only.
        set_aside: signals of which a shorter window was left out because it overlaps a longer one.
        retold: signals that came in a series file, under the name of a source that they cannot be traced to.
        acknowledgements: of all documents of the case.
        inputs: for each place the sha256 of the sealed objects behind its series and of the documents.
        occasions: what happened beside the network according to all documents of the case.
        explained: the causes other than an order that documents of the case give.
        everywhere: every series of the case, also of places that serve as comparison only.
    """

    window: tuple[int, int]
    countries: int
    parts: bool
    set_aside: tuple[str, ...]
    retold: tuple[str, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    inputs: Mapping[str, tuple[str, ...]]
    occasions: tuple[Occasion, ...] = ()
    explained: tuple[Explained, ...] = ()
    everywhere: tuple[Examined, ...] = ()
