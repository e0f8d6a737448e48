"""Check a packet that somebody handed in."""

from dataclasses import dataclass
from pathlib import Path

from haechi.ports.packets import EXPECTATION_CODES, Checked, Claim, Expected, Finding, PacketVerifier

_ALWAYS = ("author", "served", "export-true", "clock")
_ANCHORS = frozenset({"stamp", "cosignature"})


@dataclass(frozen=True, slots=True)
class PacketVerdict:
    """What a check found. `is_pinned` says whether the signing key was compared with an expected fingerprint.

    Without that, a packet that holds says only that it is whole, not who signed it. `proven`, `not_counted` and
    `not_proven` are empty when something is wrong.
    """

    findings: tuple[Finding, ...]
    is_pinned: bool
    signer: str | None
    proven: tuple[Claim, ...]
    not_counted: tuple[Claim, ...]
    not_proven: tuple[str, ...]
    noted: tuple[Claim, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong but that the packet is not by those whom the checker named."""
        return all(finding.code in EXPECTATION_CODES for finding in self.findings)


def verify_packet(packet: Path, expected: Expected, *, packets: PacketVerifier) -> PacketVerdict:
    """Return all that is wrong with the packet, in the order of the checks, or what it proves and what not.

    Raises `PacketUnreadableError`.
    """
    checked = packets.verify(packet, expected)
    return PacketVerdict(
        findings=checked.findings,
        is_pinned=expected.signer is not None,
        signer=checked.signer,
        proven=checked.proven,
        not_counted=checked.not_counted,
        not_proven=() if checked.findings else _not_proven(checked, expected),
        noted=checked.noted,
    )


def _not_proven(checked: Checked, expected: Expected) -> tuple[str, ...]:
    codes = {claim.code for claim in (*checked.proven, *checked.not_counted)}
    more = {
        "unpinned": expected.signer is None,
        "unpinned-authority": "stamp" in codes and not expected.authorities,
        "unanchored": codes.isdisjoint(_ANCHORS),
    }
    return (*_ALWAYS, *(code for code, is_so in more.items() if is_so))
