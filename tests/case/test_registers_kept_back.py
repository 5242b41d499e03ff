"""What must not leave a case does not by its registers either: every byte that is published is searched for it."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfReader
from tests.case.kazakh_measurements import PROBE
from tests.case.registers_added import add_file_to, add_rows_to
from tests.case.secret_case import NAMES_OF_SECRETS, NETWORK, REGION, with_rules
from tests.case.two_signals import BACK, CUT, END, measurements, series, small_case

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, open_case
from kuager.case.publication_settings import Publication
from kuager.case.publishing import publish_case
from kuager.cli.publishing import publish
from kuager.publications.safety.rules import Rules

NOW = END - timedelta(days=2)
DELAY = timedelta(hours=48)
LATE = "2022-01-17"
"""The day with which begins what may not be told yet."""
DECOMPOSED = unicodedata.normalize("NFD", "Қостанай")
TOLD = {
    "kind": "notice",
    "by": "Somebody",
    "published": "2022-01-12",
    "seen": "2022-01-13",
    "source_class": ["company"],
}
HARM = {"field": "banking", "at": "2022-01-12"}
CHALLENGE = {"kind": "complaint", "by": "S", "against": "it", "filed": "2022-01-13"}
SAID = {"kind": "answer", "at": "2022-01-12", "admits": True}
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "en": ("harms", {**HARM, "text": {"en": "Banks of Kostanay closed."}}),
    "ru": ("harms", {**HARM, "text": {"en": "Banks closed.", "ru": "Банки в Костанае закрылись."}}),
    "kk": ("harms", {**HARM, "text": {"kk": "Қостанайда банктер жабылды."}}),
    "doubt": ("harms", {**HARM, "doubt": {"ru": "Говорят о Костанае."}}),
    "place": ("harms", {**HARM, "places": ["kz-kus"]}),
    "decomposed": ("harms", {**HARM, "text": {"kk": f"{DECOMPOSED}да банктер жабылды."}}),
    "hyphened": ("harms", {**HARM, "text": {"ru": "Банки в Коста\u00adнае закрылись."}}),
    "link": ("orders", {"state": "issued", "begins": "2022-01-12", "urls": [f"https://example.org/{quote('Костанай')}"]}),
    "paragraph": ("laws", {"law": "l", "since": "2004", "provisions": [{"number": "1", "says": {"en": "Kostanay."}}]}),
    "party": ("coordination", {"at": "2022-01-12", "parties": ["Akimat of Kostanay"]}),
    "operator": ("statements", {**SAID, "operator": "kcell"}),
    "network": ("statements", {**SAID, "text": {"en": "The network ASN 29355 was off."}}),
    "name": ("judgements", {"check": "P05", "subject": "kcell", "answer": "no", "role": "lawyer", "on": "2022-01-14"}),
    "owner": ("ownership", {"owned": "kcell", "owner": "Somebody", "since": "2018"}),
    "of": ("documents", {**TOLD, "operators": ["kcell"]}),
    "late": ("statements", {**SAID, "who": "The ministry", "at": LATE}),
    "first-minute": ("harms", {**HARM, "at": f"{LATE}T00:00:00Z"}),
    "issued": ("orders", {"state": "issued", "issued": LATE}),
    "ended": ("harms", {**HARM, "until": LATE}),
    "decided": ("challenges", {**CHALLENGE, "decided": LATE}),
    "undated": ("documents", {**TOLD, "published": "unknown", "seen": LATE}),
    "of-late": ("claims", {"topic": "t", "by": "S", "at": "unknown", "of": LATE}),
}  # fmt: skip
"""What must be kept back, each by the reason; its text or its by-line has a word of its own."""
SHOWN: dict[str, tuple[str, dict[str, object]]] = {
    "shown": ("harms", {**HARM, "places": ["KZ-75"]}),
    "seen-later": ("documents", {**TOLD, "seen": LATE}),
    "announced": ("orders", {"state": "issued", "begins": "2022-01-12", "ends": LATE}),
    "unread": ("statements", {**SAID, "operator": "beeline-kz"}),
}


TOO_LATE_THEN = {"late", "first-minute", "issued", "ended", "decided", "undated", "of-late"}
"""What the delay kept back when the case was published, and what a dry run of today would tell."""


def word_of(name: str) -> str:
    """A word that stands nowhere but in that row."""
    return f"zebra{name.replace('-', '')}zebra"


def rows() -> str:
    tables: dict[str, list[dict[str, object]]] = {}
    for name, (register, said) in {**ROWS, **SHOWN}.items():
        text = {"en": "A row.", **said.get("text", {})}  # type: ignore[dict-item]
        row = {
            "id": f"id-{word_of(name)}",
            "sources": ["notice"],
            "private": f"private{word_of(name)}",
            **said,
            "text": {language: f"{words} {word_of(name)}" for language, words in text.items()},
        }
        tables.setdefault(register, []).append(row)
    return json.dumps(tables)


@pytest.fixture(scope="module")
def kept_back(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case with all of them in it, published by rules that keep them back; nobody may write to it."""
    folder = tmp_path_factory.mktemp("kept-back")
    case = small_case(folder / "kz", ("en", "ru", "kk"))
    add_bytes(case, series((CUT, BACK)), "a.csv", "series", None)
    add_bytes(open_case(case.path), measurements(), f"{PROBE}.jsonl", "ooni", None)
    add_file_to(case, folder, "notice.html", b"<html>Words of the notice</html>", private="privatezebra")
    add_rows_to(case, rows())
    detect_case(open_case(case.path))
    rules = Rules(withheld=frozenset({REGION, NETWORK}), delay_hours=int(DELAY.total_seconds() // 3600))
    case = with_rules(case, Publication(rules=rules))
    publish_case(case, now=NOW)
    return case


def every_text(folder: Path) -> Iterator[tuple[str, str]]:
    """Every path and all bytes of every file as text, also those inside of packed files and of papers."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, data = path.relative_to(folder).as_posix(), path.read_bytes()
            yield name, name
            yield from texts_of(name, data)


def texts_of(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    yield name, data.decode("utf-8", "replace")
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for inside in packed.namelist():
                yield from texts_of(f"{name}/{inside}", packed.read(inside))
    if data.startswith(b"%PDF"):
        reader = PdfReader(BytesIO(data))
        yield name, f"{reader.metadata} {' '.join(page.extract_text() for page in reader.pages)}"


def where(found: list[tuple[str, str]], word: str) -> list[str]:
    return sorted({path for path, text in found if word in text})


@pytest.fixture(scope="module")
def texts(kept_back: Case) -> list[tuple[str, str]]:
    return list(every_text(kept_back.public))


@pytest.mark.parametrize("name", SHOWN)
def test_a_row_that_may_be_told_is_told(texts: list[tuple[str, str]], name: str) -> None:
    assert where(texts, word_of(name))


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_may_not_be_told_stands_in_no_byte(texts: list[tuple[str, str]], name: str) -> None:
    assert where(texts, word_of(name)) == []


def test_nothing_private_no_withheld_place_and_no_volunteer_stands_in_any_byte(texts: list[tuple[str, str]]) -> None:
    assert where(texts, "privatezebra") == []
    assert where(texts, "Words of the notice") == []
    assert where(texts, PROBE) == []
    assert where(texts, DECOMPOSED) == []
    assert where(texts, quote("Костанай")) == []
    for name in ("region's code", "region's name", "network"):
        pattern = NAMES_OF_SECRETS[name]
        assert sorted({path for path, text in texts if not path.endswith(".png") and pattern.search(text)}) == [], name


def test_a_dry_run_tells_none_of_it_either(kept_back: Case, capsys: pytest.CaptureFixture[str]) -> None:
    for as_json in (True, False):
        publish(kept_back.path, dry_run=True, as_json=as_json)
        told = "".join(capsys.readouterr())
        assert [name for name in ROWS if name not in TOO_LATE_THEN and word_of(name) in told] == []
        assert "privatezebra" not in told
        assert PROBE not in told
        assert not any(secret.search(told) for secret in NAMES_OF_SECRETS.values())
