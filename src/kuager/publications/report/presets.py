"""For whom a report is, and what stands in it in which order. The sections are files of ``templates/report/``."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import UsageError, message


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of report: its name in files and commands, its title, and its sections in order."""

    name: str
    title: str
    sections: tuple[str, ...]


PRESETS = (
    Preset("journalist", message("For journalists"), ("facts", "unknown", "chart", "contrasts", "cite")),
    Preset(
        "court",
        message("For courts"),
        (
            "facts",
            "unknown",
            "chart",
            "phases",
            "scope",
            "services",
            "sources",
            "why",
            "documents",
            "evidence",
            "method",
        ),
    ),
    Preset(
        "regulator",
        message("For regulators"),
        ("facts", "chart", "phases", "scope", "services", "documents", "unknown", "cite"),
    ),
    Preset(
        "engineer",
        message("For engineers"),
        ("facts", "chart", "phases", "sources", "contrasts", "scope", "services", "why", "evidence", "method"),
    ),
)


def preset(name: str) -> Preset:
    """A preset by its name.

    Raises:
        UsageError: there is none of that name.
    """
    for one in PRESETS:
        if one.name == name:
            return one
    raise UsageError(
        message("There is no report for “{name}”."),
        remedy=message("Choose from {names}."),
        name=name,
        names=", ".join(one.name for one in PRESETS),
    )
