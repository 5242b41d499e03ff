"""What was said of an episode at which time: the clock of knowledge beside that of events."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kuager.model.episodes import Episode
from kuager.model.notes import Note


class Version(msgspec.Struct, frozen=True):
    """One version of an episode as it was claimed.

    ``id``, ``number``, ``start`` and ``end`` are as the log has them; ``episode`` is the whole version, null where its
    file is gone with a copy that was not complete. ``entry`` is the number of its claim in the log, ``known`` when it
    was claimed. ``until`` is when another version took its place or it was taken back, null while it stands;
    ``retraction`` says why it was taken back, null where it was replaced or stands.
    """

    id: str
    number: int
    start: datetime
    end: datetime | None
    episode: Episode | None
    entry: int
    known: datetime
    until: datetime | None = None
    retraction: Note | None = None


class History(msgspec.Struct, frozen=True):
    """The versions of one episode, the oldest first, and the log's entries behind the newest: what it rests on."""

    versions: tuple[Version, ...]
    entries: tuple[int, ...]

    @property
    def newest(self) -> Version:
        """The version that was claimed last."""
        return self.versions[-1]

    @property
    def earlier(self) -> tuple[Version, ...]:
        """Those that it replaced."""
        return self.versions[:-1]
