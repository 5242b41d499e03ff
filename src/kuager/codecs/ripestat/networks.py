"""RIPEstat's ``country-asns``: the networks registered in a country, and which of them routes were seen to.

``{"query_time": "2022-01-02T00:00:00", "countries": [{"resource": "KZ", "stats": {"registered": 204, "routed": 152},
"routed": "{AsnSingle(9198), AsnSingle(29355)}", "non_routed": "…"}]}``. The two lists come with the level of detail
``lod=1`` only, and are a text in the notation of a set, or a list of such texts or of plain numbers. Times are those of
RIS dumps: 00:00, 08:00 and 16:00 UTC. Source: RIPEstat's manual of the call and the clients that read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pyarrow as pa

from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat.answer import (
    SOURCE_ID,
    Answer,
    Moment,
    country_of,
    milliseconds,
    not_an_answer,
    read_part,
)
from kuager.codecs.text import refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.tables import NETWORKS

_NETWORK = re.compile(r"AsnSingle\((?:AS)?([0-9]{1,10})\)|(?:AS)?([0-9]{1,10})")
_EMPTY = frozenset({"", "{}", "set()"})
_Networks = str | list[int | str] | None

_ONLY_COUNTS = message(
    "RIPEstat gave only counts for {place}: {registered} networks registered, {routed} of them routed. "
    "Ask with lod=1 for the networks themselves."
)
_ODD = message("Entries that are no number of a network and were passed over: {count}.")


class _Counts(msgspec.Struct, frozen=True):
    registered: int | None = None
    routed: int | None = None


class _Country(msgspec.Struct, frozen=True):
    resource: str | None = None
    stats: _Counts | None = None
    routed: _Networks = None
    non_routed: _Networks = None


class _Data(msgspec.Struct, frozen=True):
    countries: list[_Country]
    query_time: Moment | None = None


def decode(answer: Answer, place: str) -> Decoded:
    """One row per network of every country in the answer.

    Raises:
        CodecError: another shape, no time, or a network that is both routed and not.
    """
    data = read_part(answer.data, _Data)
    time = milliseconds(data.query_time)
    if time is None:
        raise not_an_answer("no query_time")
    remarks = list(answer.remarks)
    found: dict[tuple[str, str], bool] = {}
    odd = 0
    for country in data.countries:
        code = country_of(country.resource, place)
        if country.routed is None and country.non_routed is None:
            remarks.append(_counts(code, country.stats))
        for routed, written in ((True, country.routed), (False, country.non_routed)):
            for network in _networks(written):
                if network is None:
                    odd += 1
                elif found.setdefault((code, network), routed) is not routed:
                    raise refusal(
                        message("The answer of RIPEstat in {file} has {network} both as routed and as not routed."),
                        meaning=message("Kuager cannot know which of the two is right."),
                        remedy=message("Ask RIPEstat again; if the answer stays the same, tell its operators."),
                        network=network,
                    )
    if odd and not found:
        raise not_an_answer("no entry of routed and non_routed is the number of a network")
    if odd:
        remarks.append(Note(_ODD, {"count": str(odd)}))
    return Decoded(remarks=tuple(remarks), tables={"networks": _table(found, time)} if found else {})


def _counts(code: str, stats: _Counts | None) -> Note:
    registered, routed = (None, None) if stats is None else (stats.registered, stats.routed)
    if registered is None or routed is None:
        raise not_an_answer("neither networks nor counts of them")
    return Note(_ONLY_COUNTS, {"place": code, "registered": str(registered), "routed": str(routed)})


def _networks(written: _Networks) -> Iterator[str | None]:
    """The code of every network in a list or in a text that stands for one; None for what is no number of one."""
    if written is None:
        return
    if isinstance(written, str):
        text = written.strip()
        if text in _EMPTY:
            return
        entries: list[int | str] = [*text.removeprefix("{").removesuffix("}").split(",")]
    else:
        entries = written
    for entry in entries:
        match = _NETWORK.fullmatch(entry.strip()) if isinstance(entry, str) else None
        number = entry if isinstance(entry, int) else int(match.group(1) or match.group(2)) if match else 0
        yield place_code(f"AS{number}") if 0 < number < 2**32 else None


def _table(found: dict[tuple[str, str], bool], time: int) -> object:
    columns = {
        "source": [SOURCE_ID] * len(found),
        "place": [place for place, _ in found],
        "network": [network for _, network in found],
        "time": [time] * len(found),
        "routed": list(found.values()),
    }
    return pa.table([pa.array(columns[field.name]).cast(field.type) for field in NETWORKS], schema=NETWORKS)
