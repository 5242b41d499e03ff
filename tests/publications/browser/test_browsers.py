"""Every page in a real browser: without scripts, on a small phone, in the dark, on paper, and read by a machine for
people who do not see.

**What is sampled.** Without scripts at 320 px: every page. With axe and on paper: the first page of each kind in each
language, of the case of real signals in English alone. Colours are one for all languages: axe looks at them in English,
in light and in the dark; at all else in every language, in light, for nothing else changes in the dark.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Request
from playwright.sync_api import Page as Tab
from pypdf import PdfReader
from tests.publications.browser.published import kind, one_of_each, packed

from kuager.case.folder import Case
from kuager.publications.charts.palette import LIGHT
from kuager.publications.language import LANGUAGES
from kuager.publications.site.rendering import templates

pytestmark = pytest.mark.slow

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""
PICTURE: dict[str, Any] = {"full_page": True, "type": "jpeg", "quality": 70}
PICTURES_BUDGET = 300_000
SHEETS = 14
COLUMN = 718
"""Pixels of a sheet of A4 between margins of one centimetre."""

LEFT = "net::ERR_ABORTED"
"""A picture was still loading when the browser went on to another page."""

MISSING_PICTURES = """() => [...document.images].some(
    one => !(one.complete && one.naturalWidth) && !(one.loading === 'lazy' && one.closest('details:not([open])'))
)"""
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(
    one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).overflowX !== 'visible'
).map(one => one.outerHTML.slice(0, 80))"""
ELSEWHERE = "https://elsewhere.example/picture.png"
FORBIDDEN = """elsewhere => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    const picture = document.createElement('img');
    picture.src = elsewhere;
    const button = document.createElement('button');
    button.setAttribute('onclick', 'window.ran = true');
    document.body.append(script, picture, button);
    button.click();
    return window.ran === true;
}"""


@dataclass
class Seen:
    """What a browser asked for, and what it complained of."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("console", lambda message: self.said.append(message.text))
        context.on("weberror", lambda error: self.said.append(str(error.error)))

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.said.append(f"{request.failure}: {request.url}")

    @property
    def outside(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "data:"))]


@contextmanager
def tab(chromium: Browser, seen: Seen, width: int, **settings: Any) -> Iterator[Tab]:
    """A window of a browser that knows nothing of others."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, offline=True, **settings)
    seen.listen(context)
    yield context.new_page()
    context.close()


def sampled(public: Path) -> list[tuple[str, Path]]:
    """The first page of each kind with a name for its picture: in each language, of the case of real signals in one."""
    name = public.parent.name
    languages = ("en",) if name == "ir" else LANGUAGES
    return [
        (f"{name}-{language}-{one.replace(' ', '-')}", file)
        for language in languages
        for one, file in one_of_each(public, language).items()
    ]


def resting(front: Path, folder: Path) -> Path:
    """The front page, but it stays where it is in place of leading on."""
    whole = front.read_text("utf-8")
    lines = [line for line in whole.splitlines() if 'http-equiv="refresh"' not in line]
    assert len(lines) == len(whole.splitlines()) - 1
    file = folder / "index.html"
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_every_page_shows_all_of_itself_on_a_small_phone_without_scripts(
    chromium: Browser, public: Path, screenshots: Path, tmp_path: Path
) -> None:
    seen, wrong = Seen(), []
    pictures = {file: name for name, file in sampled(public)}
    front = public / "index.html"
    with tab(chromium, seen, 320, java_script_enabled=False) as page:
        for file in sorted(public.rglob("*.html")):
            page.goto((resting(file, tmp_path) if file == front else file).as_uri())
            path = file.relative_to(public).as_posix()
            if (width := page.evaluate("document.documentElement.scrollWidth")) != 320:
                wrong.append(f"{path} is {width} wide")
            if page.evaluate(MISSING_PICTURES):
                wrong.append(f"{path} lacks a picture")
            if len(page.inner_text("main")) < (20 if file == front else 200):
                wrong.append(f"{path} is empty")
            if file in pictures:
                page.screenshot(path=screenshots / f"{pictures[file]}-320.jpg", **PICTURE)
    assert wrong == []
    assert seen.said == []
    assert seen.outside == []


