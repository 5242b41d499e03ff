"""Users of Tor: the real table of 2009 to 2011, every form in which Tor Metrics published them, any bytes at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import tor_users
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError, UsageError
from kuager.model.series import Series
from kuager.model.words import Scale

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "tor_metrics"
RELAY = (RECORDED / "userstats-relay-country.csv").read_bytes()
BRIDGE = (RECORDED / "userstats-bridge-country.csv").read_bytes()
COMBINED = (RECORDED / "userstats-bridge-combined.csv").read_bytes()
CLIENTS = (RECORDED / "clients.csv").read_bytes()
WIDE = (RECORDED / "direct-users-wide.csv").read_bytes()
FORMS = [RELAY, BRIDGE, COMBINED, CLIENTS, WIDE]


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def on(series: Series, day: str) -> float:
    (index,) = np.flatnonzero(series.times == int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp()))
    return float(series.values[index])


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Decoded:
    return tor_users.decode((shared_data / "tor" / "direct-users.csv").read_bytes())


def of(decoded: Decoded, place: str) -> Series:
    (series,) = (one for one in decoded.series if one.place == place)
    return series


def test_the_real_table(real: Decoded) -> None:
    assert len(real.series) == 231  # 237 columns, of which ??, a1, a2, ap, eu and all are no countries
    assert {one.signal for one in real.series} == {"tor.direct-users"}
    assert {(one.step_s, one.scale, one.times.size) for one in real.series} == {(86400, Scale.ABSOLUTE, 489)}
    germany = of(real, "DE")
    assert (on(germany, "2009-08-20"), on(germany, "2011-01-17")) == (10041, 24153)
    assert on(of(real, "KZ"), "2011-01-17") == 435
    assert sum(int(np.isnan(one.values).sum()) for one in real.series) == 25_724  # NA is missing, never zero
    assert "Columns that are not of a country and were skipped: ??, a1, a2, ap, eu." in told(real)


def test_china_blocks_tor_in_september_2009(real: Decoded) -> None:
    china, germany = of(real, "CN"), of(real, "DE")
    assert [on(china, f"2009-09-{day}") for day in ("19", "20", "21", "27", "28")] == [3142, 3813, 3673, 1323, 125]
    october = (china.times >= int(datetime(2009, 10, 6, tzinfo=UTC).timestamp())) & (
        china.times < int(datetime(2009, 10, 19, tzinfo=UTC).timestamp())
    )
    assert china.values[october].max() < 100
    assert germany.values[october].min() > 15_000


def test_iran_blocks_tor_in_january_2011(real: Decoded) -> None:
    iran, germany = of(real, "IR"), of(real, "DE")
    assert [on(iran, f"2011-01-{day}") for day in ("05", "08", "09", "14")] == [11_314, 3642, 648, 160]
    assert on(germany, "2011-01-09") == 22_882


def test_a_fall_of_the_whole_world_is_the_instrument(real: Decoded) -> None:
    """On 26 September 2009 all countries together had 5,343 users, a day later ten times as many."""
    assert all(np.isnan(on(one, "2009-09-26")) for one in real.series)
    (remark,) = (remark for remark in told(real) if "whole world" in remark)
    assert remark.endswith("missing for every country (1): 2009-09-26.")


def test_days_on_which_nothing_was_collected_are_no_days_without_users(real: Decoded) -> None:
    days = [datetime.fromtimestamp(int(time), UTC).date() for time in of(real, "DE").times]
    holes = [(one, other) for one, other in pairwise(days) if other - one > timedelta(days=1)]
    assert holes == [
        (date(2009, 8, 21), date(2009, 9, 7)),
        (date(2009, 9, 8), date(2009, 9, 15)),
        (date(2009, 9, 16), date(2009, 9, 18)),
        (date(2009, 9, 21), date(2009, 9, 26)),
    ]


def test_one_country_can_be_taken_alone(shared_data: Path) -> None:
    (china,) = tor_users.decode((shared_data / "tor" / "direct-users.csv").read_bytes(), "cn").series
    assert (china.place, on(china, "2009-09-28")) == ("CN", 125)
    assert np.isnan(on(china, "2009-09-26"))


def test_users_of_relays() -> None:
    decoded = tor_users.decode(RELAY)
    (series,) = decoded.series
    assert (series.signal, series.place, series.unit) == ("tor.relay-users", "KZ", "users")
    assert np.array_equal(series.values, [5101, 5240, 1420, np.nan, 560], equal_nan=True)
    assert told(decoded) == [
        "Rows that are not of a known country, skipped: 2.",
        "Rows whose bounds by Tor's detector are the wrong way round: 1.",
        "Rows for which less than half of the relays or bridges reported, kept: 1.",
    ]


def test_users_of_bridges() -> None:
    decoded = tor_users.decode(BRIDGE)
    assert [(one.signal, one.place, one.values.tolist()) for one in decoded.series] == [
        ("tor.bridge-users", "KZ", [410, 433, 1250])
    ]
    assert told(decoded) == []


def test_ranges_without_a_value_are_not_made_to_values() -> None:
    decoded = tor_users.decode(COMBINED)
    assert decoded.series == ()
    assert told(decoded) == ["The file gives ranges of users and no values; nothing was made of its rows."]


def test_the_archive_of_both() -> None:
    decoded = tor_users.decode(CLIENTS)
    assert [(one.signal, one.place, one.values.tolist()) for one in decoded.series] == [
        ("tor.relay-users", "KZ", [5101, 5240]),
        ("tor.bridge-users", "KZ", [410, 433]),
    ]
    assert told(decoded) == [
        "Rows by transport or version, passed over: 2.",
        "Rows that are neither of relays nor of bridges, skipped: 1.",
    ]


def test_the_old_wide_table() -> None:
    china, kazakhstan = tor_users.decode(WIDE).series
    assert (china.place, china.values.tolist()) == ("CN", [4255, 3142, 3813])
    assert (kazakhstan.place, kazakhstan.signal) == ("KZ", "tor.direct-users")
    assert np.array_equal(kazakhstan.values, [310, np.nan, 305], equal_nan=True)


@pytest.mark.parametrize("data", [RELAY, BRIDGE, CLIENTS, WIDE], ids=["relay", "bridge", "clients", "wide"])
def test_columns_are_read_by_name_in_any_order(data: bytes) -> None:
    lines = [line.split(b",") for line in data.splitlines() if not line.startswith(b"#")]
    turned = b"".join(b",".join(reversed(line)) + b"\n" for line in lines)
    wanted = {
        one.key: (one.times.tolist(), np.nan_to_num(one.values, nan=-1).tolist())
        for one in tor_users.decode(data).series
    }
    got = {
        one.key: (one.times.tolist(), np.nan_to_num(one.values, nan=-1).tolist())
        for one in tor_users.decode(turned).series
    }
    assert got == wanted


def test_a_fall_of_the_world_in_the_long_table_too() -> None:
    days = [f"2022-01-{day:02d}" for day in range(1, 11)]
    world = "".join(f"{day},,{150_000 if day.endswith('05') else 2_000_000},,,88\n" for day in days)
    kazakhstan = "".join(f"{day},kz,{400 if day.endswith('05') else 5_000},,,88\n" for day in days)
    decoded = tor_users.decode(f"date,country,users,lower,upper,frac\n{world}{kazakhstan}".encode())
    (series,) = decoded.series
    assert np.isnan(on(series, "2022-01-05"))
    assert np.isfinite(series.values).sum() == 9
    alone = tor_users.decode(f"date,country,users,lower,upper,frac\n{kazakhstan}".encode())
    assert on(alone.series[0], "2022-01-05") == 400  # without the world nobody can tell


def test_a_header_alone_is_an_answer_of_nothing() -> None:
    for data in (b"# Tor\ndate,country,users,lower,upper,frac\n", b"date,country,users,frac"):
        decoded = tor_users.decode(data)
        assert (decoded.series, told(decoded)) == ((), ["Tor Metrics answered, but had no row for this request."])


def test_a_country_that_is_not_there_is_told() -> None:
    decoded = tor_users.decode(RELAY, "TO")
    assert decoded.series == ()
    assert "The file has no row of TO." in told(decoded)
    with pytest.raises(UsageError, match="not the code of a country"):
        tor_users.decode(RELAY, "AS9198")


def test_days_out_of_order_and_twice() -> None:
    rows = b"2022-01-04,kz,433,71\n2022-01-03,kz,410,72\n2022-01-03,kz,410,72\n"
    decoded = tor_users.decode(b"date,country,users,frac\n" + rows)
    assert decoded.series[0].values.tolist() == [410, 433]
    assert len(told(decoded)) == 2
    with pytest.raises(CodecError, match="different values for the same time"):
        tor_users.decode(b"date,country,users,frac\n" + rows + b"2022-01-03,kz,411,72\n")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"# only a comment\n", "There is nothing"),
        (b"<!DOCTYPE html><html>", "A web page"),
        (b"date,value\n2022-01-03,5\n", "not those of Tor's user statistics"),
        (BRIDGE.replace(b",", b";"), "semicolons"),
        (BRIDGE.replace(b"2022-01-04", b"04/01/2022"), "“04/01/2022” in line 4"),
        (BRIDGE.replace(b"2022-01-04", b"2022-02-30"), "“2022-02-30.*” in line 4"),
        (BRIDGE.replace(b"433", b"many"), "“many” in line 4"),
        (BRIDGE.replace(b"433", b"-1"), "less than zero"),
        (BRIDGE.replace(b"433", b"1e999"), "infinite"),
        (BRIDGE[:-6], "not whole"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        tor_users.decode(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"#", b"date,country,users\n", b"date,all\n"]))
def test_any_bytes(data: bytes, beginning: bytes) -> None:
    answering.decoded(tor_users.decode, beginning + data)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_tables(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(FORMS))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    odd = [b"NA", b"1e999", b"nan", b"??", b"\n", b'"', b",", b"#", b"-1", b"9" * 400, b"\x00", b"all", b"date"]
    kept = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(odd)))
    answering.decoded(tor_users.decode, good[:start] + kept + good[end:], data.draw(st.sampled_from(["", "KZ"])))
