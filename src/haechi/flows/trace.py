"""Find which of her own photos a questioned picture was made from.

What was answered is recorded in the custody log, item by item as it is found: who compared what with what, when and by
which method may matter in court. So a trace that was cut off goes on where it stopped. A vault that is open only for
reading answers all the same, and the answer says that it was not recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.errors import DiskFullError, SelectionUnknownError, TraceRefusedError, VaultReadOnlyError
from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind, Role, Sha256
from haechi.domain.likelihood import Against
from haechi.domain.trace import ANSWERS, Answer, Gallery
from haechi.domain.trace_record import ComparedGallery, TraceRecord, gallery_digest
from haechi.domain.vault import Operation
from haechi.flows.committed_case import require_committed
from haechi.flows.compare_with_gallery import BatchAnswers, Means, Questioned, compare_with_gallery, why_unread
from haechi.flows.keep_features import KeptFeatures
from haechi.flows.open_vault import OpenVault
from haechi.flows.record_trace import record_traces, said_before
from haechi.ports.progress import Progress

_BATCH = 32
"""Questioned stills that are held in memory and compared with each photo at once; a video's are never parted."""


@dataclass(frozen=True, slots=True)
class Method:
    """What compared and what weighed: versions, digests of the coefficients, and the record of how often it was wrong."""

    tracer: str
    models: Mapping[Against, Sha256]
    validation: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Traced:
    """All answers. `unread` are items whose bytes were not at hand or not readable, with a code that says why.

    `recorded` items were newly compared and recorded; for `earlier` ones stands what was recorded before. `unrecorded` is
    why something was not: `read-only` or `disk-full`. Of `kept` photos features were newly kept; `is_cache_full` says that
    there was no room for more. `glanced` names the items that found their photo before all were compared in full, each with
    how many photos were only glanced at.
    """

    answers: tuple[Answer, ...]
    photos: int
    unread: tuple[tuple[ItemId, str], ...]
    method: Method
    recorded: int = 0
    earlier: int = 0
    unrecorded: str | None = None
    kept: int = 0
    is_cache_full: bool = False
    glanced: Mapping[ItemId, int] = field(default_factory=dict)


def trace(
    vault: OpenVault,
    case: Case,
    chosen: Sequence[ItemId],
    *,
    means: Means,
    validation: Mapping[str, Json],
    is_again: bool = False,
    progress: Progress,
) -> Traced:
    """Compare the chosen pictures and videos, or all that were found, with the person's own photos.

    Of items that were traced before, by the same method with the same photos, the record is told, unless `is_again`.
    Raises `TraceRefusedError` (no own photo, nothing to trace, an own photo chosen) and `SelectionUnknownError`.
    """
    if vault.operation is Operation.WRITE:
        # The mode decides whether anything of her photos may be kept.
        require_committed(vault.ledger, case)
    known = {item.item_id: item for item in vault.ledger.items(case.case_id)}
    gallery = Gallery.of(one for one in known.values() if _is_own_picture(one))
    asked = _asked(known, chosen)
    digests = {against: one.digest for against, one in means.models.items()}
    method = Method(f"{means.tracer.method}; answers {ANSWERS}", digests, validation)
    told = _Telling(vault, case, method, gallery)
    means.kept.forget_useless()
    left = asked if is_again else told.take_earlier(asked)
    through, total = len(asked) - len(left), len(asked) * len(gallery.items)
    progress("tracing", through * len(gallery.items), total)
    for batch, files in _batches(case, left, means=means, unread=told.unread):

        def report(photos: int, before: int = through * len(gallery.items), files: int = files) -> None:
            progress("tracing", before + files * photos, total)

        told.take(batch, compare_with_gallery(case, gallery, batch, means, progress=report))
        through += files
    return told.all(asked, means.kept)


