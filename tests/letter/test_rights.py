"""L3 and L4: which news sites could be reached, and what the loss of access met in fields of life."""

from __future__ import annotations

from lxml import html
from tests.letter.conftest import january, section, words

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.moments import interval
from kuager.accountability.rows.people import Field, Reach, Reachability
from kuager.accountability.rows.row import Status

DAY = january(4, 0).date()


def test_l03_a_news_site_that_was_blocked_is_shown_with_its_source(dossier: Dossier, held: html.HtmlElement) -> None:
    """L3: which news sites could be reached, and when, each with its source."""
    rows = [one for one in dossier.registers.of(Reachability) if one.service == "orda.kz"]
    blocked = [one for one in rows if one.reach is Reach.BLOCKED and interval(one.at, "KZ").best.date() == DAY]
    assert blocked
    for row in blocked:
        assert dossier.standing(row) is Status.SUPPORTED
        assert dossier.library.of(row.sources)
        (shown,) = held.xpath(f"//li[@id='row-{row.id}']")
        assert "orda.kz" in words(shown)
        assert "4 January 2022" in words(shown)
        assert shown.xpath(".//*[@class='cites']//a[starts-with(@href, 'http') or contains(@href, 'documents')]")


def test_l04_each_field_of_life_has_its_evidence_or_says_none(account: Account, held: html.HtmlElement) -> None:
    """L4: health, banking, media, education: a card each, with rows of evidence or that there is none."""
    assert [one.field for one in account.harms] == list(Field)
    harms = section(held, "harms")
    for card in account.harms:
        (heading,) = harms.xpath(f".//h3[@id='{card.field.value}']")
        below = _until_next_heading(heading)
        rows = [f"row-{one.id}" for one in (*card.harms, *card.reached)]
        assert [one.get("id") for part in below for one in part.xpath("descendant-or-self::li[@id]")] == rows
        for part in below:
            for row in part.xpath("descendant-or-self::li[@id]"):
                assert row.xpath(".//*[@class='cites']//a")
        says_none = any("No evidence in this case" in words(part) for part in below)
        assert says_none is not card.has_evidence


def test_l04_some_fields_have_evidence_and_some_have_none(account: Account) -> None:
    """L4: of January 2022 there is evidence of banks and of media, and none of education."""
    evidence = {one.field for one in account.harms if one.has_evidence}
    assert {Field.BANKING, Field.MEDIA} <= evidence
    assert Field.EDUCATION not in evidence


def _until_next_heading(heading: html.HtmlElement) -> list[html.HtmlElement]:
    found = []
    for one in heading.itersiblings():
        if one.tag == "h3":
            break
        found.append(one)
    return found
