"""Export the custody log as tiles (C2SP tlog-tiles), so that anyone can mirror it. It holds no names and no contents."""

from collections.abc import Iterator
from dataclasses import dataclass

from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Entry
from haechi.domain.errors import TilesOtherError
from haechi.domain.merkle import Frontier
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.tile import tile_files
from haechi.flows.open_vault import OpenVault
from haechi.ports.tiles import Tiles


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries the tiles are of, how many files were added, and the log's origin and vkey."""

    entries: int
    added: int
    origin: str
    vkey: str


def export_tiles(vault: OpenVault, tiles: Tiles) -> Exported:
    """Write the tiles of the whole log; where there are some already, only what is missing.

    Raises `TilesOtherError` when those are of another log, or of one that this log does not continue.
    """
    held, size = tiles.held(), vault.ledger.log_head().frontier.size
    key = NoteKey(vault.origin, vault.log_signer.public)
    if held is not None and (held.origin != vault.origin or held.size > size):
        raise TilesOtherError(path=held.origin)
    walk = _Walk(vault, size, held)
    added = tiles.write(tile_files(walk.entries()), lambda: walk.note(key).encode())
    return Exported(size, added, vault.origin, key.vkey)


class _Walk:
    """One pass over the log's entries, which computes its root on the way."""

    def __init__(self, vault: OpenVault, size: int, held: Checkpoint | None) -> None:
        self._vault = vault
        self._size = size
        self._held = held
        self._frontier = Frontier()

    def entries(self) -> Iterator[Entry]:
        """Yield the entries; raise `TilesOtherError` where they part from what was exported before."""
        self._compare()
        for entry in self._vault.ledger.entries(0, self._size):
            self._frontier = self._frontier.append([entry.leaf])
            self._compare()
            yield entry

    def note(self, key: NoteKey) -> str:
        """Return the signed checkpoint over what was walked."""
        text = Checkpoint(key.name, self._frontier.size, self._frontier.root()).text()
        return sign_note(text, key, self._vault.log_signer.sign)

    def _compare(self) -> None:
        held = self._held
        if held is not None and held.size == self._frontier.size and held.root != self._frontier.root():
            raise TilesOtherError(path=held.origin)
