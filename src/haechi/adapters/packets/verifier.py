"""Checks a packet without any vault: the files, the signature, the log, the exhibits and the tables, in this order.

What travels in a packet as verify.py makes the same checks and names them by the same codes, but shares no code with
this, so that a mistake in one is seen by the other.
"""

from collections.abc import Iterator
from pathlib import Path

from haechi.adapters.packets.bag import PAYLOAD_MANIFEST, TAG_MANIFEST
from haechi.adapters.packets.verifier_bag import OpenBag, check_signature
from haechi.adapters.packets.verifier_log import CheckedLog, check_log, check_openings
from haechi.adapters.packets.verifier_tables import TableCheck
from haechi.domain.errors import PacketUnreadableError
from haechi.ports.packets import Finding
from haechi.ports.signer import VerifySignature


class FolderVerifier:
    """Checks packets that lie in a folder, as docs/formats/packet.md defines them."""

    def __init__(self, verify: VerifySignature) -> None:
        self._verify = verify

    def verify(self, packet: Path, *, signer: str | None) -> Iterator[Finding]:
        """Yield what is wrong, nothing when all holds. `signer` pins the key's fingerprint (`SHA256:…`).

        Raises `PacketUnreadableError` when no packet lies there or the disk does not let it be read.
        """
        try:
            if not any((packet / name).is_file() for name in ("bagit.txt", PAYLOAD_MANIFEST, TAG_MANIFEST)):
                raise PacketUnreadableError(path=str(packet))
            bag, log = OpenBag(packet), CheckedLog()
            yield from bag.check()
            yield from check_signature(bag, self._verify, signer=signer)
            yield from check_log(bag, self._verify, log)
            yield from check_openings(bag, log)
            yield from TableCheck(bag, log).check()
        except OSError as error:
            raise PacketUnreadableError(path=str(packet)) from error