class _Telling:
    """Gathers what is told, and records what is new."""

    def __init__(self, vault: OpenVault, case: Case, method: Method, gallery: Gallery) -> None:
        self._vault = vault
        self._case = case
        self._method = method
        self._gallery = gallery
        self._gallery_digest = gallery_digest(item.digest for item in gallery.items)
        self._digests = {item.item_id: item.digest for item in gallery.items}
        self._records: dict[ItemId, TraceRecord] = {}
        self._earlier = 0
        self._recorded = 0
        self._unrecorded = None if vault.operation is Operation.WRITE else "read-only"
        self.unread: list[tuple[ItemId, str]] = []

    def take_earlier(self, asked: Sequence[EvidenceItem]) -> tuple[EvidenceItem, ...]:
        """Take the records there are; return the items that there is none of."""
        left = []
        nothing = BatchAnswers((), {}, (), {})
        for item in asked:
            record = said_before(self._vault.ledger, self._case, item, self._record(item, (), nothing))
            if record is None:
                left.append(item)
            else:
                self._records[item.item_id] = record
        self._earlier = len(asked) - len(left)
        return tuple(left)

    def take(self, batch: Sequence[Questioned], found: BatchAnswers) -> None:
        """Take the answers of a batch and record them, as long as that is possible."""
        items = {one.item.item_id: one.item for one in batch}
        records = []
        for item in items.values():
            answers = tuple(one for one in found.answers if one.item == item.item_id)
            # What is told is what is recorded: both in millionths.
            records.append(self._record(item, answers, found).rounded())
        self._records |= {record.item: record for record in records}
        self.unread += found.unread
        if self._unrecorded is not None:
            return
        try:
            record_traces(self._vault, self._case, records)
            self._recorded += len(records)
        except DiskFullError:
            self._unrecorded = "disk-full"
        except VaultReadOnlyError:
            self._unrecorded = "read-only"

    def all(self, asked: Sequence[EvidenceItem], kept: KeptFeatures) -> Traced:
        """Return everything, in the order in which it was asked for."""
        records = [self._records[item.item_id] for item in asked if item.item_id in self._records]
        return Traced(
            answers=tuple(answer for record in records for answer in record.answers),
            photos=len(self._gallery.items),
            unread=tuple(dict.fromkeys(self.unread)),
            method=self._method,
            recorded=self._recorded,
            earlier=self._earlier,
            unrecorded=self._unrecorded if len(records) > self._earlier + self._recorded else None,
            kept=kept.kept,
            is_cache_full=kept.is_full,
            glanced={one.item: count for one in records if (count := one.gallery.glanced) > 0},
        )

    def _record(self, item: EvidenceItem, answers: tuple[Answer, ...], found: BatchAnswers) -> TraceRecord:
        named = {
            fit.photo for answer in answers for face in answer.faces for group in face.groups for fit in group.fits
        }
        named |= {fit.photo for answer in answers for fit in answer.scenes}
        return TraceRecord(
            item=item.item_id,
            digest=item.digest,
            method=self._method.tracer,
            models=self._method.models,
            gallery=ComparedGallery(
                len(self._gallery.items),
                self._gallery_digest,
                found.compared.get(item.item_id, 0),
                found.unread_codes.get(item.item_id, {}),
            ),
            answers=answers,
            photos={photo: self._digests[photo] for photo in sorted(named)},
            validation=self._method.validation,
        )


def _is_own_picture(item: EvidenceItem) -> bool:
    return item.role is Role.OWN_PHOTO and item.examined.kind is MediaKind.IMAGE


def _asked(known: Mapping[ItemId, EvidenceItem], chosen: Sequence[ItemId]) -> tuple[EvidenceItem, ...]:
    seen = (MediaKind.IMAGE, MediaKind.VIDEO)
    if not chosen:
        every: dict[Sha256, EvidenceItem] = {}
        for one in known.values():
            if one.role is Role.FOUND and one.examined.kind in seen:
                # Of several with the same bytes the one that was captured first: the one that has a record already.
                every.setdefault(one.digest, one)
        if not every:
            raise TraceRefusedError(reason="nothing-to-trace")
        return tuple(every.values())
    missing = [one for one in chosen if one not in known]
    if missing:
        raise SelectionUnknownError(names=", ".join(missing))
    for name in chosen:
        if known[name].role is Role.OWN_PHOTO:
            raise TraceRefusedError(reason="own-photo", item=name)
        if known[name].examined.kind not in seen:
            raise TraceRefusedError(reason="nothing-to-trace", item=name)
    return tuple(known[one] for one in dict.fromkeys(chosen))


def _batches(
    case: Case,
    asked: Sequence[EvidenceItem],
    *,
    means: Means,
    unread: list[tuple[ItemId, str]],
) -> Iterator[tuple[list[Questioned], int]]:
    """Yield the stills of the questioned files in batches, each with the number of files that it brings to an end."""
    by_digest: dict[Sha256, list[EvidenceItem]] = {}
    for item in asked:
        by_digest.setdefault(item.digest, []).append(item)
    first = [items[0] for items in by_digest.values()]
    batch: list[Questioned] = []
    count = 0
    for digest, looked in means.tracer.look(means.hand.pictures(case, first, unread)):
        for item in by_digest[digest]:
            count += 1
            if not looked.stills:
                unread.append((item.item_id, why_unread(looked)))
            batch += [Questioned(item, still, looked.findings) for still in looked.stills]
        if len(batch) >= _BATCH:
            yield batch, count
            batch, count = [], 0
    if batch:
        yield batch, count
