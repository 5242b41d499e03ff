"""The registers as CSV and JSON, an account of each episode as JSON, and days to watch as a calendar, for programs."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from kuager.accountability.annotated import fields
from kuager.accountability.answering import Answered
from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.operators import Card
from kuager.accountability.pledges import Breach
from kuager.accountability.range import Range
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.row import Row
from kuager.accountability.totals import CostRange, Spread
from kuager.model.time import Instant, format_utc
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.table import table

_NEVER = frozenset({"private"})
BREACHES, ORDERS = "data/conduct/breaches.json", "data/conduct/orders-by-episode.csv"


def register_path(name: str, ending: str) -> str:
    """Where a register lies below ``public/``."""
    return f"data/conduct/{name}.{ending}"


def account_path(episode: str) -> str:
    """Where the account of an episode lies."""
    return f"data/{episode}/conduct.json"


def conduct_files(dossier: Dossier) -> dict[str, bytes]:
    """All of these files, by path below ``public/``."""
    found: dict[str, bytes] = {}
    for name, rows in dossier.registers.rows.items():
        found[register_path(name, "json")] = _json({"register": name, "rows": [_row(row, dossier) for row in rows]})
        found[register_path(name, "csv")] = _csv(REGISTERS[name], rows, dossier)
    for account in dossier.accounts:
        found[account_path(account.episode.id)] = _json(account_record(account))
    found[ORDERS] = _orders(dossier)
    if "pledges" in dossier.registers.rows:
        simulated = any(one.episode.simulated for one in dossier.accounts)
        notice = {"notice": SIMULATED} if simulated else {}
        found[BREACHES] = _json({**notice, "breaches": [_breach(one) for one in dossier.breaches]})
    return found


def account_record(account: Account) -> dict[str, Any]:
    """An account as JSON has it; times are RFC 3339, ranges ``[low, best, high]``."""
    parts = account.proportionality
    return {
        "episode": account.episode.id,
        "version": account.episode.version,
        "simulated": account.episode.simulated,
        **({"notice": SIMULATED} if account.episode.simulated else {}),
        "orders": [
            {"state": one.state, "row": one.row.id if one.row else None, "ran_over_hours": one.ran_over_hours}
            for one in account.orders
        ],
        "answers": [_answer(one) for one in account.answers],
        "proportionality": {
            "places": parts.places,
            "services": parts.services,
            "end_announced": parts.end,
            "class": parts.severity,
        },
        "assemblies": None
        if account.overlap is None
        else {"ids": list(account.overlap.assemblies), "p_value": account.overlap.p_value},
        "restoration": {
            "complete": account.restoration.complete,
            "residual": [
                {"service": one.service, "seen": _instant(one.seen), "row": one.row, "network": one.network}
                for one in account.restoration.residual
            ],
        },
        "operators": [_card(one) for one in account.operators],
        "cost": _cost(account.cost),
        "harms": [
            {
                "field": one.field,
                "rows": [row.id for row in (*one.harms, *one.reached)],
                "measured": [row.service for row in one.measured],
                "evidence": one.has_evidence,
                "emergency": one.emergency,
            }
            for one in account.harms
        ],
    }


def _orders(dossier: Dossier) -> bytes:
    """Every episode with the orders behind it, or with one of unknown state."""
    head = ("episode", "state", "order", "body", "law", "begins", "ends", "public", "court", "ran_over_hours", "notice")
    rows = [
        (
            one.episode,
            one.state,
            *(getattr(one.row, name, "") for name in ("id", *head[3:9])),
            one.ran_over_hours,
            SIMULATED if account.episode.simulated else "",
        )
        for account in dossier.accounts
        for one in account.orders
    ]
    return table(head, rows)


def _breach(one: Breach) -> dict[str, Any]:
    return {
        "pledge": one.pledge,
        "episode": one.episode,
        "operator": one.operator,
        "who": one.who,
        "possible": one.possible,
        "level": one.level,
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "operator": card.operator.id,
        "owners": [one.name for one in card.owners],
        "onset": _instant(card.silence.onset),
        "notice": None if card.silence.notice is None else card.silence.notice.statement,
        "first_words": None if card.silence.words is None else card.silence.words.statement,
        "statements": [
            {"row": one.statement.id, "channel": one.grade, "named": list(one.named) if one.named else None}
            for one in card.statements
        ],
        "answers": [_answer(one) for one in card.answers],
        "elements": [_answer(one) for one in card.scorecard.elements],
        "f10": [card.scorecard.low, card.scorecard.high],
        "losses": [
            {
                "access": one.access,
                "hours_lost": _range(one.lost),
                "hours_degraded": _range(one.degraded),
                "offers": [offer.id for offer in one.offers],
                "balance": one.shortfall.balance,
                "days_short": _range(one.shortfall.short.days) if one.shortfall.short is not None else None,
            }
            for one in card.losses
        ],
    }


def _cost(cost: CostRange) -> dict[str, Any]:
    """Amounts in US dollars."""
    return {
        "published": _spread(cost.published),
        "computed": _spread(cost.computed),
        "methods": [
            {"method": one.method, "status": one.status, "usd": _range(one.usd) if one.usd is not None else None}
            for one in cost.estimates
        ],
        "claims": [one.id for one in cost.claims],
        "not_counted": [one.claim.id for one in cost.apart],
    }


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    return (
        None
        if spread is None
        else {"low": spread.low.usd, "low_by": spread.low.by, "high": spread.high.usd, "high_by": spread.high.by}
    )


def _answer(one: Answered) -> dict[str, Any]:
    return {
        "check": one.check.id,
        "answer": one.answer,
        "speaks": one.speaks,
        "from": one.origin,
        "role": one.judgement.role if one.judgement else None,
        "on": one.judgement.on if one.judgement else None,
        "sources": list(one.sources),
    }


def _row(row: Row, dossier: Dossier) -> dict[str, Any]:
    record = {name: value for name, value in msgspec.to_builtins(row).items() if name not in _NEVER}
    return {**record, "status": dossier.standing(row).value}


def _csv(kind: type[Row], rows: tuple[Row, ...], dossier: Dossier) -> bytes:
    names = [field.name for field in fields(kind) if field.name not in _NEVER]
    return table(names, [[_cell(_row(row, dossier).get(name)) for name in names] for row in rows])


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return "; ".join(value)
        case dict() if "en" in value:
            return str(value["en"])
        case list() | tuple() | dict():
            return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def _range(found: Range) -> list[float | None]:
    return [found.low, found.best, found.high]


def _instant(when: Instant) -> list[str]:
    return [format_utc(one) for one in (when.earliest, when.best, when.latest)]


def _json(record: Any) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
