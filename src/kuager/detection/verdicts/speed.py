"""Tests of speed: ndt and dash. One run is slow for a hundred reasons, so it never says more than whether it was made.

Slowness over days is ``detection.throttling``.
"""

from __future__ import annotations

from msgspec import UNSET

from kuager.codecs.ooni.record_tests import Dash, Ndt
from kuager.detection.verdicts.steps import Step, mute, row
from kuager.errors import message
from kuager.model.verdicts import Layer

MEASURED = row(Layer.HTTP, 0.0, 0.0, message("A speed was measured; one run does not say whether it was held down."))
NOT_MEASURED = mute(Layer.HTTP, 0.1, 0.1, message("No speed was measured, for whatever reason."))


def judge_speed(keys: Ndt | Dash) -> Step:
    """Whether a speed was measured."""
    failed = keys.failure is not None and keys.failure is not UNSET
    figures = keys.simple is not UNSET or (isinstance(keys, Ndt) and keys.summary is not UNSET)
    return NOT_MEASURED if failed or not figures else MEASURED
