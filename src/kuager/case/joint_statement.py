"""A joint statement of a case: chosen episodes and rows become sentences, each with what proves it.

Only what may be published can be chosen; what the rules withhold is as if it were not there. What was withdrawn, or has
nothing in the case to rest on, is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuager.accountability.citing import Citation
from kuager.accountability.loading import decode
from kuager.accountability.moments import is_known
from kuager.accountability.rows.documents import Claim, Document
from kuager.accountability.rows.row import Row, Status
from kuager.case.detecting import standing
from kuager.case.folder import Case
from kuager.case.proving import EPISODE
from kuager.case.received import OWN_WORDS_KIND, REGISTER_KIND
from kuager.case.safe import safe_view
from kuager.errors import UsageError, message
from kuager.evidence import leaves
from kuager.model.time import parse_utc
from kuager.publications import clock
from kuager.publications.dossiers import dossier_of
from kuager.publications.report.joint_statement import ChosenClaim, JointStatement, Source
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import sentence
from kuager.publications.wording.conduct_words import STATUS
from kuager.publications.wording.register_rows import Speaker, Told
from kuager.publications.words import LEVEL, LEVEL_SHAPE


def joint_statement(case: Case, chosen: Sequence[str], signers: Sequence[str], language: str) -> JointStatement:
    """Put a statement together; nothing is written.

    Args:
        case: whose findings are stated.
        chosen: ids of episodes, of rows of any register, of notices, in the order in which they are stated.
        signers: ids of operators, or names; who is not named does not stand there.
        language: one of those of the case.

    Raises:
        UsageError: there is nothing of that name to be stated, or it was withdrawn, or rests on nothing in the case.
        CaseError: nothing has been detected yet.
    """
    view = safe_view(case, standing(case), language)
    chooser = _Chooser(case, view)
    return JointStatement(
        about=view.about,
        claims=tuple(chooser.claim(name, number) for number, name in enumerate(dict.fromkeys(chosen), start=1)),
        signers=tuple(chooser.speaker.operator(one) for one in dict.fromkeys(signers)),
        simulated=view.holds_simulated,
    )


class _Chooser:
    """Finds what may be stated in a case by its name."""

    def __init__(self, case: Case, view: CaseView) -> None:
        self.case, self.view = case, view
        self.translation = view.about.translation
        self.dossier = dossier_of(view)
        self.speaker = Speaker(self.translation, view.operators, self.dossier, view.about.window[0].date())
        self.episodes = {one.episode.id: one for one in view.episodes}
        self.rows = {one.id: one for one in view.registers}
        self.entries: dict[str, tuple[int, str]] = {}
        for entry in case.proving.log.entries():
            if isinstance(entry.leaf, leaves.Observation | leaves.Document):
                self.entries.setdefault(entry.leaf.object, (entry.index, entry.leaf.known))

    def claim(self, name: str, number: int) -> ChosenClaim:
        """The claim of a name."""
        if name in self.episodes:
            return self.episode(self.episodes[name], number)
        if name in self.rows:
            return self.row(self.rows[name], number)
        raise UsageError(
            message("Nothing that this case publishes is called “{id}”."),
            meaning=message("Only episodes, rows of registers and notices that are on its pages can be stated."),
            remedy=message("Its episodes are: {episodes}. Ids of rows stand in data/conduct/ of what is published."),
            id=name,
            episodes=", ".join(self.episodes) or "–",
        )

    def episode(self, view: EpisodeView, number: int) -> ChosenClaim:
        """An episode in its one sentence."""
        episode = view.episode
        claimed = self.case.proving.latest(EPISODE).get(episode.id)
        sources = []
        if claimed is not None and isinstance(claimed.leaf, leaves.Claim):
            leaf = claimed.leaf
            derived = self.translation.gettext(message("derived by {program}"), program=self.view.about.code_version)
            sources = [Source(derived, "", "", _digits(leaf.output), self.entry(claimed.index, leaf.known))]
        return ChosenClaim(
            id=f"{episode.id}.v{episode.version}",
            number=number,
            sentence=Told(sentence.sentence(view)),
            standing=f"{LEVEL_SHAPE[episode.level]} {self.translation.gettext(LEVEL[episode.level])}",
            doubt=None,
            claimed_by="",
            sources=tuple(sources),
        )

    def row(self, row: Row, number: int) -> ChosenClaim:
        """A row in its own sentence."""
        status = self.dossier.standing(row)
        if status is Status.WITHDRAWN:
            raise UsageError(
                message("“{id}” was withdrawn, so that nobody can state it."),
                remedy=message("Leave it out, or choose what took its place."),
                id=row.id,
            )
        if row.must_cite and not self.dossier.library.has(row):
            raise UsageError(
                message("“{id}” cites nothing that is in this case."),
                meaning=message("A sentence without evidence would weaken all the others."),
                remedy=message("Add the document first: kuager add CASE FILE --as document."),
                id=row.id,
            )
        cited = [self.dossier.library.citations[row.id]] if isinstance(row, Document) else []
        cited += self.dossier.library.of(row.sources)
        by = message("This is what {who} claims.") if isinstance(row, Claim) else ""
        return ChosenClaim(
            id=row.id,
            number=number,
            sentence=self.speaker.told(row.text),
            standing=self.translation.gettext(STATUS[status]) if status is not Status.SUPPORTED else "",
            doubt=self.speaker.told(row.doubt) if row.doubt else None,
            claimed_by=self.translation.gettext(by, who=row.by) if isinstance(row, Claim) else "",
            sources=(*(self.source(one) for one in cited), *self.sealed(row)),
        )

    def source(self, one: Citation) -> Source:
        """A document, with its sealed bytes where there are any."""
        index, known = self.entries.get(one.object, (None, ""))
        told = self.translation.gettext(message("not in the log yet") if one.object else message("only cited"))
        return Source(
            who=one.by,
            when=self.speaker.moment(one.published) if is_known(one.published) else "",
            link=next(iter(one.links), ""),
            object=_digits(one.object),
            entry=self.entry(index, known) if index is not None else told,
        )

    def sealed(self, row: Row) -> tuple[Source, ...]:
        """The file in which the row itself was sealed last."""
        for record in reversed(self.case.records.all()):
            if record.kind not in (REGISTER_KIND, OWN_WORDS_KIND) or record.object not in self.entries:
                continue
            rows = decode(self.case.objects.get(record.digest), parse_utc(record.received))
            if any(one.id == row.id for one in rows):
                told = self.translation.gettext(message("the row of this case"))
                return (Source(told, "", "", record.digest, self.entry(*self.entries[record.object])),)
        return ()

    def entry(self, index: int, known: str) -> str:
        """Which entry of the log, and since when."""
        when = clock.utc(parse_utc(known), self.translation.locale)
        return self.translation.gettext(message("log entry {number}, since {time}"), number=index, time=when)


def _digits(digest: str) -> str:
    """The 64 hexadecimal digits of ``sha256:…``, as ``sha256sum`` prints them."""
    return digest.removeprefix("sha256:")
