"""The words of what an operator discloses itself: how a disruption stands, what it does, why, and what is withheld."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from kuager.accountability.rows.disclosure import Effect, NoticeFact, NoticeState, Reason
from kuager.errors import message

STATE = {
    NoticeState.INVESTIGATING: message("being looked into"),
    NoticeState.IDENTIFIED: message("going on"),
    NoticeState.MONITORING: message("back, and being watched"),
    NoticeState.RESOLVED: message("over"),
}
EFFECT = {
    Effect.CUT: message("no service"),
    Effect.SLOWED: message("slow service"),
    Effect.BLOCKED: message("services kept away"),
}
REASON = {
    Reason.ORDER: message("a demand of an authority"),
    Reason.FAULT: message("a fault in the operator's own network"),
    Reason.DAMAGE: message("damage by others"),
    Reason.POWER: message("no electric power"),
    Reason.WORK: message("planned work"),
    Reason.ATTACK: message("an attack on the network"),
    Reason.UNKNOWN: message("not known"),
}
FACT = {
    NoticeFact.NETWORKS: message("Networks"),
    NoticeFact.ACCESS: message("Access"),
    NoticeFact.PLACES: message("Places"),
    NoticeFact.SERVICES: message("Services"),
    NoticeFact.START: message("Start"),
    NoticeFact.REASON: message("Reason"),
    NoticeFact.LEGAL_BASIS: message("Legal basis"),
    NoticeFact.AUTHORITY: message("Authority"),
    NoticeFact.CONTACT: message("Whom to turn to"),
    NoticeFact.REMEDY: message("Remedy"),
}
DISCLOSED: Mapping[type[StrEnum], Mapping[Any, str]] = {
    NoticeState: STATE,
    Effect: EFFECT,
    Reason: REASON,
    NoticeFact: FACT,
}
"""By the set, the word of each of its members."""
