"""Every register by the same mechanism: its form, its loader, its checks, what later rows do to earlier ones."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kuager.accountability.annotated import FieldOf, fields
from kuager.accountability.causal import causal_word
from kuager.accountability.form import form
from kuager.accountability.loading import decode, unknown_operators
from kuager.accountability.questions import CHECKS, INSTRUMENTS
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.conduct import Statement
from kuager.accountability.rows.documents import Claim
from kuager.accountability.rows.row import Holds, Status
from kuager.errors import CodecError, KuagerError
from kuager.publications.wording.field_words import FIELD_NAME, REGISTER
from kuager.publications.wording.register_rows import APART

NOW = datetime(2022, 2, 1, tzinfo=UTC)
STATEMENT = """
[[statements]]
id = "one"
text = "Kcell answered that networks were being suspended."
sources = ["a"]
kind = "answer"
operator = "kcell"
at = 2022-01-04
"""


def filled(field: FieldOf) -> str:
    """Something that may stand in a field."""
    if field.choices:
        value = f'"{field.choices[0]}"'
    elif field.numeric:
        value = "3"
    elif field.truth:
        value = "true"
    else:
        values = {
            Holds.TIME: "2022-01-04",
            Holds.TIME_TO_COME: "2030-01-04",
            Holds.PLACE: "KZ",
            Holds.LINK: "https://example.org/a",
            Holds.CHECK: "K01",
        }
        value = f'"{values.get(field.holds, "word") if field.holds else "word"}"'
        value = {
            "object": f'"sha256:{"0" * 64}"',
            "currency": '"KZT"',
            "quote_language": '"ru"',
            "register": '"orders"',
        }.get(field.name, value)
    return f"[{value}]" if field.several else value


@pytest.mark.parametrize("register", list(REGISTERS))
def test_every_form_can_be_filled_in_and_read(register: str) -> None:
    lines = []
    for line in form(register).splitlines():
        name = line.removeprefix("# ").partition(" = ")[0]
        field = next((one for one in fields(REGISTERS[register]) if one.name == name), None)
        if field is None or name in ("provisions", "withheld"):
            lines.append(line)
        else:
            lines.append(f"{name} = {filled(field)}")
    (row,) = decode("\n".join(lines).encode(), NOW).rows[register]
    assert type(row) is REGISTERS[register]
    assert row.text == {"en": "word"}


@pytest.mark.parametrize("register", list(REGISTERS))
def test_every_register_and_field_has_a_name_for_readers(register: str) -> None:
    assert REGISTER[register]
    assert [one.name for one in fields(REGISTERS[register]) if one.name not in FIELD_NAME | dict.fromkeys(APART)] == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_question_and_instrument_speaks_each_language(language: str) -> None:
    assert [one.id for one in CHECKS.values() if not one.question.get(language)] == []
    words = [(one.id, one.body, one.citation, one.test) for one in INSTRUMENTS.values()]
    assert [name for name, *texts in words if not all(text.get(language) for text in texts)] == []
    named = {name for one in CHECKS.values() for name in one.instruments}
    assert named <= set(INSTRUMENTS)


def test_an_unwritten_form_is_refused_with_a_sentence() -> None:
    for register in REGISTERS:
        with pytest.raises(CodecError):
            decode(form(register).encode(), NOW)


def test_a_later_row_takes_the_place_of_an_earlier_one() -> None:
    first = decode(STATEMENT.encode(), NOW)
    later = decode(STATEMENT.replace("suspended", "limited").encode(), NOW)
    (row,) = first.with_later(later).of(Statement)
    assert row.text["en"].endswith("limited.")
    assert [one.id for one in first.with_later(decode(STATEMENT.replace('"one"', '"two"').encode(), NOW))] == [
        "one",
        "two",
    ]


def test_a_year_needs_no_quotation_marks() -> None:
    (row,) = decode(STATEMENT.replace("2022-01-04", "2022").encode(), NOW).of(Statement)
    assert row.at == "2022"


def test_degrees_south_and_west_are_below_zero() -> None:
    rows = '[[assemblies]]\nid = "a"\ntext = "People met."\nsources = ["a"]\nat = 2022-01-04\nplaces = ["BR"]\n'
    assert decode(f"{rows}latitude = -23.5\nlongitude = -46.6".encode(), NOW)
    for wrong in ("latitude = -90.5", "longitude = 180.5", "latitude = nan"):
        with pytest.raises(CodecError):
            decode(f"{rows}{wrong}".encode(), NOW)


def test_a_file_of_json_may_be_one_line() -> None:
    rows = [{"id": f"s{one}", "text": "Looked. " * 400, "register": "orders", "on": "2022-01-04"} for one in range(10)]
    assert len(list(decode(json.dumps({"searches": rows}).encode(), NOW))) == 10


def test_operators_whom_nobody_knows_are_named_with_their_row() -> None:
    found = decode(STATEMENT.replace('"kcell"', '"kcel"').encode(), NOW)
    assert unknown_operators(found, ["kcell"]) == {"kcel": "one"}
    assert unknown_operators(decode(STATEMENT.encode(), NOW), ["kcell"]) == {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("at = 2022-01-04", ""), "has no date: `at` is missing"),
        (("at = 2022-01-04", "at = 2023-01-04"), "a date in the future"),
        (('sources = ["a"]', ""), "cites nothing"),
        (('kind = "answer"', 'kind = "shout"'), "cannot be read: Invalid enum value 'shout'"),
        (("[[statements]]", "[[statement]]"), "“statement” in this file is no register"),
        (("at = 2022-01-04", "at = 2022-01-04\nloud = true"), "unknown field `loud`"),
        (("at = 2022-01-04", 'at = "4 January"'), "cannot have “4 January” as its `at`"),
        (("at = 2022-01-04", 'at = "2022-01-04T10:00:00"'), "cannot have “2022-01-04T10:00:00” as its `at`"),
        (('id = "one"', 'id = "one two"'), "cannot have “one two” as its `id`"),
        (("at = 2022-01-04", 'at = 2022-01-04\nplaces = ["XX"]'), "cannot have “XX” as its `places`"),
        (('kind = "answer"', "kind = "), "is neither TOML nor JSON"),
        (("[[statements]]", "statements = 3\n[x]"), "is no list of rows"),
        (
            ("at = 2022-01-04", "at = 2022-01-04\nstated_start = 2022-01-06\nstated_end = 2022-01-05"),
            "before it begins",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_in_one_sentence(change: tuple[str, str], sentence: str) -> None:
    with pytest.raises(CodecError) as caught:
        decode(STATEMENT.replace(*change).encode(), NOW)
    assert sentence in caught.value.diagnostics().happened


def test_what_came_of_it_needs_a_test_behind_it() -> None:
    harm = (
        '[[harms]]\nid = "h"\ntext = "The cut {} bank queues."\nsources = ["a"]\nfield = "banking"\nat = 2022-01-06\n'
    )
    assert decode(harm.format("preceded").encode(), NOW)
    with pytest.raises(CodecError, match="no test stands behind it"):
        decode(harm.format("caused").encode(), NOW)
    claim = harm.replace("harms", "claims").replace('field = "banking"', 'topic = "banks"\nby = "Somebody"')
    (row,) = decode(claim.format("caused").encode(), NOW).of(Claim)
    assert row.status is Status.UNPROVEN


@pytest.mark.parametrize("text", ["It led to queues", "Это вызвало очереди", "Бұл кезекке әкелді"])
def test_causal_words_are_found_in_each_language(text: str) -> None:
    assert causal_word(text)


@given(some.binary(max_size=200) | some.text(max_size=200).map(str.encode))
def test_any_bytes_are_rows_or_a_clear_refusal(data: bytes) -> None:
    with suppress(KuagerError):
        assert decode(data, NOW).rows


def test_forms_are_toml_once_they_are_filled_in() -> None:
    assert tomllib.loads(form("orders").replace('""', '"x"'))["orders"]
