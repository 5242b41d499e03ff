"""Documents and registers by the command: what cannot be is refused in a sentence, and the case stays as it was."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Inside
from tests.cli.test_bad_input import everything

from kuager.case.folder import open_case
from kuager.case.registers import registers_of
from kuager.evidence.leaves import Document, Observation

META = {
    "text": "The notice of Kcell.",
    "kind": "notice",
    "by": "Kcell",
    "published": "2022-01-05",
    "source_class": "company",
}
STATEMENT = """
[[statements]]
id = "one"
text = "Kcell answered that networks were being suspended."
sources = ["notice"]
kind = "answer"
operator = "kcell"
at = 2022-01-05
"""
CLAIM = """
[[claims]]
id = "{id}"
text = "Somebody says that it lasted."
sources = ["notice"]
topic = "lasting"
by = "Somebody"
at = 2022-01-06
"""
HARM = """
[[harms]]
id = "h"
text = "The cut led to queues."
sources = ["notice"]
field = "banking"
at = 2022-01-06
"""
ORDER = """
[[orders]]
id = "o"
text = "The order."
sources = ["notice"]
state = "issued"
begins = 2022-01-06
ends = 2022-01-05
"""
DOCUMENT = f"""
[[documents]]
id = "d"
text = "The paper."
kind = "order"
by = "The ministry"
published = 2022-01-05
seen = 2022-01-05
source_class = ["government"]
object = "sha256:{"0" * 64}"
"""
PRIVATELY = "handed over by Aliya at the tram stop"

Add = Callable[..., tuple[int, str, str]]


def meta(**changed: str | None) -> list[str]:
    """The options that say what a document is; a field that is None is left out."""
    said = {name: value for name, value in {**META, **changed}.items() if value is not None}
    return [word for name, value in said.items() for word in ("--meta", f"{name}={value}")]


@pytest.fixture
def add(inside: Inside, tmp_path: Path) -> Add:
    """``add(b"…", "rows.toml", "register")``: a file made and added to a case that holds one document, ``notice``."""
    inside("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-20")

    def command(data: bytes | str, name: str = "rows.toml", kind: str = "register", *more: str) -> tuple[int, str, str]:
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return inside("add", "case", name, "--as", kind, *more)

    assert command("<html>Dear subscribers</html>", "notice.html", "document", *meta())[0] == 0
    return command


def refused(done: tuple[int, str, str], clue: str, *, code: int = 1) -> None:
    """The command failed with few lines that say what is wrong and nothing of the program's inside."""
    assert done[0] == code, done
    assert clue in " ".join(done[2].split()), done[2]
    assert "Traceback" not in done[2]
    assert len(done[2].strip().splitlines()) <= 6


