"""One demand, taken out of the sealed log for one reader: as Lumen has notices of governments, with all openings.

The shape is that of a ``GovernmentRequest`` of Lumen (lumendatabase.org); what Lumen has no place for stands beside it
under ``kuager``: the demand as it stands, and each entry with the opening of all of its fields, so that its reader can
check against the log of the case what was sealed, and when at the latest.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from kuager.accountability.demands import Decision, Demand, DemandKind, gag_runs
from kuager.case.demand_writing import entries_of, whole
from kuager.case.demands import reading
from kuager.case.folder import Case
from kuager.case.private_files import identities_of, write_private
from kuager.evidence.private.strict import to_digest

_TITLE = {
    DemandKind.CUT: "Demand to cut access to the internet",
    DemandKind.SLOW: "Demand to slow access to the internet",
    DemandKind.BLOCK: "Demand to block services",
}
_ACTION = {Decision.COMPLIED: "Yes", Decision.PARTLY: "Partial", Decision.REFUSED: "No", Decision.PENDING: ""}
"""Lumen's words."""


def export_demand(case: Case, demand: str, identity: Path, into: Path, now: datetime) -> bool:
    """Write a demand with all of its fields into a file for its owner only; whether a gag on it still runs.

    Args:
        case: the case.
        demand: its id.
        identity: that opens its entries.
        into: the file, which is made.
        now: the moment.

    Raises:
        KuagerError: there is no such demand, or the file cannot be made.
    """
    read = reading(case, identities_of(identity))
    entries = entries_of(read, demand)
    stands = whole(entries)
    opened = []
    for entry in entries:
        sealed = read.parcels[entry.root].record
        opening = json.loads(sealed.open([one.name for one in sealed.disclosures]))
        opened.append(
            {"known": entry.known, "commitment": to_digest(entry.root), "entry": entry.logged, "opening": opening}
        )
    log = case.proving.log.origin if case.proving.log.exists else ""
    record = {**lumen_notice(stands), "kuager": {"demand": msgspec.to_builtins(stands), "log": log, "entries": opened}}
    write_private(into, json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n")
    return gag_runs(stands, now)


def lumen_notice(demand: Demand) -> dict[str, Any]:
    """The fields of Lumen's notice. Who received it is not a field of a demand, and is left empty."""
    countries = dict.fromkeys(code.partition("-")[0] for code in demand.places if not code.startswith("AS"))
    return {
        "title": _TITLE[demand.kind],
        "type": "GovernmentRequest",
        "subject": ", ".join((*demand.services, *demand.places, *demand.networks)),
        "body": demand.legal_basis,
        "date_sent": None,
        "date_received": demand.received,
        "jurisdictions": list(countries),
        "action_taken": _ACTION[demand.decision],
        "sender_name": demand.authority,
        "recipient_name": "",
        "works": [
            {"description": service, "infringing_urls": [], "copyrighted_urls": []} for service in demand.services
        ],
    }
