"""A case whose documents date what happened beside the network: evenings of streams against evenings of cuts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.documents import add_record, occasions
from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.codecs.series_file import encode_csv
from kuager.model.series import Series
from kuager.model.time import parse_utc, to_epoch
from kuager.model.words import Access, EpisodeKind, Scale
from kuager.publications.language import translator

FIRST, DAYS, DAY, STEP = date(2018, 3, 1), 92, 86_400, 1800
START = to_epoch(parse_utc(FIRST.isoformat()))
STREAMS = (12, 15, 19, 24, 28, 33, 37, 43, 48, 52, 56, 61, 68, 72)


def row(number: int, kind: str, start: str, place: str = "KZ") -> str:
    return f"""
[[happenings]]
id = "S{number:03}"
kind = "{kind}"
start = "{start}"
precision_minutes = 720
places = ["{place}"]
text = {{ en = "A stream.", ru = "Эфир.", kk = "Эфир." }}
source = "A paper"
source_class = ["media"]
urls = ["https://example.org/"]
confidence = "medium"
"""


def record(*rows: str) -> bytes:
    head = 'title = { en = "Spring", ru = "Весна", kk = "Көктем" }\nrestorations = []\nnetworks = []\n'
    return (head + "".join(rows)).encode()


def case_of_evenings(path: Path) -> Case:
    """Kazakhstan in the spring of 2018: an hour from 20:00 in Almaty, UTC+6 then, on the days of streams."""
    days = DAYS * DAY // STEP
    times = START + STEP * np.arange(days, dtype=np.int64)
    made = []
    for seed, name in enumerate(("ioda.ping-slash24", "ioda.gtr")):
        noise = np.random.default_rng(seed).standard_normal(days)
        values = 1000 * (1 + 0.05 * np.sin(2 * np.pi * times / DAY)) * (1 + 0.01 * noise)
        for stream in STREAMS:
            first = (stream * DAY + 14 * 3600) // STEP
            values[first : first + 3600 // STEP] *= 0.1
        made.append(Series(name, "KZ", Access.MIXED, Scale.ABSOLUTE, "", STEP, times, values, ""))
    window = parse_utc(FIRST.isoformat()), parse_utc((FIRST + timedelta(days=DAYS)).isoformat())
    case = new_case(path, Settings(title="", places=("KZ",), start=window[0], end=window[1]))
    add_bytes(case, encode_csv(made), "evenings.csv", "series", None)
    return case


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def test_evenings_of_streams_are_one_episode_that_says_what_fell_together(tmp_path: Path) -> None:
    case = case_of_evenings(tmp_path / "case")
    add_record(case, record(*(row(number, "occasion", day(number)) for number in STREAMS)), "streams.toml")
    (one,) = detect_case(case).episodes
    assert one.kind is EpisodeKind.RECURRING
    assert one.recurrence is not None
    assert (one.recurrence.start_clock, one.recurrence.zone) == ("20:00", "Asia/Almaty")
    said = " ".join(translator("en").note(note) for note in one.reasons)
    assert "more often than chance: on 14 of 14 of those days and on 0 of 78 others" in said


def test_what_documents_say_of_the_network_itself_is_not_compared_with_it(tmp_path: Path) -> None:
    case = case_of_evenings(tmp_path / "case")
    add_record(case, record(*(row(number, "disruption", day(number)) for number in STREAMS)), "reports.toml")
    (one,) = detect_case(case).episodes
    assert not any("documents tell of" in note.template for note in (*one.reasons, *one.unknowns))


def test_only_days_are_dates(tmp_path: Path) -> None:
    case = case_of_evenings(tmp_path / "case")
    rows = (row(1, "occasion", "2018-03"), row(2, "occasion", "2018-03-20"), row(3, "occasion", "2018-03-21", "UZ"))
    add_record(case, record(*rows), "streams.toml")
    assert [(one.document, one.places) for one in occasions(case)] == [("S002", ("KZ",)), ("S003", ("UZ",))]
