"""What may be shown of a case in one language, for what is written when somebody asks: reports, tables, statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kuager.case.detecting import Detected
from kuager.case.folder import Case
from kuager.case.publishing import safe_views, told_until
from kuager.errors import UsageError, message
from kuager.publications.view import CaseView


def safe_view(case: Case, found: Detected, language: str) -> CaseView:
    """The same as on the pages that would be published now.

    Raises:
        UsageError: the case has no such language, or its rules leave nothing to show.
    """
    refuse_other_language(language, case.settings.languages)
    return safe_views(case, found, told_until(case, datetime.now(UTC)))[language]


def refuse_other_language(language: str, languages: Sequence[str]) -> None:
    """Refuse a language in which a case is not published.

    Raises:
        UsageError: it is not among its languages.
    """
    if language not in languages:
        raise UsageError(
            message("This case is not published in “{language}”."),
            remedy=message("Choose from {languages}."),
            language=language,
            languages=", ".join(languages),
        )
