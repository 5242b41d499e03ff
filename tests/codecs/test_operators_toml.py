"""A person's own operators: what is read, and that each mistake is named with its operator and field."""

from __future__ import annotations

import time
from datetime import date
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import operators_toml
from kuager.errors import CodecError
from kuager.model.operators import HeldNetwork, Operator, OperatorName, package_operators
from kuager.model.words import Access

PACKAGED = resources.files("kuager.model").joinpath("data", "operators-kz.toml").read_bytes()
ONE = b"""[[operators]]
id = "mine"
name = { en = "Mine", kk = "\xd2\x9a\xd0\xb0\xd0\xb7" }
country = "ir"
access = "mobile"
owner = "Somebody"
owner_since = 2009-09-27
source = "its own site"
networks = [{ asn = 64500 }, { asn = 64501, since = 2015-01-01, until = 2019-12-31, access = "fixed" }]
"""
OTHER = b'[[operators]]\nid = "other"\nname = { en = "Other" }\ncountry = "IR"\nsource = "s"\nnetworks = [%s]\n'


def refused(data: bytes) -> str:
    with pytest.raises(CodecError) as error:
        operators_toml.decode(data)
    told = error.value.in_file("operators.toml").diagnostics()
    assert "operators.toml" in told.happened
    return f"{told.happened}\n{told.meaning}\n{told.remedy}"


def test_every_field_is_read() -> None:
    expected = Operator(
        id="mine",
        name=OperatorName("Mine", "", "Қаз"),
        country="IR",
        networks=(
            HeldNetwork(64500),
            HeldNetwork(64501, date(2015, 1, 1), date(2019, 12, 31), Access.FIXED),
        ),
        source="its own site",
        access=Access.MOBILE,
        owner="Somebody",
        owner_since=date(2009, 9, 27),
    )
    assert operators_toml.decode(ONE) == (expected,)


def test_access_is_unknown_unless_it_is_said() -> None:
    (other,) = operators_toml.decode(OTHER % b"{ asn = 1 }")
    assert (other.access, other.networks[0].access, other.owner) == (Access.UNKNOWN, None, "")


def test_the_register_that_the_package_carries_passes_the_same_checks() -> None:
    assert operators_toml.decode(PACKAGED) == package_operators()


def test_the_example_of_the_documentation_is_read() -> None:
    text = operators_toml.__doc__ or ""
    example = "[[operators]]" + text.split("[[operators]]")[1].split("\n\n")[0]
    (found,) = operators_toml.decode(example.encode())
    assert (found.id, found.country, len(found.networks)) == ("mci-ir", "IR", 2)


