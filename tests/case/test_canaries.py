"""Canaries in a case: what is signed, what is refused, and the notice that a missed one raises by itself."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.case.registers_added import NOTICE, add_file_to, add_rows_to
from tests.case.test_rederiving import bundled
from tests.case.two_signals import BACK, CUT, series, small_case

from kuager.accountability.canary_wording import promises, standard_wording
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.documents import Search
from kuager.case.adding import add_bytes
from kuager.case.canaries import sign_canary, unseen
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, open_case
from kuager.case.preview import preview_case
from kuager.case.proving import PUBLICATION
from kuager.case.publishing import publish_case
from kuager.case.rederiving import HOLDS, rederive
from kuager.case.registers import registers_of
from kuager.errors import KuagerError, UsageError
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import open_ring

SOON = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
LATE = """
[[canaries]]
id = "canary-old"
text = "No secret order."
sources = ["page"]
operator = "kcell"
at = 2022-01-01
due = 2022-02-01
"""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with one episode and keys of its own."""
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    made = small_case(tmp_path / "kz")
    add_bytes(made, series((CUT, BACK)), "series.csv", "series", None)
    detect_case(made)
    return open_case(made.path)


def verified(case: Case, operator: str, name: str) -> bool:
    """What OpenSSH itself says of a published canary."""
    folder = case.public / "data" / "canaries"
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", operator, "-n", "kuager-canary"]
    with (folder / f"{name}.txt").open("rb") as text:
        done = subprocess.run([*command, "-s", f"{name}.sig"], cwd=folder, stdin=text, capture_output=True, check=False)
    return done.returncode == 0


def published_pages(case: Case) -> str:
    return (case.public / "en" / "operator" / "kcell" / "index.html").read_text("utf-8")


def test_a_published_canary_checks_with_openssh_and_with_nothing_else(case: Case) -> None:
    signed = sign_canary(case, "kcell", SOON)
    publish_case(open_case(case.path))
    name = signed.id.removeprefix("canary-")
    text = case.public / "data" / "canaries" / f"{name}.txt"
    assert verified(case, "kcell", name)
    assert not verified(case, "beeline-kz", name)
    text.write_bytes(text.read_bytes().replace(SOON.encode(), b"2099-01-01"))
    assert not verified(case, "kcell", name)


def test_the_standard_wording_is_signed_in_every_language_and_bounded_by_its_day(case: Case) -> None:
    signed = sign_canary(case, "kcell", SOON)
    assert set(signed.text) == {"en", "ru", "kk"}
    for words in signed.text.values():
        assert signed.at in words
        assert SOON in words
        assert words in signed.signed
        assert promises(words) == ()


def test_signing_makes_nothing_stale_and_renewing_keeps_the_earlier_one(case: Case) -> None:
    first, second = sign_canary(case, "kcell", SOON), sign_canary(case, "kcell", SOON)
    assert first.id != second.id
    assert [one.id for one in registers_of(open_case(case.path)).of(Canary)] == [first.id, second.id]
    assert standing(open_case(case.path)).episodes
    publish_case(open_case(case.path))
    page = published_pages(case)
    assert page.index(f'row-{second.id}"') < page.index(f'row-{first.id}"')


@pytest.mark.parametrize("days", [-1, 0, 401])
def test_the_next_one_is_due_in_the_future_and_not_too_far(case: Case, days: int) -> None:
    due = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"
    with pytest.raises(UsageError, match="cannot be due"):
        sign_canary(case, "kcell", due)
    assert registers_of(open_case(case.path)).of(Canary) == ()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("We received nothing and\nnever will.", "never will"),
        ("We Guarantee the privacy of users.", "Guarantee"),
        ("We always refuse.", "always"),
        ("No one can read your messages.", "No one can"),
        ("We have received no secret orders.", "no secret"),
        ("Мы гарантируем тайну связи.", "гарантируем"),
        ("Мы никогда не будем этого делать.", "никогда не будем"),
        ("Болашақта да солай болады.", "Болашақта"),
    ],
)
def test_own_words_that_promise_too_much_are_refused_with_the_phrase(case: Case, text: str, phrase: str) -> None:
    with pytest.raises(UsageError) as refused:
        sign_canary(case, "kcell", SOON, text)
    told = refused.value.diagnostics()
    assert phrase.casefold() in told.happened.casefold()
    assert told.meaning
    assert registers_of(open_case(case.path)).of(Canary) == ()


