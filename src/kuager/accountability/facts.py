"""What the facts of a case answer by themselves. Each is one function, named in ``data/checks.toml``.

A fact without evidence is unknown. That something was not found becomes a ``no`` only where a source of its own says
so, which a row of ``searches`` cites; a search that cites nothing tells where was looked, and leaves it unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.notice import Grade, grade
from kuager.accountability.proportionality import Reach as Width
from kuager.accountability.proportionality import services_hit, width
from kuager.accountability.rows.conduct import Coordination, Named, Order, Pledge, Statement, StatementKind
from kuager.accountability.rows.documents import Channel
from kuager.accountability.rows.law import Challenge, ChallengeKind
from kuager.accountability.rows.people import Harm, Offer, Reach, Reachability
from kuager.accountability.rows.row import Answer
from kuager.accountability.scene import UNKNOWN, Fact, Scene, cited, everyone
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.words import PhaseKind


def _of_orders(scene: Scene, answer: Callable[[Order], Answer]) -> Fact:
    known = [(one, found) for one in scene.orders if (found := answer(one)) is not Answer.UNKNOWN]
    if not known:
        return UNKNOWN
    answers = {found for _, found in known}
    return Fact(answers.pop() if len(answers) == 1 else Answer.PARTIAL, (), cited([one for one, _ in known]))


def order_public(scene: Scene) -> Fact:
    """Whether the order itself can be read."""
    fact = _of_orders(scene, lambda one: one.public)
    return fact if fact.answer is not Answer.UNKNOWN else scene.not_found("K02")


def order_court(scene: Scene) -> Fact:
    """Whether a court allowed it."""
    return _of_orders(scene, lambda one: one.court)


def order_body(scene: Scene) -> Fact:
    """Whether an order, or who spoke of it, names the body that gave it."""
    named = [one for one in scene.orders if one.body]
    said = [one for one in everyone(scene) if Named.BODY in one.names]
    return Fact(Answer.YES, (), cited([*named, *said])) if named or said else UNKNOWN


def aim_stated(scene: Scene) -> Fact:
    """Whether an aim was stated."""
    said = [one for one in everyone(scene) if one.aims]
    return Fact(Answer.YES, (), cited(said)) if said else UNKNOWN


def link_shown(scene: Scene) -> Fact:
    """Whether threat and measure were connected by whoever stated an aim."""
    said = [one for one in everyone(scene) if one.aims and one.shown is not Answer.UNKNOWN]
    answers = {one.shown for one in said}
    return Fact(answers.pop() if len(answers) == 1 else Answer.PARTIAL, (), cited(said)) if said else UNKNOWN


def place_limited(scene: Scene) -> Fact:
    """A whole country is not the place of a threat; whether a region was is for a person to judge."""
    if width(scene.episode) is not Width.WHOLE or services_hit(scene.episode) is Width.UNKNOWN:
        return UNKNOWN
    return Fact(Answer.NO, (Note(message("Measured: the whole country was affected."), {}),))


def services_limited(scene: Scene) -> Fact:
    """Whether single services were hit, or all access."""
    match services_hit(scene.episode):
        case Width.WHOLE:
            return Fact(Answer.NO, (Note(message("Measured: access as a whole was affected."), {}),))
        case Width.PART:
            return Fact(Answer.YES, (Note(message("Measured: single services were affected."), {}),))
    return UNKNOWN


def end_announced(scene: Scene) -> Fact:
    """Whether anyone who ordered it or carried it out said until when."""
    dated = [one for one in scene.orders if one.ends]
    said = [one for one in everyone(scene) if Named.END in one.names]
    if dated or said:
        return Fact(Answer.YES, (), cited([*dated, *said]))
    read = [one for one in everyone(scene) if not one.unread]
    note = Note(message("No statement that was read names an end."), {})
    return Fact(Answer.NO, (note,), cited(read)) if read else UNKNOWN


def assemblies(scene: Scene) -> Fact:
    """Whether it fell together with assemblies, beside how often chance would do so; that none is listed is no “no”."""
    if scene.overlap is None:
        return UNKNOWN
    template = message("Moved by whole days, {share} per cent of {shifts} shifts fall together as often: p = {p}.")
    share = scene.overlap.p_value
    chance = {"share": f"{100 * share:.0f}", "shifts": str(scene.overlap.permutations), "p": f"{share:.3f}"}
    reasons = (Note(template, chance), *scene.overlap.notes)
    if scene.overlap.assemblies:
        return Fact(Answer.YES, reasons, scene.overlap_sources)
    none = scene.not_found("K10")
    return replace(none, reasons=(*reasons, *none.reasons))


def told_before(scene: Scene) -> Fact:
    """Whether anyone gave notice before it began."""
    return _notified(scene, everyone(scene), "K11")


def notified_before(scene: Scene) -> Fact:
    """Whether this operator gave notice before it began."""
    return _notified(scene, scene.statements, "P05")


def _notified(scene: Scene, said: Sequence[Statement], check: str) -> Fact:
    notices = [one for one in said if grade(one.channel) is Grade.NOTICE]
    onset = scene.silence.onset if scene.silence is not None else None
    earliest = onset.earliest if onset is not None else scene.episode.start_earliest
    latest = onset.latest if onset is not None else scene.episode.start_latest
    times = [(one, when) for one in notices if (when := known_interval(one.at, scene.episode.place)) is not None]
    if before := [one for one, when in times if when.latest < earliest]:
        return Fact(Answer.YES, (), cited(before))
    if perhaps := [one for one, when in times if when.earliest < latest]:
        note = Note(message("Whether the notice came before it began cannot be told from its time."), {})
        return Fact(Answer.PARTIAL, (note,), cited(perhaps))
    return scene.not_found(check)


def emergency_reached(scene: Scene) -> Fact:
    """Whether emergency services could be reached: from evidence of their own, never from the cut."""
    harms = [one for one in scene.registers.of(Harm) if one.emergency and scene.library.counts(one)]
    if harms:
        return Fact(Answer.NO, (), tuple(source for one in harms for source in one.sources))
    return UNKNOWN


def permitted_list(scene: Scene) -> Fact:
    """Whether only permitted services worked."""
    rows = [
        one for one in scene.registers.of(Reachability) if one.reach is Reach.PERMITTED and scene.library.counts(one)
    ]
    measured = any(phase.kind is PhaseKind.WHITELIST for phase in scene.episode.phases) or scene.episode.whitelisted
    notes = (Note(message("Measured: some services worked while the others were kept away."), {}),) if measured else ()
    return Fact(Answer.YES, notes, cited(rows)) if rows or measured else UNKNOWN


def within_36_months(scene: Scene) -> Fact:
    """Whether it had happened before."""
    if not scene.earlier:
        return UNKNOWN
    note = Note(message("Earlier episodes within 36 months: {count}."), {"count": str(len(scene.earlier))})
    return Fact(Answer.YES, (note,), scene.earlier_sources)


def pledged(scene: Scene) -> Fact:
    """Whether a pledge is known."""
    rows = [one for one in scene.registers.of(Pledge) if one.operator == scene.operator and scene.library.counts(one)]
    return Fact(Answer.YES, (), cited(rows)) if rows else scene.not_found("P01")


def challenged(scene: Scene) -> Fact:
    """Whether the operator refused, complained or went to court."""
    rows = [
        one
        for one in scene.registers.of(Challenge)
        if scene.operator in one.operators and one.kind is not ChallengeKind.DISCLOSURE and scene.library.counts(one)
    ]
    return Fact(Answer.YES, (), cited(rows)) if rows else scene.not_found("P04")


def law_and_body_named(scene: Scene) -> Fact:
    """Whether the operator named the law and the body."""
    read = [one for one in scene.statements if not one.unread]
    named = {name for one in read for name in one.names}
    if not read:
        return UNKNOWN
    both = [Named.LAW in named, Named.BODY in named]
    answer = Answer.YES if all(both) else Answer.PARTIAL if any(both) else Answer.NO
    return Fact(answer, (), cited(read))


def status_published(scene: Scene) -> Fact:
    """Whether it told on a page of status when service stopped and when it came back; in part with one of them."""
    said = [one for one in scene.statements if one.channel is Channel.STATUS_PAGE]
    whole = [one for one in said if is_known(one.stated_start) and is_known(one.stated_end)]
    part = [one for one in said if is_known(one.stated_start) or is_known(one.stated_end)]
    if not part:
        return scene.not_found("P08")
    return Fact(Answer.YES if whole else Answer.PARTIAL, (), cited(whole or part))


def offered(scene: Scene) -> Fact:
    """Whether a remedy was offered; yes when it goes by the days lost."""
    rows = [one for one in scene.registers.of(Offer) if one.operator == scene.operator and scene.library.counts(one)]
    if not rows:
        return scene.not_found("P10")
    return Fact(Answer.YES if any(one.days for one in rows) else Answer.PARTIAL, (), cited(rows))


def denounced(scene: Scene) -> Fact:
    """Whether the operator spoke out."""
    rows = [one for one in scene.statements if one.kind is StatementKind.DENOUNCEMENT]
    return Fact(Answer.YES, (), cited(rows)) if rows else scene.not_found("P11")


def acted_together(scene: Scene) -> Fact:
    """Whether the operator acted together with others."""
    rows = [
        one
        for one in scene.registers.of(Coordination)
        if scene.operator in one.operators and len(one.operators) > 1 and scene.library.counts(one)
    ]
    return Fact(Answer.YES, (), cited(rows)) if rows else scene.not_found("P12")


FACTS: Mapping[str, Callable[[Scene], Fact]] = MappingProxyType(
    {
        "order-public": order_public,
        "order-court": order_court,
        "order-body": order_body,
        "aim-stated": aim_stated,
        "link-shown": link_shown,
        "place-limited": place_limited,
        "services-limited": services_limited,
        "end-announced": end_announced,
        "assemblies": assemblies,
        "told-before": told_before,
        "emergency-reached": emergency_reached,
        "permitted-list": permitted_list,
        "within-36-months": within_36_months,
        "pledged": pledged,
        "challenged": challenged,
        "notified-before": notified_before,
        "law-and-body-named": law_and_body_named,
        "status-published": status_published,
        "offered": offered,
        "denounced": denounced,
        "acted-together": acted_together,
    }
)
