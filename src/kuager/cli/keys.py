"""``kuager keys``: making, replacing, revoking and telling the keys that sign."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from kuager.case.folder import open_case
from kuager.case.signing import keys_folder
from kuager.cli.reader import results, say, translation
from kuager.errors import KeyUnusable, UsageError, message
from kuager.evidence.keys.events import Body, Reason, Role
from kuager.evidence.keys.private_files import read_private
from kuager.evidence.keys.published import published_form
from kuager.evidence.keys.records import KeyRecord
from kuager.evidence.keys.ring import NAMES, Ring, open_ring
from kuager.model.time import parse_utc

_LONGEST_PASSPHRASE = 1024
_REVOKED = {
    Reason.COMPROMISED: message("Named {name}, made at {made}; revoked from {time} on: others may have it"),
    Reason.LOST: message("Named {name}, made at {made}; revoked from {time} on: it was lost"),
    Reason.SUPERSEDED: message("Named {name}, made at {made}; revoked from {time} on: it is not used any more"),
}

keys = typer.Typer(
    help="Make, replace, revoke and tell the keys that sign.", no_args_is_help=True, rich_markup_mode=None
)

For = Annotated[Role, typer.Option("--role", help="What the key is for.")]
Cases = Annotated[
    list[Path] | None, typer.Argument(metavar="[CASE]...", help="Folders of cases whose logs are told of it.")
]
Passphrase = Annotated[bool, typer.Option("--passphrase", help="Lock it; asks for the passphrase, without showing it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def passphrase_of(role: str) -> str | None:
    """What opens the key that signs for a role, from ``KUAGER_PASSPHRASE_FILE`` or asked for.

    None if the key is open, or there is none that could sign.

    Raises:
        KeyUnusable: the key is locked, and there is no such file and nobody to ask.
    """
    ring, wanted = open_ring(keys_folder()), Role(role)
    if not any(key.standing for key in ring.records(wanted)) or not ring.locked(wanted):
        return None
    return _passphrase_from_file() or _asked(message("Passphrase of the key for {role}: "), wanted)


@keys.command()
def new(
    role: For = Role.LOG,
    name: Annotated[str, typer.Option(help="Of the role or the organisation, never of a person.")] = "",
    passphrase: Passphrase = False,
    as_json: Json = False,
) -> None:
    """Make the key of a role, and print what to publish of it."""
    ring = open_ring(keys_folder())
    body = ring.new(role, name or NAMES[role], _new_passphrase(role) if passphrase else None)
    _tell(ring, role, body, as_json=as_json)


@keys.command()
def rotate(case: Cases = None, role: For = Role.LOG, passphrase: Passphrase = False, as_json: Json = False) -> None:
    """Put a new key in the place of one, signed for by both. What was locked stays locked."""
    ring = open_ring(keys_folder())
    old = passphrase_of(role)
    lock = passphrase or old is not None
    locked_by = _new_passphrase(role) if lock else None
    with _telling(case or ()):
        body = ring.rotate(role, old, locked_by)
    _tell(ring, role, body, as_json=as_json)


@keys.command()
def revoke(
    reason: Annotated[Reason, typer.Option(help="Why.")],
    case: Cases = None,
    role: For = Role.LOG,
    since: Annotated[str, typer.Option(metavar="TIME", help="From when on it proves nothing; now if not said.")] = "",
    fingerprint: Annotated[str, typer.Option("--key", metavar="SHA256:…", help="Which, if not the newest.")] = "",
    as_json: Json = False,
) -> None:
    """Declare that a key proves nothing from a moment on."""
    moment = parse_utc(since) if since else None
    ring = open_ring(keys_folder())
    with _telling(case or ()):
        body = ring.revoke(role, reason, moment, fingerprint)
    _tell(ring, role, body, as_json=as_json)


@keys.command(name="list")
def list_keys(as_json: Json = False) -> None:
    """List all keys with their fingerprints, to compare and to publish."""
    ring = open_ring(keys_folder())
    every = ring.records()
    if as_json:
        _print_json({"keys": [_record(ring, key) for key in every]})
        return
    if not every:
        say(translation().gettext(message("There are no keys yet. Make one: kuager keys new")))
    for key in every:
        say(f"{key.role.value}: {key.fingerprint}", style="bold" if key.standing else "dim")
        say(f"  {key.spoken}")
        say(f"  {key.text}")
        say(f"  {_state(key)}")


@contextmanager
def _telling(paths: Iterable[Path]) -> Iterator[None]:
    """Hold cases while a key changes, so that none is missed; then tell their logs what became of it."""
    cases = [open_case(path) for path in paths]
    with ExitStack() as held:
        for case in cases:
            held.enter_context(case.writing("keys"))
        yield
        for case in cases:
            case.proving.log.tell_of_keys()


def _tell(ring: Ring, role: Role, body: Body, *, as_json: bool) -> None:
    """What became of a key: for people also the card of the new one, to be published."""
    (key,) = (one for one in ring.records(role) if one.fingerprint == body["fingerprint"])
    if as_json:
        _print_json({"event": body, "key": _record(ring, key)})
        return
    if not key.standing:
        say(f"{key.role.value}: {key.fingerprint}")
        say(_state(key))
        return
    form = published_form(key, translation().gettext)
    say(form.card)
    say(translation().gettext(message("Publish this in other places than the evidence. As a record of DNS:")))
    say(form.dns)


def _state(key: KeyRecord) -> str:
    gettext = translation().gettext
    if key.revoked is not None:
        return gettext(_REVOKED[key.revoked.reason], name=key.name, made=key.made, time=key.revoked.since)
    if key.replaced is not None:
        template = message("Named {name}, made at {made}; replaced at {time}")
        return gettext(template, name=key.name, made=key.made, time=key.replaced)
    return gettext(message("Named {name}, made at {made}; signs now"), name=key.name, made=key.made)


def _record(ring: Ring, key: KeyRecord) -> dict[str, object]:
    return {
        "role": key.role.value,
        "name": key.name,
        "state": "revoked" if key.revoked else "replaced" if key.replaced else "standing",
        "key": key.text,
        "id": key.verifier.id.hex() if key.verifier else None,
        "fingerprint": key.fingerprint,
        "spoken": key.spoken,
        "made": key.made,
        "replaced": key.replaced,
        "replaced_by": key.replaced_by or None,
        "revoked": {"since": key.revoked.since, "reason": key.revoked.reason.value} if key.revoked else None,
        "locked": ring.locked(key.role) if key.standing else None,
        "dns": published_form(key).dns,
    }


def _print_json(record: dict[str, object]) -> None:
    results.file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def _new_passphrase(role: Role) -> str:
    """The passphrase of a key to be made: from the file if one is named, else asked for twice."""
    from_file = _passphrase_from_file()
    if from_file:
        return from_file
    first = _asked(message("New passphrase for {role}: "), role)
    if first != _asked(message("The same again: "), role):
        raise UsageError(
            message("The two passphrases are not the same."),
            meaning=message("No key was made or replaced."),
            remedy=message("Run the same command again."),
        )
    return first


def _asked(template: str, role: Role) -> str:
    if not sys.stdin.isatty():
        raise KeyUnusable(
            message("A passphrase is needed for {role}, and there is nobody to ask."),
            remedy=message("Name a file that holds it with KUAGER_PASSPHRASE_FILE."),
            role=role.value,
        )
    try:
        said = getpass(translation().gettext(template, role=role.value))
    except EOFError as error:
        raise typer.Abort from error
    return _checked(said)


def _passphrase_from_file() -> str | None:
    """The first line of the file that ``KUAGER_PASSPHRASE_FILE`` names; None when it names none."""
    named = os.environ.get("KUAGER_PASSPHRASE_FILE", "")
    if not named:
        return None
    data = read_private(Path(named), _LONGEST_PASSPHRASE)
    if data is None:
        raise KeyUnusable(
            message("The file {file}, which KUAGER_PASSPHRASE_FILE names, is not there."), file=Path(named).name
        )
    return _checked(data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r"))


def _checked(said: str) -> str:
    if not said or not said.isprintable() or "\ufffd" in said:
        raise UsageError(
            message("The passphrase is empty, or has signs that cannot be typed."),
            remedy=message("Use a line of words."),
        )
    return said
