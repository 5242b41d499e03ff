from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from kuager.publications import catalogues

languages = pytest.mark.parametrize("language", ["ru", "kk"])
_FIELD = re.compile(r"{(\w+)}")


def _fields(text: str) -> set[str]:
    return set(_FIELD.findall(text))


def _forms(entry: Message) -> list[str]:
    return list(entry.string) if isinstance(entry.string, tuple | list) else [entry.string or ""]


@languages
def test_every_message_is_translated_with_the_same_fields(language: str) -> None:
    catalogue = catalogues.read(language)
    wanted = catalogues.messages()
    assert len(wanted) > 200
    missing = []
    for message in wanted:
        source = message if isinstance(message, tuple) else (message,)
        entry = catalogue.get(source[0])
        forms = [] if entry is None else _forms(entry)
        if entry is None or not all(forms):
            missing.append(source[0])
            continue
        assert not entry.fuzzy, source[0]
        assert len(forms) == (catalogue.num_plurals if isinstance(message, tuple) else 1), source[0]
        for form in forms:
            assert _fields(form) == _fields(source[-1]), (source[0], form)
    assert not missing, "run python -m kuager.publications.catalogues and translate"


@languages
def test_catalogues_hold_what_the_merger_writes_and_nothing_that_is_gone(language: str) -> None:
    written = catalogues.path(language).read_bytes()
    assert written == catalogues.merged(language, catalogues.messages())
    assert "needs a native reader" in written.decode()[:200]
    assert b"POT-Creation-Date" not in written
