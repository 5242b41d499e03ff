"""From what an operator's officer says, in a file, in flags or in answers, to a notice: facts first, sentences after.

    operator = "kcell"
    effect = "cut"                      # cut, slowed or blocked
    start = 2026-01-05T10:30:00Z
    networks = ["AS29355"]
    access = "mobile"
    places = ["KZ-75"]
    services = ["all"]
    reason = "order"
    legal_basis = "Law on Communications, article 41-1"
    contact = "help@operator.example"

    [withheld]
    authority = "Law on Communications, article 41-1"

What is said later takes the place of what was said before: a flag that of a file, a file that of the newest version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from kuager.accountability.annotated import fields
from kuager.accountability.loading import language_of, parsed
from kuager.accountability.moments import UNKNOWN
from kuager.accountability.notices import ALL_SERVICES
from kuager.accountability.rows.disclosure import Notice, NoticeFact, NoticeState, Withheld
from kuager.accountability.rows.row import Holds, Status
from kuager.case.folder import SETTINGS_FILE, Case, new_case, open_case
from kuager.case.notices import check_facts
from kuager.case.operators import known_operators
from kuager.case.settings import Settings
from kuager.codecs.text import excerpt, refusal
from kuager.errors import UsageError, message
from kuager.model.operators import Operator
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.wording.notices import sentence

Said = Mapping[str, Any]
"""Fields of a notice by name, as they are written; ``withheld`` is by fact the law that forbids to tell it."""

_OURS = frozenset({"text", "sources", "doubt", "private", "not_known"})
"""Fields of a row that nobody says in a notice: its sentences are made from the facts."""
_SAYABLE = tuple(one for one in fields(Notice) if one.name not in _OURS)
_PROSE = frozenset(one.name for one in _SAYABLE if one.holds is Holds.PROSE)
_LEFT_OPEN = tuple(one for one in NoticeFact if one not in (NoticeFact.START, NoticeFact.ACCESS, NoticeFact.REASON))
"""Facts that have no word of their own for what is not known."""
_TOLD_WITH = {"reason_told": NoticeFact.REASON}
"""Fields that tell more of a fact: they are withheld with it."""
_REMARKS = {
    "id": "its name; made of operator and day when it is left out",
    "operator": "id; kuager networks KZ lists them",
    "state": "investigating, identified, monitoring or resolved",
    "effect": "cut, slowed or blocked",
    "start": 'a time such as 2026-01-05T10:30:00Z, a day 2026-01-05, or "unknown"',
    "end": "the same; only when it is over",
    "networks": "AS29355, …",
    "access": "mobile, fixed or mixed",
    "places": "KZ, KZ-75, …",
    "services": f'names, or "{ALL_SERVICES}"',
    "reason": "order, fault, damage, power, work, attack or unknown",
    "reason_told": "in your own words",
    "legal_basis": "law and article",
    "authority": "who demanded it",
    "contact": "whom people can turn to",
    "remedy": "what people get for it",
    "version": "of the notice that this follows, plus one",
    "status": "withdrawn, to take the notice back",
}


def read_said(data: bytes) -> dict[str, Any]:
    """What a file says.

    Raises:
        CodecError: it is neither TOML nor JSON, or says something that no notice has.
    """
    said = parsed(data)
    language = language_of(said)
    known = {one.name for one in _SAYABLE}
    for name in said:
        if name not in known:
            raise refusal(
                message("A notice has no “{name}”."),
                remedy=message("`kuager notice form` prints what it has."),
                name=excerpt(name),
            )
    for name in _PROSE & said.keys():
        if isinstance(said[name], str):
            said[name] = {language: said[name]} if said[name] else {}
    withheld = said.get("withheld", {})
    if not isinstance(withheld, dict) or not all(isinstance(one, str) for one in withheld.values()):
        raise refusal(
            message("What is withheld is a table of facts, each with the law that forbids to tell it."),
            remedy=message("`kuager notice form` prints what it has."),
        )
    return {name: value for name, value in said.items() if value not in ("", [], {})}


def as_said(notice: Notice) -> dict[str, Any]:
    """A notice as a file would say it."""
    said: dict[str, Any] = {
        name: value for name, value in msgspec.to_builtins(notice).items() if value not in (None, "", (), [], {})
    }
    if notice.status is not Status.WITHDRAWN:
        said.pop("status")
    if notice.withheld:
        said["withheld"] = {one.fact.value: one.basis for one in notice.withheld}
    said |= {one.value: UNKNOWN for one in notice.not_known}
    return {name: value for name, value in said.items() if name not in _OURS}


def together(*every: Said) -> dict[str, Any]:
    """What is said later takes the place of what was said before; a fact that is told is withheld no more."""
    found: dict[str, Any] = {}
    for said in every:
        withheld = {fact: basis for fact, basis in found.get("withheld", {}).items() if fact not in said} | said.get(
            "withheld", {}
        )
        found = {
            name: value
            for name, value in {**found, **said}.items()
            if _TOLD_WITH.get(name, name) not in said.get("withheld", {}) or name in ("id", "operator")
        }
        found.pop("withheld", None)
        if withheld:
            found["withheld"] = withheld
    return found


def notice_of_said(said: Said, operators: Sequence[Operator], now: datetime) -> Notice:
    """A notice with its sentences in every language.

    Args:
        said: what is known; a state that nobody says is that of something that goes on, or is over where it has an end.
        operators: all that are known.
        now: the moment, by whose day a notice without a name is called.

    Raises:
        UsageError: no operator is named, or a value is none that a notice can have; see ``check_facts``.
    """
    if not said.get("operator"):
        raise UsageError(
            message("It is not said whose notice this is."),
            remedy=message("Name the operator: --operator ID. kuager networks KZ lists them."),
        )
    withheld = [
        Withheld(fact=_fact(name), basis=basis.strip()) for name, basis in sorted(said.get("withheld", {}).items())
    ]
    over = NoticeState.RESOLVED if said.get("end") else None
    usual = {
        "id": f"{said['operator']}-{str(said.get('start', ''))[:10] if _dated(said) else f'{now:%Y-%m-%d}'}",
        "state": (over or (NoticeState.IDENTIFIED if said.get("reason") else NoticeState.INVESTIGATING)).value,
        "effect": "cut",
    }
    unknown = [one.value for one in _LEFT_OPEN if _is_unknown(said.get(one.value))]
    row = {**usual, **{name: value for name, value in said.items() if name not in unknown}}
    row |= {"text": {"en": "…"}, "withheld": msgspec.to_builtins(withheld), "not_known": unknown}
    _check_choices(row)
    try:
        notice = msgspec.convert(row, Notice)
    except (msgspec.ValidationError, RecursionError) as error:
        raise UsageError(
            message("The notice cannot be read: {what}."),
            remedy=message("`kuager notice form` prints what it has."),
            what=excerpt(str(error), 160),
        ) from error
    check_facts(notice, operators)
    text = {code: sentence(notice, tuple(operators), translator(code)) for code in LANGUAGES}
    return msgspec.structs.replace(notice, text=text)


def notice_form(notice: Notice | None = None) -> str:
    """The form of a notice in TOML, empty, or filled in with a version that is to be followed by another."""
    said = {} if notice is None else as_said(notice) | {"version": notice.version + 1}
    lines = [
        "# A notice. Fill in what is known; leave out what is not, write “unknown” where you do not know it.",
        "# What the law forbids to tell belongs below [withheld], with the law. What is left out counts as withheld.",
        "",
        'language = "en"',
    ]
    for one in _SAYABLE:
        if one.name in _REMARKS and (one.name in said or one.name not in ("version", "status")):
            value = said.get(one.name, [] if one.several else "")
            mark = "" if one.name in said or one.name in ("operator", "effect", "start") else "# "
            lines.append(f"{mark}{one.name} = {_toml(value)}  # {_REMARKS[one.name]}")
    lines += ["", "[withheld]"]
    withheld = said.get("withheld", {})
    lines += [f"{fact} = {_toml(basis)}" for fact, basis in withheld.items()]
    lines += [f'# {fact.value} = "law and article"' for fact in NoticeFact if fact.value not in withheld]
    return "\n".join(lines) + "\n"


def opened_for(path: Path, notice: Notice, now: datetime) -> Case:
    """The case of a folder; where there is none yet, one of this year about the operator's country.

    Args:
        path: the folder.
        notice: which passed all checks.
        now: the moment.
    """
    if (path / SETTINGS_FILE).is_file():
        return open_case(path)
    (country,) = {one.country for one in known_operators([path]) if one.id == notice.operator}
    year = datetime(now.year, 1, 1, tzinfo=UTC)
    return new_case(path, Settings("", (country,), year, year.replace(year=now.year + 1)))


def _check_choices(row: Said) -> None:
    """Refuse a word that is none of those that a field may have, and name them."""
    for field in _SAYABLE:
        value = row.get(field.name)
        if field.choices and isinstance(value, str) and value not in field.choices:
            raise UsageError(
                message("The notice cannot have “{value}” as its {field}."),
                remedy=message("They are: {choices}."),
                value=excerpt(value),
                field=field.name,
                choices=", ".join(field.choices),
            )


def _fact(name: str) -> NoticeFact:
    try:
        return NoticeFact(name.replace("-", "_"))
    except ValueError:
        raise UsageError(
            message("“{name}” is no fact of a notice."),
            remedy=message("They are: {facts}."),
            name=excerpt(name),
            facts=", ".join(NoticeFact),
        ) from None


def _is_unknown(value: Any) -> bool:
    values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return values == [UNKNOWN]


def _dated(said: Said) -> bool:
    start = str(said.get("start", ""))
    return len(start) >= len("2026-01-05") and start[:4].isdecimal()


def _toml(value: Any) -> str:
    """A value as TOML has it; JSON's strings and lists are the same."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
