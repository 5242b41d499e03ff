"""Court packs for tests: made once, and read as a person with a browser would read them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from lxml import html

from kuager.case.anchors import Anchors
from kuager.case.court_pack import Asked, Packed, court_pack
from kuager.case.folder import Case, open_case

PROGRAM = (sys.executable, "-m", "kuager")


def pack_of(case: Case, into: Path, asked: Asked) -> Packed:
    """A pack, without anybody who vouches for the time."""
    return court_pack(open_case(case.path), asked, into, Anchors())


def page_of(pack: Path) -> html.HtmlElement:
    """Its page."""
    return html.fromstring((pack / "pack.html").read_bytes())


def without_exhibits(page: html.HtmlElement) -> list[str]:
    """Sentences, rows and facts of a page that lead to no exhibit, but for words that say how to read and forms."""
    told = page.xpath(
        "//main//p[not(contains(@class, 'words'))] | //main//tbody/tr[not(@id)]"
        " | //main//li[not(ancestor::ol[@class='form'])]"
        " | //header//dd | //header//p[contains(@class, 'lead')]"
    )
    assert told
    return [" ".join(one.text_content().split()) for one in told if not one.xpath(".//a[starts-with(@href, '#E')]")]


def on_a_clean_machine(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A command with an empty home, no keys, no settings, and nothing else of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return subprocess.run(
        [*map(str, words)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "200", "LANG": "C.UTF-8", **kept},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
