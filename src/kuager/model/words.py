"""The words of the field as closed sets. Every one of them appears in stored files: never rename, only add."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a signal says of a place at a time. Silence of a sensor is neither ``normal`` nor ``down``."""

    DOWN = "down"
    DEGRADED = "degraded"
    NORMAL = "normal"
    NOT_OBSERVABLE = "not-observable"


class Stance(StrEnum):
    """How a signal stands to an episode."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    SILENT = "silent"
    """It measured, but could not have told this episode from its ordinary noise."""
    NOT_MEASURING = "not-measuring"


class Level(StrEnum):
    """How sure, from weak to strong; ``disputed`` and ``cannot-tell`` stand outside the order."""

    CANNOT_TELL = "cannot-tell"
    SIGNAL = "signal"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class EpisodeKind(StrEnum):
    """What an episode is. ``outage``: the cause is not known to be an order."""

    SHUTDOWN = "shutdown"
    OUTAGE = "outage"
    THROTTLING = "throttling"
    BLOCKING = "blocking"
    RECURRING = "recurring"


class PhaseKind(StrEnum):
    """What a part of an episode is."""

    BLACKOUT = "blackout"
    PARTIAL = "partial"
    THROTTLING = "throttling"
    BLOCKING = "blocking"
    RESTORATION = "restoration"
    WHITELIST = "whitelist"


class CauseValue(StrEnum):
    """Why it happened: a separate and weaker claim than that it happened."""

    ORDERED = "ordered"
    SUSPECTED = "suspected"
    POWER = "power"
    CABLE = "cable"
    WEATHER = "weather"
    UNKNOWN = "unknown"


class Access(StrEnum):
    """How people reach the network. ``mixed`` is known to be both; ``unknown`` is not known, and never guessed."""

    MOBILE = "mobile"
    FIXED = "fixed"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class SignalKind(StrEnum):
    """What sort of thing a signal counts; decides its noise floor and what it can see."""

    BGP = "bgp"
    PROBING = "probing"
    TELESCOPE = "telescope"
    TRAFFIC = "traffic"
    USERS = "users"
    RTT = "rtt"
    THROUGHPUT = "throughput"
    INDEX = "index"
    COUNT = "count"


class Direction(StrEnum):
    """Which way a signal goes when people lose access.

    ``rises``: lost probes, delay, searches for a way around; a rise stands beside a loss and is never one itself.
    ``none``: neither way says anything by itself.
    """

    FALLS = "falls"
    RISES = "rises"
    NONE = "none"


class Scale(StrEnum):
    """Whether values of two windows can be compared.

    ``relative`` values are per cent of the maximum of the window in which they were asked for: the same instant has
    other values in another window, so two windows are two series.
    """

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class OpinionKind(StrEnum):
    """What another observer published about a time: its own finding, not ours."""

    ALERT = "alert"
    EVENT = "event"
    ANNOTATION = "annotation"
    ANOMALY = "anomaly"
    RECORD = "record"
    """A shutdown in a register that people keep, such as STOP."""


class DayStatus(StrEnum):
    """What a source gave for a day of a case."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    ABSENT = "absent"


class PartsKind(StrEnum):
    """What the parts of a place are."""

    NETWORKS = "networks"
    REGIONS = "regions"


class Weighting(StrEnum):
    """What the weight of a part counts. Neither counts people."""

    ADDRESSES = "addresses"
    EQUAL = "equal"


class PartState(StrEnum):
    """What became of a part of a place during an episode; ``unknown`` is neither hit nor spared."""

    HIT = "hit"
    SPARED = "spared"
    UNKNOWN = "unknown"


class Explanation(StrEnum):
    """What else than an order can take a place off the network, or look as if it had."""

    POWER = "power"
    CABLE = "cable"
    DISASTER = "disaster"
    DDOS = "ddos"
    ROUTING = "routing"
    SOURCE = "source"
    """Whoever measured failed, not the place."""
    HABIT = "habit"
    """A holiday, or an hour or weekday at which people are away."""


class AlternativeStatus(StrEnum):
    """How another explanation stands after what was measured; none is ever excluded."""

    SUPPORTED = "supported"
    UNLIKELY = "unlikely"
    CANNOT_BE_TOLD = "cannot-be-told"
