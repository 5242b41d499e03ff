"""OONI's archive as the test server plays it: listings of the bucket, the first hour's in two pages, and its files."""

from __future__ import annotations

import gzip
import json
import re

from tests.serving import Asked, Reply

_HOUR = re.compile(r"raw/(\d{8})/(\d{2})/([A-Z]{2})/")
_DAY = re.compile(r"jsonl/([a-z]+)/([A-Z]{2})/(\d{8})/00/")
_TOKEN = "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="  # noqa: S105 - a place in a listing, opaque as Amazon's are


def answer(asked: Asked) -> Reply:
    """A listing of one prefix, or a file that such a listing names."""
    if "list-type" in asked.query:
        return Reply(_listing(asked.query["prefix"], asked.query.get("continuation-token", "")))
    key = asked.path.removeprefix("/ooni-archive/")
    return Reply(_file(key)) if key.endswith(".jsonl.gz") else Reply(b"", 404)


def _listing(prefix: str, token: str) -> bytes:
    if token not in {"", _TOKEN}:
        return b"<Error><Code>InvalidArgument</Code><Message>The continuation token is incorrect</Message></Error>"
    if matched := _HOUR.fullmatch(prefix):
        day, hour, country = matched.groups()
        begin = f"{prefix}{{}}/{day}{hour}_{country}_{{}}.n0.{'1' if token else '0'}"
        keys = [f"{begin.format(test, test)}.{end}" for test in ("webconnectivity",) for end in ("jsonl.gz", "tar.gz")]
        more = hour == "00" and not token
    else:
        matched = _DAY.fullmatch(prefix)
        assert matched is not None
        keys, more = [f"{prefix}{matched[3]}_{matched[2]}_{matched[1]}.l.0.jsonl.gz"], False
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2022-01-05T11:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
        f"<Size>{len(_file(key))}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key in keys
    )
    following = f"<NextContinuationToken>{_TOKEN}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>ooni-data-eu-fra</Name><Prefix>{prefix}</Prefix><KeyCount>{len(keys)}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{following}{contents}</ListBucketResult>"
    ).encode()


def _file(key: str) -> bytes:
    """One measurement, made in the hour of its name; the same bytes each time."""
    name = key.rpartition("/")[2]
    time, country = name.split("_")[0].ljust(10, "0"), name.split("_")[1]
    measured = {
        "annotations": {"engine_name": "ooniprobe-engine", "network_type": "mobile"},
        "data_format_version": "0.2.0",
        "input": "https://example.org/",
        "measurement_start_time": f"{time[:4]}-{time[4:6]}-{time[6:8]} {time[8:]}:05:00",
        "probe_asn": "AS9198",
        "probe_cc": country,
        "probe_ip": "127.0.0.1",
        "report_id": "20220105T100000Z_webconnectivity_KZ_9198_n1_ReportOfSomebody1",
        "software_name": "ooniprobe-android",
        "software_version": "3.3.1",
        "test_keys": {"accessible": True, "blocking": False, "requests": [], "queries": []},
        "test_name": "web_connectivity",
        "test_version": "0.4.0",
        "part": name,
    }
    return gzip.compress(json.dumps(measured).encode() + b"\n", mtime=0)
