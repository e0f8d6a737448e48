"""Keep the index of hashes as the catalogue says: after each change, after a crash, after damage."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from haechi.domain.bank import BankName, Content, ContentNumber, SignalType
from haechi.domain.fingerprint import ENOUGH_QUALITY
from haechi.ports.catalogue import CatalogueReader, CatalogueWriter, Change
from haechi.ports.index import HashIndex, Row

_RUN = 2_000  # contents at a time
_NOTHING_KNOWN = -1


def shelf(bank: int, kind: SignalType) -> int:
    """Return the number under which the index keeps a bank's hashes of one type: pictures and frames of films lie apart."""
    return 2 * bank + (kind is SignalType.VPDQ)


def rows_of(content: Content, bank: int) -> list[Row]:
    """Return what the index keeps of a content: nothing when it is withdrawn or held, and no hash too poor to compare."""
    if content.withdrawn_at is not None or content.held is not None:
        return []
    return [
        Row(one.value, content.number, shelf(bank, one.type), one.quality)
        for one in content.signals
        if not one.type.is_exact and one.quality >= ENOUGH_QUALITY
    ]


class Follower:
    """Brings the changes of a catalogue into one index, each once or more often, in order.

    The catalogue is told how far the index is with the transaction that is next written: after a crash the last steps are taken again,
    which changes nothing.
    """

    def __init__(self, catalogue: CatalogueReader, index: HashIndex) -> None:
        self._catalogue = catalogue
        self._index = index
        self._turn = threading.Lock()
        self._position = catalogue.applied()

    @property
    def is_behind(self) -> bool:
        """Whether the catalogue has changes that the index lacks, or it is not known."""
        return self._position < self._catalogue.newest()

    def note(self, writer: CatalogueWriter) -> None:
        """Tell the catalogue how far the index is, as part of a transaction."""
        if self._position != _NOTHING_KNOWN:
            writer.set_applied(self._position)

    def follow(self, known: Mapping[ContentNumber, Content] | None = None) -> None:
        """Bring what happened since into the index. `known` are contents that the caller has at hand, as they are now."""
        with self._turn:
            if self._position == _NOTHING_KNOWN:
                self._rebuild()
                return
            numbers = {bank.name: bank.number for bank in self._catalogue.banks()}
            last, at_hand = self._position, dict(known or {})
            for run in _runs(self._catalogue.changes(self._position)):
                self._bring(run, at_hand, numbers)
                last = run[-1].sequence
                # The last one's other contents may be in the next run.
                self._position = max(self._position, last - 1)
            self._position = max(self._position, last)

    def rebuild(self) -> None:
        """Build the index anew from the catalogue, as after damage; searching goes on with what was there."""
        with self._turn:
            self._rebuild()

    def _rebuild(self) -> None:
        newest = self._catalogue.newest()
        numbers = {bank.name: bank.number for bank in self._catalogue.banks()}
        self._index.rebuild(
            row
            for content in self._catalogue.rows()
            if content.bank in numbers
            for row in rows_of(content, numbers[content.bank])
        )
        self._position = newest

    def _bring(
        self, run: Sequence[Change], known: dict[ContentNumber, Content], numbers: Mapping[BankName, int]
    ) -> None:
        wanted = Counter(change.content for change in run)
        # A content that changed twice was changed by somebody else after the caller made it.
        at_hand = {number: known.pop(number, None) for number in wanted}
        found = {number: content for number, content in at_hand.items() if content and wanted[number] == 1}
        found.update(self._catalogue.contents(number for number in wanted if number not in found))
        rows, gone = [], []
        for number in wanted:
            content = found.get(number)
            mine = rows_of(content, numbers[content.bank]) if content and content.bank in numbers else []
            rows += mine
            if not mine:
                gone.append(int(number))
        if gone:
            self._index.withdraw(gone)
        if rows:
            self._index.add(rows)


def _runs(changes: Iterator[Change]) -> Iterator[list[Change]]:
    while run := list(islice(changes, _RUN)):
        yield run