@pytest.mark.parametrize(
    ("written", "instead", "clues"),
    [
        (b'id = "mine"', b'id = "My own"', ["“My own” as its id"]),
        (b'id = "mine"', b"id = 5", ["operator “1”", "`$.id`"]),
        (b'en = "Mine"', b'en = " "', ["“mine”", "name.en"]),
        (b'en = "Mine"', b'en = "a\\u001b[2J"', ["“mine”", "name.en"]),
        (b'en = "Mine"', b'xx = "Mine"', ["“mine”", "`xx`"]),
        (b'access = "mobile"', b'acces = "mobile"', ["“mine”", "`acces`"]),
        (b'access = "mobile"', b'access = "wireless"', ["“mine”", "“wireless”", "mobile, fixed, mixed, unknown"]),
        (b'access = "fixed"', b'access = "cable"', ["“mine”", "access of AS64501", "“cable”"]),
        (b'"ir"', b'"IR-07"', ["“mine”", "country", "“IR-07”"]),
        (b'"ir"', b'"XX"', ["“mine”", "country", "“XX”"]),
        (b'"ir"', b'"AS9198"', ["“mine”", "country"]),
        (b"asn = 64500", b"asn = 0", ["“mine”", "asn", "“0”"]),
        (b"asn = 64500", b"asn = 4294967296", ["“mine”", "asn", "“4294967296”"]),
        (b"asn = 64500", b"asn = true", ["“mine”", "networks[0].asn"]),
        (b"asn = 64500", b'asn = "64500"', ["“mine”", "networks[0].asn"]),
        (b"asn = 64500", b"number = 64500", ["“mine”", "`number`"]),
        (b"since = 2015-01-01", b"since = 2020-01-01", ["“mine”", "since", "AS64501", "2019-12-31"]),
        (b"since = 2015-01-01", b"since = 2015-01-01T00:00:00Z", ["“mine”", "since", "without a time"]),
        (b"owner_since = 2009-09-27", b"owner_since = 2009-09-27T05:00:00", ["“mine”", "owner_since"]),
        (b'source = "its own site"', b'source = ""', ["“mine”", "source"]),
        (b'source = "its own site"', b'source = "%s"' % (b"x" * 301), ["“mine”", "source", "300"]),
        (b'source = "its own site"\n', b"", ["“mine”", "`source`"]),
        (b"networks = [{ asn = 64500 }", b"networks = [{ asn = 64501 }", ["“mine”", "asn", "same day"]),
        (b"[[operators]]", b"[operators]", ["“operators”"]),
        (b"[[operators]]", b"version = 2\n[[operators]]", ["“version”"]),
        (b"owner_since = 2009-09-27", b"owner_since = 2009-13-27", ["TOML", "line 7"]),
    ],
)
def test_a_mistake_is_named_with_its_operator_and_field(written: bytes, instead: bytes, clues: list[str]) -> None:
    assert written in ONE
    told = refused(ONE.replace(written, instead, 1))
    assert all(clue in told for clue in clues), told


def test_networks_are_never_missing() -> None:
    assert "networks" in refused(OTHER % b"")


def test_an_id_stands_once() -> None:
    assert "“other” as its id" in refused(OTHER % b"{ asn = 1 }" + OTHER % b"{ asn = 2 }")


def test_two_operators_have_no_network_on_the_same_day() -> None:
    told = refused(ONE + OTHER % b"{ asn = 64501, since = 2019-12-31 }")
    assert "AS64501" in told
    assert "“mine”" in told
    assert "“other”" in told
    (_, second) = operators_toml.decode(ONE + OTHER % b"{ asn = 64501, since = 2020-01-01 }")
    assert second.networks[0].since == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("data", "clue"),
    [
        (b"", "nothing in"),
        (b"# no operator\n", "no operator in"),
        (b"operators = []\n", "no operator in"),
        (b"\x89PNG\r\n", "picture"),
        (b"id = \xff\n", "UTF-8"),
        (b"x = \x00\n", "zero byte"),
        (b"operators = 5", "no list"),
        (b"operators = [5]", "operator “1”"),
        (b"x = " + b"[\n" * 50_000, "too deep"),
        (b"x = " + b"1_" * 480 + b"1", "“x”"),
        (b"#" * 2000, "1000"),
        (b"# line\n" * 40_000, "more in"),
    ],
)
def test_what_is_no_register_is_refused(data: bytes, clue: str) -> None:
    assert clue in refused(data)


def test_hostile_files_take_little_time() -> None:
    tables = b"".join(b"{asn = 1, since = %04d-01-%02d},\n" % (year, day) for year in range(1, 400) for day in (1, 2))
    dotted = b"".join(b"a%d." % n + b".".join([b"a"] * 480) + b" = 1\n" for n in range(250))
    for data in (OTHER % tables, dotted, b"".join(b"[[a%d.b]]\n" % n for n in range(18_000))):
        began = time.perf_counter()
        refused(data)
        assert time.perf_counter() - began < 20


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_give_operators_or_one_error(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([ONE, PACKAGED]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    kept = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b"nan", b"-1", b"inf", b"{}", b"[]", b'"""'])))
    for found in answering.answered(operators_toml.decode, good[:start] + kept + good[end:]) or ():
        assert found.source
        assert found.networks


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    found = answering.answered(operators_toml.decode, data)
    assert found is None or all(isinstance(one, Operator) for one in found)
