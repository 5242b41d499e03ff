"""Whose word counts: the logs, the witnesses, and how many of them must have cosigned (C2SP tlog-policy).

log <vkey> [<url>]
witness <name> <vkey> [<url>]
group <name> all|any|<k> <name>...
quorum <name>|none
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kuager.errors import ProofRefused, message
from kuager.evidence.note import COSIGNATURE, ED25519, VerifierKey

LARGEST_POLICY = 64 * 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile("[1-9][0-9]{0,3}", re.ASCII)
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """At least ``least`` of its members, which are witnesses or groups by name."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs and witnesses by key, and the name of the witness or group that must have seen a checkpoint."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    addresses: Mapping[str, str]

    def satisfied(self, cosigners: Collection[VerifierKey]) -> bool:
        """Whether those who cosigned are enough."""
        seen = {name: key in cosigners for name, key in self.witnesses.items()}
        for name, group in self.groups.items():  # each names only what stands before it
            seen[name] = sum(seen[member] for member in group.members) >= group.least
        return self.quorum == _NONE or seen[self.quorum]

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """Read a policy file.

        Raises:
            ProofRefused: it is not one; the error names the line.
        """
        if len(data) > LARGEST_POLICY or _CONTROL.search(data):
            raise _refused(0)
        reading = _Reading()
        for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                try:
                    reading.take(words)
                except ProofRefused as error:
                    raise _refused(number) from error
        if reading.quorum is None:
            raise _refused(0)
        return cls(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum, reading.addresses)


class _Reading:
    """What the lines so far have said."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.addresses: dict[str, str] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        """One line that says something."""
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                key = VerifierKey.parse(vkey)
                self._new_key(key, [*self.logs], COSIGNATURE)
                self.logs.append(key)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = VerifierKey.parse(vkey)
                self._new_key(key, [*self.witnesses.values()], ED25519)
                self.witnesses[self._new_name(name)] = key
                self.addresses |= dict.fromkeys([name], url[0]) if url else {}
            case ["group", name, least, *members] if members:
                self.groups[self._new_name(name)] = self._group(least, members)
            case ["quorum", name] if self.quorum is None and (name == _NONE or name in self._names()):
                self.quorum = name
            case _:
                raise _refused(0)

    def _group(self, least: str, members: list[str]) -> Group:
        names = self._names()
        for member in members:
            if member not in names or member in self._members:
                raise _refused(0)
            self._members.add(member)
        counts = {"any": 1, "all": len(members)}
        count = counts[least] if least in counts else int(least) if _NUMBER.fullmatch(least) else 0
        if not 1 <= count <= len(members):
            raise _refused(0)
        return Group(count, tuple(members))

    def _names(self) -> set[str]:
        return {*self.witnesses, *self.groups}

    def _new_name(self, name: str) -> str:
        if name == _NONE or name in self._names():
            raise _refused(0)
        return name

    @staticmethod
    def _new_key(key: VerifierKey, others: list[VerifierKey], other_kind: int) -> None:
        """A key is listed once, and used for what it is made for."""
        if key.kind == other_kind or any(key.public == one.public for one in others):
            raise _refused(0)


def _refused(line: int) -> ProofRefused:
    if not line:
        return ProofRefused(
            message("The policy is no list of logs, witnesses, groups and one quorum."),
            remedy=message("docs/how-to.md shows what belongs into it."),
        )
    return ProofRefused(
        message("Line {line} of the policy cannot be."),
        meaning=message("A key or a name stands twice, is not known yet, or the line is of no known form."),
        remedy=message("docs/how-to.md shows what belongs into it."),
        line=line,
    )
