"""A case folder: made whole, held by one writer, opened after any crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, new_case, open_case
from kuager.case.settings import Settings, from_toml, to_toml
from kuager.errors import CaseDamaged, CaseExists, CaseHeld, CaseMissing, UsageError
from kuager.evidence.objects import sha256
from kuager.model.time import parse_utc

SETTINGS = Settings("Тест “кавычки” \\ ә", ("KZ",), parse_utc("2022-01-01"), parse_utc("2022-01-31", end_of_day=True))


def rows(count: int, value: float = 5.0) -> bytes:
    hours = [f"2022-01-{1 + i // 24:02d}T{i % 24:02d}:00Z,KZ,ioda.bgp,{value + i % 24}" for i in range(count)]
    return ("\n".join(["time,place,signal,value", *hours]) + "\n").encode()


HOLD = """
import sys, time
from pathlib import Path
from kuager.case.folder import open_case
with open_case(Path(sys.argv[1])).writing("detect"):
    print("held", flush=True)
    time.sleep(60)
"""

WRITE_WITHOUT_END = """
import sys
from pathlib import Path
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import open_case
case = open_case(Path(sys.argv[1]))
print("writing", flush=True)
for turn in range(1000):
    text = "time,place,signal,value\\n"
    for hour in range(400):
        text += f"2022-01-{1 + hour // 24:02d}T{hour % 24:02d}:00Z,KZ,ioda.bgp,{5 + turn}\\n"
    add_bytes(case, text.encode(), "x.csv", "series", None)
    detect_case(case)
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "case", SETTINGS)


def test_settings_survive_their_file() -> None:
    assert from_toml(to_toml(SETTINGS)) == SETTINGS


@pytest.mark.parametrize(
    "text", ["", "x =", "title = 1", 'title="a"\nplaces=["KZ"]\nfrom=2022-01-01T00:00:00\nto=2022-01-02T00:00:00']
)
def test_damaged_settings_are_told(text: str) -> None:
    with pytest.raises(CaseDamaged, match=r"case\.toml"):
        from_toml(text.encode())


def test_a_window_ends_after_it_begins() -> None:
    with pytest.raises(UsageError, match="before it begins"):
        Settings("", ("KZ",), SETTINGS.end, SETTINGS.start)


def test_a_case_is_made_once_and_opened_often(case: Case) -> None:
    with pytest.raises(CaseExists):
        new_case(case.path, SETTINGS)
    assert open_case(case.path).settings == SETTINGS
    with pytest.raises(CaseMissing):
        open_case(case.path / "nowhere")


def test_bytes_are_kept_exactly_and_once(case: Case) -> None:
    data = rows(48)
    first = add_bytes(case, data, "a.csv", "series", None)
    again = add_bytes(case, data, "b.csv", "series", None)
    assert (first.new, again.new) == (True, False)
    assert case.objects.get(sha256(data)) == data
    assert [record.name for record in case.records.all()] == ["a.csv"]


