"""The translation catalogues and the code, brought together: ``python -m kuager.publications.catalogues``.

For contributors. It reads every ``message``, ``gettext`` and ``ngettext`` of the package and of the templates, adds
what is new to each catalogue with an empty translation, and takes out what is gone. Messages are sorted and carry no
line numbers, so that a change of the code changes only the lines of its own messages. Nothing is guessed: a message
that was changed is a new message.
"""

from __future__ import annotations

from importlib import resources
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kuager.publications.language import LANGUAGES

KEYWORDS = {"message": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/templates/**.txt", "jinja2.ext:babel_extract"),
]

HEADER = """# {name} translation of Kuager.
# Written by machine; it needs a native reader.
"""
_NAMES = {"ru": "Russian", "kk": "Kazakh"}

Message = str | tuple[str, ...]


def messages() -> set[Message]:
    """Every message of the package; one with a plural is a pair."""
    package = Path(str(resources.files("kuager")))
    found = extract_from_dir(package, METHODS, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def path(language: str) -> Path:
    """The catalogue of a language."""
    return Path(str(resources.files("kuager.publications"))) / "locale" / language / "LC_MESSAGES" / "kuager.po"


def read(language: str) -> Catalog:
    """A catalogue as it is; an empty one where there is none yet."""
    place = path(language)
    if not place.exists():
        return Catalog(locale=language)
    with place.open("rb") as stream:
        return read_po(stream, locale=language)


def merged(language: str, wanted: set[Message]) -> bytes:
    """The catalogue with exactly the wanted messages, translations kept where there are any."""
    old = read(language)
    fresh = Catalog(locale=language, header_comment=HEADER.format(name=_NAMES[language]).rstrip(), fuzzy=False)
    for message in wanted:
        identifier = message[0] if isinstance(message, tuple) else message
        known = old.get(identifier)
        fresh.add(message, known.string if known is not None and known.id == message else None)
    written = BytesIO()
    write_po(written, fresh, width=0, omit_header=True, sort_output=True, no_location=True)
    return _header(language, fresh).encode() + written.getvalue()


def _header(language: str, catalogue: Catalog) -> str:
    """The header without dates and versions, which would differ from one run to the next."""
    lines = (
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalogue.plural_forms}",
    )
    body = "".join(f'"{line}\\n"\n' for line in lines)
    return f'{HEADER.format(name=_NAMES[language])}msgid ""\nmsgstr ""\n{body}\n'


def update() -> None:
    """Bring every catalogue up to date, in place."""
    wanted = messages()
    for language in LANGUAGES:
        if language != "en":
            path(language).parent.mkdir(parents=True, exist_ok=True)
            path(language).write_bytes(merged(language, wanted))


if __name__ == "__main__":
    update()
