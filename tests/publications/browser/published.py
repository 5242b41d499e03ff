"""What the pages of a published folder hold and point to, read without a browser."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

LINKS = {("a", "href"), ("link", "href"), ("area", "href")}
PARTS = {("img", "src"), ("script", "src"), ("source", "src"), ("video", "src"), ("iframe", "src"), ("object", "data")}


@dataclass
class Page(HTMLParser):
    """The addresses and names of a page: ``links`` lead away from it, ``parts`` are loaded with it."""

    links: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        loaded = tag == "link" and said.get("rel") in ("stylesheet", "icon")
        for name, value in said.items():
            if (tag, name) in LINKS:
                (self.parts if loaded else self.links).append(value)
            elif (tag, name) in PARTS:
                self.parts.append(value)
            elif name == "srcset":
                self.parts += [one.split()[0] for one in value.split(",")]
            elif name == "id":
                self.names.append(value)
            elif name == "content" and said.get("http-equiv") == "refresh":
                self.links.append(value.partition("url=")[2])


def pages(public: Path) -> dict[str, Page]:
    """Every page by its path below ``public/``."""
    found = {}
    for file in sorted(public.rglob("*.html")):
        page = Page()
        page.feed(file.read_text("utf-8"))
        page.close()
        found[file.relative_to(public).as_posix()] = page
    return found


def target(here: str, address: str) -> tuple[str, str]:
    """Where a relative address leads: the path below ``public/``, and the name inside of it or nothing."""
    parts = urlsplit(address)
    path = normpath(join(dirname(here), unquote(parts.path))) if parts.path else here
    return path, unquote(parts.fragment)


def kind(path: str) -> str:
    """What a page is about, in a word or two: ``home``, ``episode``, ``episode conduct``, ``report court`` …"""
    *folders, name = path.removesuffix(".html").split("/")
    about = folders[1] if len(folders) > 1 else "home" if folders else "front"
    if len(folders) > len(("en", "episode", "kz-2022-01-04-a")):
        about = f"{about} {folders[-1]}"
    return about if name == "index" else f"{about} {name}"


def one_of_each(public: Path, language: str) -> dict[str, Path]:
    """The first page of each kind in a language."""
    found: dict[str, Path] = {}
    for file in sorted((public / language).rglob("*.html")):
        found.setdefault(kind(file.relative_to(public).as_posix()), file)
    return found


def packed(file: Path) -> int:
    """Bytes of a file as a server sends it: texts by gzip, pictures as they are."""
    data = file.read_bytes()
    return len(data) if file.suffix == ".png" else len(gzip.compress(data, mtime=0))