def test_nobody_is_shut_out_in_light_or_dark(
    chromium: Browser, public: Path, screenshots: Path, tmp_path: Path
) -> None:
    axe, seen, wrong = Axe(), Seen(), {}
    with tab(chromium, seen, 1280, color_scheme="light") as page:
        for name, file in [
            (f"{public.parent.name}-en-front", resting(public / "index.html", tmp_path)),
            *sampled(public),
        ]:
            page.goto(file.as_uri())
            english = "-en-" in name
            found = _violations(axe, page) if english else _violations(axe, page, without=COLOURS)
            page.screenshot(path=screenshots / f"{name}-1280-light.jpg", **PICTURE)
            if english:
                page.emulate_media(color_scheme="dark")
                found += _violations(axe, page, only=COLOURS)
                page.screenshot(path=screenshots / f"{name}-1280-dark.jpg", **PICTURE)
                page.emulate_media(color_scheme="light")
            if found:
                wrong[name] = found
    assert wrong == {}
    assert seen.said == []
    assert seen.outside == []


def test_a_page_that_shuts_people_out_is_found(chromium: Browser, founding: Case, tmp_path: Path) -> None:
    whole = next(iter((founding.public / "en/episode").rglob("*.html"))).read_text("utf-8")
    bad = tmp_path / "bad.html"
    bad.write_text(
        whole.replace(' lang="en"', "", 1).replace(' alt="', ' title="').replace("--ink:#1a1a1a", "--ink:#ddd")
    )
    without_policy = bad.read_text().replace("style-src 'self' 'sha256-", "style-src 'unsafe-inline'; x-was 'sha256-")
    bad.write_text(without_policy)
    with tab(chromium, Seen(), 1280) as page:
        page.goto(bad.as_uri())
        found = {line.partition(":")[0] for line in _violations(Axe(), page)}
    assert found >= {"html-has-lang", "color-contrast"}


def test_the_policy_of_every_kind_of_page_holds(chromium: Browser, public: Path, tmp_path: Path) -> None:
    seen = Seen()
    with tab(chromium, seen, 1280) as page:
        for file in (resting(public / "index.html", tmp_path), *one_of_each(public, "en").values()):
            seen.said.clear()
            page.goto(file.as_uri())
            assert page.evaluate(FORBIDDEN, ELSEWHERE) is False, file
            assert f"csp: {ELSEWHERE}" in seen.said, file
            for inline in ("inline script", "inline event handler"):
                assert any(inline in line and "blocked" in line for line in seen.said), (file, inline)


def test_on_paper_nothing_is_cut_off_and_an_episode_is_short(chromium: Browser, public: Path) -> None:
    wrong = {}
    with tab(chromium, Seen(), COLUMN) as page:
        page.emulate_media(media="print")
        for name, file in sampled(public):
            page.goto(file.as_uri())
            width = page.evaluate("document.documentElement.scrollWidth")
            cut = page.evaluate(CUT_OFF)
            if width != COLUMN or cut:
                wrong[name] = (width, cut)
            if kind(file.relative_to(public).as_posix()) == "episode":
                printed = page.pdf(format="A4", margin={"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"})
                sheets = len(PdfReader(io.BytesIO(printed)).pages)
                if not 2 <= sheets <= SHEETS:
                    wrong[name] = (sheets, [])
    assert wrong == {}


def test_an_episode_with_the_pictures_that_are_shown_is_light(chromium: Browser, public: Path) -> None:
    for language in LANGUAGES:
        for scheme in ("light", "dark"):
            seen = Seen()
            with tab(chromium, seen, 1280, color_scheme=scheme) as page:
                page.goto(one_of_each(public, language)["episode"].as_uri())
                page.wait_for_load_state("load")
            files = {Path(unquote(urlsplit(url).path)) for url in seen.asked}
            assert any(file.suffix == ".png" for file in files)
            assert sum(packed(file) for file in files) <= PICTURES_BUDGET


def test_a_chart_is_zoomed_by_hand_from_a_disk_with_mouse_and_keys(chromium: Browser, founding: Case) -> None:
    page = next((founding.public / "kk" / "episode").glob("*/index.html"))
    tab = chromium.new_page(viewport={"width": 1000, "height": 800}, color_scheme="dark")
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda one: said.append(one.text))
    tab.on("pageerror", lambda one: said.append(str(one)))
    tab.goto(page.as_uri())
    assert not [url for url in asked if "uplot" in url]  # nothing heavy before it is asked for
    tab.get_by_role("button", name="Қолмен масштабтау").click()
    tab.wait_for_selector(".zoomed canvas")
    whole = tab.locator(".zoomed canvas").first.screenshot()
    for _ in range(3):
        tab.keyboard.press("+")
    closer = tab.locator(".zoomed canvas").first.screenshot()
    assert closer != whole
    tab.get_by_role("button", name="кейінірек").click()
    assert tab.locator(".zoomed canvas").first.screenshot() != closer
    tab.locator(".zoomed").focus()
    tab.keyboard.press("0")
    assert tab.locator(".zoomed canvas").count() == 5
    assert said == []
    assert all(url.startswith("file:") for url in asked)
    tab.close()


@pytest.mark.skipif(shutil.which("firefox-esr") is None, reason="FIREFOX ABSENT: apt-get install firefox-esr")
def test_a_browser_without_scripts_and_without_vector_graphics_shows_the_chart(
    founding: Case, screenshots: Path, tmp_path: Path
) -> None:
    profile, picture = tmp_path / "profile", screenshots / "kz-en-episode-safest.png"
    profile.mkdir()
    switched_off = ("javascript.enabled", "svg.disabled", "datareporting.policy.dataSubmissionEnabled")
    settings = [f'user_pref("{name}", {str(name == "svg.disabled").lower()});\n' for name in switched_off]
    (profile / "user.js").write_text("".join(settings))
    page = one_of_each(founding.public, "en")["episode"]
    subprocess.run(
        [
            *("firefox-esr", "--headless", "--no-remote", "--profile", str(profile)),
            *("--window-size", "1280", "--screenshot", str(picture), page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=90,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    style = templates().get_template("page.css").render()
    lines = [colour for colour in sorted(set(LIGHT.lines.values())) if colour not in style]
    with Image.open(picture) as shown, Image.open(page.with_name("chart.png")) as chart:
        assert shown.width == 1280
        there, drawn = _shares(shown, lines), _shares(chart, lines)
    assert sum(drawn.values()) > 1_000
    for colour, count in drawn.items():
        if count > 200:
            assert there[colour] > count / 4, colour


def _shares(picture: Image.Image, colours: list[str]) -> dict[str, int]:
    """How many pixels have a colour, or nearly."""
    wanted = {colour: tuple(bytes.fromhex(colour[1:])) for colour in colours}
    found = dict.fromkeys(colours, 0)
    counted = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    assert counted is not None
    for count, seen in counted:
        assert isinstance(seen, tuple)
        for colour, there in wanted.items():
            if max(abs(one - other) for one, other in zip(seen, there, strict=True)) <= 24:
                found[colour] += count
    return found


def _violations(axe: Axe, page: Tab, *, only: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds by its rules, or some of them, each with the first element in which it was found."""
    options: dict[str, object] = {
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    if only:
        options["runOnly"] = list(only)
    found = axe.run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]} ({len(one['nodes'])})" for one in found]
