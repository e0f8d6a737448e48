"""Check a packet that somebody handed in."""

from dataclasses import dataclass
from pathlib import Path

from haechi.ports.packets import Finding, PacketVerifier


@dataclass(frozen=True, slots=True)
class PacketVerdict:
    """What a check found. `is_pinned` says whether the signing key was compared with an expected fingerprint.

    Without that, a packet that holds says only that it is whole, not who signed it.
    """

    findings: tuple[Finding, ...]
    is_pinned: bool

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify_packet(packet: Path, *, signer: str | None, packets: PacketVerifier) -> PacketVerdict:
    """Return all that is wrong with the packet, in the order of the checks.

    `signer` is the fingerprint (`SHA256:…`) of the key that must have signed it. Raises `PacketUnreadableError`.
    """
    return PacketVerdict(tuple(packets.verify(packet, signer=signer)), is_pinned=signer is not None)
