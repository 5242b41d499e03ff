"""Whether fields that are opened are those that an entry committed to."""

from __future__ import annotations

from kuager.errors import ProofRefused, message
from kuager.evidence.leaves import Contribution, Observation
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.entries import Entries
from kuager.evidence.verify.report import FIELDS, Section

_FOLDER = "data/disclosures/"


def check_disclosures(bag: Bag, entries: Entries) -> Section:
    """Check every opening against the root that its name repeats and that an entry has."""
    section = Section(FIELDS)
    committed = {
        leaf.commit for leaf in entries.leaves.values() if isinstance(leaf, Observation | Contribution) and leaf.commit
    }
    good = 0
    paths = bag.below(_FOLDER)
    for path in paths:
        root = path.removeprefix(_FOLDER).removesuffix(".json")
        if f"sha256:{root}" not in committed:
            section.fails(message("No entry committed to the fields that the file opens."), path)
            continue
        try:
            read_opening(bag.held[path], bytes.fromhex(root))
        except ProofRefused as error:
            section.refused(error, path)
        else:
            good += 1
    section.counted(message("{count} of {all} files open fields to which an entry committed."), good, len(paths))
    return section
