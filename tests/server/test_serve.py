"""The server on a real socket: right types and headers, nothing outside of what is published, this machine only."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kuager.case.folder import new_case
from kuager.case.settings import Settings
from kuager.model.time import parse_utc

PAGE = "<!DOCTYPE html><title>Page</title>" + "<p>words</p>" * 200
FILES = {
    "index.html": PAGE,
    "en/index.html": PAGE,
    "feeds/en/episodes.atom": "<feed/>",
    "feeds/en/episodes.json": "{}",
    "feeds/en/episodes.ics": "BEGIN:VCALENDAR",
    "feeds/status.json": "{}",
    "feeds/cap/a-v1.xml": "<alert/>",
    "data/a/episode.json": "{}",
    "data/blocking.csv": "a,b",
    "MANIFEST.sha256": "",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = new_case(
        tmp_path_factory.mktemp("served") / "kz",
        Settings("", ("KZ",), parse_utc("2022-01-01"), parse_utc("2022-01-02")),
    )
    for path, text in FILES.items():
        (case.public / path).parent.mkdir(parents=True, exist_ok=True)
        (case.public / path).write_text(text)
    (case.public / "stolen").symlink_to(case.path / "case.toml")
    return case.path


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "kuager", "serve", str(folder), *words]


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with subprocess.Popen(command(folder, "--port", "0"), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.send_signal(signal.SIGINT)
        assert server.wait(20) in (0, 130)


def test_files_have_their_types_and_a_page_may_do_nothing_more(address: str) -> None:
    for path, kind in (
        ("", "text/html; charset=utf-8"),
        ("en/", "text/html; charset=utf-8"),
        ("feeds/en/episodes.atom", "application/atom+xml"),
        ("feeds/en/episodes.json", "application/feed+json"),
        ("feeds/en/episodes.ics", "text/calendar; charset=utf-8"),
        ("feeds/status.json", "application/json"),
        ("feeds/cap/a-v1.xml", "application/cap+xml"),
        ("data/a/episode.json", "application/json"),
        ("data/blocking.csv", "text/csv; charset=utf-8"),
    ):
        answer = httpx.get(address + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "geolocation=()" in answer.headers["permissions-policy"]
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers


def test_what_did_not_change_is_not_sent_again_and_long_texts_are_packed(address: str) -> None:
    first = httpx.get(f"{address}en/index.html")
    assert first.headers["content-encoding"] == "gzip"
    assert first.text == PAGE
    again = httpx.get(f"{address}en/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert httpx.head(f"{address}en/index.html").status_code == 200


def test_a_folder_without_its_slash_leads_to_the_page_so_that_its_links_hold(address: str) -> None:
    answer = httpx.get(f"{address}en")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en/")


@pytest.mark.parametrize(
    "path", ["/../case.toml", "/%2e%2e/case.toml", "/en/..%2f..%2fcase.toml", "/stolen", "/none", "/data/", "/%00"]
)
def test_nothing_outside_of_what_is_published_is_shown(address: str, path: str) -> None:
    answer = _raw(address, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"places" not in answer


def test_nothing_but_reading_and_no_other_name(address: str) -> None:
    for answer, status in (
        (httpx.post(address), 405),
        (httpx.get(address, headers={"Host": "evil.example"}), 400),
        (httpx.get(address, headers={"Host": "localhost.evil.example"}), 400),
    ):
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert PAGE not in answer.text


@pytest.mark.parametrize(
    ("path", "language"), [("ru/none/index.html", "ru"), ("kk/episode/kz-2022-01-05-a/", "kk"), ("none.csv", "en")]
)
def test_where_there_is_no_page_one_in_the_language_of_the_site_says_so(address: str, path: str, language: str) -> None:
    answer = httpx.get(address + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert f'href="/{language}/index.html"' in answer.text
    assert "<style>" in answer.text


def test_a_publication_that_takes_the_place_of_another_is_served(address: str, folder: Path) -> None:
    public, aside, fresh = folder / "public", folder / "aside", folder / "fresh"
    (fresh / "en").mkdir(parents=True)
    (fresh / "en" / "index.html").write_text("<!DOCTYPE html><title>New</title>")
    before = httpx.get(f"{address}en/index.html").headers["etag"]
    public.rename(aside)
    fresh.rename(public)
    try:
        answer = httpx.get(f"{address}en/index.html", headers={"If-None-Match": before})
        assert (answer.status_code, answer.text) == (200, "<!DOCTYPE html><title>New</title>")
        assert httpx.get(f"{address}feeds/status.json").status_code == 404
    finally:
        public.rename(fresh)
        aside.rename(public)


def test_a_port_that_is_taken_is_told_in_a_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = subprocess.run(
            command(folder, "--port", str(taken.getsockname()[1])),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LANG": "C"},
        )
    assert ended.returncode == 2
    assert "cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_case_of_which_nothing_is_published_says_so(tmp_path: Path) -> None:
    case = new_case(tmp_path / "kz", Settings("", ("KZ",), parse_utc("2022-01-01"), parse_utc("2022-01-02")))
    ended = subprocess.run(
        command(case.path), capture_output=True, text=True, check=False, env={**os.environ, "LANG": "C"}
    )
    assert ended.returncode == 1
    assert "Nothing of this case is published yet." in ended.stderr


def _raw(address: str, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", int(address.rstrip("/").rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer
