"""What each column of each table means, and its type: the Table Schema of every CSV (Frictionless Data, v1).

Most columns mean the same wherever they stand. Those of the coalition's register stand in ``stop_sheet``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kuager.publications.records.stop_sheet import sheet_columns
from kuager.publications.wording.field_words import FIELD_NAME

_EDGE = "between its earliest and latest possible time"

_STRINGS = {
    "access": "How people reach the network: mobile, fixed, mixed (not told apart) or unknown.",
    "agree": "Ids of the signals that agree.",
    "blocked_services": "Services that were kept away.",
    "blocked_sites": "Hosts that were blocked.",
    "cause": "Why it happened: a separate and weaker claim.",
    "cause_level": "How sure the cause is.",
    "clock_days": "Local days on which those hours came back.",
    "clock_end": "Local clock time at which the hours end.",
    "clock_start": "Local clock time at which the hours begin.",
    "clock_zone": "Name of the clocks in the tz database.",
    "disagree": "Ids of the signals that could have seen it and did not.",
    "episode": "Id of the episode.",
    "group": "Category of the site in the codes of the Citizen Lab.",
    "id": "Identifier.",
    "kind": "What it is.",
    "layer": "Step of reaching the service at which it was kept away: dns, tcp, tls or http.",
    "level": "How sure: signal, corroborated, confirmed, disputed or cannot-tell.",
    "licence": "Licence of the source; empty where the source states none.",
    "link": "Address of the finding at its source.",
    "measured_sites": "Hosts that could be seen.",
    "methods": "How it was kept away, the most frequent first.",
    "network": "AS number; empty where the source does not say it, or for all networks together.",
    "networks": "AS numbers, separated by blanks.",
    "not_measured_sites": "Hosts that could not be seen.",
    "notice": "Says so where something was drawn by a simulator instead of measured.",
    "otherwise": "What else it could be.",
    "place": "Code of the place: country, region or network.",
    "places": "Codes of places, separated by blanks.",
    "reason": "Why the day is not complete.",
    "service": "Host of the site, or name of the test of the app.",
    "services": "Hosts or names of tests, separated by blanks.",
    "sign": "What it was seen in.",
    "signal": "Id of the signal.",
    "source": "Id of the source.",
    "statement": "Words of the observer.",
    "status": "Whether the source gave the whole day: complete, partial or absent.",
    "steps": "Times and shares left where it came in several steps.",
    "unlikely": "Other explanations that the measurements speak against.",
    "use": "Says so where the licence forbids commercial use.",
    "worked_services": "Services that worked on two days or more.",
}
_NUMBERS = {
    "base": "Share that is flagged all the time.",
    "chance": "At most so often would chance bring it about, 0 to 1.",
    "expected": "What the value would have been; empty where that was not computed.",
    "plateau_kbps": "Ceiling at which speeds gathered, in kbit/s.",
    "probability": "Probability, 0 to 1.",
    "score": "The observer's own score.",
    "share": "Share of the measurements that were blocked.",
    "share_high": "Upper end of the 95 per cent interval of the share.",
    "share_low": "Lower end of the 95 per cent interval of the share.",
    "slower": "Factor by which it was slower.",
    "slower_high": "Upper end of the 95 per cent interval of the factor.",
    "slower_low": "Lower end of the 95 per cent interval of the factor.",
    "value": "The value; empty where it is missing, which is not zero.",
}
_INTEGERS = {
    "baseline_runs": "Runs with which they were compared.",
    "blocked": "How many were blocked.",
    "days": "Days with measurements.",
    "days_measured": "Days with measurements.",
    "days_not_observable": "Days without measurements.",
    "measured": "How many could be seen.",
    "measured_services": "How many services were measured.",
    "measurements": "How many measurements.",
    "not_measured": "How many could not be seen.",
    "number": "Number of the phase within its episode, from 1.",
    "phases": "How many phases.",
    "runs": "Slow runs.",
    "uncertainty_s": "Half the width of the interval in which the start lies, in seconds.",
    "version": "Version of the episode, from 1.",
    "worked": "How many never were blocked.",
}
_TIMES = {
    "end": f"End, {_EDGE}; empty while it lasts or where it is not known.",
    "end_earliest": "The end is not before this.",
    "end_latest": "The end is not after this.",
    "first": f"Beginning, {_EDGE}.",
    "first_earliest": "The beginning is not before this.",
    "first_latest": "The beginning is not after this.",
    "known": "Since when this version is known.",
    "last": f"End, {_EDGE}; empty while it lasts.",
    "last_earliest": "The end is not before this.",
    "last_latest": "The end is not after this.",
    "last_measured": "When it was last measured while it lasted.",
    "start": f"Start, {_EDGE}.",
    "start_earliest": "The start is not before this.",
    "start_latest": "The start is not after this.",
    "time": "When the sample begins.",
}
_BOOLEANS = {
    "already": "Whether it lasted when the first measurement was made.",
    "non_commercial": "Whether the licence forbids commercial use.",
    "ongoing": "Whether it goes on when the data end.",
    "residual": "Whether it went on after a wider cut had ended.",
}

_KNOWN: Mapping[str, tuple[str, str]] = {
    name: (kind, description)
    for kind, columns in (
        ("string", _STRINGS),
        ("number", _NUMBERS),
        ("integer", _INTEGERS),
        ("datetime", _TIMES),
        ("boolean", _BOOLEANS),
    )
    for name, description in columns.items()
} | {"day": ("date", "Day, UTC.")}

_ELSEWHERE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "data/demands/opened.csv": {
        "demand": ("string", "Id of the demand in the operator's log, chosen at random."),
        "field": ("string", "Name of the field of the demand that was opened."),
        "value": ("string", "What the field says; lists and numbers as JSON."),
        "root": ("string", "Commitment to all fields of the entry; the opening of that name leads to it."),
        "entry": ("integer", "Number of the entry of the log that holds the commitment."),
    },
    "data/permitted-services.csv": {
        "blocked": ("string", "Services that were kept away, separated by blanks."),
        "worked": ("string", "Services that worked on two days or more, separated by blanks."),
        "blocked_services": ("integer", "How many services were kept away."),
        "worked_services": ("integer", "How many services worked on two days or more."),
    },
    "exhibits.csv": {
        "exhibit": ("string", "Number of the exhibit in the pack."),
        "what": ("string", "What it is, in the language of the pack."),
        "sha256": ("string", "SHA-256 of its bytes; empty where they are not in the case."),
        "size": ("integer", "Size in bytes; empty where they are not in the case."),
        "received": ("string", "When it was received; of what is only cited, when it was published."),
        "entry": ("integer", "Number of its entry in the log."),
        "path": ("string", "Where it lies in the pack; empty where it does not."),
        "not_here": ("string", "Why it does not lie there, in the language of the pack."),
        "links": ("string", "Where it was published, separated by blanks."),
    },
    "chronology.csv": {
        "time": ("string", "When, as precise as its source has it: RFC 3339, a day, a month or a year."),
        "utc": ("string", "When, in words, in UTC."),
        "local": ("string", "The clocks of the place; empty where only a day is known."),
        "precision": ("string", "How precise that is."),
        "what": ("string", "What happened, in the language of the pack."),
        "says": ("string", "Who says so."),
        "exhibits": ("string", "Numbers of the exhibits that bear it out, separated by blanks."),
    },
}
"""Columns that mean something else in one table."""
_OF_PEERS: Mapping[str, tuple[str, str]] = {
    "question": ("string", "What is held side by side: a date, or the id of a question."),
    "operator": ("string", "Id of the operator."),
    "answer": ("string", "found, none-found or unknown; of a question its answer; of owners their names or ids."),
    "earliest": ("datetime", "It was not before this; empty where it is no moment or not known."),
    "latest": ("datetime", "It was not after this."),
    "least_hours": ("number", "Hours from the loss of service, at least; below zero it was before."),
    "most_hours": ("number", "Hours from the loss of service, at most."),
    "measured": ("string", "networks: on the operator's own; overall: of the whole place; empty where it is a row."),
    "row": ("string", "Id of the row that says so."),
    "searched": ("string", "Days on which it was looked for and not found, separated by blanks."),
}
"""Columns of ``peers.csv``, which lies beside each episode."""
CONDUCT = "data/conduct/"
"""The folder of tables of what was ordered, said, owed and done; all of their columns are text."""
_OF_ROWS = {
    "doubt": "What speaks against it, in English where there is English.",
    "id": "Identifier of the row.",
    "name": "What the law is called, in English where there is English.",
    "most_words": "How many of its words may be quoted.",
    "order": "Identifier of the order's row; empty where none was found.",
    "provisions": "Paragraphs, as JSON.",
    "quote_language": "Language of the quotation.",
    "ran_over_hours": "Hours for which it lasted after the end that the order names.",
    "signature": "Signature of OpenSSH over the signed text; empty where it was signed elsewhere.",
    "signed": "The text that was signed, byte for byte.",
    "sources": "Identifiers of what it cites, separated by semicolons.",
    "status": "How it stands: supported, disputed, unproven or withdrawn.",
    "text": "What it says, in English where there is English.",
    "withheld": "Facts that are not told, each with the law that forbids to tell it, as JSON.",
    "said": "When it was said: the clock of whoever sealed it.",
    "changed": "Fields that this version says otherwise than the one before, separated by blanks.",
    "not_told": "Facts that are withheld, with or without a law, separated by blanks.",
}


def _of_conduct(name: str) -> str:
    return _OF_ROWS.get(name) or FIELD_NAME.get(name) or _STRINGS.get(name, "")


def table_schema(path: str, header: Sequence[str]) -> dict[str, Any]:
    """The Table Schema of a table by its header; a column that is not described here is text."""
    register = {one.name: (one.type, one.description) for one in sheet_columns()} if path == "data/stop.csv" else {}
    own = register or _ELSEWHERE.get(path, {})
    if path.endswith("/peers.csv"):
        own = _OF_PEERS
    if path.startswith(CONDUCT):
        own = {name: ("string", _of_conduct(name)) for name in header}
    fields = []
    for name in header:
        kind, description = own.get(name) or _KNOWN.get(name) or ("string", "")
        field = {"name": name, "type": kind}
        fields.append(field | ({"description": description} if description else {}))
    return {"fields": fields, "missingValues": [""]}
