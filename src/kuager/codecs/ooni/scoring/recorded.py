"""Scores that OONI has given already, in rows of its table of scored measurements and in answers of its API."""

from __future__ import annotations

import math

import msgspec
from msgspec import UNSET

from kuager.codecs.ooni.scoring.scores import Scored, Scores, Seen


class _Given(msgspec.Struct):
    """What is read of them; ``accuracy`` is missing where OONI has nothing against a measurement."""

    blocking_general: float | None = None
    blocking_country: float | None = None
    blocking_isp: float | None = None
    blocking_local: float | None = None
    accuracy: float | None = None
    confirmed: bool | None = None
    fingerprints: list[Seen] | None = None
    analysis: dict[str, object] | None = None


def recorded(scores: msgspec.Raw | bytes) -> Scored | None:
    """The scores of a row; None if they are none.

    Args:
        scores: a JSON object, or one written into a string, as ``measurement_meta`` gives it.
    """
    try:
        part = bytes(scores)
        if part.lstrip().startswith(b'"'):
            part = msgspec.json.decode(part, type=str).encode()
        given = msgspec.json.decode(part, type=_Given)
    except (ValueError, RecursionError):
        return None
    fingerprints = tuple(given.fingerprints or ())
    return Scored(
        Scores(
            _figure(given.blocking_general),
            UNSET,
            _figure(given.blocking_country),
            _figure(given.blocking_isp),
            _figure(given.blocking_local),
            _figure(given.accuracy),
            UNSET if given.confirmed is None else given.confirmed,
            fingerprints or UNSET,
            given.analysis or UNSET,
        ),
        fingerprints,
    )


def _figure(value: float | None) -> float | msgspec.UnsetType:
    return UNSET if value is None or not math.isfinite(value) else value
