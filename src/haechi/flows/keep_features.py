"""Keep what was computed of the person's own photos, encrypted, so that tracing goes on where it stopped.

Features are biometric data: they hold her face in reduced grey pixels. So they are kept only of her own photos, only in
a case that keeps bytes, only of photos whose own bytes are sealed, only where this vault can read what it seals, and
each as an age file with an identity of its own whose key goes with its row. In reference-only custody nothing is
written. What cannot be read, or was computed by another method, is computed again: a cache is never a reason to stop.
"""

import io
import json
import zlib
from collections.abc import Sequence
from contextlib import suppress

from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import (
    DiskFullError,
    SealedForOthersError,
    SelectionUnknownError,
    TraceRefusedError,
    VaultDamagedError,
    VaultReadOnlyError,
)
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.trace import SeenFace
from haechi.domain.trace_record import features_key, forgot_record
from haechi.domain.vault import Operation
from haechi.flows.open_vault import UNSCRUBBED, OpenVault, finish_erasing
from haechi.ports.trace_records import FeatureRow
from haechi.ports.tracer import Still

_BATCH = 64
"""Photos whose features are committed together: what a kill costs at most, and what is held back when the disk is full."""
_MOST_BYTES = 64 << 20
_MOST_HEADER = 1 << 16
_HEADER = 1 << 12
"""Bytes that the header of a still with all its faces fits into, by far."""
_BROKEN = (VaultDamagedError, SealedForOthersError, OSError, ValueError, TypeError, LookupError, zlib.error)


