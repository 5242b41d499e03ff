"""IODA's API v2 as the test server plays it."""

from __future__ import annotations

import json

from tests.serving import Asked, Reply

_STEPS = {"bgp": 300, "merit-nt": 300, "gtr": 1800, "gtr-norm": 1800, "mozilla": 3600}


def answer(asked: Asked) -> Reply:
    """An answer of IODA to ``signals/raw`` in its own shape, with a value for every sample."""
    if "/signals/raw/" not in asked.path:
        return Reply(b"", 404)
    *_, kind, codes = asked.path.split("/")
    start, until, name = int(asked.query["from"]), int(asked.query["until"]), asked.query["datasource"]
    step = _STEPS.get(name, 600)
    series = []
    for code in codes.split(","):
        count = (until - start) // step
        value: object = {"ping-slash24-loss": [{"agg_values": {"loss_pct": 0.02}}]}.get(name, 500 + len(code))
        if name == "ping-slash24-latency":
            value = [{"agg_values": {"median_latency": 80.0}}]
        if name == "gtr-norm":
            value = 0.5
        series.append(
            [
                {
                    "entityType": kind,
                    "entityCode": code,
                    "entityName": code,
                    "entityFqid": f"geo.provider.AS.{code}",
                    "datasource": name,
                    "subtype": None,
                    "from": start,
                    "until": until,
                    "step": step,
                    "nativeStep": step,
                    "values": [value] * count,
                }
            ]
        )
    window = {"from": start, "until": until, "datasource": name}
    body = {"type": "signals", "requestParameters": window, "error": None, "perf": None, "data": series}
    return Reply(json.dumps(body).encode())
