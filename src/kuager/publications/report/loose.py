"""Files that leave the site: one page or one text by itself, with no link to any other page of the case."""

from __future__ import annotations

from typing import Any

from kuager.publications import clock
from kuager.publications.site.rendering import templates
from kuager.publications.view import About


def loose(template: str, about: About, **facts: Any) -> str:
    """A page, or a text where the template ends in ``.txt``.

    Args:
        template: its file below ``templates/report/``.
        about: what every page says of the case.
        facts: what the template lays out; ``title`` and ``simulated`` always.
    """
    translation = about.translation
    return (
        templates()
        .get_template(f"report/{template}")
        .render(
            about=about,
            gettext=translation.gettext,
            reviewed=translation.reviewed,
            known=clock.utc(about.known, translation.locale),
            **facts,
        )
    )
