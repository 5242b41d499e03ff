"""The files of a bundle, from what goes into it: where each lies and its bytes, the bag's own files included.

The bag's files are those of BagIt 1.0 (RFC 8493, section 2): declaration, description, and lists of SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import rfc8785

from kuager.evidence import base64_text
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Contents
from kuager.evidence.objects import changed_object, missing_object

Sign = Callable[[bytes], bytes]
"""From the list of all files to the custodian's signature over it."""

_CHUNK = 1 << 20
_PAYLOAD = "data/"


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle: bytes, or an object's file that is too large to hold; its size and SHA-256."""

    source: bytes | Path
    size: int
    digest: str

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces; a whole pass ends with the check that they are still those of the digest.

        Raises:
            CaseDamaged: they are not.
        """
        if isinstance(self.source, bytes):
            yield self.source
            return
        seen = hashlib.sha256()
        size = 0
        try:
            with self.source.open("rb") as file:
                while piece := file.read(_CHUNK):
                    seen.update(piece)
                    size += len(piece)
                    yield piece
        except OSError as error:
            raise missing_object(self.digest) from error
        if (size, seen.hexdigest()) != (self.size, self.digest):
            raise changed_object(self.digest)


def bundle_files(contents: Contents, sign: Sign | None) -> dict[str, BundleFile]:
    """All files of a bundle by path, in order of their paths.

    Args:
        contents: what goes into it.
        sign: makes the custody signature; without it the bundle has none.

    Raises:
        CaseDamaged: a file does not have the bytes that its name says, or is missing.
    """
    files = {path: _of_object(digest, file) for path, digest, file in _objects(contents)}
    files |= {path: _of_bytes(data) for path, data in _told(contents).items()}
    payload = {path: file for path, file in files.items() if path.startswith(_PAYLOAD)}
    oxum = f"{sum(file.size for file in payload.values())}.{len(payload)}"
    files |= {
        layout.BAGIT: _of_bytes(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        layout.BAG_INFO: _of_bytes(
            f"Bagging-Date: {contents.dated.isoformat()}\n"
            f"External-Identifier: {contents.name}\n"
            f"Payload-Oxum: {oxum}\n".encode()
        ),
        layout.MANIFEST: _of_bytes(_manifest(payload)),
    }
    tags = _manifest({path: file for path, file in files.items() if path not in payload})
    files[layout.TAG_MANIFEST] = _of_bytes(tags)
    if sign is not None:
        files[layout.SIGNATURE] = _of_bytes(sign(tags))
    for path in files:
        if not layout.KNOWN.fullmatch(path):
            raise ValueError(path)  # whoever chose the contents named a file that no bundle has
    return dict(sorted(files.items()))


def _objects(contents: Contents) -> Iterator[tuple[str, str, Path]]:
    for digest, file in contents.objects.items():
        yield layout.object_path(digest), digest, file


def _told(contents: Contents) -> dict[str, bytes]:
    """Everything but the objects and the bag's own files."""
    of_their_names: list[tuple[Mapping[str, bytes], Callable[[str], str]]] = [
        (contents.statements, layout.statement_path),
        (contents.results, layout.result_path),
        (contents.sealed, layout.sealed_path),
    ]
    told = {}
    for files, path in of_their_names:
        for digest, data in files.items():
            if hashlib.sha256(data).hexdigest() != digest:
                raise changed_object(digest)
            told[path(digest)] = data
    withheld = sorted(contents.withheld, key=lambda one: one.object)
    told[layout.WITHHELD] = rfc8785.dumps(msgspec.to_builtins(withheld))
    told[layout.CHECKPOINT] = contents.checkpoint
    told |= {layout.disclosure_path(digest): data for digest, data in contents.disclosures.items()}
    told |= {f"{layout.CASE}{name}": data for name, data in contents.case_files.items()}
    told |= {layout.leaf_path(index): data for index, data in contents.leaves.items()}
    told |= {layout.proof_path(index): data for index, data in contents.proofs.items()}
    told |= {layout.checkpoint_path(size): data for size, data in contents.checkpoints.items()}
    told |= {
        layout.consistency_path(size, larger): "".join(f"{base64_text.encode(one)}\n" for one in proof).encode()
        for (size, larger), proof in contents.consistency.items()
    }
    told |= {f"log/stamps/{name}": data for name, data in contents.stamps.items()}
    told |= {f"keys/{name}": data for name, data in contents.keys.items()}
    told |= {layout.header_path(height): data for height, data in contents.headers.items()}
    return told | dict(contents.texts)


def _of_bytes(data: bytes) -> BundleFile:
    return BundleFile(data, len(data), hashlib.sha256(data).hexdigest())


def _of_object(digest: str, file: Path) -> BundleFile:
    try:
        return BundleFile(file, file.stat().st_size, digest)
    except OSError as error:
        raise missing_object(digest) from error


def _manifest(files: Mapping[str, BundleFile]) -> bytes:
    return "".join(f"{file.digest}  {path}\n" for path, file in sorted(files.items())).encode()
