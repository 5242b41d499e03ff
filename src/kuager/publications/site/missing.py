"""What a server shows where there is no page. It is no part of what is published: its link begins at the top."""

from __future__ import annotations

from kuager.errors import message
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.site import addresses
from kuager.publications.site.rendering import style_hash, templates


def render_missing(asked: str) -> str:
    """The page, in the language of the path below ``public/`` that was asked for, or in English."""
    first = asked.partition("/")[0]
    language = first if first in LANGUAGES else "en"
    translation = translator(language)
    return (
        templates()
        .get_template("missing.html")
        .render(
            language=language,
            style_hash=style_hash(),
            gettext=translation.gettext,
            title=translation.gettext(message("There is no such page.")),
            home=addresses.home(language),
        )
    )
