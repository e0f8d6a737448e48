"""Write the hashes of chosen items into files that can be given to a matcher. It looks first, and sends nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from haechi.domain.bank import Depicted, SignalType, Tier
from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import SelectionEmptyError, SelectionUnknownError, ShareRefusedError
from haechi.domain.evidence import EvidenceItem, MediaKind, Role
from haechi.domain.fingerprint import ENOUGH_QUALITY, Region, Symmetry
from haechi.domain.hash_list import ListedRow, ListFormat
from haechi.domain.share import SHARED_FORMATS, SharedHashes, check_form, depicted_in, in_order
from haechi.flows.open_vault import OpenVault

Write = Callable[[Path, ListFormat, Sequence[ListedRow]], tuple[int, str]]
"""Writes a new file of these rows; returns how many hashes are in it and its SHA-256 (hex)."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file: where, its SHA-256 (hex), how many hashes."""

    path: Path
    digest: str
    hashes: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person chose: the hashes for each file, and the cases that go into it."""

    hashes: SharedHashes
    cases: tuple[Case, ...]


def choose_hashes(
    vault: OpenVault, cases: Sequence[Case], items: Collection[str], form: ListFormat
) -> tuple[Chosen, ...]:
    """Return what would be written, one file for adults and one for minors; nothing is written.

    `items` are identifiers of items of these cases; none means every picture and video that was found. Her own photos go only when they
    are named. Raises `SelectionUnknownError`, `SelectionEmptyError`, `ShareRefusedError`.
    """
    wanted, seen = frozenset(items), set[str]()
    chosen: list[Chosen] = []
    for depicted in Depicted:
        mine = tuple(case for case in cases if depicted_in(case.age) is depicted)
        of_kind: list[EvidenceItem] = []
        for case in mine:
            for item in vault.ledger.items(case.case_id):
                if item.item_id in wanted or (not wanted and _is_found(item)):
                    seen.add(item.item_id)
                    of_kind.append(item)
        if of_kind:
            check_form(depicted, form)
            chosen.append(Chosen(_hashes(of_kind, depicted, form), mine))
    if missing := wanted - seen:
        raise SelectionUnknownError(names=", ".join(sorted(missing)))
    if not any(one.hashes.signals for one in chosen):
        raise ShareRefusedError(reason="no-hash") if chosen else SelectionEmptyError
    return tuple(one for one in chosen if one.hashes.signals)


def share_hashes(
    vault: OpenVault, chosen: Sequence[Chosen], folder: Path, *, tier: Tier, write: Write, actor: str
) -> tuple[Written, ...]:
    """Write the files and note it in the log, with each file's SHA-256: what was shared can be told later from what was not.

    Raises `TargetExistsError`, `PathMissingError`, `DiskFullError`.
    """
    written = []
    for one in chosen:
        path = folder / one.hashes.name
        count, digest = write(path, one.hashes.form, one.hashes.rows(tier.value))
        written.append(Written(path, digest, count))
        with vault.ledger.begin() as writer:
            for case in one.cases:
                subject = {
                    "v": 1,
                    "format": one.hashes.form.value,
                    "depicted": one.hashes.depicted.value,
                    "tier": tier.value,
                    "sha256": digest,
                }
                writer.append(
                    Draft(
                        EntryType.SHARE,
                        actor,
                        vault.tools.now(),
                        case=case.case_id,
                        opening=open_record(vault.tools.randomness(32), subject),
                        counts={"hashes": count},
                    )
                )
        vault.checkpoint()
    return tuple(written)


def _is_found(item: EvidenceItem) -> bool:
    return item.role is Role.FOUND and item.examined.kind in (MediaKind.IMAGE, MediaKind.VIDEO)


def _hashes(items: Sequence[EvidenceItem], depicted: Depicted, form: ListFormat) -> SharedHashes:
    signals: set[tuple[SignalType, bytes]] = set()
    without = 0
    for item in items:
        mine = {
            (SignalType.PDQ, one.value)
            for one in item.examined.fingerprints
            if one.symmetry is Symmetry.UPRIGHT and one.region is Region.WHOLE and one.quality >= ENOUGH_QUALITY
        }
        mine.add((SignalType.SHA256, bytes.fromhex(item.digest)))
        mine = {one for one in mine if one[0] in SHARED_FORMATS[form]}
        without += not mine
        signals |= mine
    return SharedHashes(depicted, form, in_order(signals), len(items), without)
