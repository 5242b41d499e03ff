"""Verdicts from a source's own flags, where the measurement itself is not at hand: weak ones, and they say so.

Lists of OONI's API give flags and scores, no record. A flag of OONI's says that something was unlike its control; how
often that is blocking depends on the test, so that an anomaly is blocked with little more than an even chance. Source
of the meanings: OONI's data format, and the scoring in ooni/backend (``fastpath/core.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
import pyarrow as pa

from kuager.errors import message
from kuager.model.tables import MEASUREMENTS
from kuager.model.verdicts import CLASSIFIED, Layer, Masses, VerdictKind

CONFIRMED = Masses(blocked=0.97, down=0.01, ok=0.02)
"""A page or an answer was found that is known to stand where something is blocked."""
ANOMALY = Masses(blocked=0.6, down=0.2, ok=0.2)
ORDINARY = Masses(blocked=0.03, down=0.02, ok=0.95)
NOTHING_KNOWN = Masses(blocked=0.1, down=0.1, ok=0.8)

BY_FLAG = message("Only the source's own flags are known of this measurement, not the measurement itself.")
_LAYERS: Mapping[str, Layer] = {
    "dns": Layer.DNS,
    "tcp_ip": Layer.TCP,
    "http-failure": Layer.HTTP,
    "http-diff": Layer.HTTP,
}
_KEPT = ("source", "uid", "test", "input", "domain", "place", "network", "access", "start", "received")
_FLAGS = ("anomaly", "confirmed", "failed")
_TIMED_OUT, _RESET = "generic_timeout_error", "connection_reset"


class _Analysis(msgspec.Struct):
    blocking_type: str | bool | float | None = None


class _Details(msgspec.Struct):
    """What of the details tells at which step a target was kept away."""

    blocking: str | bool | None = None
    tls_failures: dict[str, dict[str, int]] | None = None
    analysis: _Analysis | None = None


def of_flags(batch: Any) -> Any:
    """The verdicts on measurements by their flags alone.

    Args:
        batch: an Arrow record batch of ``model.tables.MEASUREMENTS``.

    Returns:
        a record batch of ``model.verdicts.CLASSIFIED``, a row for each.
    """
    flags = [batch.column(MEASUREMENTS.get_field_index(name)).to_pylist() for name in _FLAGS]
    details = batch.column(MEASUREMENTS.get_field_index("details")).to_pylist()
    domains = batch.column(MEASUREMENTS.get_field_index("domain")).to_pylist()
    told = [_verdict(*row) for row in zip(*flags, details, domains, strict=True)]
    kinds = [kind for kind, _, _, _ in told]
    masses = [found for _, found, _, _ in told]
    columns: dict[str, Any] = {name: batch.column(MEASUREMENTS.get_field_index(name)) for name in (*_KEPT, *_FLAGS)}
    columns |= {
        "verdict": pa.array([kind.value for kind in kinds]),
        "layer": pa.array([layer for _, _, layer, _ in told], pa.string()),
        "blocked": pa.array([one.blocked for one in masses]),
        "down": pa.array([one.down for one in masses]),
        "ok": pa.array([one.ok for one in masses]),
        "method": pa.array([method for _, _, _, method in told]),
        "reasons": pa.array([[BY_FLAG]] * len(told), pa.list_(pa.string())),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in CLASSIFIED.names], schema=CLASSIFIED)


def _verdict(
    anomaly: bool | None, confirmed: bool | None, failed: bool | None, details: str, domain: str
) -> tuple[VerdictKind, Masses, str | None, str]:
    """The kind, the masses, the layer and the method."""
    if failed or (anomaly is None and not confirmed):
        return VerdictKind.FAILED, NOTHING_KNOWN, None, ""
    if not anomaly and not confirmed:
        return VerdictKind.OK, ORDINARY, None, ""
    layer, method = _way(details, domain)
    return VerdictKind.BLOCKED, CONFIRMED if confirmed else ANOMALY, layer, method


@lru_cache(maxsize=4_096)
def _way(details: str, domain: str) -> tuple[str | None, str]:
    """At which step, and how, as far as the details say."""
    try:
        found = msgspec.json.decode(details, type=_Details)
    except (msgspec.DecodeError, RecursionError):
        return None, "flagged"
    said = found.blocking if isinstance(found.blocking, str) else None
    if said is None and found.analysis is not None and isinstance(found.analysis.blocking_type, str):
        said = found.analysis.blocking_type
    layer = _LAYERS.get(said or "")
    failures = (found.tls_failures or {}).get(domain, {})
    if layer is Layer.HTTP and failures:  # the older name covers failures of the handshake before it
        way = "timeout" if _TIMED_OUT in failures else "reset" if _RESET in failures else "failure"
        return Layer.TLS.value, f"{Layer.TLS.value}.{way}"
    return (None, "flagged") if layer is None else (layer.value, f"{layer.value}.flagged")
