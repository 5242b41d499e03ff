"""The words of the pages, each in two plain sentences; pages link to ``glossary/index.html#<id>``."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import message
from kuager.publications.language import Translation


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its id and what it means, as templates."""

    id: str
    word: str
    means: str


TERMS = (
    Term(
        "episode",
        message("Episode"),
        message(
            "One thing that happened at a place, put together from all signals. It keeps its id; what is learnt "
            "later makes a new version of it."
        ),
    ),
    Term(
        "event",
        message("Event"),
        message(
            "A fall that was found in one signal alone. Events of independent kinds at the same time make an episode."
        ),
    ),
    Term(
        "signal",
        message("Signal"),
        message("One kind of measurement of one source, over time. Each sees some things and cannot see others."),
    ),
    Term(
        "source",
        message("Source"),
        message(
            "Whoever publishes measurements, such as IODA, OONI or RIPE. Sources that rest on the same sensors "
            "count as one."
        ),
    ),
    Term(
        "phase",
        message("Phase"),
        message(
            "A part of an episode: a blackout, a partial outage, a slowdown, a blocking, or a time in which "
            "service was back."
        ),
    ),
    Term(
        "restoration",
        message("Restoration"),
        message("A time within an episode in which service was back, if only for half an hour."),
    ),
    Term(
        "level",
        message("Level"),
        message(
            "How sure it is that something happened. ○ one kind of signal; ◐ two or more independent kinds; ● in "
            "addition someone responsible acknowledged it; ◇ signals contradict each other; ▒ too little was "
            "measured."
        ),
    ),
    Term(
        "cause",
        message("Cause"),
        message(
            "Why it happened. It is a claim of its own with a level of its own, and needs documents: signals "
            "cannot show it."
        ),
    ),
    Term(
        "not-observable",
        message("Not observable"),
        message("Nothing can be said: there are no values, or they cannot be trusted. It is neither up nor down."),
    ),
    Term("coverage", message("Coverage"), message("For how much of the time a signal could have seen something.")),
    Term(
        "version",
        message("Version"),
        message(
            "What was said of an episode from a date on. A correction is a new version; the old ones stay readable."
        ),
    ),
    Term(
        "log",
        message("Log"),
        message(
            "A list that can only grow. Everything that was received, derived, published and taken back has an "
            "entry in it, which can be proved."
        ),
    ),
    Term(
        "hash",
        message("Hash (SHA-256)"),
        message("A number of 64 digits that is reckoned from the bytes of a file. Another file has another number."),
    ),
    Term(
        "utc",
        message("UTC"),
        message("The time that is the same everywhere. Pages give it first, and the clocks of the place beside it."),
    ),
    Term(
        "network",
        message("Network (AS number)"),
        message(
            "A part of the internet under one administration, with a number such as AS9198. An operator may have "
            "several."
        ),
    ),
    Term(
        "bgp",
        message("Routes (BGP)"),
        message("What networks announce to each other. A network can be cut off while its routes stay announced."),
    ),
    Term(
        "probing",
        message("Active probing"),
        message("Questions sent to many addresses from outside; counted is how many answer."),
    ),
    Term(
        "telescope",
        message("Telescope"),
        message(
            "Unused addresses at which stray traffic from everywhere arrives. When a country falls silent there, "
            "it is cut off."
        ),
    ),
    Term(
        "blocking",
        message("Blocking"),
        message(
            "Single sites or apps are kept away while others work: by a wrong answer for the name, no connection,"
            " a broken encryption, or another page."
        ),
    ),
    Term(
        "throttling",
        message("Throttling"),
        message(
            "Connections are made slow on purpose, all of them or those of one service. Congestion can look alike."
        ),
    ),
    Term("whitelist", message("Whitelist"), message("Only permitted services work, all others are kept away.")),
    Term(
        "floor",
        message("Floor of measurements"),
        message(
            "Rows that rest on too few measurements by people are counted and not shown, so that nobody can be "
            "found by them."
        ),
    ),
    Term(
        "delay",
        message("Delay of publication"),
        message("What happened lately may be left out, so that those who measured are not in danger."),
    ),
)


def glossary(translation: Translation) -> list[tuple[str, str, str]]:
    """Id, word and meaning of every term in a language, in the order in which they build on each other."""
    return [(one.id, translation.gettext(one.word), translation.gettext(one.means)) for one in TERMS]
