"""From a template and facts to a page: its policy, its links, what stands at its head and foot.

The style sheet stands inside and is allowed by its hash; the policy forbids everything else but the pictures and the
scripts that lie below the same ``public/``, so that a page asks nothing of any other machine.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import timedelta
from functools import cache, partial
from typing import Any

import jinja2

from kuager.errors import message
from kuager.publications import clock
from kuager.publications.language import LANGUAGES
from kuager.publications.site import addresses
from kuager.publications.view import About

MENU = {
    "report": message("Reports"),
    "verify": message("Verify"),
    "subscribe": message("Subscribe"),
    "method": message("Method"),
    "glossary": message("Glossary"),
    "volunteer": message("Stay safe"),
}
"""The guides as the head of every page names them."""
STATUS = message("Status")
"""Before them, where an operator speaks: the page of what it says."""
CONDUCT = message("Who answers")
"""And before them, the page of what was ordered, said, owed and done."""


def render(template: str, about: About, here: str, **facts: Any) -> str:
    """A page.

    Args:
        template: its file below ``templates/``.
        about: what every page says of the case.
        here: its own path below ``public/``, from which its links go.
        facts: what the template lays out.
    """
    translation = about.translation
    below = here.partition("/")[2]
    return (
        templates()
        .get_template(template)
        .render(
            about=about,
            style_hash=style_hash(),
            gettext=translation.gettext,
            ngettext=translation.ngettext,
            reviewed=translation.reviewed,
            link=partial(addresses.relative, here),
            home=addresses.home(about.language),
            here=here,
            atom=f"feeds/{about.language}/episodes.atom",
            menu=[
                (page, translation.gettext(title), page == here)
                for page, title in [
                    *([(addresses.status(about.language), STATUS)] if about.spoken else []),
                    (addresses.conduct(about.language), CONDUCT),
                    *((addresses.guide(about.language, name), title) for name, title in MENU.items()),
                ]
            ],
            languages=[(code, LANGUAGES[code], f"{code}/{below}", code == about.language) for code in about.languages],
            known=clock.utc(about.known, translation.locale),
            window=[
                clock.day(about.window[0].date(), translation.locale),
                clock.day(
                    (about.window[1] - timedelta(seconds=1)).date(), translation.locale
                ),  # the end is not included
            ],
            **facts,
        )
    )


@cache
def style_hash() -> str:
    """The hash by which the policy of a page allows its style sheet."""
    style = templates().get_template("page.css").render()
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def templates() -> jinja2.Environment:
    """The one set of templates: for the export, the server and the reports."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("kuager.publications"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
