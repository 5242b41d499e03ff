"""The exhibits with their custody: what each is, from whom and when it came, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kuager.accountability.citing import Citation
from kuager.accountability.questions import Instrument
from kuager.errors import message
from kuager.model.time import parse_utc
from kuager.publications import clock
from kuager.publications.pack.context import Context
from kuager.publications.pack.exhibits import Exhibit, ExhibitKind
from kuager.publications.pack.held import DerivedFile, LogHead, OwnFile, SealedObject
from kuager.sources.registry import SOURCES

NOT_HERE = message("bytes not in the case")
WITHHELD = {
    "identifying": message("could point at a volunteer"),
    "terms": message("the terms of its source let nobody pass it on"),
    "sealed": message("only the recipients of the sealed original can open it"),
}
KIND = {
    ExhibitKind.LOG: message("the signed head of the log: the record as a whole"),
    ExhibitKind.SETTINGS: message("what the case is about"),
    ExhibitKind.OPERATORS: message("operators that the case has added"),
    ExhibitKind.EPISODE: message("the version of the episode"),
    ExhibitKind.METHOD: message("how it was derived: inputs, parameters, code"),
    ExhibitKind.MEASUREMENT: message("measurements as they were received"),
    ExhibitKind.RECORD: message("documentary record"),
    ExhibitKind.REGISTER: message("rows of registers"),
    ExhibitKind.OWN_WORDS: message("an operator's own words"),
    ExhibitKind.DOCUMENT: message("a document"),
    ExhibitKind.CITED: message("a document that is only cited"),
    ExhibitKind.INSTRUMENT: message("a legal instrument that is only cited"),
}


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """An exhibit as it is listed.

    Attributes:
        number: of it.
        kind: for programs.
        what: in words; ``language`` where they are not the pack's.
        custody: from whom, when, and the entry of the log; empty for files of the bundle itself.
        received: RFC 3339, or as precise as a document is dated; empty where nobody says.
        entry: of the log; empty where it has none.
        digest: SHA-256; empty where the bytes are not in the case.
        size: in bytes; empty where they are not.
        path: in the pack; empty where they are not there.
        why: why they are not there, in words.
        links: where it was published.
    """

    number: int
    kind: str
    what: str
    custody: str
    language: str = ""
    received: str = ""
    entry: str = ""
    digest: str = ""
    size: str = ""
    path: str = ""
    why: str = ""
    links: tuple[str, ...] = ()


def exhibit_rows(context: Context) -> tuple[ExhibitRow, ...]:
    """All of them, by number."""
    return tuple(_row(context, one) for one in context.exhibits.all)


def _row(context: Context, one: Exhibit) -> ExhibitRow:
    kind = context.gettext(KIND[one.kind])
    match one.of:
        case LogHead() as head:
            return _own(one, kind, head.file, _vouched(context, head))
        case OwnFile() as file:
            return _own(one, kind, file)
        case DerivedFile() as derived:
            file = OwnFile(derived.digest, derived.size, derived.path)
            if one.kind is ExhibitKind.METHOD:
                file = OwnFile(derived.statement, derived.statement_size, derived.statement_path)
            return replace(_own(one, kind, file, _entered(context, derived.entry)), entry=str(derived.entry))
        case SealedObject() as sealed:
            return _sealed(context, one, kind, sealed)
        case Citation() as cited:
            return _cited(context, one, cited)
    return _instrument(context, one, kind, one.of)


def _own(one: Exhibit, kind: str, file: OwnFile, custody: str = "") -> ExhibitRow:
    return ExhibitRow(
        one.number, one.kind.value, kind, custody, digest=file.digest, size=str(file.size), path=file.path
    )


def _vouched(context: Context, head: LogHead) -> str:
    known = clock.utc(head.known, context.translation.locale)
    template = message("{entries} entries, the newest of {known}; stamps of time: {stamps}, cosignatures: {witnesses}")
    return context.gettext(template, entries=head.entries, known=known, stamps=head.stamps, witnesses=head.cosignatures)


def _entered(context: Context, entry: int) -> str:
    known = clock.utc(context.held.derived.known, context.translation.locale)
    return context.gettext(message("derived by {known}, entry {entry} of the log"), known=known, entry=entry)


def _sealed(context: Context, one: Exhibit, kind: str, sealed: SealedObject) -> ExhibitRow:
    """Bytes as received; of a document its own row says what it is, where that may be told."""
    received = clock.utc(parse_utc(sealed.received), context.translation.locale)
    template = message("added by a person on {received}, entry {entry} of the log")
    if sealed.source:
        template = message("asked of {source} and received on {received}, entry {entry} of the log")
    source = context.gettext(SOURCES[sealed.source].name) if sealed.source in SOURCES else sealed.source
    why = ""
    if sealed.withheld:
        reason = context.gettext(WITHHELD[sealed.withheld]) if sealed.withheld in WITHHELD else sealed.withheld
        why = context.gettext(message("held back: {reason}"), reason=reason)
    row = ExhibitRow(
        one.number,
        one.kind.value,
        f"{kind} ({sealed.kind})",
        context.gettext(template, source=source, received=received, entry=sealed.entry),
        received=sealed.received,
        entry=str(sealed.entry),
        digest=sealed.digest,
        size=str(sealed.size),
        path=sealed.path,
        why=why,
    )
    for cited in context.dossier.library.citations.values():
        if cited.object == f"sha256:{sealed.digest}":
            told = context.speaker.told(cited.says)
            return replace(row, what=f"{cited.id}: {told.text}", language=told.language, links=cited.links)
    return row


def _cited(context: Context, one: Exhibit, cited: Citation) -> ExhibitRow:
    told = context.speaker.told(cited.says)
    when = context.speaker.moment(cited.published)
    return ExhibitRow(
        one.number,
        one.kind.value,
        f"{cited.id}: {told.text}",
        context.gettext(message("by {who}, published {when}"), who=cited.by, when=when),
        language=told.language,
        received=cited.published,
        why=context.gettext(NOT_HERE),
        links=cited.links,
    )


def _instrument(context: Context, one: Exhibit, kind: str, instrument: Instrument) -> ExhibitRow:
    body, citation = (context.speaker.told(words).text for words in (instrument.body, instrument.citation))
    what = context.gettext(message("{body}, {citation}"), body=body, citation=citation)
    return ExhibitRow(one.number, one.kind.value, what, kind, received=instrument.date, why=context.gettext(NOT_HERE))
