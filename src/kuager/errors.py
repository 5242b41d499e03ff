"""Every error that Kuager raises on purpose, in one tree.

    KuagerError                 something a person can understand and mend        exit 1
    ├── UsageError              the command asks for what cannot be               exit 2
    ├── CodecError              a file does not say what its kind should say      exit 1
    ├── SourceError             a source did not answer as it should              exit 1
    │   └── SourceClosed        it will answer nothing else for now either
    ├── EngineError             the machines that were to do the work cannot      exit 1
    ├── CaseError               a case folder cannot be used as asked             exit 1
    │   ├── CaseExists          `new` on a folder that is there already
    │   ├── CaseMissing         no case in that folder
    │   ├── CaseHeld            another process is writing to the case
    │   └── CaseDamaged         a file of the case is not what Kuager wrote
    └── EvidenceError           what should prove something cannot be used        exit 1
        ├── ProofRefused        a note, proof, token, seal or bundle is not as its standard says, or is false
        ├── LogDamaged          the log does not agree with itself, with what it signed, or with a witness
        └── KeyUnusable         a key is missing, locked, revoked, or open to others

An error carries three sentences as templates with named fields, so that they can be shown in the reader's language:
what happened, what it means, what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Translate = Callable[[str], str]


def message(template: str) -> str:
    """Mark a template for the translation catalogues; it is translated when shown, not here."""
    return template


def untranslated(template: str) -> str:
    """The source language, English."""
    return template


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What a person needs to know of an error, in three sentences; the last two may be empty."""

    happened: str
    meaning: str
    remedy: str


class KuagerError(Exception):
    """Base of every deliberate error. ``facts`` fill the named fields of the three templates."""

    exit_code = 1

    def __init__(self, happened: str, *, meaning: str = "", remedy: str = "", **facts: object) -> None:
        self._templates = (happened, meaning, remedy)
        self.facts = facts
        super().__init__(self.diagnostics().happened)

    def __reduce__(self) -> tuple[Callable[..., KuagerError], tuple[object, ...]]:
        """Errors travel between processes with their templates, to be told in the reader's language at the end."""
        return _carried, (type(self), self._templates, self.facts)

    @property
    def happened(self) -> str:
        """The template of the first sentence."""
        return self._templates[0]

    @property
    def meaning(self) -> str:
        """The template of the second sentence; it may be empty."""
        return self._templates[1]

    @property
    def remedy(self) -> str:
        """The template of the third sentence; it may be empty."""
        return self._templates[2]

    def diagnostics(self, translate: Translate = untranslated) -> Diagnostics:
        """The three sentences, in the language of ``translate``."""
        happened, meaning, remedy = (
            translate(template).format(**self.facts) if template else "" for template in self._templates
        )
        return Diagnostics(happened, meaning, remedy)


def _carried(kind: type[KuagerError], templates: tuple[str, str, str], facts: dict[str, object]) -> KuagerError:
    happened, meaning, remedy = templates
    return kind(happened, meaning=meaning, remedy=remedy, **facts)


class UsageError(KuagerError):
    """The command asks for something that cannot be: an unknown place, a window that ends before it begins."""

    exit_code = 2


class CodecError(KuagerError):
    """A file is not what its kind says. Codecs name the line; the case adds the file's name."""

    def in_file(self, name: str) -> CodecError:
        """The same error with the file named; codecs see bytes only and do not know it."""
        happened, meaning, remedy = self._templates
        return type(self)(happened, meaning=meaning, remedy=remedy, **{**self.facts, "file": name})


class SourceError(KuagerError):
    """A source that was asked did not answer as it should; the other sources and the case go on."""


class SourceClosed(SourceError):
    """A source that cannot be reached, refuses who asks or wants to be left alone: asking on would only be a burden."""


class EngineError(KuagerError):
    """The processes or machines that were to do the work cannot be had, or failed at a file."""


class CaseError(KuagerError):
    """A case folder cannot be used as asked."""


class CaseExists(CaseError):
    """A new case was asked for where something already is."""


class CaseMissing(CaseError):
    """The folder holds no case."""


class CaseHeld(CaseError):
    """Another process holds the case for writing."""


class CaseDamaged(CaseError):
    """A file of the case is not what Kuager wrote."""


class EvidenceError(KuagerError):
    """What should prove something cannot be used."""


class ProofRefused(EvidenceError):
    """A note, proof, token, seal or bundle is not as its standard says, or what it says is false."""


class LogDamaged(EvidenceError):
    """The log does not agree with itself, with what it signed before, or with what a witness saw."""


class KeyUnusable(EvidenceError):
    """A key is missing, locked, revoked, or open to others."""
