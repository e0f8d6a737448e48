"""What is handed out about a deletion."""

from pathlib import Path
from typing import Protocol

from haechi.domain.deletion import Certificate


class CertificateWriter(Protocol):
    """Writes deletion certificates."""

    def __call__(self, certificate: Certificate, target: Path, /) -> None:
        """Write the certificate as a folder that appears whole or not at all.

        Raises `PacketExistsError`, `PathMissingError`, `DiskFullError`.
        """
