"""IODA's lists of entities: ``entities/query`` of its API v2, what IODA calls the places that it measures.

``data``: ``[{"code": "2083", "name": "…", "type": "region", "attrs": {"fqid": "geo.netacuity.AS.KZ.2083"}}]``.
"""

from __future__ import annotations

import pyarrow as pa

from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.envelope import Answer, Holds, read_data, read_envelope
from kuager.codecs.ioda.places import Entity, Named, places_of
from kuager.codecs.text import excerpt
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import ENTITIES

_MOST_NAMED = 5


def entities_of(answer: Answer, given: str) -> Decoded:
    """The entities of an answer as a table ``entities``, every one once.

    Raises:
        CodecError: the list has another shape.
    """
    places = _places(answer, given)
    rows = [
        {
            "source": "ioda",
            "type": excerpt(one.type),
            "code": excerpt(one.code),
            "name": excerpt(one.name, 200),
            "place": place,
        }
        for one, place in places.items()
    ]
    table = pa.Table.from_pylist(rows, schema=ENTITIES)
    return Decoded(remarks=_remarks(places), tables={"entities": table} if rows else {})


def regions_in(data: bytes, given: str) -> list[tuple[str, str]]:
    """IODA's number and our code of each region that an answer lists and the register has, by number.

    Bytes of any other kind list none.
    """
    try:
        answer = read_envelope(data)
        places = _places(answer, given) if answer.holds is Holds.ENTITIES else {}
    except CodecError:
        return []
    known = [
        (one.code, place)
        for one, place in places.items()
        if one.type == "region" and place and one.code.isascii() and one.code.isdecimal()
    ]
    return sorted(known, key=lambda pair: (len(pair[0]), pair[0]))


def _places(answer: Answer, given: str) -> dict[Named, str]:
    return places_of((one.named for one in read_data(answer, list[Entity])), answer.country, given)


def _remarks(places: dict[Named, str]) -> tuple[Note, ...]:
    if not places:
        return (Note(message("IODA answered, and lists no such place."), {}),)
    unknown = [one.name or one.code for one, place in places.items() if not place]
    if not unknown:
        return ()
    names = ", ".join(excerpt(name) for name in unknown[:_MOST_NAMED])
    return (
        Note(
            message("{count} of the places that IODA lists have no code in Kuager's register: {names}."),
            {"count": str(len(unknown)), "names": names + (", …" if len(unknown) > _MOST_NAMED else "")},
        ),
    )
