"""How whoever runs Kuager wants sources to be asked: a contact, and mirrors of one's own, from a TOML file.

contact = "measurements@example.org"

[sources.ioda]
address = "http://127.0.0.1:8080/v2"
pause_s = 0.0
first_wait_s = 0.1
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec

from kuager.errors import KuagerError, message
from kuager.sources.asking import FIRST_WAIT_S, Manners
from kuager.sources.registry import OFFERS


def settings_file() -> Path:
    """Where a person's settings are: ``KUAGER_SETTINGS``, else ``kuager/settings.toml`` among the user's settings."""
    named = os.environ.get("KUAGER_SETTINGS", "")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kuager" / "settings.toml"


class _OfSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str = ""
    pause_s: float | None = None
    first_wait_s: float = FIRST_WAIT_S


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contact: str = ""
    sources: dict[str, _OfSource] = {}
    proof: dict[str, object] = {}  # read by anchors.py


def read_manners(file: Path) -> dict[str, Manners]:
    """Manners by source; the key ``*`` holds for all that are not named. A file that is not there says nothing.

    Raises:
        KuagerError: the file cannot be read or says something that Kuager does not know.
    """
    if not file.exists():
        return {"*": Manners()}
    try:
        said = msgspec.convert(tomllib.loads(file.read_text("utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KuagerError(
            message("The settings in {file} cannot be read: {what}."),
            remedy=message("docs/how-to.md shows what may stand in them."),
            file=str(file),
            what=str(error),
        ) from error
    contact = " ".join(said.contact.split())
    if not contact.isascii() or not contact.isprintable():
        raise KuagerError(
            message("The contact in {file} has letters that a request cannot carry."),
            remedy=message("Write it in Latin letters, such as an address of e-mail."),
            file=str(file),
        )
    unknown = sorted(set(said.sources) - set(OFFERS))
    if unknown:
        raise KuagerError(
            message("The settings in {file} speak of a source that Kuager does not ask: {name}."),
            remedy=message("The sources are: {names}."),
            file=str(file),
            name=unknown[0],
            names=", ".join(OFFERS),
        )
    return {"*": Manners(contact)} | {
        name: Manners(contact, one.address, one.pause_s, one.first_wait_s) for name, one in said.sources.items()
    }
