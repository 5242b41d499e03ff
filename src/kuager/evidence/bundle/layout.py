"""Where everything lies in a bundle, a bag of BagIt 1.0 (RFC 8493).

bagit.txt bag-info.txt                 what the bag is
manifest-sha256.txt                    SHA-256 of every file of data/
tagmanifest-sha256.txt                 of every other file but the next
tagmanifest-sha256.txt.sig             custody signature over it (SSHSIG), which thus covers every byte
data/objects/sha256/ab/<64 hex>        raw bytes exactly as received
data/claims/<64 hex>.json              statements: what was derived from what, how
data/results/<64 hex>                  what came of it, where that is a file (an episode, the list of what stands …)
data/disclosures/<64 hex>.json         opened fields
data/sealed/<64 hex>.age               sealed originals
data/case/case.toml, operators.toml    what the case is about, to derive everything again
data/withheld.json                     objects that are not here, each with the reason
log/checkpoint                         the head of the log that all proofs lead to
log/checkpoints/<size>                 earlier heads that are quoted
log/stamps/<size>.<name>.tsr|.ots      time over a head
log/<index>.leaf, .tlog-proof          entries, and that they are in the log
log/consistency/<smaller>-<larger>.txt that the log only grew
keys/                                  public keys; no anchor of trust by themselves
time/bitcoin-<height>.hdr              block headers of 80 bytes
VERIFY.txt verify.sh CERTIFICATION-902.txt
"""

from __future__ import annotations

import re

BAGIT, BAG_INFO = "bagit.txt", "bag-info.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"
CASE = "data/case/"
WITHHELD = "data/withheld.json"
CHECKPOINT = "log/checkpoint"
LOG_KEY, LOG_PEM = "keys/log.vkey", "keys/log.pem"
ALLOWED_SIGNERS, POLICY = "keys/allowed_signers", "keys/policy"
NAMESPACE = "shutdown-evidence"
"""Of the custody signature."""

CUSTODIAN = "custodian@kuager.invalid"
"""Who signs: a role, never a person."""

_HEX = "[0-9a-f]{64}"
KNOWN = re.compile(
    rf"bagit\.txt|bag-info\.txt|(tag)?manifest-sha256\.txt|tagmanifest-sha256\.txt\.sig"
    rf"|data/objects/sha256/[0-9a-f]{{2}}/{_HEX}|data/(claims|disclosures)/{_HEX}\.json|data/results/{_HEX}"
    rf"|data/sealed/{_HEX}\.age|data/case/(case|operators)\.toml|data/withheld\.json"
    r"|log/checkpoint|log/checkpoints/(0|[1-9]\d{0,18})|log/stamps/[1-9]\d{0,18}\.[a-z0-9-]{1,40}\.(tsr|ots)"
    r"|log/(0|[1-9]\d{0,18})\.(leaf|tlog-proof)|log/consistency/[1-9]\d{0,18}-[1-9]\d{0,18}\.txt"
    r"|keys/(log\.vkey|log\.pem|allowed_signers|policy)|keys/(witness|tsa)-[a-z0-9-]{1,40}\.(vkey|pem)"
    r"|time/bitcoin-[1-9]\d{0,8}\.hdr|(VERIFY|CERTIFICATION-902)(\.(ru|kk))?\.txt|verify\.sh",
    re.ASCII,
)
"""Every path that may be in a bundle: whatever else is there was put there by somebody else."""


def object_path(digest: str) -> str:
    """Raw bytes by their SHA-256."""
    return f"data/objects/sha256/{digest[:2]}/{digest}"


def statement_path(digest: str) -> str:
    """A statement by its SHA-256."""
    return f"data/claims/{digest}.json"


def result_path(digest: str) -> str:
    """What came of a derivation, by its SHA-256."""
    return f"data/results/{digest}"


def disclosure_path(digest: str) -> str:
    """An opened field by the SHA-256 that commits to it."""
    return f"data/disclosures/{digest}.json"


def sealed_path(digest: str) -> str:
    """A sealed original by the SHA-256 of the sealed bytes."""
    return f"data/sealed/{digest}.age"


def leaf_path(index: int) -> str:
    """An entry of the log."""
    return f"log/{index}.leaf"


def proof_path(index: int) -> str:
    """That an entry is in the log."""
    return f"log/{index}.tlog-proof"


def checkpoint_path(size: int) -> str:
    """An earlier head."""
    return f"log/checkpoints/{size}"


def stamp_path(size: int, name: str, ending: str) -> str:
    """Time over a head: ``tsr`` (RFC 3161) or ``ots`` (OpenTimestamps)."""
    return f"log/stamps/{size}.{name}.{ending}"


def consistency_path(size: int, larger: int) -> str:
    """That the log only grew: the hashes of the proof in base 64, one to a line."""
    return f"log/consistency/{size}-{larger}.txt"


def header_path(height: int) -> str:
    """The header of a block of Bitcoin."""
    return f"time/bitcoin-{height}.hdr"
