"""The table ``[publication]`` of ``case.toml``: what it says is kept, and what it says wrongly is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuager.case.publication_settings import Publication
from kuager.case.settings import Settings, from_toml, to_toml
from kuager.errors import CaseDamaged
from kuager.model.time import parse_utc
from kuager.publications.safety.rules import Rules

SETTINGS = Settings("", ("KZ",), parse_utc("2022-01-02"), parse_utc("2022-01-12"))
ONION = "http://2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion/kz/"


@pytest.mark.parametrize(
    "publication",
    [
        Publication(),
        Publication("https://example.org/"),
        Publication(ONION, Rules(20, 48, frozenset({"KZ-75", "AS29355", "IR-07"}), leave_out_non_commercial=True)),
        Publication("", Rules(withheld_roles=frozenset({"редактор газеты", "curator"}))),
    ],
    ids=["usual", "address", "everything", "roles"],
)
def test_the_table_survives_its_file(publication: Publication) -> None:
    settings = replace(SETTINGS, publication=publication)
    assert from_toml(to_toml(settings)) == settings


def test_places_are_known_by_any_of_their_codes() -> None:
    read = from_toml(to_toml(SETTINGS) + b'[publication]\nwithheld = ["kz-39", "as29355"]\n')
    assert read.publication.rules.withheld == {"KZ-39", "AS29355"}
    assert read.publication.rules.withholds("KZ-39")
    assert not read.publication.rules.withholds("KZ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('addres = "https://example.org/"', "holds “addres”"),
        ('address = "https://example.org"', "end in a slash"),
        ('address = "ftp://example.org/"', "address must be that of a web site"),
        ('address = "https://someone:secret@example.org/"', "address must be"),
        ('address = "https://example.org/?a=/"', "address must be"),
        ("address = 1", "address must be"),
        ("delay_hours = -1", "delay_hours must be a whole number from 0"),
        ("delay_hours = 1.5", "delay_hours must be a whole number"),
        ("least_measurements = true", "least_measurements must be a whole number"),
        ('withheld = "KZ-75"', "withheld must be a list"),
        ('withheld = ["Nowhere"]', "names “Nowhere”, which is no place"),
        ('withheld = ["KZ"]', "names a country, “KZ”"),
        ('withheld_roles = "editor"', "withheld_roles must be a list of roles"),
        ('withheld_roles = ["–"]', "withheld_roles must be a list of roles"),
        ('non_commercial = "hide"', "non_commercial must be “mark” or “leave-out”"),
    ],
)
def test_a_rule_that_is_written_wrongly_is_told_and_nothing_goes_on(line: str, told: str) -> None:
    with pytest.raises(CaseDamaged, match=told):
        from_toml(to_toml(SETTINGS) + f"[publication]\n{line}\n".encode())


def test_a_table_that_is_none_is_told() -> None:
    with pytest.raises(CaseDamaged, match="is no table"):
        from_toml(b"publication = 1\n" + to_toml(SETTINGS))
