from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kuager.errors import UsageError
from kuager.model.notes import Note
from kuager.publications import clock
from kuager.publications.language import translator

MOMENT = datetime(2026, 1, 8, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "18 days 10 h 30 min"),
        ("ru", "18 дней 10 ч 30 мин"),
        ("kk", "18 тәулік 10 сағ 30 мин"),
    ],
)
def test_durations_are_exact(language: str, words: str) -> None:
    length = timedelta(days=18, hours=10, minutes=30)
    assert clock.duration(length, translator(language)).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день")]
)
def test_russian_has_three_plurals(days: int, words: str) -> None:
    assert clock.duration(timedelta(days=days), translator("ru")).replace("\u00a0", " ") == words


def test_hours_are_never_rounded_to_days() -> None:
    assert clock.duration(timedelta(hours=133), translator("en")).replace("\u00a0", " ") == "5 days 13 h"
    assert clock.duration(timedelta(0), translator("en")).replace("\u00a0", " ") == "0 min"


def test_utc_stands_first_and_the_local_day_is_named_where_it_differs() -> None:
    told = clock.both(MOMENT, "Asia/Tehran", translator("en")).replace("\u00a0", " ")
    assert told == "8 January 2026, 21:00 UTC (9 Jan, 00:30 Tehran)"
    assert "8 января 2026" in clock.both(MOMENT, "Asia/Tehran", translator("ru")).replace("\u00a0", " ")
    assert clock.both(MOMENT, "UTC", translator("en")).replace("\u00a0", " ") == "8 January 2026, 21:00 UTC"


def test_almaty_was_six_hours_ahead_in_2022_and_is_five_now() -> None:
    noon = datetime(2022, 1, 5, 12, tzinfo=UTC)
    locale = translator("en").locale
    assert clock.here(noon, "Asia/Almaty", locale) == "18:00"
    assert clock.here(noon.replace(year=2025), "Asia/Almaty", locale) == "17:00"


def test_times_of_documents_stay_as_vague_as_they_are() -> None:
    english = translator("en")
    assert clock.stated("2022-01", "Asia/Almaty", english) == "January 2022"
    assert clock.stated("2022-01-04", "Asia/Almaty", english).replace("\u00a0", " ") == "4 January 2022"
    assert "16:30 Almaty" in clock.stated("2022-01-05T10:30:00Z", "Asia/Almaty", english).replace("\u00a0", " ")


def test_notes_put_signals_and_times_in_words() -> None:
    note = Note("Not measuring at that time: {signals}.", {"signals": "ioda.bgp ioda.ping-slash24"})
    assert translator("en").note(note) == "Not measuring at that time: BGP, Active probing."
    assert translator("ru").note(note) == "Не измеряли в это время: BGP, Активное зондирование."
    ended = Note("When it ended: the data end on {time} while it was going on.", {"time": "2026-01-29T00:00:00Z"})
    assert "29 January 2026" in translator("en").note(ended).replace("\u00a0", " ")


def test_shares_are_honest_about_small_numbers() -> None:
    english = translator("en")
    assert english.share(0.035) == "3.5\u00a0%"
    assert english.share_above(0.8659) == "86\u00a0%"
    assert translator("ru").share(0.035) == "3,5\u00a0%"


@pytest.mark.parametrize(("value", "shown"), [(0.9999, "0.99"), (0.995, "0.99"), (0.5, "0.50"), (0.29, "0.29")])
def test_what_is_not_certain_is_not_shown_as_certain(value: float, shown: str) -> None:
    assert translator("en").probability(value) == shown
    assert translator("ru").probability(value) == shown.replace(".", ",")


def test_another_language_is_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError) as refused:
        translator("de")
    assert "en, ru, kk" in refused.value.diagnostics().remedy


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_date_with_a_full_stop_ends_a_sentence_with_one(language: str) -> None:
    translation = translator(language)
    last = clock.day(date(2022, 1, 31), translation.locale)
    told = translation.gettext("Case: {case}; window {first} to {last}.", case="Казахстан", first=last, last=last)
    assert ".." not in told
    assert told.endswith(".")
    assert translation.gettext("See {path}.", path="../a.csv") == "See ../a.csv."
