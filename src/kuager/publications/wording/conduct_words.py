"""The words that a reader sees for the closed sets of ``kuager.accountability``, as templates for the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from kuager.accountability.answering import From, Speaks
from kuager.accountability.notice import Grade
from kuager.accountability.proportionality import Reach as Width
from kuager.accountability.proportionality import Severity
from kuager.accountability.rows.conduct import Aim, Named, OrderState, StatementKind
from kuager.accountability.rows.documents import Channel, Counts, DocumentKind, SourceClass
from kuager.accountability.rows.law import ChallengeKind, Outcome
from kuager.accountability.rows.people import Field, Occasion, Reach
from kuager.accountability.rows.row import Answer, Status
from kuager.errors import message
from kuager.model.words import Access, EpisodeKind
from kuager.publications.wording.disclosure_words import DISCLOSED
from kuager.publications.wording.parts import REACHED
from kuager.publications.words import KIND

ANSWER = {
    Answer.YES: message("yes"),
    Answer.PARTIAL: message("in part"),
    Answer.NO: message("no"),
    Answer.UNKNOWN: message("unknown"),
}
SPEAKS_SHAPE = {Speaks.FOR: "●", Speaks.PARTLY: "◐", Speaks.AGAINST: "○", Speaks.NEITHER: "▒"}
"""Filled: as it should be. Empty: not as it should be. Grey: nothing can be said."""
ORIGIN = {
    From.FACTS: message("follows from the record"),
    From.JUDGEMENT: message("judged by: {role}, {day}"),
    From.NOTHING: message("no evidence in this case"),
}
STATUS = {
    Status.SUPPORTED: message("supported"),
    Status.DISPUTED: message("disputed: sources contradict each other"),
    Status.UNPROVEN: message("unproven"),
    Status.WITHDRAWN: message("withdrawn"),
}
ORDER_STATE = {
    OrderState.ISSUED: message("issued"),
    OrderState.EXTENDED: message("extended"),
    OrderState.WITHDRAWN: message("withdrawn"),
    OrderState.UNKNOWN: message("unknown: no order was found"),
}
GRADE = {
    Grade.NOTICE: message("a notice: it reached users without their asking"),
    Grade.PUBLIC: message("public, but no notice: found by whoever looked"),
    Grade.ANSWER: message("no notice: an answer to whoever asked"),
    Grade.UNKNOWN: message("how it reached people is not known"),
}
NAMED = {
    Named.LAW: message("the law"),
    Named.BODY: message("the ordering body"),
    Named.END: message("until when"),
    Named.PLACE: message("where"),
    Named.SERVICES: message("which services"),
    Named.CONTACT: message("whom to turn to"),
}
AIM = {
    Aim.PUBLIC_SAFETY: message("public safety"),
    Aim.NATIONAL_SECURITY: message("national security"),
    Aim.COUNTER_TERRORISM: message("counter-terrorism"),
    Aim.PUBLIC_ORDER: message("public order"),
    Aim.FALSE_INFORMATION: message("what was called false information"),
    Aim.EXAMS: message("exams"),
    Aim.OTHER: message("another reason"),
}
WIDTH = {
    Width.WHOLE: message("the whole country"),
    Width.PART: message("a part of the country"),
    Width.UNKNOWN: message("unknown"),
}
SERVICES = {
    Width.WHOLE: message("access as a whole"),
    Width.PART: message("single services"),
    Width.UNKNOWN: message("unknown"),
}
END = {
    Answer.YES: message("an end was announced"),
    Answer.PARTIAL: message("an end was announced in part"),
    Answer.NO: message("no end was announced"),
    Answer.UNKNOWN: message("whether an end was announced is unknown"),
}
SEVERITY = {
    Severity.HIGHEST: message("the highest class: wide in place and services, and without an end"),
    Severity.HIGH: message("high: two of the three parts are wide"),
    Severity.LIMITED: message("limited: at most one part is wide"),
    Severity.CANNOT_TELL: message("no class: a part is unknown"),
}
FIELD = {
    Field.BANKING: message("Banking and payments"),
    Field.HEALTH: message("Health and emergency services"),
    Field.MEDIA: message("Media"),
    Field.EDUCATION: message("Education and science"),
}
REACH = {
    Reach.BLOCKED: message("kept away"),
    Reach.DOWN: message("not working"),
    Reach.PERMITTED: message("permitted while others were kept away"),
    Reach.REACHABLE: message("reachable"),
}
OCCASION = {
    Occasion.ELECTION: message("election"),
    Occasion.ANNIVERSARY: message("anniversary"),
    Occasion.EXAM: message("exams"),
    Occasion.ASSEMBLY: message("assembly"),
}
_STATEMENT_KIND = {
    StatementKind.NOTICE: message("notice"),
    StatementKind.ANSWER: message("answer to a question"),
    StatementKind.STATEMENT: message("statement"),
    StatementKind.DENOUNCEMENT: message("denouncement"),
    StatementKind.REPLY: message("reply to these pages"),
}
_CHANNEL = {
    Channel.SMS: message("text message"),
    Channel.PUSH: message("message in an app"),
    Channel.MAIL: message("mail"),
    Channel.WEBSITE: message("website"),
    Channel.STATUS_PAGE: message("status page"),
    Channel.SOCIAL_POST: message("post on a social network"),
    Channel.SOCIAL_REPLY: message("reply on a social network"),
    Channel.PRESS: message("press"),
    Channel.BROADCAST: message("radio or television"),
    Channel.GAZETTE: message("official gazette"),
    Channel.COURT: message("court"),
    Channel.UNKNOWN: message("unknown"),
}
_DOCUMENT_KIND = {
    DocumentKind.ORDER: message("order"),
    DocumentKind.NOTICE: message("notice"),
    DocumentKind.STATEMENT: message("statement"),
    DocumentKind.LAW: message("law"),
    DocumentKind.ARTICLE: message("article"),
    DocumentKind.TARIFF: message("tariff"),
    DocumentKind.COURT: message("court paper"),
    DocumentKind.REPORT: message("report"),
    DocumentKind.LETTER: message("letter"),
    DocumentKind.POLICY: message("policy"),
}
_SOURCE_CLASS = {
    SourceClass.MEASUREMENT: message("measurement"),
    SourceClass.COMPANY: message("company"),
    SourceClass.GOVERNMENT: message("government"),
    SourceClass.COURT: message("court"),
    SourceClass.NGO: message("civil society"),
    SourceClass.LETTER: message("open letter"),
    SourceClass.MEDIA: message("media"),
    SourceClass.UN: message("United Nations"),
    SourceClass.RESEARCH: message("research"),
}
_CHALLENGE_KIND = {
    ChallengeKind.COURT_CASE: message("court case"),
    ChallengeKind.COMPLAINT: message("complaint"),
    ChallengeKind.REFUSAL: message("refusal"),
    ChallengeKind.DISCLOSURE: message("disclosure"),
}
_OUTCOME = {
    Outcome.PENDING: message("pending"),
    Outcome.GRANTED: message("granted"),
    Outcome.REFUSED: message("refused"),
    Outcome.UNKNOWN: message("unknown"),
}
COUNTS = {
    Counts.SHUTDOWN: message("cost of the shutdown"),
    Counts.COMPANY: message("loss of one company"),
    Counts.RIOT: message("damage by riots, not by the shutdown"),
    Counts.NOTHING: message("no amount"),
}

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Answer: ANSWER,
    Status: STATUS,
    OrderState: ORDER_STATE,
    Named: NAMED,
    Aim: AIM,
    Field: FIELD,
    Reach: REACH,
    Occasion: OCCASION,
    StatementKind: _STATEMENT_KIND,
    Channel: _CHANNEL,
    DocumentKind: _DOCUMENT_KIND,
    SourceClass: _SOURCE_CLASS,
    ChallengeKind: _CHALLENGE_KIND,
    Outcome: _OUTCOME,
    Counts: COUNTS,
    EpisodeKind: KIND,
    Access: REACHED,
    **DISCLOSED,
}
"""By the set, the word of each of its members."""
