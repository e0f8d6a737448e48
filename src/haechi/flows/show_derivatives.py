"""Number the redacted derivatives of what a packet shows, and say what stays behind for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from haechi.domain.case import CaseId
from haechi.domain.derivative import derivative_number
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.message import Message
from haechi.domain.packet import Exhibit, PacketMessage, ShownDerivative
from haechi.flows.number_exhibits import extension_of
from haechi.flows.open_commitments import ShownLog
from haechi.flows.tell_messages import Sources
from haechi.ports.ledger import Ledger, StoredMessage


def show_derivatives(
    case: CaseId,
    messages: Iterable[PacketMessage],
    numbers: Mapping[Sha256, str],
    items: Mapping[ItemId, EvidenceItem],
    *,
    log: ShownLog,
    ledger: Ledger,
) -> tuple[ShownDerivative, ...]:
    """Return the derivatives made from an exhibit (by its bytes) or from a shown message, in the order they were made."""
    keys = {(message.room, message.message_id) for message in messages}
    shown: list[ShownDerivative] = []
    for one in ledger.derivatives(case):
        source = items.get(one.source_item) if one.source_item is not None else None
        exhibit = numbers.get(source.digest) if source is not None else None
        if (exhibit is None and one.message not in keys) or one.entry >= log.frontier.size:
            continue
        number = derivative_number(len(shown) + 1)
        file = f"data/derivatives/{number}.{extension_of(one.mime)}"
        opening = ledger.opening(one.entry)
        if opening is None:
            raise CustodyBrokenError(kind="opening-missing", place=one.entry)
        shown.append(ShownDerivative(number, one, opening, exhibit, file))
    return tuple(shown)


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stays behind because a redacted copy goes along in its place.

    `numbers` are exhibits, `digests` the export files that hold a redacted message among others, `keys` messages.
    """

    numbers: frozenset[str]
    digests: frozenset[Sha256]
    keys: frozenset[tuple[str, str]]

    def exhibits(self, exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
        """Return all exhibits, those without their file: number, digest and proof still tell which they are."""
        return tuple(
            replace(one, file=None) if one.number in self.numbers or one.item.digest in self.digests else one
            for one in exhibits
        )

    def stored(self, stored: Iterable[list[StoredMessage]]) -> list[list[StoredMessage]]:
        """Return the messages that are told, all versions of one together."""
        return [versions for versions in stored if _key(versions[0].message) not in self.keys]

    def messages(self, messages: Iterable[PacketMessage]) -> tuple[PacketMessage, ...]:
        """Return the messages that are told."""
        return tuple(one for one in messages if (one.room, one.message_id) not in self.keys)


def withheld_by(
    case: CaseId,
    derivatives: Iterable[ShownDerivative],
    stored: Iterable[Sequence[StoredMessage]],
    items: Mapping[ItemId, EvidenceItem],
    *,
    ledger: Ledger,
) -> Withheld:
    """Return what stays behind for these derivatives."""
    numbers = frozenset(one.exhibit for one in derivatives if one.exhibit is not None)
    keys = frozenset(one.derivative.message for one in derivatives if one.derivative.message is not None)
    parts = Sources.of(case, ledger=ledger).parts
    files = {
        (parts[part].import_id, parts[part].path)
        for versions in stored
        if _key(versions[0].message) in keys
        for one in versions
        for part, _, _ in one.sources
    }
    digests = frozenset(item.digest for item in items.values() if (item.import_id, item.path) in files)
    return Withheld(numbers, digests, keys)


def _key(message: Message) -> tuple[str, str]:
    return message.room.value, message.message_id
