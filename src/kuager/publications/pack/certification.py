"""The form for whoever certifies: blanks to be filled in, no name, and no signature."""

from __future__ import annotations

from kuager.errors import message
from kuager.publications.pack.context import Context
from kuager.publications.pack.sentences import Form, Part, Section, Words


def section(context: Context) -> Section:
    """The form, to be filled in by the person who ran the program; no name stands in it."""
    gettext = context.gettext
    words = (
        message(
            "To be completed and signed by the person who made or checked this pack. It certifies nothing until then. "
            "Local rules decide what form a court accepts: have a lawyer adapt it, and strike out what you did not do."
        ),
        message("bundle/CERTIFICATION-902.txt has the longer form for courts of the United States."),
    )
    lines = (
        message("Court and case"),
        message("Name of the person who signs"),
        message("Occupation and employer"),
        message("Training and experience with electronic records"),
        message("What I did (made the pack, checked it, derived it again), and when"),
        message("On what machine and system, and who had access to it"),
        message("Version of the program (kuager --version)"),
        message("SHA-256 of MANIFEST.sha256 as I saw it"),
        message("Fingerprints of the keys, and where I compared them"),
        message("What did not hold, or could not be checked"),
        message("Statement of truth, in the words that the law of this place asks for"),
        message("Date, place, signature"),
    )
    told = [Words(gettext(one)) for one in words]
    part = Part("", (*told, Form(tuple(map(gettext, lines)))))
    return Section("certification", gettext(message("Certification, to be completed")), (part,))
