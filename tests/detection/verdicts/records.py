"""Records of OONI as tests need them: a sound one, and the same with some parts changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.records import Records
from kuager.detection.verdicts.judged import Judged
from kuager.detection.verdicts.known import Sign
from kuager.detection.verdicts.ooni import judge
from kuager.model.verdicts import Flags

ADDRESS = "93.184.216.34"
"""Addresses of the tests must be of use on the internet, which those for documentation are not."""
HOST = "www.example.com"
HTTPS, HTTP = f"https://{HOST}/", f"http://{HOST}/"
NO_PAGE = {"body_length": -1, "failure": "unknown_error", "status_code": -1, "headers": {}}


NO_FLAGS = Flags(anomaly=False, confirmed=False, failed=False)


@dataclass(frozen=True)
class Known:
    """A fingerprint that was found."""

    scope: str
    location_found: str
    expected_countries: Sequence[str] = ()


@dataclass(frozen=True)
class Score:
    """What OONI's rules gave."""

    fingerprints: Sequence[Sign] = ()
    accuracy: float | None = None
    flags: Flags = NO_FLAGS


def read(path: Path) -> Record:
    return Records().read(path.read_bytes())


def query(answers: Sequence[str] = (ADDRESS,), failure: str | None = None, **more: Any) -> dict[str, Any]:
    listed = [
        {"answer_type": "AAAA", "ipv6": one} if ":" in one else {"answer_type": "A", "ipv4": one} for one in answers
    ]
    return {"engine": "system", "hostname": HOST, "query_type": "A", "failure": failure, "answers": listed, **more}


def connect(failure: str | None = None, ip: str = ADDRESS, port: int = 443) -> dict[str, Any]:
    return {"ip": ip, "port": port, "status": {"success": failure is None, "failure": failure}}


def handshake(failure: str | None = None, **more: Any) -> dict[str, Any]:
    return {"address": f"{ADDRESS}:443", "server_name": HOST, "failure": failure, **more}


def request(url: str = HTTPS, code: int = 200, failure: str | None = None, **more: Any) -> dict[str, Any]:
    return {"failure": failure, "request": {"url": url}, "response": {"code": code, "headers": {}, **more}}


def control(**changed: Any) -> dict[str, Any]:
    """The control got everything, as in version 0.5."""
    return {
        "tcp_connect": {f"{ADDRESS}:443": {"status": True, "failure": None}},
        "tls_handshake": {f"{ADDRESS}:443": {"server_name": HOST, "status": True, "failure": None}},
        "http_request": {"body_length": 1000, "failure": None, "status_code": 200, "headers": {}},
        "dns": {"addrs": [ADDRESS], "failure": None},
        **changed,
    }


def keys(**changed: Any) -> dict[str, Any]:
    """Results of a page that came over TLS and is as elsewhere, with changes."""
    return {
        "control": control(),
        "dns_consistency": "consistent",
        "queries": [query()],
        "tcp_connect": [connect()],
        "tls_handshakes": [handshake()],
        "requests": [request()],
        "blocking": False,
        "accessible": True,
        **changed,
    }


def failed_fetch(failure: str, url: str = HTTPS, **changed: Any) -> dict[str, Any]:
    """Results of a page that did not come."""
    failed = {
        "requests": [request(url, 0, failure)],
        "http_experiment_failure": failure,
        "blocking": "http-failure",
        "accessible": False,
    }
    return keys(**failed | changed)


def plain_page(**changed: Any) -> dict[str, Any]:
    """Results of a page that came over a plain connection and differs in everything."""
    different = {
        "requests": [request(HTTP)],
        "tls_handshakes": [],
        "tcp_connect": [connect(port=80)],
        "control": control(tcp_connect={f"{ADDRESS}:80": {"status": True, "failure": None}}, tls_handshake={}),
        "blocking": "http-diff",
        "accessible": False,
        "status_code_match": True,
        "body_length_match": False,
        "headers_match": False,
        "title_match": False,
    }
    return keys(**different | changed)


def judged(
    results: Mapping[str, Any], score: Score | None = None, pages: frozenset[str] = frozenset(), **changed: Any
) -> Judged:
    """The verdict on web_connectivity results measured in Kazakhstan."""
    envelope = {
        "test_name": "web_connectivity",
        "probe_cc": "KZ",
        "probe_asn": "AS9198",
        "input": HTTPS,
        "measurement_start_time": "2022-01-05 10:30:00",
        "measurement_uid": "20220105103000.123456_KZ_webconnectivity_0123456789abcdef",
    }
    record = Records().read(msgspec.json.encode(envelope | changed | {"test_keys": results}))
    return judge(record, score or Score(), pages)
