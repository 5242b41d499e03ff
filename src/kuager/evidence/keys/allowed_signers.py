"""Who may sign, as OpenSSH writes it down (ssh-keygen(1), ALLOWED SIGNERS): a line for each key.

``name namespaces="…",valid-after="20220105103000Z",valid-before="…" ssh-ed25519 AAAA…``. Names are exact names here,
not patterns, and times are in UTC: a time without its Z would mean another moment on every machine. Lines for keys of
other algorithms are passed over; whatever else ``ssh-keygen`` might understand otherwise than is told here is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from kuager.errors import ProofRefused, message
from kuager.evidence.keys.public_key import ALGORITHM, parse_ssh_line, ssh_line

LARGEST_FILE = 64 * 1024
NAME = re.compile(r"[^\W_][\w.@/:+-]{0,254}")
"""Names that ``ssh-keygen`` takes for themselves: no blanks, quotes, commas, or signs of patterns."""

_OPTION = re.compile(r'([A-Za-z-]+)="([^"\\]*)"')
_NAMESPACES = re.compile(r"[a-z0-9.@-]+(,[a-z0-9.@-]+)*")
_OTHER_ALGORITHMS = re.compile(r"(sk-)?(ssh|ecdsa)-[a-z0-9@.-]+")
_TIMES = ("%Y%m%dZ", "%Y%m%d%H%MZ", "%Y%m%d%H%M%SZ")
_WRITTEN = _TIMES[-1]


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """A key and who signs with it, for which purposes, and from when to when (both included; None has no bound).

    ``namespaces`` empty allows every purpose.
    """

    names: tuple[str, ...]
    public: bytes
    namespaces: tuple[str, ...] = ()
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    @property
    def text(self) -> str:
        """The line without its end."""
        options = [f'namespaces="{",".join(self.namespaces)}"'] if self.namespaces else []
        for option, moment in (("valid-after", self.valid_after), ("valid-before", self.valid_before)):
            if moment is not None:
                options.append(f'{option}="{moment.astimezone(UTC).strftime(_WRITTEN)}"')
        return " ".join(word for word in (",".join(self.names), ",".join(options), ssh_line(self.public)) if word)

    def may_sign(self, namespace: str, principal: str = "") -> bool:
        """Whether this is that signer, or anybody if none is named, and may sign for a purpose."""
        return (not principal or principal in self.names) and (not self.namespaces or namespace in self.namespaces)

    def valid_at(self, moment: datetime) -> bool:
        """Whether the key could be used then."""
        return (self.valid_after is None or self.valid_after <= moment) and (
            self.valid_before is None or moment <= self.valid_before
        )


def encode(signers: Iterable[AllowedSigner]) -> bytes:
    """The file."""
    return "".join(f"{one.text}\n" for one in signers).encode()


def parse(data: bytes) -> tuple[AllowedSigner, ...]:
    """Read a file of allowed signers.

    Raises:
        ProofRefused: it is none, or says something that could be understood in two ways; the error names the line.
    """
    try:
        text = data.decode("utf-8") if len(data) <= LARGEST_FILE else "\r"
    except UnicodeDecodeError as error:
        raise _refused(0) from error
    signers = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        if not line.isprintable():
            raise _refused(number)
        signer = _signer(line, number)
        if signer is not None:
            signers.append(signer)
    return tuple(signers)


def _signer(line: str, number: int) -> AllowedSigner | None:
    """The signer of a line; None when the key is of another algorithm."""
    names, _, rest = line.partition(" ")
    options, rest = ("", rest) if _is_algorithm(rest) else _until_key(rest)
    words = rest.split(" ")
    if not all(NAME.fullmatch(name) for name in names.split(",")) or len(words) < 2:
        raise _refused(number)
    if words[0].encode() != ALGORITHM:
        if not _is_algorithm(words[0]):
            raise _refused(number)
        return None
    found = _options(options, number)
    after, before = found.get("valid-after"), found.get("valid-before")
    signer = AllowedSigner(
        tuple(names.split(",")),
        parse_ssh_line(" ".join(words[:2])),
        tuple(found["namespaces"].split(",")) if "namespaces" in found else (),
        _time(after, number) if after is not None else None,
        _time(before, number) if before is not None else None,
    )
    if signer.valid_after and signer.valid_before and signer.valid_before <= signer.valid_after:
        raise _refused(number)
    return signer


def _is_algorithm(text: str) -> bool:
    return _OTHER_ALGORITHMS.fullmatch(text.partition(" ")[0]) is not None


def _until_key(text: str) -> tuple[str, str]:
    """The options, which have no blanks here, and what follows them."""
    options, _, rest = text.partition(" ")
    return options, rest


def _options(text: str, number: int) -> dict[str, str]:
    found: dict[str, str] = {}
    rest = text
    while rest:
        match = _OPTION.match(rest)
        name = match[1].lower() if match else ""
        if match is None or name in found or name not in ("namespaces", "valid-after", "valid-before"):
            raise _refused(number)
        found[name] = match[2]
        comma, rest = rest[match.end() : match.end() + 1], rest[match.end() + 1 :]
        if comma and (comma != "," or not rest):
            raise _refused(number)
    if "namespaces" in found and not _NAMESPACES.fullmatch(found["namespaces"]):
        raise _refused(number)
    return found


def _time(text: str, number: int) -> datetime:
    for form in _TIMES:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if moment.strftime(form) == text:
            return moment
    raise _refused(number)


def _refused(number: int) -> ProofRefused:
    return ProofRefused(
        message("Line {line} of the file of allowed signers cannot be used."),
        meaning=message("It is damaged, or says something that could be understood in two ways."),
        remedy=message(
            "Write a name, if you like namespaces, valid-after and valid-before with times in UTC, then the key."
        ),
        line=number,
    )
