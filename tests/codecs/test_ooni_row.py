"""What a row of OONI's measurements says of who, where and when, and what it leaves open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.codecs.test_ooni import UID, line, read, row


@pytest.mark.parametrize(
    ("asn", "network"),
    [
        ("AS9198", "AS9198"),
        (9198, "AS9198"),
        ("9198", "AS9198"),
        ("AS0", ""),
        (0, ""),
        (None, ""),
        ("AS", ""),
        (-5, ""),
        (2**32, ""),
        (10**30, ""),
        ([], ""),
        ("AS9198 203.0.113.77", ""),
        (True, ""),
    ],
)
def test_networks(asn: object, network: str) -> None:
    assert row(probe_asn=asn)["network"] == network


@pytest.mark.parametrize(
    ("country", "place"),
    [("KZ", "KZ"), ("kz", "KZ"), ("ZZ", ""), ("zz", ""), (None, ""), ("", ""), ("KAZ", ""), (7, "")],
)
def test_places(country: object, place: str) -> None:
    rows, remarks = read(line(probe_cc=country))
    assert rows[0]["place"] == place
    assert ("Measurements that do not say in which country they were made: 1." in remarks) == (not place)


@pytest.mark.parametrize(
    ("annotations", "access"),
    [
        ({"network_type": "mobile"}, "mobile"),
        ({"network_type": "wifi"}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
        ([], "unknown"),
        ({"network_type": 5}, "unknown"),
        ("mobile", "unknown"),
    ],
)
def test_only_what_the_software_calls_mobile_is_mobile(annotations: object, access: str) -> None:
    assert row(annotations=annotations)["access"] == access


@pytest.mark.parametrize(
    ("uid", "received", "kept"),
    [
        (UID, datetime(2022, 1, 5, 10, 31, 5, 250_000, tzinfo=UTC), True),
        ("01202201056531b7e19c05e300cacea8803d9f9c", datetime(2022, 1, 5, tzinfo=UTC), True),
        ("01202201056531b7e19c05e300cacea8803d9f9c00", datetime(2022, 1, 5, tzinfo=UTC), True),
        ("20220230103105.250000_KZ_webconnectivity_0123456789abcdef", None, True),
        ("20220105103105.250000_KZ_webconnectivity_203.0.113.77", None, False),
        ("", None, False),
        (None, None, False),
        (7, None, False),
    ],
)
def test_the_public_name_says_when_it_was_received(uid: object, received: datetime | None, kept: bool) -> None:
    found = row(measurement_uid=uid)
    assert (found["uid"], found["received"]) == (uid if kept else "", received)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2022-01-05 10:30:00", datetime(2022, 1, 5, 10, 30, tzinfo=UTC)),
        ("2022-01-05T10:30:00Z", datetime(2022, 1, 5, 10, 30, tzinfo=UTC)),
        ("2022-01-05T10:30:00.123456Z", datetime(2022, 1, 5, 10, 30, 0, 123_000, tzinfo=UTC)),
        ("2022-02-30 10:30:00", None),
        ("0001-01-01 00:00:00", None),
        ("9999-01-01 00:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1641378600, None),
    ],
)
def test_the_clock_of_the_probe(text: object, start: datetime | None) -> None:
    rows, _ = read(line(measurement_start_time=text) + b"\n" + line())
    assert [one["start"] for one in rows] == [start, datetime(2022, 1, 5, 10, 30, tzinfo=UTC)]


OLD = "01202201056531b7e19c05e300cacea8803d9f9c"


@pytest.mark.parametrize(
    ("uid", "start", "off"),
    [
        (UID, "2022-01-05 11:31:05", False),
        (UID, "2022-01-05 11:31:06", True),
        (UID, "2021-01-05 10:31:06", False),
        (UID, "2021-01-05 10:31:05", True),
        (OLD, "2022-01-06 01:00:00", False),
        (OLD, "2022-01-06 01:00:01", True),
        ("", "1999-01-05 10:31:05", False),
    ],
)
def test_a_clock_outside_of_what_ooni_allows_is_told(uid: str, start: str, off: bool) -> None:
    rows, remarks = read(line(measurement_uid=uid, measurement_start_time=start))
    assert rows[0]["start"] is not None
    assert any("probe's own clock" in remark and remark.endswith(": 1.") for remark in remarks) == off


@pytest.mark.parametrize(
    ("tested", "kept", "domain"),
    [
        (None, "", ""),
        (["a.example", "b.example"], "a.example", "a.example"),
        ([], "", ""),
        (5, "", ""),
        ([5], "", ""),
        ("stun://stun.example:3478", "stun://stun.example:3478", "stun.example"),
        ("x" * 5000, "x" * 2000, "x" * 2000),
    ],
)
def test_what_was_tested(tested: object, kept: str, domain: str) -> None:
    found = row(input=tested)
    assert (found["input"], found["domain"]) == (kept, domain)
