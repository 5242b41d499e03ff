"""Asking every source for what a case is about: side by side, each at its pace, answers sealed before they are read.

A source that fails never stops another one. What was answered for good is not asked again, so that a collection can be
stopped at any moment, by Ctrl-C or by a power cut, and goes on where it was: first the object is on disk, then the
record that it was received, then the ledger's line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from kuager.case.collected import keep_coverage
from kuager.case.collection import Collection
from kuager.case.folder import Case
from kuager.case.log import now
from kuager.case.operators import known_operators
from kuager.case.reading import rebuild
from kuager.case.worker import Progress, Worker
from kuager.errors import UsageError, message
from kuager.evidence.leaves import CustodyEvent
from kuager.evidence.stamps.beacon import latest_round
from kuager.sources.asking import Manners
from kuager.sources.offer import Offer
from kuager.sources.registry import OFFERS

_WATCH_S = 0.1

BEGAN, ENDED = "collection-began", "collection-ended"
STOPPED_BEFORE = message("A collection was stopped before its end.")
"""Why there is a gap; translated when it is shown."""


Watch = Callable[[Sequence[Progress]], None]


def collect_case(
    case: Case,
    chosen: Sequence[str] = (),
    manners: Mapping[str, Manners] | None = None,
    *,
    own: Sequence[Path] = (),
    beacon: str = "",
    offline: bool = False,
    watch: Watch = lambda _all: None,
) -> tuple[Progress, ...]:
    """Ask the sources, seal what they answer and rebuild the tables.

    Args:
        case: the case.
        chosen: ids of the sources to ask; all when empty.
        manners: per source how it is asked; the key ``*`` holds for the others.
        own: folders with operators of whoever runs Kuager; those of the case's folder count more.
        beacon: the address of a relay of drand, whose newest round shows that what comes is not older; empty for none.
        offline: ask nobody, and use what is sealed.
        watch: called now and then with how far each source is.

    Returns:
        how far each source came.

    Raises:
        UsageError: no such source.
        KuagerError: a file of operators is not as it should be.
    """
    offers = _chosen(chosen)
    among = known_operators((*own, case.path))
    with case.writing("collect"):
        if offline:
            rebuild(case)
            keep_coverage(case)
            return ()
        _begin(case, offers, beacon)
        collection = Collection(case, int(time.time()), among)
        workers = [Worker(collection, offer, _manners(manners or {}, offer)) for offer in offers]
        threads = [Thread(target=worker.run, name=worker.progress.source, daemon=True) for worker in workers]
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                watch([worker.progress for worker in workers])
                time.sleep(_WATCH_S)
        finally:
            collection.stop()
        watch([worker.progress for worker in workers])
        rebuild(case, collection.contents)
        keep_coverage(case)
        for worker in workers:  # a mistake of ours in one source must not cost what the others gave
            if worker.fault is not None:
                raise worker.fault
        case.proving.happened(ENDED)
        return tuple(worker.progress for worker in workers)


def _begin(case: Case, offers: Sequence[Offer], relay: str) -> None:
    """Enter that a collection begins, and that an earlier one did not come to its end: nobody collected since then."""
    happened = [entry.leaf for entry in case.proving.log.entries() if isinstance(entry.leaf, CustodyEvent)]
    collections = [one for one in happened if one.event in (BEGAN, ENDED)]
    if collections and collections[-1].event == BEGAN:
        case.proving.gap(case.proving.log.entries()[-1].leaf.known, now(), STOPPED_BEFORE)
    drawn = latest_round(relay) if relay else None
    asked = " ".join(offer.source.id for offer in offers)
    case.proving.happened(BEGAN, asked, drawn.beacon if drawn is not None else None)


def _chosen(chosen: Sequence[str]) -> tuple[Offer, ...]:
    unknown = [name for name in chosen if name not in OFFERS]
    if unknown:
        raise UsageError(
            message("There is no source “{name}” that Kuager asks."),
            remedy=message("The sources are: {names}."),
            name=unknown[0],
            names=", ".join(OFFERS),
        )
    return tuple(offer for name, offer in OFFERS.items() if not chosen or name in chosen)


def _manners(manners: Mapping[str, Manners], offer: Offer) -> Manners:
    return manners.get(offer.source.id) or manners.get("*") or Manners()
