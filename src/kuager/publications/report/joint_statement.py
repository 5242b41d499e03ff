"""A joint statement: chosen claims, each its own sentence, with what each rests on as numbered notes at the end.

It is a draft until those named have signed it: nothing here signs for anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kuager.errors import message
from kuager.publications.report.loose import loose
from kuager.publications.view import About
from kuager.publications.wording.register_rows import Told

DRAFT = message("This is a draft. It is the statement of nobody until those named below have signed it.")
CHECK = message(
    "Each number leads to what its sentence rests on. To check it, ask the publisher of this case for the bundle and"
    " run: kuager verify BUNDLE. A SHA-256 is that of the sealed bytes; the log entry says since when they are known."
)
OTHERS = message("These are claims of those named. Kuager makes none of them its own.")


@dataclass(frozen=True, slots=True)
class Source:
    """What a sentence rests on: who speaks, when, where, the SHA-256 of the sealed bytes; empty where not known.

    ``entry`` says which entry of the log that is and since when, or that it is only cited.
    """

    who: str
    when: str
    link: str
    object: str
    entry: str


@dataclass(frozen=True, slots=True)
class ChosenClaim:
    """A sentence with its number: how it stands where that is not beyond doubt, what is in doubt, who claims it."""

    id: str
    number: int
    sentence: Told
    standing: str
    doubt: Told | None
    claimed_by: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class JointStatement:
    """A statement as it is laid out; ``signers`` are names as they were given."""

    about: About
    claims: tuple[ChosenClaim, ...]
    signers: tuple[str, ...]
    simulated: bool

    @property
    def title(self) -> str:
        """What it is about, and nothing more."""
        return self.about.translation.gettext(message("Joint statement: {case}"), case=self.about.case_title)


def as_html(statement: JointStatement) -> str:
    """The statement as one file that any browser prints."""
    return loose("joint-statement.html", statement.about, title=statement.title, **_facts(statement))


def as_text(statement: JointStatement) -> str:
    """The statement as plain text."""
    return loose("joint-statement.txt", statement.about, title=statement.title, **_facts(statement))


def _facts(statement: JointStatement) -> dict[str, Any]:
    gettext = statement.about.translation.gettext
    return {
        "claims": statement.claims,
        "signers": statement.signers,
        "simulated": statement.simulated,
        "of_others": any(one.claimed_by for one in statement.claims),
        "draft": gettext(DRAFT),
        "check": gettext(CHECK),
        "others": gettext(OTHERS),
    }
