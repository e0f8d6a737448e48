"""Gather from the vault's records everything a packet will say. Changes nothing; the same vault gives the same plan."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import chain

from haechi.domain.canonical import canonical
from haechi.domain.case import Case, CaseId
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.disclosure import DisclosedMessage
from haechi.domain.errors import SelectionEmptyError, SelectionUnknownError
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.match import Group, Sighting
from haechi.domain.merkle import Frontier
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.packet import Exhibit, PacketPlan, Selection, ShownDerivative, SourceExport
from haechi.domain.timeline import in_order, message_events, name_events, own_photo_events
from haechi.flows.choose_items import (
    ChosenMessages,
    choose_groups,
    choose_items,
    choose_messages,
    not_found,
    with_copies,
)  # fmt: skip
from haechi.flows.disclose_messages import disclose_messages
from haechi.flows.find_copies import find_copies, sightings
from haechi.flows.list_messages import key_of
from haechi.flows.number_exhibits import number_exhibits, numbers_of
from haechi.flows.open_commitments import open_commitments, show_log
from haechi.flows.show_anchors import anchored_size, show_anchors
from haechi.flows.show_derivatives import show_derivatives
from haechi.flows.tell_messages import Sources, Untold, tell_accounts, tell_messages, tell_rooms, untold
from haechi.flows.withhold import Withheld, newest_copies, withhold
from haechi.ports.index import FingerprintIndex
from haechi.ports.ledger import Ledger
from haechi.ports.signer import Signer


def plan_packet(
    case: Case,
    selection: Selection,
    *,
    ledger: Ledger,
    index: FingerprintIndex,
    log_signer: Signer,
    packet_signer: Signer,
    origin: str,
    haechi_version: str,
    with_own_photos: bool,
    prove_messages: bool = False,
    redacted_only: bool = False,
    traced_photos: Collection[ItemId] = frozenset(),
    report_certificate: Sha256 | None = None,
) -> PacketPlan:
    """Return the plan of a packet over the whole case or a selection of it.

    Her own photos are listed by digest; their bytes go along only when `with_own_photos` says so, because they
    may carry where she was. The messages of a selection are each proven, those of a whole case only with
    `prove_messages`. With `redacted_only` what has a redacted derivative stays behind itself (`withhold`). A packet of the
    whole case lists her own photos of which copies were found, and `traced_photos`.

    What may be told is decided first. Sightings, groups, exhibits, names and exports are made from that alone, so none
    of them says where else a picture was posted.
    Raises `SelectionUnknownError`, `SelectionEmptyError`.
    """
    items = {item.item_id: item for item in ledger.items(case.case_id)}
    stored = choose_messages(case.case_id, selection, ledger=ledger, items=items)
    if missing := not_found(selection, stored, items):
        raise SelectionUnknownError(names=", ".join(missing))
    log = show_log(ledger, at_least=anchored_size(ledger))
    copies = [one for one in ledger.derivatives(case.case_id) if one.entry < log.frontier.size]
    withheld = Withheld()
    if redacted_only:
        copies = newest_copies(copies, items)
        withheld = withhold(case.case_id, selection, copies, stored, items, ledger=ledger)
    told = stored.without(withheld.messages)
    seen, chosen, groups = _seen(selection, items, stored, told, withheld, traced=traced_photos, index=index)
    # Fingerprints have done their work; those of 10,000 pictures take 15 MB.
    items = {item: _without_fingerprints(one) for item, one in items.items()}
    exhibits = number_exhibits(
        [items[item] for item in chosen],
        seen,
        groups,
        ledger=ledger,
        with_own_photos=with_own_photos,
        withheld=withheld.files_with_copies(groups),
    )
    numbers = numbers_of(exhibits)
    keys = {key_of(versions[0]) for versions in stored} if copies else frozenset()
    derivatives = show_derivatives(copies, numbers, keys, items, ledger=ledger)
    if not told and not chosen and not derivatives:
        raise SelectionEmptyError
    messages = tell_messages(case.case_id, told, numbers, items, ledger=ledger)
    disclosed: tuple[DisclosedMessage, ...] = ()
    if prove_messages or not selection.is_whole:
        disclosed = disclose_messages(case.case_id, told, log=log, origin=origin, signer=log_signer, ledger=ledger)
        messages = tuple(
            replace(message, disclosed=one.number) for message, one in zip(messages, disclosed, strict=True)
        )
    anchors = show_anchors(log, _entries(exhibits, disclosed, derivatives), ledger=ledger)
    hidden = Untold()
    if not selection.is_whole or withheld.messages:
        hidden = untold(case.case_id, {key_of(versions[0]) for versions in told}, ledger=ledger)
    accounts = tell_accounts(case.case_id, selection, messages, hidden, ledger=ledger)
    sources = _sources(case.case_id, selection, withheld, told, exhibits, ledger=ledger)
    as_of, zone, offset_s = log.recorded
    key = NoteKey(origin, log_signer.public)
    plan = PacketPlan(
        packet_id="",
        case_name=case.name,
        mode=case.mode,
        as_of=as_of,
        zone=zone,
        offset_s=offset_s,
        haechi_version=haechi_version,
        origin=origin,
        log_vkey=key.vkey,
        checkpoint=sign_note(Checkpoint(origin, log.frontier.size, log.frontier.root()).text(), key, log_signer.sign),
        signer_public=packet_signer.public,
        entries=log.entries,
        openings=open_commitments(log, case.case_id, exhibits, sources, ledger=ledger),
        exhibits=exhibits,
        messages=messages,
        accounts=accounts,
        rooms=tell_rooms(case.case_id, selection, messages, hidden, ledger=ledger),
        groups=groups,
        timeline=in_order(
            [
                *message_events(messages),
                *name_events(accounts),
                *own_photo_events((items[item] for item in chosen), numbers),
            ]
        ),
        sources=sources,
        disclosed=disclosed,
        derivatives=derivatives,
        anchors=anchors,
        witnesses=tuple(ledger.witnesses()) if any(one.cosignatures for one in anchors) else (),
        report_certificate=report_certificate,
    )
    return replace(plan, packet_id=_packet_id(plan, log.frontier, case.case_id, selection))


def _seen(
    selection: Selection,
    items: Mapping[ItemId, EvidenceItem],
    stored: ChosenMessages,
    told: ChosenMessages,
    withheld: Withheld,
    *,
    traced: Collection[ItemId],
    index: FingerprintIndex,
) -> tuple[tuple[Sighting, ...], list[ItemId], tuple[Group, ...]]:
    """Return where what may be told was seen, the items that become exhibits, and the groups among them."""
    candidates = choose_items(selection, items, stored, withheld)
    may_be_told = {item.item_id for item in candidates}
    seen = tuple(
        one
        for one in sightings(chain.from_iterable(told), items)
        if one.message_id is not None or one.item_id in may_be_told
    )
    found = find_copies(items, seen, index=index)
    chosen = with_copies(selection, candidates, found, traced)
    return seen, [item.item_id for item in chosen], choose_groups(found, {item.digest for item in chosen})


def _without_fingerprints(item: EvidenceItem) -> EvidenceItem:
    return replace(item, examined=replace(item.examined, fingerprints=()))


def _packet_id(plan: PacketPlan, frontier: Frontier, case: CaseId, selection: Selection) -> str:
    """Return a name for what the packet holds: packets with different content have different ones."""
    named = canonical(
        {
            "origin": plan.origin,
            "root": frontier.root().hex(),
            "case": case,
            "rooms": sorted(selection.rooms),
            "messages": sorted(list(one) for one in selection.messages),
            "items": sorted(selection.items),
            "files": [one.file for one in plan.exhibits],
            "told": [[one.room, one.message_id] for one in plan.messages],
            "disclosed": [[one.log.entry, one.index] for one in plan.disclosed],
            "derivatives": [one.derivative.derivative_id for one in plan.derivatives],
            "anchors": [
                [
                    one.size,
                    [hashlib.sha256(stamp.reply).hexdigest() for stamp in one.stamps],
                    [cosignature.line for cosignature in one.cosignatures],
                ]
                for one in plan.anchors
            ],
            "witnesses": [list(one.vkeys) for one in plan.witnesses],
        }
    )
    return f"HP-{hashlib.sha256(named).hexdigest()[:12]}"


def _entries(
    exhibits: Iterable[Exhibit], disclosed: Iterable[DisclosedMessage], derivatives: Iterable[ShownDerivative]
) -> list[int]:
    """Return the log entries that what is shown rests on."""
    return [
        *(one.entry for one in exhibits),
        *(one.log.entry for one in disclosed),
        *(one.derivative.entry for one in derivatives),
    ]


def _sources(
    case: CaseId,
    selection: Selection,
    withheld: Withheld,
    told: ChosenMessages,
    exhibits: Iterable[Exhibit],
    *,
    ledger: Ledger,
) -> tuple[SourceExport, ...]:
    """Return the exports that what is told comes from; of a whole case all, but those of which nothing is told."""
    used = {one.item.import_id for one in exhibits}
    if not selection.is_whole:
        read_from = Sources.of(case, ledger=ledger).parts
        used |= {read_from[part].import_id for versions in told for one in versions for part, _, _ in one.sources}
    sources = []
    for record in ledger.imports(case):
        if record.seal_digest is None or record.import_id in withheld.imports:
            continue
        if not selection.is_whole and record.import_id not in used:
            continue
        parts = ledger.parts(record.import_id)
        sources.append(
            SourceExport(
                import_id=record.import_id,
                name=record.source,
                importer=record.importer,
                sealed_at=record.started_at,
                seal_digest=record.seal_digest,
                files=record.files,
                size=record.size,
                messages=sum(part.committed for part in parts),
                unparsed_bytes=sum(part.accounting.unparsed_bytes for part in parts if part.accounting),
                warnings=dict(sorted(Counter(one.code for one in ledger.warnings(record.import_id)).items())),
            )
        )
    return tuple(sources)
