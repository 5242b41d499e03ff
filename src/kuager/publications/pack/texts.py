"""The texts of a pack: how to check it, and two programs that do; the programs are the same in every language."""

from __future__ import annotations

from importlib import resources

from kuager.publications.verify_text import rendered

README, CHECK, REDERIVE = "README.txt", "check.sh", "rederive.sh"


def pack_texts(language: str) -> dict[str, bytes]:
    """The files by name."""
    folder = resources.files("kuager.publications") / "templates" / "pack"
    return {
        README: rendered(f"pack/{README}", language),
        **{name: (folder / name).read_bytes() for name in (CHECK, REDERIVE)},
    }
