"""Bring up the bytes of items: from the vault where they were sealed, else from where the person says they lie.

In a reference-only case the vault holds no picture. What she names again is read, digested and compared with what was
recorded; a file with other bytes is not the item. Nothing is copied anywhere.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from haechi.domain.case import Case
from haechi.domain.errors import CustodyBrokenError, HaechiError, SealedForOthersError, VaultDamagedError
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.flows.open_vault import OpenVault
from haechi.ports.container import Container
from haechi.ports.examiner import Snapshot

Take = Callable[[BinaryIO], Snapshot]


class PhotosAtHand:
    """Reads items' bytes, each once a call, and lets go of them as soon as the next is asked for."""

    def __init__(self, vault: OpenVault, *, take: Take, sources: Sequence[Container]) -> None:
        self._vault = vault
        self._take = take
        self._sources = sources

    def pictures(
        self, case: Case, items: Sequence[EvidenceItem], unread: list[tuple[ItemId, str]]
    ) -> Iterator[tuple[Sha256, Snapshot]]:
        """Yield digest and bytes of each item that is at hand; the others are added to `unread` with the reason.

        Raises `CustodyBrokenError` when sealed bytes are not the item's.
        """
        wanted: dict[Sha256, EvidenceItem] = {}
        for item in items:
            if not item.is_sealed:
                wanted[item.digest] = item
                continue
            snapshot = self._sealed(case, item, unread)
            if snapshot is not None:
                try:
                    yield item.digest, snapshot
                finally:
                    snapshot.close()
        yield from self._from_sources(wanted)
        unread += [(item.item_id, "not-at-hand") for item in wanted.values()]

    def _sealed(self, case: Case, item: EvidenceItem, unread: list[tuple[ItemId, str]]) -> Snapshot | None:
        blob = self._vault.ledger.blob(case.case_id, item.digest)
        if blob is None:
            raise CustodyBrokenError(kind="exhibit", place=item.item_id)
        try:
            with self._vault.blobs.open(blob, identity=self._vault.reader_identity) as stream:
                snapshot = self._take(stream)
        except SealedForOthersError:
            unread.append((item.item_id, "sealed-for-others"))
            return None
        except VaultDamagedError as error:
            raise CustodyBrokenError(kind="exhibit", place=item.item_id) from error
        if snapshot.digest != item.digest:
            snapshot.close()
            raise CustodyBrokenError(kind="exhibit", place=item.item_id)
        return snapshot

    def _from_sources(self, wanted: dict[Sha256, EvidenceItem]) -> Iterator[tuple[Sha256, Snapshot]]:
        """Yield what is wanted of the files that were named; each that is found is no longer wanted."""
        sizes = {item.size for item in wanted.values()}
        for source in self._sources:
            for member in source.members():
                if not wanted:
                    return
                if member.is_directory or member.refused is not None or member.size not in sizes:
                    continue
                try:
                    with source.open(member) as stream:
                        snapshot = self._take(stream)
                except (OSError, HaechiError):
                    continue
                try:
                    if wanted.pop(snapshot.digest, None) is not None:
                        yield snapshot.digest, snapshot
                finally:
                    snapshot.close()
