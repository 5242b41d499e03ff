"""Canaries of operators: signed and sealed here, and looked for at each publication once the next one is due.

The text, the row that holds it with its signature, and the moment in which both were sealed: none of them is taken
from what anybody wrote. A renewal is another canary.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import rfc8785

from kuager.accountability.canaries import Missed, missed
from kuager.accountability.canary_wording import looked_for, named, promises, standard_wording
from kuager.accountability.loading import decode
from kuager.accountability.registers import name_of
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.documents import Document, DocumentKind, Search, SourceClass
from kuager.case.adding import sealed
from kuager.case.clock import check_clock
from kuager.case.folder import Case
from kuager.case.notices import named_operator, seal_own_words
from kuager.case.operators import known_operators
from kuager.case.received import OWN_TEXT_KIND
from kuager.case.registers import library_of, registers_of
from kuager.case.signing import custodian_key
from kuager.errors import UsageError, message
from kuager.evidence.keys import ssh_signature
from kuager.evidence.objects import sha256
from kuager.model.operators import Operator
from kuager.model.time import format_utc, parse_utc
from kuager.publications.language import LANGUAGES
from kuager.publications.records.canary_files import NAMESPACE

LONGEST = timedelta(days=400)
"""A canary that is renewed more seldom than every year tells nobody anything."""


def sign_canary(
    case: Case, operator: str, due: str, text: str = "", language: str = "en", passphrase: str | None = None
) -> Canary:
    """Sign a canary with the custodian's key, and seal its text and its row; nothing is published by that.

    Args:
        case: where it is sealed.
        operator: whose it is, by id.
        due: the day by which the next one is due.
        text: its own wording; the standard one in every language when left out.
        language: of its own wording.
        passphrase: of the custodian's key.

    Raises:
        KuagerError: nobody knows the operator, the day is past or too far, the wording promises what none may, the key
            cannot be used, or the clock is behind the log. The case is then as it was.
    """
    whose = named_operator(operator, known_operators([case.path]))
    check_wording(text, language)
    key = custodian_key(passphrase)
    with case.writing("canary"):
        check_clock(case)
        now = datetime.now(UTC)
        day, at = _day_of_renewal(due, now), format_utc(now)
        wording = {language: text.strip()} if text.strip() else standard_wording(names_of(whose), at, day)
        signed = "\n\n".join((f"Canary of {operator}\nSigned at {at}\nNext due by {day}", *wording.values())) + "\n"
        data = signed.encode()
        identifier = _free_name(case, f"canary-{operator}-{at[:10]}")
        document = Document(
            id=f"{identifier}-text",
            text=named(names_of(whose), at),
            kind=DocumentKind.STATEMENT,
            by=whose.called("en"),
            published=at,
            seen=at,
            source_class=(SourceClass.COMPANY,),
            object=f"sha256:{sha256(data)}",
            media="text/plain",
            operators=(operator,),
        )
        canary = Canary(
            id=identifier,
            text=wording,
            sources=(document.id,),
            operator=operator,
            at=at,
            due=day,
            signed=signed,
            signature=ssh_signature.sign(data, key, NAMESPACE).decode(),
        )
        rows = rfc8785.dumps({name_of(type(row)): [msgspec.to_builtins(row)] for row in (document, canary)})
        decode(rows, now)  # what could not be sealed is told before anything is
        place = case.settings.places[0]
        sealed(case, case.objects.put(data), f"{identifier}.txt", OWN_TEXT_KIND, place, "", read=lambda: None)
        seal_own_words(case, rows, f"{identifier}.json")
    return canary


def check_wording(text: str, language: str) -> None:
    """Refuse words that promise what no canary may.

    Raises:
        UsageError: with the first such phrase and the reason.
    """
    for one in promises(text):
        raise UsageError(
            message("A canary must not say “{phrase}”."),
            meaning="{reason}",
            remedy=message("Say it otherwise, or leave out --text: the standard wording promises nothing."),
            phrase=one.phrase,
            reason=one.reason[language],
        )


def unseen(case: Case) -> tuple[Missed, ...]:
    """The canaries that are overdue by the clock of this machine, and not yet by what the case received last."""
    shelf = library_of(case)
    canaries = [one for one in registers_of(case).of(Canary) if shelf.counts(one)]
    if not canaries:
        return ()
    known = max(parse_utc(record.received) for record in case.records.all())
    seen = {one.last for one in missed(canaries, known)}
    return tuple(one for one in missed(canaries, datetime.now(UTC)) if one.last not in seen)


def look_for_canaries(case: Case) -> tuple[Missed, ...]:
    """Seal that overdue canaries were looked for and not found, each once; the case must be held for writing.

    What a case says counts up to when the last thing was received. That nothing came is such a thing, too.
    """
    found = unseen(case)
    if found:
        by_id = {one.id: one for one in known_operators([case.path])}
        searches = [
            Search(
                id=f"{one.last}-not-renewed",
                text=looked_for(names_of(by_id.get(one.operator), one.operator), one.last),
                register=name_of(Canary),
                on=f"{datetime.now(UTC):%Y-%m-%d}",
                operators=(one.operator,),
            )
            for one in found
        ]
        rows = rfc8785.dumps({name_of(Search): [msgspec.to_builtins(one) for one in searches]})
        seal_own_words(case, rows, "canaries-looked-for.json")
    return found


def names_of(operator: Operator | None, otherwise: str = "") -> dict[str, str]:
    """The name of an operator by language."""
    return {language: operator.called(language) if operator else otherwise for language in LANGUAGES}


def _day_of_renewal(due: str, now: datetime) -> str:
    """The day as it is written in rows."""
    try:
        day = date.fromisoformat(due)
    except ValueError as error:
        raise UsageError(
            message("“{due}” is no day."), remedy=message("Write it as in 2026-03-31."), due=due
        ) from error
    if not now.date() < day <= (now + LONGEST).date():
        raise UsageError(
            message("The next canary cannot be due on {due}."),
            meaning=message("A day that is past was missed already, and one that is far off tells nobody anything."),
            remedy=message("Choose a day between {first} and {last}."),
            due=day.isoformat(),
            first=f"{now + timedelta(days=1):%Y-%m-%d}",
            last=f"{now + LONGEST:%Y-%m-%d}",
        )
    return day.isoformat()


def _free_name(case: Case, wanted: str) -> str:
    """The name itself, or with a number where another canary was signed on that day."""
    taken = {row.id for row in registers_of(case)}
    return next(
        name for name in (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))) if name not in taken
    )
