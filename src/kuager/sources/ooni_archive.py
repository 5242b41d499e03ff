"""OONI's archive: every measurement whole, in a bucket of Amazon S3 that asks for no key.

The API tells how many and which; what was seen on the wire stands here, and OONI asks that bulk be taken from here. A
country's hours are listed one by one, and the files of the tests that tell most of a shutdown are fetched, the small
ones first, up to a limit per listing: enough for all of a country like Kazakhstan (about a megabyte an hour in 2022),
the messengers' and tools' of any. What is left out is told, hour by hour. A window of more than a month is not fetched
whole. Results come late when the network was away, so two more days are looked through.

It is a source of its own beside ``ooni``, because it is another host with another pace. Source: ooni/data's Readme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kuager.codecs.ooni.archive import ArchivedFile, Listing, listing_of, prefixes_by_hour, prefixes_by_test
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.signals import Signal, Source
from kuager.model.time import from_epoch
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request
from kuager.sources.ooni import ASKED_TESTS, LICENCE

SOURCE = Source(
    id="ooni-archive",
    name="OONI's archive of measurements",
    home="https://registry.opendata.aws/ooni/",
    licence=LICENCE,
    non_commercial=True,
    sees=message("each measurement of OONI's volunteers whole: names, connections, handshakes and pages, step by step"),
    cannot_see=message("what nobody measured; what was sent more than two days after the window, or never"),
    limits=message(
        "none is published; Kuager asks five times a second at most, for 31 days and 8 MiB an hour of a country"
    ),
)

SIGNALS: tuple[Signal, ...] = ()
"""It gives measurements, not series."""

_LONGEST_DAYS = 31
_LATE_DAYS = 2
_MEBIBYTE = 2**20
_MOST_OF_AN_HOUR, _MOST_OF_A_DAY = 8 * _MEBIBYTE, 64 * _MEBIBYTE
_MOST_PAGES = 20
_PAGE_OF = re.compile(r"(.+), page ([0-9]{1,3})")

_BY_COUNTRY = message("OONI's archive is ordered by country; ask for the country, or for its counts by network.")
_TOO_LONG = message("Whole measurements are fetched for {days} days at a time; ask for a shorter window.")
_LEFT_OUT = message("Too large to be fetched unasked: {count} files of {tests} ({size} MiB).")
_TOO_MANY = message("The listing has more pages than {count}; the later ones were not asked for.")


def _plan(question: Question) -> Iterator[Request | Absence]:
    """A listing for each hour, or in earlier years for each day and test.

    What is settled is planned again: such a listing is not asked again, and leads to the files that an interruption
    left out.
    """
    start, end = question.without_lead
    if question.place.startswith("AS") or question.place != question.country:
        yield Absence(f"measurements in {question.place}", start, end, Note(_BY_COUNTRY, {}))
        return
    fetched_until = min(end, start + _LONGEST_DAYS * DAY_S)
    if fetched_until < end:
        about = f"measurements in {question.place} after {_LONGEST_DAYS} days"
        yield Absence(about, fetched_until, end, Note(_TOO_LONG, {"days": str(_LONGEST_DAYS)}))
    begun = question.now - question.now % 3600  # what is received in this hour is not there yet
    first, last = from_epoch(start), from_epoch(min(fetched_until + _LATE_DAYS * DAY_S, begun))
    for hour, prefix in prefixes_by_hour(question.country, first, last):
        yield _listing(f"files of {question.place} received at {hour:%H} UTC", question.place, hour, prefix)
    for test in ASKED_TESTS:
        for day, prefix in prefixes_by_test(question.country, test, first, last):
            yield _listing(f"files of {test} in {question.place}", question.place, day, prefix)


def _listing(topic: str, place: str, time: datetime, prefix: str, token: str = "") -> Request:
    day = int(time.timestamp()) // DAY_S * DAY_S
    return Request(
        topic=topic,
        path="",
        parameters=(("list-type", "2"), ("prefix", prefix), *((("continuation-token", token),) if token else ())),
        kind="ooni-archive",
        place=place,
        start=day,
        end=day + DAY_S,
        largest=4 * _MEBIBYTE,
        empty_is_an_answer=bool(token),
    )


def _follow(request: Request, answer: bytes) -> Iterator[Request | Absence]:
    """The next page of a listing, and the files of the page at hand."""
    if request.kind != "ooni-archive":
        return
    try:
        listing = listing_of(answer)
    except CodecError:
        return
    prefix = dict(request.parameters)["prefix"]
    yield from _further(request, listing, prefix)
    most = _MOST_OF_AN_HOUR if prefix.startswith("raw/") else _MOST_OF_A_DAY
    taken, left_out = 0, []
    wanted = [one for one in listing.files if one.test in ASKED_TESTS and one.key.startswith(prefix)]
    for one in sorted(wanted, key=lambda one: (one.size or 0, one.key)):
        if one.size is None or taken + one.size > most:
            left_out.append(one)
            continue
        taken += one.size
        yield _fetch(request, one)
    if left_out:
        facts = {
            "count": str(len(left_out)),
            "tests": ", ".join(sorted({one.test for one in left_out})),
            "size": str(sum(one.size or 0 for one in left_out) // _MEBIBYTE),
        }
        yield Absence(f"larger {request.topic}", request.start, request.end, Note(_LEFT_OUT, facts))


def _further(request: Request, listing: Listing, prefix: str) -> Iterator[Request | Absence]:
    """The next page; its number stands in the topic, so that each page counts and no listing is without end."""
    if not listing.more:
        return
    matched = _PAGE_OF.fullmatch(request.topic)
    topic, number = (matched[1], int(matched[2])) if matched else (request.topic, 1)
    if number >= _MOST_PAGES:
        reason = Note(_TOO_MANY, {"count": str(_MOST_PAGES)})
        yield Absence(f"further {topic}", request.start, request.end, reason)
    else:
        time = from_epoch(request.start)
        yield _listing(f"{topic}, page {number + 1}", request.place, time, prefix, listing.more)


def _fetch(request: Request, file: ArchivedFile) -> Request:
    """One file of measurements. It may hold none of its own day: hours go by the server's clock."""
    return Request(
        topic=file.key.rpartition("/")[2],
        path=file.key,
        parameters=(),
        kind="ooni",
        place=request.place,
        start=request.start,
        end=request.end,
        largest=(file.size or 0) + _MEBIBYTE,
        empty_is_an_answer=True,
    )


OFFER = Offer(
    source=SOURCE,
    address="https://ooni-data-eu-fra.s3.eu-central-1.amazonaws.com",
    plan=_plan,
    follow=_follow,
    pause_s=0.2,
)
