"""Whose data something was made from, and on what terms: in words, wherever values of theirs are shown."""

from __future__ import annotations

from collections.abc import Iterable

from kuager.errors import message
from kuager.model.signals import Source
from kuager.publications.language import Translation
from kuager.sources import registry


def terms(source: Source, translation: Translation) -> str:
    """The licence by its short name, and that it forbids commercial use, or passing values on, where it does."""
    licence = source.licence or translation.gettext(message("no licence stated"))
    if not source.passed_on:
        return translation.gettext(message("{licence}; its values may not be passed on"), licence=licence)
    if not source.non_commercial:
        return licence
    return translation.gettext(message("{licence}, not for commercial use"), licence=licence)


def credit(signals: Iterable[str], translation: Translation) -> str:
    """Every source of these signals once, with its terms: ``IODA, Georgia Tech (no licence stated)``."""
    sources = {source.id: source for source in (registry.signal(name).source for name in signals)}
    template = message("{source} ({terms})")
    return "; ".join(
        translation.gettext(template, source=translation.gettext(one.name), terms=terms(one, translation))
        for one in sources.values()
    )
