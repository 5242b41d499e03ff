"""Cases to make records of: a simulated episode, and one that was measured, with services, regions and versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
from tests.publications.conftest import BACK, CUT, START
from tests.publications.test_services import SLOW, blocked

from kuager.errors import message
from kuager.model.episodes import Phase
from kuager.model.history import History, Version
from kuager.model.notes import Note
from kuager.model.operators import package_operators
from kuager.model.scope import Division, Moment, Part, Scope, Share
from kuager.model.words import Access, PartsKind, PartState, PhaseKind, State, Weighting
from kuager.publications.view import CaseView, EpisodeView

HOSTS = ("telegram", "web.whatsapp.com", "orda.kz")


def case_of(*views: EpisodeView) -> CaseView:
    return CaseView(
        replace(views[0].about, place_name="Kazakhstan"), views, places=("KZ",), operators=package_operators()
    )


def measured(view: EpisodeView, *, address: str = "") -> EpisodeView:
    """An episode that was measured: services blocked on AS9198, all slowed on AS29355, one region of two hit."""
    episode = msgspec.structs.replace(
        view.episode,
        simulated=False,
        signals=tuple(
            msgspec.structs.replace(one, signal=signal)
            for one, signal in zip(
                view.episode.signals,
                ("ioda.bgp", "ioda.ping-slash24", "ioda.merit-nt", "radar.netflows", "ooni.web_connectivity"),
                strict=True,
            )
        ),
        phases=(
            *view.episode.phases,
            Phase(PhaseKind.BLOCKING, START, BACK, Access.MOBILE, ("KZ",), 60, ("AS9198",), HOSTS),
            Phase(PhaseKind.THROTTLING, START, CUT, Access.FIXED, ("KZ",), 60, ("AS29355",)),
        ),
        blocked=tuple(blocked(one, BACK) for one in HOSTS),
        slowed=(SLOW,),
        scope=Scope(True, 0.3, 0.1, (_regions(),)),
    )
    return EpisodeView(
        episode, (), replace(view.about, address=address), view.documents, history_of(replace(view, episode=episode))
    )


def history_of(view: EpisodeView) -> History:
    """Two versions, the second of which stands."""
    one = view.episode
    first = msgspec.structs.replace(one, kind=one.kind, probability=0.7)
    known = BACK + timedelta(hours=1)
    later = known + timedelta(days=1)
    return History(
        (
            Version(one.id, 1, one.start, one.end, first, 4, known, until=later),
            Version(one.id, 2, one.start, one.end, one, 9, later),
        ),
        (1, 2, 9),
    )


def taken_back(view: EpisodeView) -> History:
    """One version that does not stand any more."""
    one = msgspec.structs.replace(view.episode, id="kz-2022-01-02-a")
    known = BACK + timedelta(hours=1)
    reason = Note(message("The source withdrew its data."), {})
    version = Version(one.id, 1, one.start, one.end, one, 4, known, known + timedelta(days=1), reason)
    return History((version,), (4,))


def _regions() -> Division:
    share = Share(0.5, 0.5, 0.0, 0.4, 0.6, 1.0, State.DOWN)
    return Division(
        kind=PartsKind.REGIONS,
        weighting=Weighting.EQUAL,
        whole=False,
        covered=1.0,
        worst=Moment(CUT, BACK, share),
        mobile=None,
        fixed=None,
        mobile_only=False,
        operators=(),
        onsets=None,
        course=(Moment(CUT, BACK, share),),
        parts=(
            Part("KZ-75", 0.5, Access.UNKNOWN, PartState.HIT, CUT, CUT, CUT, BACK, 0.9, 0.97),
            Part("KZ-71", 0.5, Access.UNKNOWN, PartState.SPARED, None, None, None, None, 0.0, 0.01),
        ),
    )
