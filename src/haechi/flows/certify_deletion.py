"""Hand out a certificate of a deletion: what a stranger needs to see that it stands in the log. It can be made again at any time."""

import json
from pathlib import Path

from haechi.domain.canonical import canonical
from haechi.domain.custody import EntryType
from haechi.domain.deletion import Certificate
from haechi.domain.errors import SelectionUnknownError
from haechi.domain.merkle import Tree
from haechi.flows.open_vault import OpenVault
from haechi.ports.certificates import CertificateWriter


def certify_deletion(vault: OpenVault, index: int, target: Path, *, write: CertificateWriter) -> Certificate:
    """Write the certificate of the deletion in log entry `index`. Raises `SelectionUnknownError` when there is none."""
    entry = next(vault.ledger.entries(index, index + 1), None) if index >= 0 else None
    opening = vault.ledger.opening(index)
    if entry is None or opening is None or json.loads(entry.raw)["type"] != EntryType.DELETE.value:
        raise SelectionUnknownError(names=str(index), reason="entry")
    tree = Tree(vault.ledger.leaves(vault.ledger.log_head().frontier.size))
    certificate = Certificate(
        index=index,
        entry=entry.raw,
        record=canonical(opening.subject),
        salt=opening.salt,
        proof=tree.inclusion(index),
        note=vault.note(),
        log_public=vault.log_signer.public,
    )
    write(certificate, target)
    return certificate
