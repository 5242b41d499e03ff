"""The operators of an episode side by side, in words: the same dates and the same questions for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.accountability.peers import Asked, Finding, Peer, State
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.wording.conduct import Conduct
from kuager.publications.wording.register_rows import Speaker

ASKED = {
    Asked.LOST: message("Service first measured as lost"),
    Asked.NOTICE: message("Notice"),
    Asked.NOTICE_LAG: message("From the loss to the notice"),
    Asked.WORDS: message("First words"),
    Asked.WORDS_LAG: message("From the loss to the first words"),
    Asked.BACK: message("Service back"),
    Asked.CHALLENGE: message("Challenge filed"),
    Asked.OFFER: message("Offer made"),
    Asked.DENOUNCEMENT: message("Spoke out against it"),
    Asked.OWNERS: message("At the top of its owners"),
}


@dataclass(frozen=True, slots=True)
class PeerTable:
    """Points by row and operators by column: first dates in words, then questions with a shape and a word."""

    names: tuple[str, ...]
    dates: tuple[tuple[str, tuple[str, ...]], ...]
    questions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def peer_table(peers: Sequence[Peer], told: Conduct) -> PeerTable:
    """A table of some operators."""
    speaker = told.speaker
    columns = [told.answers(one.answers) for one in peers]
    return PeerTable(
        names=tuple(speaker.operator(one.operator) for one in peers),
        dates=tuple(
            (speaker.translation.gettext(ASKED[asked]), tuple(_cell(one.on(asked), told) for one in peers))
            for asked in Asked
        ),
        questions=tuple(
            (rows[0].question, tuple((row.shape, row.answer) for row in rows)) for rows in zip(*columns, strict=True)
        ),
    )


def _cell(one: Finding, told: Conduct) -> str:
    speaker = told.speaker
    translation = speaker.translation
    if one.state is State.UNKNOWN:
        return translation.gettext(message("unknown"))
    if one.state is State.NONE_FOUND:
        days = ", ".join(speaker.moment(day) for day in one.searched)
        return translation.gettext(message("none found, searched on {days}"), days=days)
    if one.lag is not None:
        return told.lag(*one.lag)
    if one.names:
        return ", ".join(speaker.operator(name) for name in one.names)
    if one.written:
        return speaker.moment(one.written)
    return _measured(one, speaker)


def _measured(one: Finding, speaker: Speaker) -> str:
    if one.between is None:
        return clock.NOTHING
    when = clock.interval(one.between, speaker.translation)
    whose = message("{when}, on its networks") if one.of_network else message("{when}, measured overall")
    return speaker.translation.gettext(whose, when=when)
