"""Two cases as they are published, and one Chromium in which to look at them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from kuager.case.adding import add_file
from kuager.case.demonstration import build_founding_case
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.model.time import parse_utc

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def founding(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The founding case, published in every language."""
    case = build_founding_case(tmp_path_factory.mktemp("published") / "kz")
    detect_case(case)
    publish_case(case)
    return case


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Case:
    """A case of real signals, published in every language."""
    settings = Settings("", ("IR",), parse_utc("2025-12-01"), parse_utc("2026-01-29", end_of_day=True))
    case = new_case(tmp_path_factory.mktemp("published") / "ir", settings)
    add_file(case, iran_export, "ioda-export", None)
    detect_case(case)
    publish_case(case)
    return case


@pytest.fixture(scope="session", params=["founding", "measured"])
def public(request: pytest.FixtureRequest) -> Path:
    """What is published of each of the two cases."""
    case: Case = request.getfixturevalue(request.param)
    return case.public


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a file; it must be gone when another file of the same process opens its own."""
    if not CHROMIUM.exists():
        pytest.skip("CHROMIUM ABSENT: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages are kept for people to look at: ``KUAGER_SCREENSHOTS``, or a folder that goes again."""
    named = os.environ.get("KUAGER_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
