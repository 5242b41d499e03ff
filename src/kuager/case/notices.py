"""Notices of an operator: each version is a sealed row, entered into the log when it is said.

A version names its number, and is sealed only while it follows the newest one: of two people who edit at once the
second is told, and nothing of the first is lost. When a version was said is the clock of this machine, which must not
be behind what the log has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import rfc8785

from kuager.accountability.annotated import fields
from kuager.accountability.checking import check_row
from kuager.accountability.loading import decode
from kuager.accountability.moments import interval, is_known
from kuager.accountability.notices import NoticeHistory, NoticeVersion, histories
from kuager.accountability.rows.disclosure import Notice, NoticeState
from kuager.accountability.rows.row import Status
from kuager.case.adding import sealed
from kuager.case.clock import check_clock
from kuager.case.folder import Case
from kuager.case.operators import known_operators
from kuager.case.received import OWN_WORDS_KIND, Received
from kuager.case.registers import registers_of
from kuager.errors import CodecError, KuagerError, UsageError, message
from kuager.model.operators import Operator
from kuager.model.places import find
from kuager.model.time import parse_utc

AHEAD = timedelta(minutes=5)
"""By so much may the clock on somebody's wall be ahead of this machine's."""
_STANDING_IN = {"en": "…"}
_CANNOT_HAVE = message("The notice cannot have “{value}” as its {field}.")
_OTHERWISE = message("Say it otherwise; kuager notice form prints what a notice has.")


def notices_of(case: Case, among: Sequence[Received] | None = None) -> tuple[NoticeHistory, ...]:
    """Every notice of a case with all its versions, or of what was received among some records."""
    found = []
    for record in case.records.all() if among is None else among:
        if record.kind == OWN_WORDS_KIND:
            known = parse_utc(record.received)
            rows = decode(case.objects.get(record.digest), known).of(Notice)
            found += [NoticeVersion(row, known, record.digest) for row in rows]
    return histories(found)


def notice_of(case: Case, name: str) -> NoticeHistory:
    """The notice with that name.

    Raises:
        UsageError: there is none.
    """
    every = notices_of(case)
    for one in every:
        if one.id == name:
            return one
    raise UsageError(
        message("This case has no notice “{name}”."),
        remedy=message("Its notices are: {names}."),
        name=name,
        names=", ".join(one.id for one in every) or "–",
    )


def say(case: Case, notice: Notice) -> NoticeVersion:
    """Seal a version of a notice and enter it into the log; nothing is published by that.

    Raises:
        KuagerError: it contradicts itself, names what is not the operator's, does not follow the newest version, or
            the clock of this machine is behind the log. The case is then as it was.
    """
    check_notice(notice, known_operators([case.path]))
    with case.writing("notice"):
        check_clock(case)
        _refuse_taken_back(case, notice)
        _refuse_other_version(case, notice)
        _refuse_taken_name(case, notice)
        record = seal_own_words(case, _rows(notice), f"{notice.id}-v{notice.version}.json")
    return NoticeVersion(notice, parse_utc(record.received), record.digest)


def seal_own_words(case: Case, data: bytes, name: str) -> Received:
    """Seal rows by which an operator speaks, and enter them into the log; the case must be held for writing."""
    put = case.objects.put(data)
    record, _, _ = sealed(
        case, put, name, OWN_WORDS_KIND, case.settings.places[0], "", read=lambda: decode(data, datetime.now(UTC))
    )
    case.proving.received(case.records.all())
    return record


def check_notice(notice: Notice, operators: Sequence[Operator]) -> None:
    """Refuse a notice that could not be sealed.

    Args:
        notice: what would be said.
        operators: all that are known.

    Raises:
        KuagerError: saying what is wrong with it.
    """
    check_facts(notice, operators)
    _check_row(notice)


def check_facts(notice: Notice, operators: Sequence[Operator]) -> None:
    """Refuse a notice with a fact that it cannot have; its sentences, which repeat them, are not looked at.

    Raises:
        KuagerError: saying what is wrong with it.
    """
    for code in (*notice.networks, *notice.places):
        find(code)
    _check_row(msgspec.structs.replace(notice, text=_STANDING_IN))
    for field in fields(Notice):
        for value in field.values(notice):
            if isinstance(value, str) and not value.strip():
                raise UsageError(_CANNOT_HAVE, remedy=_OTHERWISE, value=value, field=field.name)
    _check_operator(notice, operators)
    _check_times(notice)


def _check_row(notice: Notice) -> None:
    try:
        check_row("notices", notice, datetime.now(UTC) + AHEAD)
    except CodecError as error:
        happened = _CANNOT_HAVE if "field" in error.facts else error.happened
        raise UsageError(happened, meaning=error.meaning, remedy=_OTHERWISE, **error.facts) from error


def _rows(notice: Notice) -> bytes:
    return bytes(rfc8785.dumps({"notices": [msgspec.to_builtins(notice)]}))


def named_operator(operator: str, known: Sequence[Operator]) -> Operator:
    """The operator with that id.

    Raises:
        UsageError: nobody knows it.
    """
    for one in known:
        if one.id == operator:
            return one
    raise UsageError(
        message("Nobody knows the operator “{operator}”."),
        remedy=message(
            "Known are: {known}. Put yours into operators.toml in the folder of the case; docs/operators.md shows how."
        ),
        operator=operator,
        known=", ".join(one.id for one in known),
    )


def _check_operator(notice: Notice, known: Sequence[Operator]) -> None:
    named_operator(notice.operator, known)
    day = interval(notice.start).best.date() if is_known(notice.start) else datetime.now(UTC).date()
    own = _networks(known, notice.operator, day)
    for code in (*notice.networks, *(place for place in notice.places if place.startswith("AS"))):
        if code not in own:
            raise UsageError(
                message("{network} is not known as a network of {operator}."),
                meaning=message("A notice about somebody else's network would mislead whoever is on it."),
                remedy=message("Its networks are: {own}. A new one is added to operators.toml; see docs/operators.md."),
                network=code,
                operator=notice.operator,
                own=", ".join(own) or "–",
            )


def _networks(known: Sequence[Operator], operator: str, day: date) -> tuple[str, ...]:
    return tuple(f"AS{held.asn}" for one in known if one.id == operator for held in one.networks if held.held(day))


def _check_times(notice: Notice) -> None:
    place = next(iter(notice.places), "")
    if is_known(notice.start) and is_known(notice.end):
        start, end = interval(notice.start, place), interval(notice.end, place)
        if end.latest < start.earliest or (end.best < start.best and end.latest <= start.earliest):
            raise UsageError(
                message("The notice would end ({end}) before it begins ({start})."),
                remedy=message("Change one of the two, or leave out the end while it lasts."),
                start=notice.start,
                end=notice.end,
            )
    over = notice.state is NoticeState.RESOLVED
    if over and not notice.end and notice.status is not Status.WITHDRAWN:
        raise UsageError(
            message("A notice that is over needs its end."),
            remedy=message("Say when service came back (--end), or “unknown”."),
        )
    if notice.end and not over and notice.state is not NoticeState.MONITORING:
        raise UsageError(
            message("A notice that goes on has no end."),
            remedy=message("Leave the end out, or end it: kuager notice end CASE {id}."),
            id=notice.id,
        )


def _refuse_taken_back(case: Case, notice: Notice) -> None:
    if any(one.id == notice.id and one.withdrawn for one in notices_of(case)):
        raise UsageError(
            message("The notice “{id}” was taken back, so that nothing more is said in it."),
            remedy=message("Say a new one: kuager notice new CASE."),
            id=notice.id,
        )


def _refuse_other_version(case: Case, notice: Notice) -> None:
    newest = next((one.newest.version for one in notices_of(case) if one.id == notice.id), 0)
    if notice.version != newest + 1:
        raise KuagerError(
            message("Version {version} of the notice “{id}” does not follow the newest one, which is {newest}.")
            if newest
            else message("There is no notice “{id}” yet, so that this cannot be version {version} of it."),
            meaning=message("Somebody else said something meanwhile. Nothing of yours was sealed, nothing is lost."),
            remedy=message("Look at it (kuager notice show CASE {id}) and say yours again."),
            version=notice.version,
            newest=newest,
            id=notice.id,
        )


def _refuse_taken_name(case: Case, notice: Notice) -> None:
    others = {row.id for row in registers_of(case) if not isinstance(row, Notice)}
    alike = {one.id.lower() for one in notices_of(case) if one.id != notice.id}  # one file on disks that ignore case
    if notice.id in others or notice.id.lower() in alike:
        raise UsageError(
            message("“{id}” is the name of another row of this case."),
            remedy=message("Choose another name for the notice with --id."),
            id=notice.id,
        )
