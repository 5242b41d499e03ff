"""By what programs know a feed, an entry and an alert again, and what characters they can read.

An id is a UUID made of a name (RFC 9562, version 5) below the first entry of the case's log. That entry never changes,
whatever becomes of the title, the window or the address of a case, and no two cases share it.
"""

from __future__ import annotations

import re
import uuid
from posixpath import relpath

from kuager.publications.view import CaseView

_NAMESPACE = uuid.UUID("c3b6a1f0-7f5b-5f0e-9f0e-6b7561676572")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) does not allow, not even escaped."""


def urn(view: CaseView, name: str) -> str:
    """An id that does not depend on where the site lies.

    Where nothing was logged the places and the first moment of the window stand for the case.
    """
    places, (start, _) = " ".join(view.places), view.about.window
    return uuid.uuid5(_NAMESPACE, f"{view.about.first_entry or f'{places} {start:%Y-%m-%dT%H:%M}Z'} {name}").urn


def alert_path(episode: str, number: int, *, cancel: bool = False) -> str:
    """Where the alert of a version lies below ``public/``, or the message that takes it back."""
    return f"feeds/cap/{episode}-v{number}{'-cancel' if cancel else ''}.xml"


def address(view: CaseView, here: str, there: str) -> str:
    """The address of a file of the site, for a feed that lies at ``here``; both are paths below ``public/``."""
    return view.about.address + there if view.about.address else relpath(there, here.rpartition("/")[0])


def clean(text: str) -> str:
    """A text without characters that XML forbids."""
    return _NOT_IN_XML.sub("\ufffd", text)
