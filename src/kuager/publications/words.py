"""The words that a reader sees for the closed sets of ``kuager.model.words``, as templates for the catalogues.

A shape stands beside every word of a level, a state or a stance, so that nothing hangs on colour.
"""

from __future__ import annotations

from kuager.errors import message
from kuager.model.words import (
    Access,
    AlternativeStatus,
    CauseValue,
    EpisodeKind,
    Explanation,
    Level,
    PhaseKind,
    Stance,
    State,
)

KIND = {
    EpisodeKind.SHUTDOWN: message("internet shutdown"),
    EpisodeKind.OUTAGE: message("internet outage, cause not known"),
    EpisodeKind.THROTTLING: message("internet slowed down"),
    EpisodeKind.BLOCKING: message("sites or services blocked"),
    EpisodeKind.RECURRING: message("recurring internet outages"),
}

KIND_IN_SHORT = {
    EpisodeKind.SHUTDOWN: message("internet shut down"),
    EpisodeKind.OUTAGE: message("no internet"),
    EpisodeKind.THROTTLING: message("slow internet"),
    EpisodeKind.BLOCKING: message("sites blocked"),
    EpisodeKind.RECURRING: message("internet cuts"),
}
"""For text messages."""

LEVEL = {
    Level.CONFIRMED: message("confirmed"),
    Level.CORROBORATED: message("corroborated"),
    Level.SIGNAL: message("seen by one source only"),
    Level.DISPUTED: message("disputed"),
    Level.CANNOT_TELL: message("cannot tell"),
}

LEVEL_MEANS = {
    Level.CONFIRMED: message("Independent kinds of signal saw it, and someone who was responsible acknowledged it."),
    Level.CORROBORATED: message(
        "Two or more independent kinds of signal saw it; this case holds no document in which anyone responsible "
        "acknowledges it."
    ),
    Level.SIGNAL: message("One kind of signal saw it; no independent one bears it out."),
    Level.DISPUTED: message("Signals that could have seen it contradict each other."),
    Level.CANNOT_TELL: message("Too little was measured to tell."),
}

LEVEL_SHAPE = {
    Level.CONFIRMED: "●",
    Level.CORROBORATED: "◐",
    Level.SIGNAL: "○",
    Level.DISPUTED: "◇",
    Level.CANNOT_TELL: "▒",
}

PHASE = {
    PhaseKind.BLACKOUT: message("blackout"),
    PhaseKind.PARTIAL: message("partial outage"),
    PhaseKind.THROTTLING: message("slowed down"),
    PhaseKind.BLOCKING: message("blocking"),
    PhaseKind.RESTORATION: message("restoration"),
    PhaseKind.WHITELIST: message("only permitted services"),
}

STATE = {
    State.DOWN: message("down"),
    State.DEGRADED: message("degraded"),
    State.NORMAL: message("normal"),
    State.NOT_OBSERVABLE: message("not measuring"),
}

STANCE = {
    Stance.AGREES: message("agrees"),
    Stance.DISAGREES: message("disagrees"),
    Stance.SILENT: message("cannot tell it from noise"),
    Stance.NOT_MEASURING: message("not measuring"),
}

STANCE_SHAPE = {
    Stance.AGREES: "●",
    Stance.DISAGREES: "◇",
    Stance.SILENT: "○",
    Stance.NOT_MEASURING: "▒",
}

ACCESS = {
    Access.MOBILE: message("mobile"),
    Access.FIXED: message("fixed"),
    Access.MIXED: message("not told apart"),
}
"""``mixed`` is no claim that both were hit: the signals look at all access together."""

ACCESS_IN_SHORT = {
    Access.MOBILE: message("mobile"),
    Access.FIXED: message("fixed"),
    Access.MIXED: "–",
}
"""For narrow columns."""

CAUSE = {
    CauseValue.ORDERED: message("ordered"),
    CauseValue.SUSPECTED: message("not known; its timing resembles that of ordered outages"),
    CauseValue.POWER: message("power failure"),
    CauseValue.CABLE: message("cable cut"),
    CauseValue.WEATHER: message("weather"),
    CauseValue.UNKNOWN: message("not known"),
}

CAUSE_FEATURE = {
    "on-the-hour": message("Began on the full hour of the local clock"),
    "on-the-half-hour": message("Began on the half hour of the local clock"),
    "hours": message("Length"),
    "outages-before": message("Outages here in the four days before"),
    "outages-at-the-same-time": message("Of these, at the same clock time"),
}

EXPLANATION = {
    Explanation.POWER: message("Power cut"),
    Explanation.CABLE: message("Cable cut"),
    Explanation.DISASTER: message("Natural disaster"),
    Explanation.DDOS: message("Flood of traffic (DDoS)"),
    Explanation.ROUTING: message("Routing error or leak"),
    Explanation.SOURCE: message("Failure of the measurement"),
    Explanation.HABIT: message("Holiday or habit"),
}

EXPLANATION_MEANS = {
    Explanation.POWER: message("People and equipment lost electricity."),
    Explanation.CABLE: message("A line or a station that much depends on broke."),
    Explanation.DISASTER: message("Earthquake, storm, flood, eruption, fire."),
    Explanation.DDOS: message("Somebody overloaded networks from outside."),
    Explanation.ROUTING: message("Somebody announced routes wrongly or withdrew them by mistake."),
    Explanation.SOURCE: message("Whoever measures failed, and nothing happened here."),
    Explanation.HABIT: message("People were away, and nothing was broken."),
}

ALTERNATIVE = {
    AlternativeStatus.SUPPORTED: message("supported"),
    AlternativeStatus.UNLIKELY: message("unlikely"),
    AlternativeStatus.CANNOT_BE_TOLD: message("cannot be told"),
}

ALTERNATIVE_SHAPE = {
    AlternativeStatus.SUPPORTED: "●",
    AlternativeStatus.UNLIKELY: "◇",
    AlternativeStatus.CANNOT_BE_TOLD: "○",
}
