"""The founding case, Kazakhstan in January 2022: its documents, and signals drawn from the times that they give."""

from __future__ import annotations

from pathlib import Path

from kuager.case.adding import add_bytes
from kuager.case.documents import add_record
from kuager.case.folder import Case, new_case, open_case
from kuager.case.founding import founding_bytes, founding_rows, load
from kuager.case.registers import add_row_bytes
from kuager.case.settings import Settings
from kuager.codecs.series_file import encode_csv
from kuager.errors import CaseExists, message
from kuager.evaluation.founding import january_2022
from kuager.model.time import parse_utc

SETTINGS = Settings(
    title="",
    places=("KZ",),
    start=parse_utc("2022-01-02"),
    end=parse_utc("2022-01-13", end_of_day=True),
)


def build_founding_case(path: Path) -> Case:
    """Build the case, or complete the one that is there.

    Raises:
        CaseExists: another case is there.
    """
    case = open_case(path) if (path / "case.toml").exists() else new_case(path, SETTINGS)
    if case.settings != SETTINGS:
        raise CaseExists(
            message("“{path}” is another case."),
            remedy=message("Build the founding case somewhere else: kuager demo FOLDER."),
            path=str(path),
        )
    record = load()
    windows = tuple((one.start, one.end) for one in record.restorations if one.end is not None)
    add_record(case, founding_bytes(), "kz-2022-01.toml")
    add_row_bytes(case, founding_rows(), "kz-2022-01-registers.toml")
    add_bytes(case, encode_csv(january_2022(windows=windows).series), "simulated-signals.csv", "series", None)
    return case
