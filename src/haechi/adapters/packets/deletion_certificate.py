"""Writes a deletion certificate: text in two languages, the record, the entry with its proof, and a check. docs/formats/deletion.md."""

import importlib.resources
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from haechi.adapters.packets.bag import Bag
from haechi.adapters.packets.proofs import public_pem
from haechi.domain.checkpoint import proof_text
from haechi.domain.deletion import Certificate
from haechi.domain.moment import moment

_TEXTS = ("certificate.ko.txt", "certificate.en.txt")
_CHECK = "check.sh"


def write_certificate(certificate: Certificate, target: Path, /) -> None:
    """Write the certificate at `target`, which must not exist."""
    entry = json.loads(certificate.entry)
    made_at = int(datetime.fromisoformat(entry["at"]).timestamp())
    facts = _facts(certificate, entry, made_at)
    proof = proof_text(certificate.index, certificate.proof, certificate.note, extra=certificate.salt)
    with Bag(target, unix_time=made_at) as folder:
        for name in _TEXTS:
            folder.add(name, _resource(name).decode().format(**facts).encode())
        folder.add("deletion.json", certificate.record)
        folder.add("entry.json", certificate.entry)
        folder.add("delete.tlog-proof", proof.encode())
        folder.add("log-key.pem", public_pem(certificate.log_public))
        folder.add(_CHECK, _resource(_CHECK), mode=0o700)
        folder.finish()


def _facts(certificate: Certificate, entry: Any, made_at: int) -> dict[str, object]:  # noqa: ANN401 - JSON as it was written
    record = json.loads(certificate.record)
    approval = record["approval"]
    runs = record["entries"]
    return {
        "origin": certificate.note.partition("\n")[0],
        "index": certificate.index,
        "at": moment(made_at, offset_s=entry["clock"]["offset_s"]),
        "case": record["case"] or "-",
        "whole_ko": "예" if record["whole"] else "아니요",
        "whole_en": "yes" if record["whole"] else "no",
        "entries": ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs) or "-",
        "entries_count": sum(last - first + 1 for first, last in runs),
        "blobs": record["blobs"],
        "requested_by": record["requested_by"],
        "approval_ko": approval["person"] if approval else "없음 (금고를 여는 사람이 한 명)",
        "approval_en": approval["person"] if approval else "nobody (one person opens the vault)",
        # Somebody typed it: a line that looks like one of ours must not begin inside it.
        "reason": json.dumps(record["reason"], ensure_ascii=False),
    }


def _resource(name: str) -> bytes:
    return importlib.resources.files("haechi.adapters.packets").joinpath("deletion", name).read_bytes()
