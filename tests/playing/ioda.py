"""IODA's API v2 as the test server plays it."""

from __future__ import annotations

import json
from typing import Any

from tests.serving import Asked, Reply

REGIONS = {
    "2071": "Almaty",
    "2072": "Almaty City",
    "2073": "Aqmola",
    "2074": "Aqtöbe",
    "2075": "Atyrau",
    "2076": "Mangghystau",
    "2077": "Qaraghandy",
    "2078": "Bayqongyr",
}
"""As IODA would number and spell them; the last one is no region of the register."""

_STEPS = {"bgp": 300, "merit-nt": 300, "gtr": 1800, "gtr-norm": 1800, "mozilla": 3600}
_MOST_DAYS_S = 100 * 86_400


def answer(asked: Asked) -> Reply:
    """An answer of IODA in its own shape: a value for every sample, one alert and one event a page asked for."""
    if "until" in asked.query and not 0 < int(asked.query["until"]) - int(asked.query["from"]) <= _MOST_DAYS_S:
        return Reply(_body("signals", asked, None, "the window is not between 0 and 100 days"), 400)
    path = asked.path.removeprefix("/v2/")
    if path.startswith("signals/raw/"):
        return Reply(_body("signals", asked, _series(asked)))
    if path == "entities/query" and asked.query["relatedTo"] == "country/KZ":
        return Reply(_body("entities.lookup", asked, [_region(code) for code in REGIONS]))
    if path == "outages/alerts":
        return Reply(_body("outages.alerts", asked, _alerts(asked)))
    if path == "outages/events":
        return Reply(_body("outages.events", asked, _events(asked)))
    return Reply(b"", 404)


def _body(kind: str, asked: Asked, data: object, error: str | None = None) -> bytes:
    envelope = {"type": kind, "requestParameters": asked.query, "error": error, "perf": None, "data": data}
    return json.dumps(envelope).encode()


def _series(asked: Asked) -> list[list[dict[str, Any]]]:
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
                    "entityName": REGIONS.get(code, code),
                    "entityFqid": {"region": f"geo.provider.AS.KZ.{code}", "asn": f"asn.{code}"}.get(
                        kind, f"geo.provider.AS.{code}"
                    ),
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
    return series


def _region(code: str) -> dict[str, Any]:
    attributes = {"fqid": f"geo.netacuity.AS.KZ.{code}"}
    return {"code": code, "name": REGIONS[code], "subnames": [], "type": "region", "attrs": attributes}


def _alerts(asked: Asked) -> list[dict[str, Any]]:
    if int(asked.query["page"]):
        return []
    kind, code = asked.query["entityType"], asked.query["entityCode"]
    fqid = f"asn.{code}" if kind == "asn" else f"geo.netacuity.AS.{code}"
    entity = {"code": code, "name": code, "subnames": [], "type": kind, "attrs": {"fqid": fqid}}
    return [
        {
            "datasource": "bgp",
            "entity": entity,
            "time": int(asked.query["from"]) + 3600,
            "level": "critical",
            "condition": "< 0.99",
            "value": 480.0,
            "historyValue": 502.0,
            "method": "median",
        }
    ]


def _events(asked: Asked) -> list[dict[str, Any]]:
    if int(asked.query["page"]):
        return []
    return [
        {
            "location": f"{asked.query['entityType']}/{asked.query['entityCode']}",
            "start": int(asked.query["from"]) + 3600,
            "duration": 7200,
            "uncertainty": None,
            "method": "median",
            "datasource": "bgp",
            "status": 0,
            "fraction": None,
            "score": 525.9,
            "location_name": asked.query["entityCode"],
            "overlaps_window": False,
        }
    ]
