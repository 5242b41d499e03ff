"""Every source that is asked, with every fault that a source can show: told, survived, asked again, made good."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.playing import everything, settings
from tests.serving import Asked, Reply, Serving, gzipped, serving

from kuager.case.collected import coverage_of
from kuager.case.collecting import collect_case
from kuager.case.folder import Case, new_case
from kuager.case.ledger import NOT_ASKED_YET, Ledger
from kuager.case.ledger import Asked as Line
from kuager.case.manners import read_manners
from kuager.case.settings import Settings
from kuager.case.worker import Progress
from kuager.errors import KuagerError
from kuager.model.time import parse_utc
from kuager.model.words import DayStatus
from kuager.publications.language import translator
from kuager.sources.asking import Client, Manners
from kuager.sources.offer import DAY_S, Question, Request
from kuager.sources.registry import OFFERS, SOURCES

pytestmark = pytest.mark.slow

BY_HAND = {"censoredplanet", "mlab", "stop"}
"""Sources without an address: their files are fetched by people."""
ASKED = tuple(name for name in OFFERS if name not in BY_HAND)

QUESTION = Question("KZ", 1_641_081_600, 1_641_081_600 + DAY_S, 2, 1_700_000_000)

PAGE = b"<!DOCTYPE html><html><title>Maintenance</title><p>Back soon</p></html>"
PERMANENT: dict[str, Callable[[Asked], Reply]] = {
    "429": lambda _asked: Reply(b"", 429),
    "429 with Retry-After": lambda _asked: Reply(b"", 429, headers={"Retry-After": "0"}),
    "500": lambda _asked: Reply(b"", 500),
    "cut in the middle": lambda asked: _cut(everything(asked)),
    "truncated gzip": lambda asked: Reply(
        gzipped(everything(asked).body).body[:-9], headers={"Content-Encoding": "gzip"}
    ),
    "a page with 200": lambda _asked: Reply(PAGE),
    "other JSON": lambda _asked: Reply(b'{"something": ["else", 1, null]}'),
    "an error with 200": lambda _asked: Reply(
        b'{"error": "quota exceeded", "success": false, "errors": [{"code": 1}]}'
    ),
    "null": lambda _asked: Reply(b"null"),
    "an empty list": lambda _asked: Reply(b"[]"),
    "nothing": lambda _asked: Reply(b""),
    "redirects without end": lambda asked: Reply(b"", 302, headers={"Location": asked.path}),
    "2 GB": lambda _asked: Reply(b"x", announced=2 << 30, cut=1),
}


def _cut(reply: Reply) -> Reply:
    return Reply(reply.body, cut=len(reply.body) // 2)


class Troubled:
    """Every source as it should be, but for the first thing that each is asked, for as long as there is trouble."""

    def __init__(self, trouble: Callable[[Asked], Reply]) -> None:
        self.over = False
        self._trouble = trouble
        self._first: dict[str, str] = {}

    def __call__(self, asked: Asked) -> Reply:
        what = f"{asked.path} {sorted(asked.query.items())}"
        first = self._first.setdefault(asked.path.split("/")[1], what)
        return everything(asked) if self.over or what != first else self._trouble(asked)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    for source in SOURCES.values():
        if source.key:
            monkeypatch.setenv(source.key, "nobodys-token")
    monkeypatch.setattr("kuager.case.collection.LEAD_DAYS", 2)  # so that the many answers are small
    window = parse_utc("2024-03-05"), parse_utc("2024-03-05", end_of_day=True)
    return new_case(tmp_path / "case", Settings("", ("KZ",), *window))


@contextmanager
def played(
    answering: Callable[[Asked], Reply], folder: Path
) -> Iterator[tuple[Serving, Callable[[Case], list[Progress]]]]:
    """A server, and what collects from it."""
    with serving(answering) as server:
        file = folder / "settings.toml"
        file.write_text(settings(server.address))
        yield server, lambda case: list(collect_case(case, ASKED, read_manners(file)))


def _statuses(case: Case, source: str) -> set[DayStatus]:
    return {one.status for one in coverage_of(case) if one.source == source}


def _lines(case: Case, source: str) -> list[Line]:
    return [line for line in Ledger(case.path / "evidence" / "requests").all().values() if line.source == source]


def test_what_is_well_is_complete(case: Case, tmp_path: Path) -> None:
    with played(everything, tmp_path) as (server, collect):
        every = collect(case)
        assert [one.source for one in every if one.failed or not one.finished] == []
        incomplete = [one for one in coverage_of(case) if one.source in ASKED and one.status is not DayStatus.COMPLETE]
        assert incomplete == []
        assert max(server.paths().values()) == 1
        asked = len(server.asked)
        collect(case)
        assert len(server.asked) == asked


@pytest.mark.parametrize("fault", PERMANENT, ids=lambda name: name.replace(" ", "-"))
def test_no_fault_stops_a_source_or_is_taken_for_quiet(case: Case, tmp_path: Path, fault: str) -> None:
    answering = Troubled(PERMANENT[fault])
    with played(answering, tmp_path) as (_, collect):
        first = {one.source: one for one in collect(case)}
        for source in ASKED:
            assert first[source].finished
            told = [line for line in _lines(case, source) if line.problem is not None]
            assert first[source].failed or told or _statuses(case, source) != {DayStatus.COMPLETE}, source
            assert all(line.problem and line.problem.template for line in told)
        answering.over = True
        second = collect(case)
        assert [one.source for one in second if one.failed] == []
        for source in ASKED:
            assert _statuses(case, source) == {DayStatus.COMPLETE}, source


def test_what_cannot_be_read_is_sealed_all_the_same(case: Case, tmp_path: Path) -> None:
    with played(Troubled(PERMANENT["a page with 200"]), tmp_path) as (_, collect):
        collect(case)
    unread = [record for record in case.records.all() if record.kind == "unread"]
    assert {case.objects.get(record.digest) for record in unread} == {PAGE}
    assert {record.source for record in unread} <= set(ASKED)


def test_what_was_answered_before_outlasts_a_failure(tmp_path: Path) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    case = new_case(tmp_path / "case", Settings("", ("KZ",), today - timedelta(days=5), today))
    down = False
    with serving(lambda asked: Reply(b"", 500) if down else everything(asked)) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))
        collect_case(case, ("ioda",), read_manners(file))
        before = {one.day: one.status for one in coverage_of(case) if one.source == "ioda"}
        down = True
        collect_case(case, ("ioda",), read_manners(file))
    after = [one for one in coverage_of(case) if one.source == "ioda"]
    assert all(one.status is not DayStatus.ABSENT for one in after if before[one.day] is not DayStatus.ABSENT)
    assert any("500" in translator("en").note(one.reason) for one in after if one.reason)


def test_what_was_planned_and_never_asked_is_not_forgotten(case: Case, tmp_path: Path) -> None:
    """A collection that dies after its first answers must not leave whole days behind it."""
    program = (
        "import os, sys; from pathlib import Path; from kuager.case.folder import open_case;"
        "from kuager.case.collecting import collect_case; from kuager.case.manners import read_manners;"
        "collect_case(open_case(Path(sys.argv[1])), ('ioda',), read_manners(Path(sys.argv[2])),"
        "watch=lambda every: os._exit(9) if every[0].done > 1 else None)"
    )
    slow = lambda asked: replace(everything(asked), slow_s=0.2)  # noqa: E731 - so that it dies in the middle
    with serving(slow) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))
        words = [sys.executable, "-c", program, str(case.path), str(file)]
        assert subprocess.run(words, check=False, timeout=60).returncode == 9
        collect_case(case, offline=True)
        (told,) = [one for one in coverage_of(case) if one.source == "ioda"]
        assert (told.status, told.reason and told.reason.template) == (DayStatus.PARTIAL, NOT_ASKED_YET)
        collect_case(case, ("ioda",), read_manners(file))
    assert _statuses(case, "ioda") == {DayStatus.COMPLETE}


def test_an_answer_that_lacks_a_series_or_its_later_days_is_not_whole(case: Case, tmp_path: Path) -> None:
    def lacking(asked: Asked) -> Reply:
        right = everything(asked)
        if "/signals/raw/asn/" not in asked.path:
            return right
        answer = json.loads(right.body)
        return Reply(json.dumps(answer | {"data": answer["data"][1:]}).encode())

    with serving(lacking) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))
        collect_case(case, ("ioda",), read_manners(file))
    (told,) = [one for one in coverage_of(case) if one.source == "ioda"]
    assert told.status is DayStatus.PARTIAL
    assert told.reason is not None
    assert (told.reason.facts["count"], told.reason.facts["all"]) == ("8", "9")


@pytest.mark.parametrize(
    ("text", "clue"),
    [('contact = "Айгүл <a@example.kz>"\n', "Latin letters"), ("[sources.iodaa]\npause_s = 9.0\n", "iodaa")],
    ids=["letters", "an unknown source"],
)
def test_settings_that_would_do_harm_are_refused(tmp_path: Path, text: str, clue: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(KuagerError) as refused:
        read_manners(tmp_path / "settings.toml")
    said = refused.value.diagnostics()
    assert clue in said.happened + said.remedy


def test_a_shorter_pause_is_kept_at_an_address_of_ones_own_only(tmp_path: Path) -> None:
    with serving(everything) as server:
        offer = replace(OFFERS["tor"], address=f"{server.address}/tor", pause_s=0.3)
        for manners, pauses in ((Manners(pause_s=0.0), True), (Manners(address=offer.address, pause_s=0.0), False)):
            with Client(offer, manners) as client:
                begun = time.monotonic()
                for request in (one for one in offer.plan(QUESTION) if isinstance(one, Request)):
                    client.ask(request, io.BytesIO())
            assert (time.monotonic() - begun >= 0.3) is pauses


def test_why_nothing_could_be_asked_is_told(tmp_path: Path) -> None:
    """A region's series can only be asked for when its number is known; the list that has it fails."""
    case = new_case(tmp_path / "case", Settings("", ("KZ-75",), parse_utc("2022-01-04"), parse_utc("2022-01-06")))
    with serving(lambda asked: Reply(b"", 404) if "entities" in asked.path else everything(asked)) as server:
        file = tmp_path / "settings.toml"
        file.write_text(settings(server.address))
        collect_case(case, ("ioda",), read_manners(file))
    reasons = {translator("en").note(one.reason) for one in coverage_of(case) if one.source == "ioda" and one.reason}
    assert any("404" in reason for reason in reasons)
    assert "It was not asked." not in reasons


@pytest.mark.parametrize("ahead_s", [7200, -7200], ids=["ahead", "behind"])
def test_a_clock_that_differs_is_told_and_changes_nothing(case: Case, tmp_path: Path, ahead_s: int) -> None:
    def skewed(asked: Asked) -> Reply:
        right = everything(asked)
        return Reply(right.body, right.status, right.headers, clock_ahead_s=ahead_s)

    with played(skewed, tmp_path) as (_, collect):
        for one in collect(case):
            (remark,) = one.remarks
            assert abs(int(remark.facts["seconds"]) - 7200) < 100
            assert _statuses(case, one.source) == {DayStatus.COMPLETE}
