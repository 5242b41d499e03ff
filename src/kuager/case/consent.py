"""What a contributor agreed to, and what they fear: two fields of every contribution that are never opened.

Without them nothing of a contribution may be opened: silence is no consent. Consent that is taken back is an erasure
(``kuager erase``), which no copy that was handed out already can follow.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from kuager.codecs.text import excerpt
from kuager.errors import EvidenceError, UsageError, message
from kuager.evidence.private.commitments import Record

CONSENT, RISK = "consent", "risk"
NOTES = frozenset({CONSENT, RISK})
"""Fields that are for curators alone."""
LONGEST_RISK = 1_000


class Consent(StrEnum):
    """How far what is contributed may go."""

    SEALED = "sealed"
    """It is kept, and nothing of it is opened."""
    COURT = "court"
    """Fields may be opened in confidential bundles, for a court or an expert who keeps them."""
    PUBLIC = "public"
    """Fields may be opened in any bundle."""


def notes_of(consent: str, risk: str) -> dict[str, str]:
    """The two fields.

    Args:
        consent: one of ``Consent``.
        risk: what could happen to anybody if it became known, in the contributor's words.

    Raises:
        UsageError: one is missing, or is not what it should be.
    """
    if consent not in set(Consent):
        raise UsageError(
            message("It is not said how far the contribution may go.")
            if not consent
            else message("“{consent}” is none of the ways in which one can agree."),
            meaning=message("What nobody agreed to is never opened, and silence is no consent."),
            remedy=message(
                "--consent sealed: it is kept, no more; court: for a court that keeps it; public: for everyone."
            ),
            consent=excerpt(consent),
        )
    if not risk.strip() or len(risk) > LONGEST_RISK:
        raise UsageError(
            message("It is not said what could happen to anybody if it became known, in at most {most} characters."),
            meaning=message("Whoever receives it has to weigh that before anything is opened."),
            remedy=message('Say it: --risk "my work would know that it was me". “none that I know of” is an answer.'),
            most=LONGEST_RISK,
        )
    return {CONSENT: consent, RISK: " ".join(risk.split())}


def said_consent(record: Record) -> Consent | None:
    """What was agreed to; None where nothing was said that is one of the ways, or where it was erased."""
    said = _text(record, CONSENT)
    return Consent(said) if said in set(Consent) else None


def consent_of(record: Record) -> Consent:
    """What counts: what was agreed to, and ``sealed`` where nothing was."""
    return said_consent(record) or Consent.SEALED


def goes_into(record: Record, *, confidential: bool) -> bool:
    """Whether what was revealed of a record may go into a bundle; consent may be gone since it was revealed."""
    consent = consent_of(record)
    return consent is Consent.PUBLIC or (confidential and consent is Consent.COURT)


def risk_of(record: Record) -> str:
    """What the contributor fears, as a terminal may show it; empty where nothing was said."""
    return excerpt(_text(record, RISK), LONGEST_RISK)


def with_the_last(record: Record, names: Collection[str]) -> set[str]:
    """The fields to be erased: with the last that can be opened go the notes, which may point at a person as well."""
    left = {one.name for one in record.disclosures}
    erased = set(names)
    return erased if left - NOTES - erased else erased | left & NOTES


def check_covered(record: Record, names: Collection[str]) -> None:
    """Refuse to open what nobody agreed to.

    Raises:
        EvidenceError: nothing of the record may be opened, or the notes themselves are named.
    """
    if NOTES & set(names):
        raise EvidenceError(
            message("What a contributor agreed to, and fears, is never opened."),
            remedy=message("Choose other fields."),
        )
    if not goes_into(record, confidential=True):
        raise EvidenceError(
            message("Nobody agreed that anything of this entry is opened."),
            meaning=message("Its contributor said that it is to be kept and no more, or said nothing."),
            remedy=message("If they want it otherwise now, let them contribute it again with another consent."),
        )


def _text(record: Record, name: str) -> str:
    """A note, which whoever made the parcel may have made of anything; empty where it is no text."""
    return next((one.value for one in record.disclosures if one.name == name and isinstance(one.value, str)), "")
