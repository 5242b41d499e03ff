"""Files of Censored Planet, classified: one row of ``model.verdicts.CLASSIFIED`` a line.

The address of a vantage point stands in no row, nor does any other address: reasons are made of counts, of the names of
signatures and of the names of delivery networks. The files name no network, so that column is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from kuager.codecs.censoredplanet import Line, Reading
from kuager.codecs.censoredplanet import hyperquack as hyperquack_lines
from kuager.codecs.censoredplanet import satellite as satellite_lines
from kuager.codecs.censoredplanet.signatures import Signatures
from kuager.detection.verdicts import hyperquack, satellite
from kuager.detection.verdicts.judged import Judged
from kuager.model.verdicts import CLASSIFIED


def classified(lines: Iterable[bytes | memoryview], signatures: Signatures | None = None) -> Reading:
    """Arrow record batches of ``CLASSIFIED``, to be read once; the remarks are complete after that.

    Args:
        lines: every line of a file, without its line break.
        signatures: of pages; without them pages are compared with nothing, and the reasons say so.
    """
    return Reading(lines, partial(_row, signatures), CLASSIFIED)


def judged(line: Line, protocol: str, signatures: Signatures | None = None) -> Judged:
    """The verdict on a line of any generation.

    Args:
        line: as it was read.
        protocol: of the first generation of Hyperquack, which does not say it; empty where nobody knows it.
        signatures: of pages.

    Raises:
        msgspec.DecodeError: a part of it has a shape that nobody knows.
    """
    match line:
        case hyperquack_lines.FirstLine():
            return hyperquack.first_judged(line, protocol, signatures)
        case hyperquack_lines.SecondLine():
            return hyperquack.second_judged(line, signatures)
        case satellite_lines.FirstLine():
            return satellite.first_judged(line)
        case satellite_lines.SecondLine():
            return satellite.second_judged(line)


def _row(signatures: Signatures | None, line: Line, protocol: str) -> dict[str, Any]:
    found = judged(line, protocol, signatures)
    verdict, flags = found.verdict, found.flags
    return _identity(line, protocol) | {
        "verdict": verdict.kind,
        "layer": verdict.layer,
        "blocked": verdict.masses.blocked,
        "down": verdict.masses.down,
        "ok": verdict.masses.ok,
        "anomaly": flags.anomaly,
        "confirmed": flags.confirmed,
        "failed": flags.failed,
        "method": found.method,
        "reasons": [note.template.format(**note.facts) for note in verdict.reasons],
    }


def _identity(line: Line, protocol: str) -> dict[str, Any]:
    match line:
        case hyperquack_lines.FirstLine():
            return hyperquack_lines.first_identity(line, protocol)
        case hyperquack_lines.SecondLine():
            return hyperquack_lines.second_identity(line)
        case satellite_lines.FirstLine():
            return satellite_lines.first_identity(line)
        case satellite_lines.SecondLine():
            return satellite_lines.second_identity(line)
