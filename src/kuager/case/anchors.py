"""Who vouches for the time and the one history of a log, from the table ``[proof]`` of a person's settings.

[proof]
policy = "witnesses.policy"             # whose cosignatures count (C2SP tlog-policy), with their addresses
beacon = "https://beacon.example"       # a relay of drand: entries are not older than its newest round
calendars = ["https://a.example"]       # of OpenTimestamps, through the program ots

[[proof.authorities]]                   # RFC 3161: two or more that have nothing to do with each other
name = "first"
url = "https://tsa.example/"
roots = "first.pem"

Files are looked for beside the settings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kuager.errors import KuagerError, message
from kuager.evidence.policy import Policy
from kuager.evidence.stamps.asking import Authority

_NAME = re.compile("[a-z0-9-]{1,40}", re.ASCII)


class _Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    url: str
    roots: str


class _Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    policy: str = ""
    beacon: str = ""
    calendars: list[str] = []
    authorities: list[_Authority] = []


class _File(msgspec.Struct, frozen=True):
    proof: _Proof = _Proof()


@dataclass(frozen=True, slots=True)
class Anchors:
    """Who is asked to vouch.

    Attributes:
        policy: whose cosignatures count; None when nobody's are asked for.
        policy_text: the same as the file has it, to go into bundles.
        authorities: that stamp time.
        calendars: of OpenTimestamps.
        beacon: the address of a relay of drand; empty for none.
    """

    policy: Policy | None = None
    policy_text: bytes = b""
    authorities: tuple[Authority, ...] = ()
    calendars: tuple[str, ...] = ()
    beacon: str = ""

    @property
    def witnesses(self) -> Mapping[str, str]:
        """The addresses of witnesses by their name in the policy."""
        return self.policy.addresses if self.policy is not None else {}


def read_anchors(file: Path) -> Anchors:
    """What a person's settings say; settings that are not there name nobody.

    Raises:
        KuagerError: they, or a file that they name, cannot be read.
    """
    if not file.exists():
        return Anchors()
    try:
        said = msgspec.convert(tomllib.loads(file.read_text("utf-8")), _File).proof
        roots = {one.name: (file.parent / one.roots).read_bytes() for one in said.authorities}
        policy = (file.parent / said.policy).read_bytes() if said.policy else b""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _unreadable(file, str(error)) from error
    if len(roots) < len(said.authorities) or not all(_NAME.fullmatch(name) for name in roots):
        raise _unreadable(file, "proof.authorities.name")
    return Anchors(
        policy=Policy.parse(policy) if policy else None,
        policy_text=policy,
        authorities=tuple(Authority(one.name, one.url, roots[one.name]) for one in said.authorities),
        calendars=tuple(said.calendars),
        beacon=said.beacon,
    )


def names_witnesses(file: Path) -> bool:
    """Whether a person's settings name witnesses that can be asked; also where they cannot be read, and may."""
    try:
        return bool(read_anchors(file).witnesses)
    except KuagerError:
        return True


def _unreadable(file: Path, what: str) -> KuagerError:
    return KuagerError(
        message("The settings in {file} cannot be read: {what}."),
        remedy=message("docs/how-to.md shows what may stand in them."),
        file=str(file),
        what=what,
    )
