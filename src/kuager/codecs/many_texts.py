"""Which of thousands of short texts stand in a page, found in one pass over it.

Texts are compared byte by byte as they are. The search is Hyperscan's for literal texts (Wang et al., NSDI 2019); each
text is told once however often it stands there, so that no page fills the memory with what was found.
"""

from __future__ import annotations

from collections.abc import Sequence

import hyperscan


class ManyTexts:
    """Texts that are searched for in any number of pages."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        """Prepare the search; no text is empty or holds a zero byte."""
        self._database: hyperscan.Database | None = None
        if texts:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=list(texts),
                ids=list(range(len(texts))),
                elements=len(texts),
                flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(texts),
                literal=True,
            )

    def find(self, page: bytes) -> list[int]:
        """The numbers of the texts that the page holds, in their order."""
        found: list[int] = []
        if self._database is not None and page:
            self._database.scan(page, match_event_handler=lambda number, *_: found.append(number))
        found.sort()
        return found
