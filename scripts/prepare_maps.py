"""Pack the outlines that ``prepare_maps.js`` made into the archive that Kuager carries.

    python scripts/prepare_maps.py FOLDER ARCHIVE

FOLDER holds ``world.json`` and ``KZ.json`` and the others. The same files give the same bytes, whatever the clock says.
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path


def pack(folder: Path, archive: Path) -> None:
    """Write every JSON file of a folder into an archive, by name, with the time at which such archives begin."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.glob("*.json")):
            entry = zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes(), compresslevel=9)


def main() -> None:
    """Read the words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("archive", type=Path)
    given = parser.parse_args()
    pack(given.folder, given.archive)


if __name__ == "__main__":
    main()
