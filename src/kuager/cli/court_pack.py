"""``kuager court-pack``: a folder for a court, of which each sentence names its exhibits, checked offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kuager.case.anchors import read_anchors
from kuager.case.court_pack import Asked, court_pack
from kuager.case.folder import open_case
from kuager.case.manners import settings_file
from kuager.cli.keys import passphrase_of
from kuager.cli.proving import print_held_back, print_json
from kuager.cli.reader import say, translation, working
from kuager.errors import message
from kuager.publications.pack.presets import PRESETS


def make_pack(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of the case.")],
    preset: Annotated[str, typer.Option(help=f"For which forum: {', '.join(one.name for one in PRESETS)}.")],
    episode: Annotated[str, typer.Option(metavar="ID", help="Which one; the only one when left out.")] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="en, ru or kk; yours when left out.")] = "",
    into: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The folder to make.")] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Hold back nothing: for a court or an expert, never to publish.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Pack what a case says of one episode for a court, with the bundle that proves it. Check: kuager verify FOLDER."""
    told = translation()
    asked = Asked(preset, episode, language or told.code, confidential)
    place = into or Path(f"{episode or case.resolve().name}-{preset}-pack")
    opened = open_case(case)
    with working(message("Writing the pack…")):
        packed = court_pack(opened, asked, place, read_anchors(settings_file()), passphrase_of("custodian"))
    if as_json:
        bundled = packed.bundled
        record = {"path": str(packed.path), "episode": packed.episode, "pdf": packed.printed}
        withheld = [msgspec.to_builtins(one) for one in bundled.withheld]
        print_json({**record, "withheld": withheld, "fingerprints": bundled.fingerprints})
        return
    say(told.gettext(message("Wrote {path}, about the episode {id}."), path=str(packed.path), id=packed.episode))
    if not packed.printed:
        say(told.gettext(message("No PDF could be made here: any browser prints pack.html.")))
    print_held_back(packed.bundled, confidential=confidential)
    check = message("Check it: kuager verify {path} --rederive, or sh check.sh in it.")
    say(told.gettext(check, path=str(packed.path)))
