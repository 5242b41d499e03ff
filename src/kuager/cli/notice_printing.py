"""What ``kuager notice`` prints: the facts, the text messages, and what was said when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from kuager.accountability.notices import NoticeHistory
from kuager.accountability.rows.disclosure import Notice
from kuager.cli.reader import results, say, translation
from kuager.errors import message
from kuager.model.operators import Operator
from kuager.model.time import format_utc
from kuager.publications import clock
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.wording.notices import fact_rows, text_message


def print_preview(said: Notice, operators: Sequence[Operator], *, as_json: bool) -> None:
    """What would be said, without a word of it being sealed."""
    if as_json:
        print_json(msgspec.to_builtins(said))
        return
    say(translation().gettext(message("Nothing was sealed or published. This would be said:")), style="bold")
    print_facts(said, operators)
    print_messages(said, operators)


def print_facts(said: Notice, operators: Sequence[Operator]) -> None:
    """What is said in the reader's language, and every fact: told, not known, or withheld."""
    reader = translation()
    say(said.text[reader.code])
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, value in fact_rows(said, tuple(operators), reader):
        table.add_row(Text(name), Text(value))
    results.print(table)


def print_messages(said: Notice, operators: Sequence[Operator]) -> None:
    """The text message in each language."""
    reader = translation()
    say(reader.gettext(message("As a text message:")))
    for code, name in LANGUAGES.items():
        say(f"  {name}: {text_message(said, tuple(operators), translator(code))}")


def print_history(history: NoticeHistory, operators: Sequence[Operator]) -> None:
    """A notice as it stands, and every version of it with what it changed."""
    print_facts(history.newest, operators)
    reader = translation()
    line = message("Version {number}, said {time}")
    for number, version in enumerate(history.versions):
        moment = clock.utc(version.known, reader.locale)
        say("")
        say(reader.gettext(line, number=version.notice.version, time=moment), style="bold")
        say(version.notice.text[reader.code])
        for one in history.changes(number):
            say(f"  {one.field}: {plain(one.before)} → {plain(one.after)}")


def print_list(every: Sequence[NoticeHistory], *, as_json: bool) -> None:
    """The notices of a case, each as it stands."""
    if as_json:
        print_json({"notices": [version_record(one, len(one.versions) - 1) for one in every]})
        return
    reader = translation()
    if not every:
        say(reader.gettext(message("No notice was said in this case.")))
    for one in every:
        say(f"{one.id}  {one.newest.text.get(reader.code, '')}")


def version_record(history: NoticeHistory, number: int) -> dict[str, Any]:
    """A version for programs."""
    version = history.versions[number]
    return {
        **msgspec.to_builtins(version.notice),
        "said": format_utc(version.known),
        "object": f"sha256:{version.object}",
        "changed": [one.field for one in history.changes(number)],
    }


def plain(value: Any) -> str:
    """A value as JSON has it, a text without its marks."""
    plain = msgspec.to_builtins(value)
    return plain if isinstance(plain, str) and plain else json.dumps(plain, ensure_ascii=False)


def print_json(record: object) -> None:
    """A record for programs."""
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
