"""Give regions their codes of today, and pack the outlines that ``prepare_maps.js`` made into the archive we carry.

    python scripts/prepare_maps.py FOLDER ARCHIVE

FOLDER holds ``world.json`` and ``KZ.json`` and the others. The same files give the same bytes, whatever the clock says.

Natural Earth's codes are those of ISO 3166-2 as it was: Iran's and Uganda's were given anew since, so that ``IR-07``
was Tehran and is Fars. A region therefore has the code under which ISO (in pycountry) lists one of its names, or that
of ``BY_HAND`` where the spellings differ too much; its old code only where ISO has given that to no other region.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pycountry

GIVEN_ANEW = {"IR", "UG"}
"""Countries whose old codes stand for other regions today: no old code is kept there."""

BY_HAND = {
    "IRN-3238": "IR-03",  # East Azarbaijan
    "IRN-3237": "IR-04",  # West Azarbaijan
    "IRN-3246": "IR-28",  # North Khorasan
    "IRN-3245": "IR-09",  # Razavi Khorasan
    "IRN-3244": "IR-29",  # South Khorasan
    "IRN-3230": "IR-24",  # Ardebil
    "IRN-3211": "IR-10",  # Esfahan
    "IRN-3218": "IR-14",  # Chahar Mahall and Bakhtiari
    "IRN-3209": "IR-17",  # Kohgiluyeh and Buyer Ahmad
    "IRN-3247": "IR-11",  # Sistan and Baluchestan
}


def coded(country: str, regions: list[dict[str, Any]]) -> None:
    """Set the codes of a country's regions, each its own; empty where none is sure."""
    of_today = {one.code: _plain(one.name) for one in pycountry.subdivisions if one.country_code == country}
    names = Counter(of_today.values())
    by_name = {name: code for code, name in of_today.items() if names[name] == 1}
    old = Counter(one["iso"] for one in regions)
    found = {}
    for one in regions:
        named = {by_name[name] for name in map(_plain, one["other"]) if name in by_name}
        found[one["id"]] = BY_HAND.get(one["id"]) or (named.pop() if len(named) == 1 else "")
    counted = Counter(found.values())
    found = {key: code if counted[code] == 1 else "" for key, code in found.items()}
    taken = set(found.values())
    for one in regions:
        keeps = country not in GIVEN_ANEW and old[one["iso"]] == 1 and one["iso"] not in taken
        well_formed = one["iso"][:2].isalpha() and "~" not in one["iso"]
        one["iso"] = found[one["id"]] or (one["iso"] if keeps and well_formed else "")


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if letter.isalpha())


def pack(folder: Path, archive: Path) -> None:
    """Write every JSON file of a folder into an archive, by name, with the time at which such archives begin."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.glob("*.json")):
            content = json.loads(file.read_bytes())
            if file.stem != "world":
                regions = [one["properties"] for one in content["objects"]["r"]["geometries"]]
                coded(file.stem, regions)
                for one in regions:
                    del one["other"]
            entry = zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            packed.writestr(entry, text.encode(), compresslevel=9)


def main() -> None:
    """Read the words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("archive", type=Path)
    given = parser.parse_args()
    pack(given.folder, given.archive)


if __name__ == "__main__":
    main()
