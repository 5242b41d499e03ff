"""Reports for four kinds of readers: what stands in each, as print, PDF, short text and text message."""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from tests.publications.conftest import in_language

import kuager.publications
from kuager.errors import KuagerError, UsageError
from kuager.publications.charts.figures import overview
from kuager.publications.charts.png import painted
from kuager.publications.language import LANGUAGES
from kuager.publications.pictures import Printout
from kuager.publications.report import pdf
from kuager.publications.report.files import printout, report_files
from kuager.publications.report.presets import PRESETS, preset
from kuager.publications.report.summary import MOST_BYTES, fits, text_message, text_summary
from kuager.publications.view import CaseView, EpisodeView

every_view = pytest.mark.parametrize("kind", ["simulated", "ongoing"])


@pytest.fixture
def view(kind: str, simulated_view: EpisodeView, ongoing_view: EpisodeView) -> EpisodeView:
    return simulated_view if kind == "simulated" else ongoing_view


def pdf_of(view: EpisodeView, name: str) -> PdfReader:
    sheet = printout(view, preset(name))
    (path,) = sheet.pictures
    picture = painted(overview(view, path.rpartition("/")[0]).sketches[path])
    return PdfReader(BytesIO(pdf.pdf_of(sheet.html, {"chart.png": picture})))


@every_view
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_shortest_forms_keep_their_limits(view: EpisodeView, language: str) -> None:
    told = in_language(view, language)
    text, sms = text_summary(told), text_message(told)
    assert len(text.encode()) <= MOST_BYTES
    assert fits(sms), sms
    assert told.episode.id in text
    assert "05.01 10:30" in sms
    assert ("simulated" in sms) == (told.episode.simulated and language == "en")


def test_a_text_message_says_that_it_is_not_over(ongoing_view: EpisodeView) -> None:
    assert text_message(ongoing_view).startswith("Kazakhstan: no internet, 05.01 10:30-? UTC")


def test_letters_beyond_the_basic_alphabet_leave_room_for_seventy() -> None:
    assert fits("a" * 160)
    assert not fits("a" * 161)
    assert fits("ә" * 70)
    assert not fits("ә" * 71)


@pytest.mark.parametrize("kind", [one.name for one in PRESETS])
def test_a_report_is_whole_says_what_is_simulated_and_runs_nothing(simulated_view: EpisodeView, kind: str) -> None:
    html = printout(simulated_view, preset(kind)).html
    assert html.count("<h1>") == 1
    assert "simulated signals" in html
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert "version 1, known since" in html


def test_each_reader_gets_what_it_needs(simulated_view: EpisodeView) -> None:
    html = {one.name: printout(simulated_view, one).html for one in PRESETS}
    assert "How to cite" in html["journalist"]
    assert "ab" * 32 not in html["journalist"]
    assert "ab" * 32 in html["court"]
    assert "What documents say" in html["court"]
    assert "Cannot see:" in html["engineer"]
    assert "What documents say" in html["regulator"]


def test_every_report_of_a_case_is_listed(simulated_view: EpisodeView) -> None:
    files = report_files({"en": CaseView(simulated_view.about, (simulated_view,))}, pdfs=True)
    page = files["en/report/index.html"]
    assert isinstance(page, bytes)
    links = set(re.findall(r'href="(kz-[^"]+)"', page.decode()))
    assert links == {path.removeprefix("en/report/") for path in files if path != "en/report/index.html"}
    assert isinstance(files["en/report/kz-2022-01-05-a/journalist.pdf"], Printout)


@pytest.mark.skipif(not pdf.available(), reason="PANGO ABSENT: apt-get install libpango-1.0-0 libpangoft2-1.0-0")
@pytest.mark.parametrize(
    ("name", "language", "most"), [("journalist", "kk", 2), ("court", "ru", 8), ("engineer", "en", 8)]
)
def test_a_pdf_is_short_tagged_and_holds_its_fonts(
    simulated_view: EpisodeView, name: str, language: str, most: int
) -> None:
    made = pdf_of(in_language(simulated_view, language), name)
    assert len(made.pages) <= most
    trailer: Any = made.trailer
    root = trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]) == language
    assert made.metadata is not None
    assert made.metadata.title
    fonts = {str(font.get_object()["/BaseFont"]) for page in made.pages for font in _resources(page)["/Font"].values()}
    assert any("Noto" in font for font in fonts)
    text = "".join(page.extract_text() for page in made.pages)
    if language == "kk":
        assert set("әғқңөұүі") <= set(text.lower())


def _resources(page: Any) -> Any:
    return page["/Resources"]


@pytest.mark.skipif(not pdf.available(), reason="PANGO ABSENT: apt-get install libpango-1.0-0 libpangoft2-1.0-0")
def test_a_pdf_asks_nobody_for_anything() -> None:
    weasyprint = pytest.importorskip("weasyprint")
    with pytest.raises(weasyprint.urls.FatalURLFetchingError):
        pdf.pdf_of('<!DOCTYPE html><html lang="en"><title>x</title><img src="http://127.0.0.1:9/a.png" alt="">', {})


def test_without_its_maker_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert not pdf.available()
    with pytest.raises(KuagerError, match="No PDF can be made") as told:
        pdf.pdf_of("", {})
    assert "kuager[pdf]" in told.value.diagnostics().remedy


def test_a_preset_that_is_none_is_told() -> None:
    with pytest.raises(UsageError, match="There is no report for “poet”"):
        preset("poet")


def test_the_fonts_are_those_that_were_recorded() -> None:
    for folder in ("static/fonts", "static/vendor/uplot-1.6.32", "maps/data"):
        place = Path(kuager.publications.__file__).parent / folder
        vendor = tomllib.loads((place / "VENDOR.toml").read_text("utf-8"))
        known = vendor.get("sha256", {})
        assert known
        for name, digest in known.items():
            assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest, name
