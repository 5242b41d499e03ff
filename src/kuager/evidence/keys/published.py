"""What to publish of a key in other places than the evidence itself: a record of DNS, and a card to print.

A key inside a bundle shows only that one hand made all of it. Whose hand it was is known by comparing the fingerprint
with one that came another way: a newspaper, the DNS of an organisation, a notice on a wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from kuager.errors import Translate, message, untranslated
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.records import KeyRecord

WIDTH = 72
"""Signs in a line of the card; half of the groups of the long fingerprint go into one."""


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """A key for publication: a line of a zone file of DNS (RFC 1035, section 5), and a card of plain text."""

    dns: str
    card: str


def published_form(key: KeyRecord, translate: Translate = untranslated) -> PublishedForm:
    """The forms of a key; the card in the language of ``translate``."""
    return PublishedForm(_dns(key), _card(key, translate))


def _dns(key: KeyRecord) -> str:
    """One string of a TXT record, in the tagged form of DKIM (RFC 6376, section 3.2); always below 255 signs."""
    tags = {"v": "kuager1", "role": key.role.value, "k": "ed25519", "p": key.public, "fp": key.fingerprint}
    return f'_kuager-{key.role.value} IN TXT "{"; ".join(f"{tag}={value}" for tag, value in tags.items())}"'


def _card(key: KeyRecord, translate: Translate) -> str:
    def told(template: str) -> list[str]:
        identity = key.verifier.id.hex() if key.verifier else ""
        text = translate(template).format(role=key.role.value, name=key.name, time=key.made, id=identity)
        return wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)

    groups = key.spoken.split()
    half = len(groups) // 2
    lines = [
        *told(message("Public key for {role}, named {name}, made at {time}")),
        "",
        f"  {key.fingerprint}",
        f"  {' '.join(groups[:half])}",
        f"  {' '.join(groups[half:])}",
        *([] if key.verifier is None else [f"  {key.verifier.id.hex()}"]),
        "",
        *told(
            message("Whoever checks evidence that bears this name compares these signs with those of the key in it.")
        ),
        *told(message("If they differ, somebody else made it. The signs are public; nobody can sign with them.")),
        "",
        *told(message("In the folder “keys” of a bundle, other programs show the same signs:")),
        *_commands(key),
        "",
    ]
    return "\n".join(lines)


def _commands(key: KeyRecord) -> list[str]:
    tail = "base64 -d | tail -c 32 | sha256sum"
    if key.role == Role.CUSTODIAN:
        return ["  cut -d' ' -f3- allowed_signers | ssh-keygen -lf -", f"  cut -d' ' -f4 allowed_signers | {tail}"]
    return [f"  cut -d+ -f3- {'log' if key.role == Role.LOG else 'witness-NAME'}.vkey | {tail}"]
