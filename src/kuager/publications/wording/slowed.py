"""What was slow in a reader's words: by how much, since when, in steps or by the clock, and what else it may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuager.detection.throttling.finding import Otherwise, Sign
from kuager.errors import message
from kuager.model.services import ClockTimes, Slowing
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.service_names import service_name
from kuager.sources.registry import SOURCES

_SIGNS = {
    Sign.THROUGHPUT.value: message("speed tests"),
    Sign.HANDSHAKES.value: message("handshakes (TLS)"),
    Sign.SHARE.value: message("share of traffic"),
}
OTHERWISE = {
    Otherwise.CONGESTION.value: message("congestion"),
    Otherwise.LOSS_OF_USERS.value: message("fewer people"),
    Otherwise.FAR_SERVER.value: message("a server farther away"),
    Otherwise.PROBES.value: message("other people measuring"),
    Otherwise.SERVICE.value: message("the service itself"),
}
_SERVERS = message("the servers of the speed test")
"""What the service is where connections as a whole were tested."""


@dataclass(frozen=True, slots=True)
class SlowRow:
    """A stretch of slowness; ``otherwise`` is what else it could be."""

    service: str
    network: str
    source: str
    start: str
    end: str
    slower: str
    runs: str
    otherwise: str
    unlikely: str


def slow_row(one: Slowing, translation: Translation) -> SlowRow:
    """A row of the table."""
    return SlowRow(
        service=service_name(one.service) or translation.gettext(message("connections as a whole")),
        network=one.network or clock.NOTHING,
        source=f"{translation.gettext(SOURCES[one.source].name)}, {translation.gettext(_SIGNS[one.sign])}",
        start=clock.interval(one.start, translation),
        end=translation.gettext(message("still so when the data end"))
        if one.end is None
        else clock.interval(one.end, translation),
        slower=_how_much(one, translation),
        runs=_runs(one, translation),
        otherwise=_explained(one, one.otherwise, translation),
        unlikely=_explained(one, one.unlikely, translation),
    )


def _explained(one: Slowing, others: Sequence[str], translation: Translation) -> str:
    servers = not one.service and not one.signal
    words = OTHERWISE | {Otherwise.SERVICE.value: _SERVERS} if servers else OTHERWISE
    return ", ".join(translation.gettext(words[other]) for other in others)


def slow_lines(slowed: Sequence[Slowing], translation: Translation) -> tuple[str, ...]:
    """What the phases do not say of it, in sentences: shares that fell, their steps, hours that come back."""
    return tuple(line for one in slowed for line in _lines(one, translation))


def _lines(one: Slowing, translation: Translation) -> Iterator[str]:
    service = service_name(one.service) or translation.gettext(message("connections as a whole"))
    if one.sign == Sign.SHARE.value:
        yield translation.gettext(
            message(
                "{service}: its part of the traffic fell to {left} of what is usual, measured against itself in other "
                "countries and against other services here ({source}). That is what slowing looks like, and blocking "
                "in part, too."
            ),
            service=service,
            left=translation.share(1.0 / one.slower),
            source=translation.gettext(SOURCES[one.source].name),
        )
    if one.steps:
        told = (_step(step.start, step.left, translation) for step in one.steps)
        template = message("{service}: it came in steps, {steps}.")
        yield translation.gettext(template, service=service, steps="; ".join(told))
    if one.windows is not None:
        yield _hours(one, one.windows, translation)


def _step(start: datetime, left: float, translation: Translation) -> str:
    template = message("from {start} on {left} were left")
    return translation.gettext(template, start=clock.short_utc(start, translation.locale), left=translation.share(left))


def _hours(one: Slowing, windows: ClockTimes, translation: Translation) -> str:
    facts = {
        "network": one.network or translation.gettext(message("all networks together")),
        "start": windows.start_clock,
        "city": clock.city(windows.zone, translation.locale) or "UTC",
        "hit": translation.number(len(windows.hit)),
        "measured": translation.number(windows.measured),
        "days": clock.days(windows.hit[0], windows.hit[-1], translation.locale),
        "chance": translation.at_most(windows.chance),
    }
    if windows.end_clock is None:
        template = message(
            "On {network} it was slow at one time of day only: from {start} on by the clocks of {city}, on {hit} of "
            "{measured} days on which that hour was measured, {days}. Chance alone would bring that in {chance} of "
            "cases at most."
        )
        return translation.gettext(template, **facts)
    template = message(
        "On {network} it was slow at one time of day only: from {start} to {end} by the clocks of {city}, on {hit} of "
        "{measured} days on which that hour was measured, {days}. Chance alone would bring that in {chance} of cases "
        "at most."
    )
    return translation.gettext(template, end=windows.end_clock, **facts)


def _how_much(one: Slowing, translation: Translation) -> str:
    if one.sign == Sign.SHARE.value:
        return translation.gettext(
            message("{left} of its part of the traffic was left ({low} to {high})"),
            left=translation.share(1.0 / one.slower),
            low=translation.share(1.0 / one.slower_high),
            high=translation.share(min(1.0, 1.0 / one.slower_low)),
        )
    plateau = ""
    if one.plateau is not None:
        template = message("; speeds gather at {speed} kbit/s")
        plateau = translation.gettext(template, speed=translation.number(round(one.plateau)))
    slower = translation.gettext(
        message("{factor} times slower ({low} to {high})"),
        factor=translation.number(round(one.slower, 1)),
        low=translation.number(round(one.slower_low, 1)),
        high=translation.number(round(one.slower_high, 1)),
    )
    return f"{slower}{plateau}"


def _runs(one: Slowing, translation: Translation) -> str:
    template = (
        message("{runs} low samples on {days} days; compared with {baseline}")
        if one.sign == Sign.SHARE.value
        else message("{runs} slow ones on {days} days; compared with {baseline}")
    )
    return translation.gettext(
        template,
        runs=translation.number(one.runs),
        days=translation.number(one.days_measured),
        baseline=translation.number(one.baseline_runs),
    )
