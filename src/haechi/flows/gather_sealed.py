"""Gather sealed files to hand over as they are: age files, the key to each for one reader, and what the log says of them.

Nothing is decrypted. A station that sealed for others only can hand over what it cannot open.
"""

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from haechi.domain.canonical import Json, canonical
from haechi.domain.case import Case
from haechi.domain.custody import Entry
from haechi.domain.errors import CustodyBrokenError, HandOverRefusedError, SealedForOthersError
from haechi.domain.evidence import EvidenceItem, Sha256
from haechi.domain.recipient import Recipient
from haechi.flows.open_vault import OpenVault
from haechi.ports.blobs import Blob
from haechi.ports.envelope import EncryptFor, EnvelopeFile

MANIFEST = "manifest.json.age"


@dataclass(frozen=True, slots=True)
class SealedContents:
    """What is to leave: `items` of the case with `left_out` of them, whose keys neither side has."""

    packet_id: str
    digest: Sha256
    files: tuple[EnvelopeFile, ...]
    items: int
    left_out: int


def gather_sealed(vault: OpenVault, case: Case, recipient: Recipient, *, encrypt: EncryptFor) -> SealedContents:
    """Return the case's sealed files with their keys for the recipient. Raises `HandOverRefusedError`."""
    if recipient.age is None:
        raise HandOverRefusedError(reason="age-missing")
    files: dict[str, EnvelopeFile] = {}
    rows: list[Json] = []
    left_out = 0
    for item in vault.ledger.items(case.case_id):
        blob = vault.ledger.blob(case.case_id, item.digest) if item.is_sealed else None
        if blob is None:
            continue
        try:
            wrap = vault.blobs.wrap_for(blob, recipient.age, identity=vault.reader_identity)
        except SealedForOthersError:
            left_out += 1
            continue
        if f"blobs/{blob.name}.age" not in files:
            files[f"blobs/{blob.name}.age"] = _blob_file(vault, blob)
            files[f"wraps/{blob.name}.age"] = _in_memory(f"wraps/{blob.name}.age", wrap)
        rows.append(_row(vault, item, blob, files[f"blobs/{blob.name}.age"].digest))
    if not rows:
        raise HandOverRefusedError(reason="nothing-sealed")
    manifest = canonical(
        {"v": 1, "type": "sealed", "case": case.case_id, "log": vault.origin, "checkpoint": vault.note(), "items": rows}
    )
    digest = Sha256(hashlib.sha256(manifest).hexdigest())
    # What the manifest says, digests among it, is for the reader alone.
    files[MANIFEST] = _in_memory(MANIFEST, encrypt(manifest, recipient.age))
    return SealedContents(f"HS-{digest[:12]}", digest, tuple(files.values()), len(rows), left_out)


def _row(vault: OpenVault, item: EvidenceItem, blob: Blob, sealed: Sha256) -> Json:
    """Return what the log says of an item, and what opens its commitment."""
    index = vault.ledger.item_entry(item.item_id)
    opening = vault.ledger.opening(index)
    entry = _only(vault.ledger.entries(index, index + 1), index)
    if opening is None:
        raise CustodyBrokenError(kind="opening-missing", place=index)
    return {
        "item": item.item_id,
        "path": item.path.encode("utf-8", "replace").decode(),
        "role": item.role.value,
        "mime": item.examined.mime,
        "size": item.size,
        "sha256": item.digest,
        "blob": blob.name,
        "sealed_sha256": sealed,
        "entry": entry,
        "salt": opening.salt.hex(),
    }


def _only(entries: Iterable[Entry], index: int) -> Json:
    for entry in entries:
        members: Json = json.loads(entry.raw)
        return members
    raise CustodyBrokenError(kind="entry-order", place=index)


def _blob_file(vault: OpenVault, blob: Blob) -> EnvelopeFile:
    digest = blob.sealed_digest or vault.blobs.sealed_digest(blob.name)
    with vault.blobs.open_sealed(blob.name) as stream:
        size = stream.seek(0, io.SEEK_END)
    return EnvelopeFile(f"blobs/{blob.name}.age", size, digest, partial(vault.blobs.open_sealed, blob.name))


def _in_memory(path: str, content: bytes) -> EnvelopeFile:
    def opened() -> BinaryIO:
        return io.BytesIO(content)

    return EnvelopeFile(path, len(content), Sha256(hashlib.sha256(content).hexdigest()), opened)
