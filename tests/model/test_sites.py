"""Which hosts are names of the public internet, and so may be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.model.sites import is_public_name


@pytest.mark.parametrize(
    "host", ["kaztag.kz", "www.example.org", "xn--80aswg.kz", "сайт.kz", "a_b.example.com", "1.kz", "3.com", "t.me"]
)
def test_registered_names_are_public(host: str) -> None:
    assert is_public_name(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "203.0.113.7", "192.168.1.1", "3232235777", "0x7f.1", "127.1", "[2001:db8::1]", "2001:db8::1"),
        *("router", "localhost", "private.example", "a.test", "b.invalid", "printer.local", "x.onion", "fritz.box.lan"),
        *("7.113.0.203.in-addr.arpa", "nas.home.arpa", "x.internal", "desk.corp", "tv.home"),
        *(
            "<script>alert(1)<",
            "<script>alert(1)</script>.kz",
            "-a.kz",
            "a..kz",
            ".kz",
            "a b.kz",
            "a%20b.kz",
            "x" * 2000,
        ),
        *("user@kaztag.kz", "kaztag.kz:80", "kaztag.kz\n", "a.kz/b"),
    ],
)
def test_addresses_private_names_and_what_is_no_name_are_not(host: str) -> None:
    assert not is_public_name(host)


@given(st.ip_addresses())
def test_no_address_is_a_name(address: object) -> None:
    assert not is_public_name(str(address))


@given(st.text())
def test_any_text_is_told_to_be_one_or_none(text: str) -> None:
    assert is_public_name(text) in (True, False)
