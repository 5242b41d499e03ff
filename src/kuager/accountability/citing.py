"""What rows cite, and how a row stands by it.

A citation counts while its document is in the case. Documents of one group, such as all retellings of one agency, are
one source. A row none of whose sources is there is unproven, whatever it says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kuager.accountability.registers import Registers
from kuager.accountability.rows.documents import Channel, Claim, Document, SourceClass
from kuager.accountability.rows.row import Row, Status


@dataclass(frozen=True, slots=True)
class Citation:
    """A document as it is cited.

    Attributes:
        id: of the document, or of the row of the documentary record.
        says: what it is, by language.
        by: who speaks.
        published: when, as precise as is known.
        group: documents of one group are one source.
        source_class: what kind of source.
        channel: by which way it reached people.
        links: where it was published.
        object: the sealed bytes as ``sha256:…``; empty where only the citation is kept.
        quote: a few of its words, with their language; empty where none are quoted.
        seen: when we saw it.
        licence: on which terms its text may be used; empty where nobody says.
    """

    id: str
    says: Mapping[str, str]
    by: str
    published: str
    group: str
    source_class: tuple[SourceClass, ...]
    channel: Channel = Channel.UNKNOWN
    links: tuple[str, ...] = ()
    object: str = ""
    quote: tuple[str, str] = ("", "")
    seen: str = ""
    licence: str = ""


def cited(document: Document) -> Citation:
    """A document's own row as a citation."""
    return Citation(
        id=document.id,
        says=document.text,
        by=document.by,
        published=document.published,
        group=document.group or document.by,
        source_class=document.source_class,
        channel=document.channel,
        links=document.urls,
        object=document.object,
        quote=(document.quote, document.quote_language),
        seen=document.seen,
        licence=document.licence,
    )


@dataclass(frozen=True)
class Library:
    """All that can be cited, by id."""

    citations: Mapping[str, Citation] = field(default_factory=dict)

    def of(self, sources: Iterable[str]) -> tuple[Citation, ...]:
        """Those of the sources that are in the case."""
        return tuple(self.citations[name] for name in sources if name in self.citations)

    def has(self, row: Row) -> bool:
        """Whether something that a row cites is in the case."""
        return any(name in self.citations for name in row.sources)

    def counts(self, row: Row) -> bool:
        """Whether a row counts: it was not withdrawn, and what it cites is there."""
        return row.status is not Status.WITHDRAWN and (self.has(row) or not row.must_cite)


def library(registers: Registers, record: Iterable[Citation]) -> Library:
    """The documents of a case together with the rows of its documentary record; those withdrawn are left out."""
    documents = [cited(one) for one in registers.of(Document) if one.status is not Status.WITHDRAWN]
    return Library({one.id: one for one in (*record, *documents)})


def independent(citations: Iterable[Citation]) -> int:
    """How many sources there are: however many repeat one, it stays one; so do those that were read at one address."""
    found: list[set[str]] = []
    for one in citations:
        marks = {f"group:{one.group}", *one.links}
        same = [known for known in found if known & marks]
        found = [known for known in found if not known & marks]
        found.append(marks.union(*same))
    return len(found)


def standing(row: Row, shelf: Library, claims: Iterable[Claim] = ()) -> Status:
    """How a row stands.

    Args:
        row: of any register.
        shelf: what is in the case.
        claims: all claims of the case; those of one topic that contradict each other are disputed.
    """
    if row.status is Status.WITHDRAWN:
        return row.status
    if row.must_cite and not shelf.has(row):
        return Status.UNPROVEN
    if isinstance(row, Claim) and any(
        one.topic == row.topic and one.holds != row.holds and shelf.counts(one) for one in claims
    ):
        return Status.DISPUTED
    return row.status
