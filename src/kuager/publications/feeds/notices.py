"""What feeds tell of notices: an entry for each, its versions as updates, and one for each canary that did not come.

An entry keeps its id for as long as the case lives. *Published* is when it was first said and *updated* when it was
last changed: the clock of whoever sealed it, and never a time that anybody wrote. When what happened stands in the
text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.canaries import Missed
from kuager.accountability.notices import NoticeHistory, withheld_of
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.dossiers import dossier_of
from kuager.publications.feeds.identity import clean, urn
from kuager.publications.site import addresses
from kuager.publications.view import CaseView
from kuager.publications.wording.disclosure_words import STATE
from kuager.publications.wording.notice_history import change_rows, first_said, moved_lines
from kuager.publications.wording.notices import NoticeTold, zone_of


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """One notice, or a canary that did not come, as a feed tells it.

    Attributes:
        id: a URN that stays.
        title: what is disrupted and since when, or that it is over, or taken back.
        text: paragraphs: its sentences, when it was said, what was moved, what each version changed.
        published: when it was first said.
        updated: when it was last changed.
        path: of its page below ``public/``.
        alert: of its newest alert; empty for a canary.
        words: what programs may sort it by.
        facts: for programs.
    """

    id: str
    title: str
    text: tuple[str, ...]
    published: datetime
    updated: datetime
    path: str
    alert: str
    words: tuple[str, ...]
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class NoticeFeed:
    """What operators say, in one language, the newest first."""

    view: CaseView
    entries: tuple[NoticeEntry, ...]
    simulated: bool = False
    """What operators say is drawn by nobody."""

    @property
    def name(self) -> str:
        """From which its id is made."""
        return f"notices {self.view.about.language}"

    @property
    def title(self) -> str:
        """What it is called in a reader."""
        template = message("Kuager: what operators say, {title}")
        return clean(self.view.about.translation.gettext(template, title=self.view.about.case_title))

    @property
    def remark(self) -> str:
        """Whose words these are."""
        return self.view.about.translation.gettext(
            message("These are operators' own words, sealed when they were said. They are no measurements.")
        )

    @property
    def page(self) -> str:
        """The page of status."""
        return addresses.status(self.view.about.language)

    @property
    def updated(self) -> datetime:
        """When the newest entry was changed; when the case was derived, where there is none."""
        return max((one.updated for one in self.entries), default=self.view.about.known)


def notice_alert_path(name: str, number: int) -> str:
    """Where the alert of a version of a notice lies below ``public/``."""
    return f"feeds/cap/notice-{name}-v{number}.xml"


def notice_title(told: NoticeTold, moment: Callable[[str], str]) -> str:
    """What a notice says of the disruption in short, or that this was taken back; times as ``moment`` writes them."""
    title = told.what(moment)
    if told.notice.status is Status.WITHDRAWN:
        title = told.translation.gettext(message("Taken back: {title}"), title=title)
    return clean(title)


def notice_feed(view: CaseView) -> NoticeFeed:
    """Every notice that may be told, and every canary that is overdue."""
    entries = [_entry(one, view) for one in view.notices]
    entries += [_canary(one, view) for one in dossier_of(view).missed_canaries]
    return NoticeFeed(view, tuple(sorted(entries, key=lambda one: (-one.updated.timestamp(), one.id))))


def _entry(history: NoticeHistory, view: CaseView) -> NoticeEntry:
    translation, notice = view.about.translation, history.newest
    told = NoticeTold(notice, view.operators, translation)
    title = notice_title(told, told.moment)
    numbers = range(len(history.versions))
    text = [
        notice.text.get(translation.code, title),
        first_said(history, translation),
        *(line for number in numbers for line in moved_lines(history, number, translation)),
        *(line for number in numbers[1:] for line in _changes(history, number, view)),
    ]
    return NoticeEntry(
        id=urn(view, f"notice {history.id}"),
        title=title,
        text=tuple(clean(one) for one in text),
        published=history.first_known,
        updated=history.last_known,
        path=addresses.notice(view.about.language, history.id),
        alert=notice_alert_path(history.id, notice.version),
        words=(notice.operator, notice.effect.value, notice.state.value, *(("retracted",) * history.withdrawn)),
        facts={
            "notice": history.id,
            "operator": notice.operator,
            "version": notice.version,
            "state": notice.state.value,
            "stands": translation.gettext(STATE[notice.state]),
            "retracted": history.withdrawn,
            "start": notice.start or None,
            "end": notice.end or None,
            "withheld": withheld_of(notice),
        },
    )


def _changes(history: NoticeHistory, number: int, view: CaseView) -> list[str]:
    """When a version was said, and what it says otherwise than the one before it."""
    translation, version = view.about.translation, history.versions[number]
    changed = message("{name}: {after} (before: {before}).")
    said = translation.gettext(
        message("Version {number}, said {time}"),
        number=version.notice.version,
        time=clock.both(version.known, zone_of(version.notice), translation),
    )
    return [
        said,
        *(
            translation.gettext(changed, name=one.name, before=one.before.rstrip("."), after=one.after.rstrip("."))
            for one in change_rows(history, number, view.operators, translation)
        ),
    ]


def _canary(one: Missed, view: CaseView) -> NoticeEntry:
    translation = view.about.translation
    name = next((known.called(translation.code) for known in view.operators if known.id == one.operator), one.operator)
    known = max(one.due, view.about.window[0])
    return NoticeEntry(
        id=urn(view, f"canary {one.last}"),
        title=clean(translation.gettext(message("{operator}: a canary did not come"), operator=name)),
        text=(clean(translation.note(one.notice)),),
        published=known,
        updated=known,
        path=addresses.status(view.about.language),
        alert="",
        words=(one.operator, "canary"),
        facts={"canary": one.last, "operator": one.operator},
    )