ROWS = {
    "malformed": ("[[statements]\nid = 1", "neither TOML nor JSON"),
    "shape": ("statements = 3", "no list of rows"),
    "list": ("[1, 2]", "neither TOML nor JSON"),
    "register": (STATEMENT.replace("statements", "statment"), "Did you mean “statements”?"),
    "field": (STATEMENT + "loud = true", "unknown field `loud`"),
    "id-twice": (STATEMENT * 2, "Two rows of rows.toml have the id “one”"),
    "no-sources": (STATEMENT.replace('sources = ["notice"]', ""), "cites nothing"),
    "operator": (STATEMENT.replace('"kcell"', '"kcel"'), "the operator “kcel”, whom nobody knows"),
    "future": (STATEMENT.replace("2022-01-05", "2122-01-05"), "a date in the future: at is 2122-01-05"),
    "no-date": (STATEMENT.replace("at = 2022-01-05", ""), "has no date: `at` is missing"),
    "first-year": (STATEMENT.replace("2022-01-05", '"0001-01-01"'), "cannot have “0001-01-01” as its `at`"),
    "order-ends": (ORDER, "ends (2022-01-05) before it begins (2022-01-06)"),
    "causal": (HARM, "says “led to”, and no test stands behind it"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "A picture (PNG) was given as rows.toml"),
    "empty": (b"", "nothing in rows.toml"),
    "nul": (STATEMENT.replace("answered", "ans\\u0000wered"), "signs that are not text"),
    "zero-byte": (STATEMENT.replace("answered", "ans\x00wered"), "zero byte"),
    "turned": (STATEMENT.replace("answered", "ans\\u202Ewered"), "signs that are not text"),
    "half": (json.dumps({"searches": [{"id": "s", "text": "\ud83d", "register": "orders", "on": "2022"}]}), "not text"),
    "long": (STATEMENT.replace("answered", "a" * 4001), "at most 4000 signs"),
    "id": (STATEMENT.replace('"one"', '"<script>alert(1)</script>"'), "An id is letters and digits"),
    "elsewhere": (DOCUMENT, "names bytes that are not in this case"),
    "twice": ('{"searches": [{"private": "x", "private": ""}]}', "a name stands twice"),
    "deep": ('{"a":' * 100_000, "neither TOML nor JSON"),
    "private": (STATEMENT + f'private = "{PRIVATELY * 200}"', "at most 4000 signs"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_file_of_rows_that_cannot_be_is_refused_whole(add: Add, tmp_path: Path, name: str) -> None:
    data, clue = ROWS[name]
    before = everything(tmp_path / "case")
    done = add(data)
    refused(done, clue, code=2 if name in {"operator", "elsewhere"} else 1)
    assert everything(tmp_path / "case") == before
    assert PRIVATELY not in done[2]


DOCUMENTS: dict[str, tuple[dict[str, str | None], str, int]] = {
    "no-date": ({"published": None}, "has no date: `published` is missing", 1),
    "future": ({"published": "2122-01-01"}, "a date in the future", 1),
    "seen-before": ({"seen": "2022-01-03"}, "Nobody can see a document before it is published", 1),
    "seen-unknown": ({"seen": "unknown"}, "knows when they saw it", 1),
    "link": ({"urls": "javascript:alert(1)"}, "A link begins with http", 1),
    "kind": ({"kind": "rumour"}, "Invalid enum value 'rumour'", 1),
    "field": ({"colour": "red"}, "A document has no field “colour”", 2),
    "operator": ({"operators": "kcel"}, "whom nobody knows", 2),
    "quote": ({"quote": "word " * 26, "quote_language": "ru"}, "It has 26 words", 1),
    "quote-language": ({"quote": "Связь"}, "A quotation needs its language", 1),
    "digit": ({"most_words": "²"}, "Expected `int`", 1),
    "number": ({"most_words": "9" * 5000}, "Expected `int`", 1),
    "bytes": ({"by": "a\udcffb"}, "cannot be sealed", 1),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_badly_described_is_refused_and_not_left_behind(add: Add, tmp_path: Path, name: str) -> None:
    changed, clue, code = DOCUMENTS[name]
    before = everything(tmp_path / "case")
    refused(add("%PDF-1.4", "order.pdf", "document", *meta(**changed)), clue, code=code)
    assert everything(tmp_path / "case") == before


def test_what_is_no_document_is_refused(add: Add, inside: Inside, tmp_path: Path) -> None:
    before = everything(tmp_path / "case")
    with (tmp_path / "recording.bin").open("wb") as sparse:
        sparse.truncate(2**30)
    started = time.monotonic()
    refused(inside("add", "case", "recording.bin", "--as", "document", *meta()), "larger than 256 MiB")
    refused(inside("add", "case", "recording.bin", "--as", "register"), "at most 8 MiB")
    refused(inside("add", "case", "notice.html", "--as", "document", "--meta", "recording.bin"), "at most 8 MiB")
    assert time.monotonic() - started < 5
    refused(add("", "nothing.pdf", "document", *meta()), "nothing.pdf is empty")
    refused(inside("add", "case", "nowhere.pdf", "--as", "document", *meta()), "nowhere.pdf cannot be read")
    refused(inside("add", "case", "nowhere.toml", "--as", "register"), "nowhere.toml cannot be read")
    refused(inside("add", "case", ".", "--as", "register"), "directory")
    refused(add("language = 3\n[[documents]]\ntext = 'x'", "form.toml", "document", "--meta", "form.toml"), "form.toml")
    refused(inside("form", "statment"), "Did you mean “statements”?", code=2)
    assert everything(tmp_path / "case") == before


def test_two_documents_whose_files_have_one_name_do_not_take_each_others_place(add: Add, tmp_path: Path) -> None:
    before = everything(tmp_path / "case")
    refused(add("<html>Others</html>", "notice.html", "document", *meta()), "called “notice”", code=2)
    assert everything(tmp_path / "case") == before
    assert add("<html>Others</html>", "notice.html", "document", *meta(id="others"))[0] == 0


def test_names_that_are_not_latin_give_each_document_an_id_of_its_own(add: Add, tmp_path: Path) -> None:
    for name in ("хабарлама.html", "жауап.html", "жауап.html"):
        assert add(f"<html>{name}</html>", name, "document", *meta())[0] == 0
    ids = [row.id for row in registers_of(open_case(tmp_path / "case"))]
    assert len(ids) == 3
    assert [bool(re.fullmatch("document-[0-9a-f]{8}", one)) for one in ids] == [False, True, True]


@pytest.mark.parametrize(
    ("kind", "options", "clue"),
    [
        ("register", ("--meta", "by=X"), "--meta says what a document is"),
        ("series", ("--meta", "by=X"), "--meta says what a document is"),
        ("register", ("--place", "KZ"), "--place and --signal are for files of measurements"),
        ("document", ("--signal", "ioda.bgp", *meta()), "--place and --signal are for files of measurements"),
    ],
)
def test_options_that_would_not_be_heard_are_refused(
    add: Add, tmp_path: Path, kind: str, options: tuple[str, ...], clue: str
) -> None:
    before = everything(tmp_path / "case")
    refused(add(STATEMENT, "rows.toml", kind, *options), clue, code=2)
    assert everything(tmp_path / "case") == before


def test_the_same_file_twice_is_told_and_changes_nothing(add: Add, tmp_path: Path) -> None:
    assert add(STATEMENT)[0] == 0
    before = everything(tmp_path / "case")
    code, told, _ = add(STATEMENT)
    assert (code, "is in the case already" in told) == (0, True)
    code, told, _ = add("<html>Dear subscribers</html>", "notice.html", "document", *meta())
    assert (code, "is in the case already" in told) == (0, True)
    assert everything(tmp_path / "case") == before


def test_a_later_row_takes_the_place_of_an_earlier_one_and_says_so(add: Add, tmp_path: Path) -> None:
    assert "take the place" not in add(STATEMENT)[1]
    code, told, _ = add(STATEMENT.replace("suspended", "limited"), "later.toml")
    assert (code, "take the place of earlier ones: one." in " ".join(told.split())) == (0, True)
    (row,) = registers_of(open_case(tmp_path / "case")).rows["statements"]
    assert row.text["en"].endswith("limited.")


def test_a_source_that_is_not_there_is_told(add: Add) -> None:
    code, told, _ = add(STATEMENT.replace('"notice"', '"letter"'))
    assert (code, "Not in the case yet" in told) == (0, True)


def test_what_is_private_is_sealed_as_a_commitment_only(add: Add, tmp_path: Path) -> None:
    long = "".join(CLAIM.format(id=f"c{number}") for number in range(300))  # canonical JSON is one line
    assert add(f'{long}{STATEMENT}private = "{PRIVATELY}"')[0] == 0
    assert add("%PDF-1.4", "paper.pdf", "document", *meta(private=PRIVATELY))[0] == 0
    case = tmp_path / "case"
    assert [path for path in case.rglob("*") if path.is_file() and PRIVATELY.encode() in path.read_bytes()] == []
    closed = case / "evidence" / "closed"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    files = list(closed.iterdir())
    assert len(files) == 2
    sealed = b"".join(path.read_bytes() for path in (case / "evidence" / "objects").rglob("*") if path.is_file())
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name
        assert file.name.encode() in sealed


def test_a_folder_of_private_things_that_others_can_enter_is_refused(add: Add, tmp_path: Path) -> None:
    (tmp_path / "case" / "evidence" / "closed").mkdir(mode=0o755)
    before = everything(tmp_path / "case")
    refused(add(f'{STATEMENT}private = "{PRIVATELY}"'), "open to others")
    refused(add("%PDF-1.4", "paper.pdf", "document", *meta(private=PRIVATELY)), "open to others")
    assert everything(tmp_path / "case") == before


KILLED = """
import os, signal, sys
from kuager.case import registers
from kuager.cli import app

left = int(sys.argv.pop(1))
sealed = registers.sealed

def cut_off(*words, **more):
    global left
    done = sealed(*words, **more) if left else None
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

registers.sealed = cut_off
app.run()
"""


@pytest.mark.parametrize("recorded", [0, 1, 2])
def test_a_program_that_is_killed_leaves_a_case_that_goes_on(add: Add, tmp_path: Path, recorded: int) -> None:
    """Before anything is recorded, with the document recorded, with its row recorded and nothing of it in the log."""
    before = registers_of(open_case(tmp_path / "case"))
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4")
    words = [str(recorded), "add", "case", "paper.pdf", "--as", "document", *meta()]
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], cwd=tmp_path, check=False)
    assert killed.returncode == -signal.SIGKILL
    after = registers_of(open_case(tmp_path / "case"))
    assert after == before or recorded == 2
    code, told, _ = add("%PDF-1.4", "paper.pdf", "document", *meta())
    assert (code, "paper" in told) == (0, True)
    case = open_case(tmp_path / "case")
    assert {row.id for row in registers_of(case)} == {"notice", "paper"}
    entered = [entry.leaf for entry in case.proving.log.entries() if isinstance(entry.leaf, Observation | Document)]
    assert sorted(leaf.object for leaf in entered) == sorted(record.object for record in case.records.all())


@pytest.mark.parametrize("at", ["shutil.copyfileobj", "kuager.case.registers._seal"])
def test_ctrl_c_takes_back_what_was_begun(add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    before = everything(tmp_path / "case")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(at, stopped)
    code, _, told = add("%PDF-1.4", "paper.pdf", "document", *meta())
    assert (code, "Stopped" in told) == (130, True)
    assert everything(tmp_path / "case") == before