class KeptFeatures:
    """The features of one case's own photos, as one method computed them."""

    def __init__(self, vault: OpenVault, case: Case, *, method: str) -> None:
        self._vault = vault
        self._case = case
        self._method = method
        self._reader = vault.blobs.recipient(vault.reader_identity)
        self.is_allowed = _is_allowed(vault, case)
        self._writes = self.is_allowed and vault.operation is Operation.WRITE
        self._waiting: dict[Sha256, FeatureRow] = {}
        self.kept = 0
        """How many photos' features were newly kept."""
        self.is_full = False
        """Whether there was no room for more."""

    def of(self, photo: EvidenceItem, *, most: int | None = None) -> Still | None:
        """Return what was kept of the photo, None when there is nothing, or nothing that can be used.

        `most` is how many of the first bytes of its features are wanted; None is all of them. A glance at 1,000 photos
        takes a fifth of the time where only those bytes are decrypted.
        """
        if not self._may_hold(photo):
            return None
        row = self._waiting.get(photo.digest) or self._vault.ledger.features(self._case.case_id, photo.digest)
        if row is None or row.method != self._method or row.blob.name != self._name(photo):
            return None
        try:
            with self._vault.features.open(row.blob, identity=self._vault.reader_identity) as stream:
                if most is None:
                    return _unpacked(stream.read(_MOST_BYTES))
                return _unpacked(stream.read(most + _HEADER), most=most)
        except _BROKEN:
            return None

    def keep(self, photo: EvidenceItem, still: Still) -> None:
        """Keep what was computed of a photo, if that is allowed and there is room. Raises `ValueError` for another's photo."""
        if photo.role is not Role.OWN_PHOTO:
            raise ValueError(photo.item_id)
        if not self._writes or self.is_full or not self._may_hold(photo):
            return
        try:
            blob = self._vault.features.seal(self._name(photo), io.BytesIO(_packed(still)), readers=[self._reader])
        except (DiskFullError, VaultReadOnlyError):
            self._give_up()
            return
        self._waiting[photo.digest] = FeatureRow(self._case.case_id, photo.digest, self._method, blob)
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Commit what was kept."""
        if not self._waiting:
            return
        try:
            with self._vault.ledger.begin() as writer:
                writer.add_features(list(self._waiting.values()))
        except (DiskFullError, VaultReadOnlyError):
            self._give_up()
        else:
            self.kept += len(self._waiting)
            self._waiting.clear()

    def forget_useless(self) -> None:
        """Remove what another method computed."""
        if self._vault.operation is Operation.WRITE:
            names = list(self._vault.ledger.feature_names(except_method=self._method))
            if names:
                _forget(self._vault, names)

    def _may_hold(self, photo: EvidenceItem) -> bool:
        return self.is_allowed and photo.is_sealed

    def _name(self, photo: EvidenceItem) -> str:
        return self._vault.features.name(self._case.case_id, features_key(photo.digest, self._method))

    def _give_up(self) -> None:
        """Go on without: what was not committed yet gives its room back, which the records of the trace may need."""
        self.is_full = True
        for row in self._waiting.values():
            with suppress(DiskFullError, VaultReadOnlyError, OSError):
                self._vault.features.remove(row.blob.name)
        self._waiting.clear()


def forget_disallowed(vault: OpenVault, case: Case) -> None:
    """Delete the kept features of a case that may keep none any more: its mode or its readers have just changed."""
    names = [] if _is_allowed(vault, case) else list(vault.ledger.feature_names(case.case_id))
    if names:
        _forget(vault, names)


def forget_features(vault: OpenVault, case: Case | None = None, photos: Sequence[ItemId] = ()) -> int:
    """Delete kept features with the keys to them, note it in the log, and return how many there were.

    Those of these own photos of a case, of all photos of the case, or, without one, of the vault. Raises `SelectionUnknownError`,
    `TraceRefusedError` (`no-features`: nothing is ever kept of what is not her own photo).
    """
    if case is not None and photos:
        names = _names_of(vault, case, photos)
    else:
        names = list(vault.ledger.feature_names(None if case is None else case.case_id))
    return _forget(vault, names, is_noted=True) if names else 0


def forget_absent(vault: OpenVault) -> None:
    """Forget features whose files are not there: a back-up has none of them, and they are computed again."""
    there = set(vault.features.names())
    names = [name for name in vault.ledger.feature_names() if name not in there]
    if names:
        _forget(vault, names)


def _names_of(vault: OpenVault, case: Case, photos: Sequence[ItemId]) -> list[str]:
    known = {item.item_id: item for item in vault.ledger.items(case.case_id)}
    if missing := [one for one in photos if one not in known]:
        raise SelectionUnknownError(names=", ".join(missing))
    for one in photos:
        if known[one].role is not Role.OWN_PHOTO:
            raise TraceRefusedError(reason="no-features", item=one)
    rows = [
        vault.ledger.features(case.case_id, digest) for digest in dict.fromkeys(known[one].digest for one in photos)
    ]
    return [row.blob.name for row in rows if row is not None]


def _is_allowed(vault: OpenVault, case: Case) -> bool:
    own = vault.blobs.recipient(vault.reader_identity)
    return case.mode.keeps_bytes and own in vault.ledger.readers(case.case_id)


def _forget(vault: OpenVault, names: Sequence[str], *, is_noted: bool = False) -> int:
    tools = vault.tools
    with vault.ledger.begin() as writer:
        gone = writer.forget_features(names)
        writer.set_secret(UNSCRUBBED, b"1")
        if is_noted:
            opening = open_record(tools.randomness(32), forgot_record(gone))
            writer.append(Draft(EntryType.TRACE, vault.actor, tools.now(), opening=opening, counts={"forgotten": gone}))
    for name in names:
        vault.features.remove(name)
    if is_noted:
        vault.checkpoint()
        finish_erasing(vault.ledger)
    return gone


def _packed(still: Still) -> bytes:
    """Return a line of JSON that tells sizes and faces, then the features, both compressed."""
    faces = [[face.width, face.score, face.blur] for face in still.faces]
    header = json.dumps({"v": 1, "at_ms": still.at_ms, "size": [still.width, still.height], "faces": faces})
    return zlib.compress(header.encode() + b"\n" + still.features, 1)


def _unpacked(content: bytes, *, most: int | None = None) -> Still:
    unpacking = zlib.decompressobj()
    clear = unpacking.decompress(content, _MOST_BYTES if most is None else most + _HEADER)
    if not unpacking.eof and most is None:
        raise ValueError(len(clear))
    end = clear.index(b"\n", 0, _MOST_HEADER)
    header = json.loads(clear[:end])
    if header["v"] != 1:
        raise ValueError(header["v"])
    width, height = header["size"]
    faces = tuple(SeenFace(*map(float, face)) for face in header["faces"])
    return Still(header["at_ms"], int(width), int(height), faces, clear[end + 1 :][:most])
