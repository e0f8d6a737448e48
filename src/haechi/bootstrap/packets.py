"""Packets: making them from an open vault, and checking those that others hand in."""

from functools import partial
from pathlib import Path
from typing import BinaryIO

from haechi import __version__
from haechi.bootstrap import OpenVault
from haechi.domain.case import Case
from haechi.domain.errors import VaultDamagedError
from haechi.domain.evidence import Sha256
from haechi.domain.packet import Exhibit, Selection, ShownDerivative
from haechi.flows.build_packet import Built
from haechi.flows.open_vault import OpenVault as UnlockedVault
from haechi.flows.verify_packet import PacketVerdict
from haechi.ports.packets import Expected
from haechi.ports.progress import Progress

_COMPARED = 1 << 30
"""Pairs of hashes that are compared without compiled code, five seconds' work: 11,500 pictures in their eight turns. What
else a packet takes grows with its exhibits, and with the 130 MB of that code one of 10,000 takes more than 300 MB."""


def build_packet(
    vault: OpenVault,
    case: Case,
    target: Path,
    *,
    selection: Selection,
    with_own_photos: bool = False,
    prove_messages: bool = False,
    redacted_only: bool = False,
    pictures_reason: str | None = None,
    progress: Progress,
) -> Built:
    """Make a packet of the selection at `target`, which must not exist; the options are `plan_packet`'s.

    `pictures_reason` asks for pictures on the pages of what was traced, and says why.
    Raises as `plan_packet`, `require_open` and `flows.build_packet` do, and `PicturesRefusedError`.
    """
    from haechi.adapters.blobs.age import recipient_of
    from haechi.adapters.case_graph import JsonLdGraph
    from haechi.adapters.document_signing import PdfSigner, new_key
    from haechi.adapters.index.pairs import PairIndex
    from haechi.adapters.packets.writer import BagWriter
    from haechi.adapters.renderer.typst_renderer import TypstRenderer
    from haechi.bootstrap.trace_exhibit import with_traces
    from haechi.domain.trace_drawing import check_pictures
    from haechi.flows.build_packet import build_packet as build
    from haechi.flows.keep_report_key import keep_report_key
    from haechi.flows.plan_packet import plan_packet
    from haechi.flows.require_open import require_open
    from haechi.flows.show_traces import traced_photos

    if pictures_reason is not None:
        check_pictures(case, reason=pictures_reason, redacted_only=redacted_only)
    progress("gathering", 0, None)
    unlocked = vault.unlocked
    document_signer = keep_report_key(unlocked, new_key=new_key, signer=PdfSigner)
    plan = plan_packet(
        case,
        selection,
        ledger=unlocked.ledger,
        index=PairIndex(few=_COMPARED),
        log_signer=unlocked.log_signer,
        packet_signer=unlocked.packet_signer,
        origin=unlocked.origin,
        haechi_version=__version__,
        with_own_photos=with_own_photos,
        prove_messages=prove_messages,
        redacted_only=redacted_only,
        traced_photos=traced_photos(case, ledger=unlocked.ledger),
        report_certificate=document_signer.certificate,
    )
    plan = with_traces(
        vault,
        case,
        plan,
        with_pictures=pictures_reason is not None,
        tells_all=selection.is_whole and not redacted_only,
        progress=progress,
    )
    own = recipient_of(unlocked.reader_identity)
    require_open(case.case_id, plan.exhibits, plan.derivatives, ledger=unlocked.ledger, reader=own)
    return build(
        plan,
        target,
        case=case,
        ledger=unlocked.ledger,
        renderer=TypstRenderer(),
        packets=BagWriter(),
        open_exhibit=partial(_open_exhibit, unlocked, case),
        open_derivative=partial(_open_derivative, unlocked, case),
        signer=unlocked.packet_signer,
        document_signer=document_signer,
        graph=JsonLdGraph(),
        now=unlocked.tools.now,
        randomness=unlocked.tools.randomness,
        actor=unlocked.actor,
        progress=progress,
        checkpoint=unlocked.checkpoint,
        pictures_reason=pictures_reason,
    )


def verify_packet(path: Path, expected: Expected) -> PacketVerdict:
    """Check a packet that somebody handed in. Raises `PacketUnreadableError`."""
    from haechi.adapters.packets.verifier import FolderVerifier
    from haechi.adapters.signing import verify_ed25519, verify_mldsa44
    from haechi.domain.note import COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, ED25519
    from haechi.flows.verify_packet import verify_packet

    verifiers = {
        ED25519: verify_ed25519,
        COSIGNATURE_ED25519: verify_ed25519,
        COSIGNATURE_MLDSA44: verify_mldsa44,
    }
    return verify_packet(path, expected, packets=FolderVerifier(verifiers))


def _open_exhibit(vault: UnlockedVault, case: Case, exhibit: Exhibit) -> BinaryIO:
    return _open(vault, case, exhibit.item.digest, exhibit.number)


def _open_derivative(vault: UnlockedVault, case: Case, shown: ShownDerivative) -> BinaryIO:
    return _open(vault, case, shown.derivative.digest, shown.number)


def _open(vault: UnlockedVault, case: Case, digest: Sha256, number: str) -> BinaryIO:
    blob = vault.ledger.blob(case.case_id, digest)
    if blob is None:
        raise VaultDamagedError(part=number)
    return vault.blobs.open(blob, identity=vault.reader_identity)
