"""What one measurement says of its target, with the probability that it was blocked, down, or ok.

The three probabilities (masses) sum to 1. *Blocked*: somebody between the probe and the target keeps it away. *Down*:
the target does not work, for anybody. *Ok*: it works. A measurement that cannot say (control broken, results missing)
has the verdict ``failed``; its masses then only say what little is known. ``throttled`` is never the verdict of one
measurement alone: it takes several (``detection.throttling``).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
import pyarrow as pa

from kuager.model.notes import Note
from kuager.model.schemas import TIME


class VerdictKind(StrEnum):
    """What a measurement says of its target."""

    OK = "ok"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    DOWN = "down"
    FAILED = "failed"


class Layer(StrEnum):
    """At which step of reaching a target it was kept away."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"


class Masses(msgspec.Struct, frozen=True, gc=False):
    """Probabilities that sum to 1."""

    blocked: float
    down: float
    ok: float


class Flags(msgspec.Struct, frozen=True, gc=False):
    """The source's own flags, as its own rules set them; null where it has none."""

    anomaly: bool | None = None
    confirmed: bool | None = None
    failed: bool | None = None


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a measurement says.

    Attributes:
        kind: ``ok``, ``blocked``, ``down`` or ``failed``.
        layer: where the target was kept away; None unless something was found at one.
        masses: of the layer that decides.
        reasons: why, as sentences for people, the weightiest first.
    """

    kind: VerdictKind
    layer: Layer | None
    masses: Masses
    reasons: tuple[Note, ...]


CLASSIFIED = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("uid", pa.string(), nullable=False),
        pa.field("test", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("access", pa.string(), nullable=False),
        pa.field("start", TIME),
        pa.field("received", TIME),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("layer", pa.string()),
        pa.field("blocked", pa.float64(), nullable=False),
        pa.field("down", pa.float64(), nullable=False),
        pa.field("ok", pa.float64(), nullable=False),
        pa.field("anomaly", pa.bool_()),
        pa.field("confirmed", pa.bool_()),
        pa.field("failed", pa.bool_()),
        pa.field("method", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
    ]
)
"""One classified measurement a row.

``uid`` is the source's public name of it, empty when it has none; no identifier of a report and no address of a probe
stands here. ``method`` says how the target was kept away in one short word (``dns.bogon``, ``tls.timeout``,
``http.blockpage``), empty where nothing was found; with ``network`` and ``domain`` it is the key of changes over time.
``reasons`` are English sentences.
"""