def test_the_second_writer_is_told_who_holds_the_case(case: Case) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(case.path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(CaseHeld, match=f"process {holder.pid} .kuager detect"):
            add_bytes(case, rows(5), "a.csv", "series", None)
        assert open_case(case.path).settings == SETTINGS  # reading needs no lock
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    assert add_bytes(case, rows(5), "a.csv", "series", None).new


def test_killed_at_any_moment_the_case_opens_and_goes_on(tmp_path: Path) -> None:
    for turn in range(4):
        made = new_case(tmp_path / str(turn), SETTINGS)
        writer = subprocess.Popen([sys.executable, "-c", WRITE_WITHOUT_END, str(made.path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + 0.09 * turn)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        opened = open_case(made.path)
        assert all(opened.objects.get(record.digest) for record in opened.records.all())
        add_bytes(opened, rows(700), "last.csv", "series", None)
        assert detect_case(opened) == detect_case(opened)
        assert not list(opened.path.rglob(".tmp-*"))


def test_what_a_killed_writer_left_half_made_is_cleared_by_the_next(case: Case) -> None:
    add_bytes(case, rows(5), "a.csv", "series", None)
    shelf = case.objects.path(case.records.all()[0].digest).parent
    for leftover in (shelf / ".tmp-1", shelf.parents[1] / ".tmp-2", case.path / ".tmp-3" / "within"):
        leftover.parent.mkdir(exist_ok=True)
        leftover.write_bytes(b"half")
    with case.writing("add"):
        assert not list(case.path.rglob(".tmp-*"))


def test_derivations_name_inputs_outputs_and_code(case: Case) -> None:
    add_bytes(case, rows(700), "a.csv", "series", None)
    detect_case(case)
    records = [json.loads(path.read_bytes()) for path in (case.path / "evidence" / "derivations").iterdir()]
    assert {record["name"] for record in records} == {"observe", "detect"}
    observed = next(record for record in records if record["name"] == "observe")
    assert observed["inputs"] == [f"sha256:{sha256(rows(700))}"]
    assert all(record["code"].startswith("kuager ") and record["output"].startswith("sha256:") for record in records)


def cut(first: int, last: int, depth: float = 0.02) -> bytes:
    """A month of two kinds of signal, both cut for some hours."""
    lines = ["time,place,signal,value"]
    for name, level in (("ioda.ping-slash24", 900.0), ("ioda.gtr", 500.0)):
        for hour in range(31 * 24):
            wobble = 1 + 0.01 * ((hour * 7919) % 13 - 6) / 6
            share = depth if first <= hour < last else 1.0
            lines.append(f"2022-01-{1 + hour // 24:02d}T{hour % 24:02d}:00Z,KZ,{name},{level * wobble * share:.3f}")
    return ("\n".join(lines) + "\n").encode()


def test_a_correction_is_a_new_version_and_the_old_one_stays(case: Case) -> None:
    add_bytes(case, cut(300, 320), "first.csv", "series", None)
    (one,) = detect_case(case).episodes
    assert (one.id, one.version) == ("kz-2022-01-13-a", 1)
    old = (case.episodes / "kz-2022-01-13-a.v1.json").read_bytes()
    add_bytes(case, cut(300, 326), "revised.csv", "series", None)
    (two,) = detect_case(case).episodes
    assert (two.id, two.version) == ("kz-2022-01-13-a", 2)
    assert two.end is not None
    assert one.end is not None
    assert (two.end - one.end).total_seconds() == 6 * 3600
    assert (case.episodes / "kz-2022-01-13-a.v1.json").read_bytes() == old
    assert standing(case).episodes == (two,)


def test_no_correction_is_put_upon_a_version_that_was_edited(case: Case) -> None:
    add_bytes(case, cut(300, 320), "first.csv", "series", None)
    detect_case(case)
    path = case.episodes / "kz-2022-01-13-a.v1.json"
    path.write_text(path.read_text().replace('"corroborated"', '"confirmed"'))
    add_bytes(case, cut(300, 326), "revised.csv", "series", None)
    with pytest.raises(CaseDamaged, match="not what was derived"):
        detect_case(case)
    assert sorted(one.name for one in case.episodes.glob("*.v*.json")) == [path.name]


def test_series_of_other_places_are_comparison_only(case: Case) -> None:
    add_bytes(case, cut(300, 320).replace(b",KZ,", b",TR,"), "tr.csv", "series", None)
    assert detect_case(case).episodes == ()


def test_a_whole_source_that_fails_in_many_countries_is_no_outage(case: Case) -> None:
    text = cut(300, 320).decode()
    header, *lines = [line for line in text.splitlines() if not line.endswith(",")]
    probing = [line for line in lines if "ping-slash24" in line]
    countries = ["KZ", "TR", "FR", "DE", "BR", "IN", "ZA", "JP", "MX", "EG", "NG", "PL"]
    every = [line.replace(",KZ,", f",{code},") for code in countries for line in probing]
    add_bytes(case, "\n".join([header, *every, ""]).encode(), "world.csv", "series", None)
    found = detect_case(case)
    assert found.episodes == ()
    assert found.events == ()
