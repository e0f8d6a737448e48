"""Checks a packet without any vault: files, signature, log, exhibits, messages, derivatives, anchors and tables, in this order.

What travels in a packet makes the same checks and names them by the same codes, but shares no code with this, so that a
mistake in one is seen by the others.
"""

from collections.abc import Iterator
from pathlib import Path

from haechi.adapters.packets.bag import PAYLOAD_MANIFEST, TAG_MANIFEST
from haechi.adapters.packets.verifier_anchors import AnchorCheck
from haechi.adapters.packets.verifier_bag import OpenBag, check_signature
from haechi.adapters.packets.verifier_derivatives import check_derivatives
from haechi.adapters.packets.verifier_log import CheckedLog, check_log, check_openings
from haechi.adapters.packets.verifier_messages import check_disclosed
from haechi.adapters.packets.verifier_rows import OpenTables
from haechi.adapters.packets.verifier_tables import check_exhibits, check_other_tables
from haechi.domain.cosignature import Verifiers
from haechi.domain.errors import PacketUnreadableError
from haechi.domain.note import COSIGNATURE_ED25519
from haechi.ports.packets import Checked, Claim, Expected, Finding


class FolderVerifier:
    """Checks packets that lie in a folder, as docs/formats/packet.md defines them.

    `verifiers` has how to verify an Ed25519 signature under type 0x04; without one under type 0x06, lines by ML-DSA-44
    keys are passed over.
    """

    def __init__(self, verifiers: Verifiers) -> None:
        self._verifiers = verifiers

    def verify(self, packet: Path, expected: Expected) -> Checked:
        """Return what is wrong, and, when nothing is, what is proven.

        Raises `PacketUnreadableError` when no packet lies there or the disk does not let it be read.
        """
        try:
            if not any((packet / name).is_file() for name in ("bagit.txt", PAYLOAD_MANIFEST, TAG_MANIFEST)):
                raise PacketUnreadableError(path=str(packet))
            return _Check(packet, expected, self._verifiers).checked()
        except OSError as error:
            raise PacketUnreadableError(path=str(packet)) from error


class _Check:
    """One check of one packet."""

    def __init__(self, packet: Path, expected: Expected, verifiers: Verifiers) -> None:
        self._expected = expected
        self._verify = verifiers[COSIGNATURE_ED25519]
        self._bag = OpenBag(packet)
        self._log = CheckedLog()
        self._verifiers = verifiers

    def checked(self) -> Checked:
        findings = list(self._files_and_log())
        tables = OpenTables(self._bag)
        anchors = AnchorCheck(tables, self._log, self._expected, self._verifiers)
        findings += check_exhibits(tables, self._log)
        findings += check_disclosed(tables, self._log, self._verify)
        findings += check_derivatives(tables, self._log)
        findings += anchors.check()
        findings += tables.unnamed()
        findings += check_other_tables(tables, self._log)
        if findings:
            return Checked(tuple(findings), self._bag.signer)
        counted = [claim for claim in anchors.claims if anchors.counts(claim)]
        return Checked(
            findings=(),
            signer=self._bag.signer,
            proven=(*self._proven(tables), *counted),
            not_counted=tuple(claim for claim in anchors.claims if not anchors.counts(claim)),
            noted=tuple(anchors.noted),
        )

    def _files_and_log(self) -> Iterator[Finding]:
        yield from self._bag.check()
        yield from check_signature(self._bag, self._verify, signer=self._expected.signer)
        yield from check_log(self._bag, self._verify, self._log)
        yield from check_openings(self._bag, self._log)

    def _proven(self, tables: OpenTables) -> Iterator[Claim]:
        is_pinned = self._expected.signer is not None
        yield Claim("files", {"count": len(self._bag.present)})
        yield Claim("signature", {"signer": self._bag.signer or "", "pinned": is_pinned})
        yield Claim("log", {"entries": len(self._log.entries)})
        yield Claim("exhibits", {"count": len(tables.exhibits)})
        if tables.messages:
            yield Claim("messages", {"count": len(tables.messages)})
        if tables.derivatives:
            yield Claim("derivatives", {"count": len(tables.derivatives)})