def test_words_that_only_look_alike_are_not_refused() -> None:
    assert promises("Until today we could speak of all that was asked of us. Seminaries are not our business.") == ()


def test_the_standard_wording_promises_nothing_to_anybody() -> None:
    for words in standard_wording({"en": "X", "ru": "X", "kk": "X"}, "2026-01-01T00:00:00Z", "2026-02-01").values():
        assert promises(words) == ()


def test_a_missed_canary_raises_a_notice_at_the_next_publication_once(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign_canary(case, "kcell", SOON)
    publish_case(open_case(case.path))
    assert "is not in the record" not in published_pages(case)
    now = datetime.now(UTC) + timedelta(days=40)
    _set_clock(monkeypatch, now)

    assert [one.last for one in preview_case(open_case(case.path)).overdue] == [signed.id]
    assert registers_of(open_case(case.path)).of(Search) == ()

    assert [one.last for one in publish_case(open_case(case.path)).overdue] == [signed.id]
    assert "is not in the record" in published_pages(case)
    (search,) = registers_of(open_case(case.path)).of(Search)
    assert (search.register, search.operators, search.on) == ("canaries", ("kcell",), f"{now:%Y-%m-%d}")
    assert standing(open_case(case.path)).episodes

    assert publish_case(open_case(case.path)).overdue == ()
    assert unseen(open_case(case.path)) == ()
    assert len(registers_of(open_case(case.path)).of(Search)) == 1

    files, leaves = bundled(case, tmp_path / "bundle")
    outcomes = [one for one in rederive(files, leaves) if one.claim.about == PUBLICATION]
    assert len(outcomes) == 2
    assert {one.outcome for one in outcomes} == {HOLDS}


def test_pages_with_a_canary_are_derived_again_from_a_bundle_for_anyone(case: Case, tmp_path: Path) -> None:
    sign_canary(case, "kcell", SOON)
    publish_case(open_case(case.path))
    files, leaves = bundled(case, tmp_path / "bundle", confidential=False)
    (outcome,) = [one.outcome for one in rederive(files, leaves) if one.claim.about == PUBLICATION]
    assert outcome == HOLDS


def test_a_locked_log_key_does_not_keep_a_missed_canary_from_being_told(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_canary(case, "kcell", SOON)
    open_ring(tmp_path / "keys").rotate(Role.LOG, None, "a long passphrase")
    _set_clock(monkeypatch, datetime.now(UTC) + timedelta(days=40))
    publish_case(open_case(case.path))
    assert "is not in the record" in published_pages(case)


def test_a_canary_of_somebody_elses_page_is_a_row_and_comes_with_no_signature(case: Case, tmp_path: Path) -> None:
    add_file_to(case, tmp_path, "page.html", b"<p>No secret order.", **NOTICE)
    add_rows_to(case, LATE)
    detect_case(open_case(case.path))
    assert publish_case(open_case(case.path)).overdue == ()  # the page that was just added shows it already
    assert "is not in the record" in published_pages(case)
    assert not (case.public / "data" / "canaries").exists()
    with pytest.raises(UsageError, match="with its signature"):
        add_rows_to(case, LATE + 'signature = "x"\n')


def test_nobody_signs_for_an_operator_that_nobody_knows(case: Case) -> None:
    with pytest.raises(KuagerError, match="Nobody knows the operator"):
        sign_canary(case, "kcel", SOON)


def _set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let the steps of a case, and nothing else, run at another time."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # noqa: ARG003 - UTC, as everywhere
            return now

    for module in ("canaries", "adding", "clock", "notices", "publishing"):
        monkeypatch.setattr(f"kuager.case.{module}.datetime", Clock)
