from __future__ import annotations

import hashlib
import re
import struct
import zlib
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import ConsoleMessage, Request, sync_playwright
from tests.publications.conftest import CUT, in_language, page_of, reading_of, site_of, write_site

from kuager.codecs import series_file
from kuager.publications.charts.png import painted
from kuager.publications.language import LANGUAGES
from kuager.publications.pictures import File, Sketch
from kuager.publications.records.files import csv_path, data_files, json_path
from kuager.publications.site import addresses
from kuager.publications.site.episode import render_episode
from kuager.publications.site.home import render_front, render_home
from kuager.publications.view import CaseView, EpisodeView

VOID = {"meta", "img", "source", "br", "hr", "input", "link", "col", "wbr"}
BUDGET = 60_000
CHROMIUM = Path("/usr/bin/chromium")
every_language = pytest.mark.parametrize("language", list(LANGUAGES))


class _Checker(HTMLParser):
    """Keeps the open elements, and what a page would ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def parsed(page: str) -> _Checker:
    checker = _Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


@every_language
def test_a_page_is_whole_asks_nothing_of_a_network_and_runs_nothing(simulated_view: EpisodeView, language: str) -> None:
    page = page_of(in_language(simulated_view, language))
    seen = parsed(page).seen
    tags = [tag for tag, _ in seen]
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    assert not {"iframe", "object", "svg", "form", "button"} & set(tags)
    sources = [attributes.get("src") for tag, attributes in seen if tag == "script"]
    assert sources == [None, "../../../static/zoom.js", None]
    assert {attributes["rel"] for tag, attributes in seen if tag == "link"} == {"alternate"}
    for tag, attributes in seen:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "srcset"):
            assert re.fullmatch(r"[a-z0-9-]+\.png|\.\./\.\./\.\./static/zoom\.js", attributes.get(name) or "a.png"), tag
    assert seen[0][1]["lang"] == language
    assert len(page.encode()) < BUDGET


def test_the_policy_allows_this_style_and_nothing_else(simulated_view: EpisodeView) -> None:
    page = render_episode(simulated_view)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert style is not None
    assert policy is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1] == (
        f"default-src 'none'; img-src 'self' data:; style-src 'self' 'sha256-{digest}'; script-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_says_all_that_it_must(simulated_view: EpisodeView) -> None:
    page = page_of(simulated_view).replace("\u00a0", " ")
    for words in (
        "simulated signals",
        "What we do not know",
        "16:30 Almaty",
        "± 3 min",
        "disagrees",
        "CC0-1.0",
        "sha256sum evidence/objects/sha256/ab/" + "ab" * 32,
        "Mobile &lt;internet&gt; is off &amp; gone.",
        'href="../../../ru/episode/kz-2022-01-05-a/index.html"',
        "In doubt: The hour.",
    ):
        assert words in page, words
    links = ["chart.png", "chart.svg", *(f"../../../{path}" for path in data_files(simulated_view))]
    assert len(links) == 4
    for link in links:
        assert f'href="{link}"' in page
    assert "native speaker" not in page


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_unreviewed_translations_say_so(simulated_view: EpisodeView, language: str) -> None:
    page = render_episode(in_language(simulated_view, language))
    assert {"ru": "не проверен носителем", "kk": "тіл иесі әлі тексерген жоқ"}[language] in page


def test_a_measured_page_does_not_call_itself_simulated(ongoing_view: EpisodeView) -> None:
    page = render_episode(ongoing_view)
    assert "simulated signals" not in page
    assert "Going on when the data end" in page
    assert "still going on" in page


def test_an_empty_licence_is_not_passed_over(ongoing_view: EpisodeView) -> None:
    measured = tuple(msgspec.structs.replace(one, signal="ioda.bgp") for one in ongoing_view.episode.signals)
    episode = msgspec.structs.replace(ongoing_view.episode, signals=measured)
    assert "no licence stated" in render_episode(replace(ongoing_view, episode=episode))


def test_the_same_view_gives_the_same_bytes(simulated_view: EpisodeView) -> None:
    assert render_episode(simulated_view) == render_episode(simulated_view)
    assert site_of(simulated_view) == site_of(simulated_view)
    assert data_files(simulated_view) == data_files(simulated_view)


def picture(file: File) -> bytes:
    assert isinstance(file, Sketch)
    return painted(file)


def test_files_beside_the_page_hold_everything_and_the_notice(simulated_view: EpisodeView) -> None:
    data, drawn = data_files(simulated_view), site_of(simulated_view)
    record = msgspec.json.decode(data[json_path(simulated_view.episode.id)])
    assert record["notice"] == "simulated signals"
    assert record["id"] == simulated_view.episode.id
    decoded = series_file.decode(data[csv_path(simulated_view.episode.id)]).series
    assert {one.key[:3] for one in decoded} == {trace.series.key[:3] for trace in simulated_view.traces}
    folder = "en/episode/kz-2022-01-05-a"
    assert b"simulated signals" in picture(drawn[f"{folder}/chart.svg"])
    assert picture(drawn[f"{folder}/chart.png"]).startswith(b"\x89PNG")


def test_the_index_lists_episodes_and_says_what_none_does_not_mean(simulated_view: EpisodeView) -> None:
    about = simulated_view.about
    listed = render_home(CaseView(about, (simulated_view,)))
    parsed(listed)
    assert 'href="episode/kz-2022-01-05-a/index.html"' in listed
    assert "simulated signals" in listed
    quiet = msgspec.structs.replace(reading_of("ioda.bgp", 0.97), coverage=0.0)
    none = render_home(CaseView(about, (), (quiet, reading_of("ioda.ping-slash24", 0.98))))
    parsed(none)
    assert "No episode was found" in none
    assert "That does not mean that nothing happened" in none
    assert "It gave no values: it says nothing of this time." in none
    assert "values for 100\u00a0% of the time" in none
    assert "Nothing was measured at all" in render_home(CaseView(about, ()))


def test_values_that_were_set_aside_are_not_called_missing(simulated_view: EpisodeView) -> None:
    half = msgspec.structs.replace(reading_of("ioda.bgp", 0.97), coverage=0.4, set_aside=0.55)
    none = msgspec.structs.replace(reading_of("ioda.gtr", 0.97), coverage=0.0, set_aside=0.75)
    page = render_home(CaseView(simulated_view.about, (), (half, none))).replace("\u00a0", " ")
    assert "For 5 % of the time it has no values. For 55 % its values were set aside" in page
    assert "as when a sensor or a source fails. In the rest, 40 %, is no fall" in page
    assert "for 25 % of it there are no values, and for 75 % they were set aside" in page
    assert "It gave no values" not in page
    bgp, *others = simulated_view.episode.signals
    partly = msgspec.structs.replace(bgp, coverage=0.4, set_aside=0.55)
    episode = msgspec.structs.replace(simulated_view.episode, signals=(partly, *others))
    assert "40 %; 55 % set aside" in render_episode(replace(simulated_view, episode=episode)).replace("\u00a0", " ")


def test_a_page_gives_one_number_for_the_lowest_value_rounded_down(simulated_view: EpisodeView) -> None:
    bgp, *others = simulated_view.episode.signals
    for lowest, told in ((0.8669, "86 %"), (0.0349, "3.4 %"), (0.57, "57 %")):
        fell = msgspec.structs.replace(bgp, start=CUT, end=CUT + timedelta(hours=15), depth=0.1, lowest=lowest)
        episode = msgspec.structs.replace(simulated_view.episode, signals=(fell, *others))
        page = render_episode(replace(simulated_view, episode=episode)).replace("\u00a0", " ")
        assert f"never fell below {told}" in page
        assert f"as little as {told}" in page
        assert f"<div>{told}</div>" in page


def test_a_level_claims_nothing_of_the_world_that_the_case_does_not_hold(simulated_view: EpisodeView) -> None:
    page = render_episode(simulated_view)
    assert "this case holds no document in which anyone responsible acknowledges it" in page
    assert "nobody responsible" not in page


@pytest.mark.skipif(not CHROMIUM.exists(), reason="CHROMIUM ABSENT: apt-get install chromium")
def test_the_chart_is_dark_where_the_page_is(simulated_view: EpisodeView, tmp_path: Path) -> None:
    write_site(tmp_path, simulated_view)
    file = tmp_path / addresses.episode("en", simulated_view.episode.id)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        corners = {}
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
            page.goto(file.as_uri())
            corner = page.locator(".chart").first.bounding_box()
            assert corner is not None
            page.locator(".chart").first.scroll_into_view_if_needed()
            corners[scheme] = _first_pixel(page.locator(".chart").first.screenshot())
            page.close()
        browser.close()
    assert min(corners["light"]) > 240
    assert max(corners["dark"]) < 50


def test_the_front_page_leads_to_every_language() -> None:
    page = render_front(("en", "kk"), simulated=False)
    parsed(page)
    assert "simulated signals" not in page
    assert "simulated signals" in render_front(("en", "kk"), simulated=True)
    assert 'href="en/index.html"' in page
    assert 'href="kk/index.html"' in page


def _first_pixel(png: bytes) -> bytes:
    """Red, green and blue of the fourth pixel of the first row, which no filter of PNG can have changed but by sums."""
    width, depth, colour = struct.unpack(">IxxxxBB", png[16:26])
    assert (depth, width > 4) == (8, True)
    chunks, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    channels = {2: 3, 6: 4}[colour]
    row = zlib.decompress(chunks)[: 1 + width * channels]
    pixels = row[1:]
    if row[0] in (1, 4):  # the first row has nothing above it: each byte is what it adds to the pixel on its left
        return bytes(sum(pixels[channel : 4 * channels : channels]) % 256 for channel in range(3))
    assert row[0] in (0, 2)
    return pixels[3 * channels : 3 * channels + 3]


def _note_url(kept: list[str], request: Request) -> None:
    kept.append(request.url)


def _note_text(kept: list[str], said: ConsoleMessage) -> None:
    kept.append(said.text)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="CHROMIUM ABSENT: apt-get install chromium")
def test_nothing_is_wider_than_a_small_phone(simulated_view: EpisodeView, tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for language in LANGUAGES:
            write_site(tmp_path, in_language(simulated_view, language))
            file = tmp_path / addresses.episode(language, simulated_view.episode.id)
            page = browser.new_page(viewport={"width": 320, "height": 640})
            asked: list[str] = []
            page.on("request", partial(_note_url, asked))
            refused: list[str] = []
            page.on("console", partial(_note_text, refused))
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == 320
            assert page.evaluate("document.querySelector('.chart').naturalWidth") > 0
            assert not [url for url in asked if url.startswith("http")]
            assert refused == []
            page.close()
        browser.close()
