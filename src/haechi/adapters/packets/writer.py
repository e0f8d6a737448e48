"""Writes a packet: payload, seal, tables, verifiers, manifests, and the signature over them all."""

import importlib.resources
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from haechi.adapters.packets import sshsig, tables
from haechi.adapters.packets.anchor_files import anchor_files
from haechi.adapters.packets.bag import BAGIT_TXT, PAYLOAD_MANIFEST, SIGNATURE, TAG_MANIFEST, Bag
from haechi.adapters.packets.proofs import seal_files
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.packet import Exhibit, PacketPlan, ShownDerivative
from haechi.ports.signer import Signer

FORMAT = 2
_NUMBER = re.compile(r"E-[0-9]{4,}")
_FILE = re.compile(r"data/evidence/(E-[0-9]{4,})(?:\.[a-z0-9]{1,8})?")
_TEXT = ("text/", "application/json")
_MESSAGE = re.compile(r"data/messages/(M-[0-9]{4,})\.(?:json|html|txt)")
_DERIVATIVE = re.compile(r"data/derivatives/(D-[0-9]{4,})\.[a-z0-9]{1,8}")
_VERIFY = {
    "README.ko.txt": 0o600,
    "README.en.txt": 0o600,
    "verify.sh": 0o700,
    "verify.py": 0o700,
    "verify.ps1": 0o600,
    "verify.html": 0o600,
}


class BagWriter:
    """Writes packets as BagIt 1.0 folders (docs/formats/packet.md)."""

    def write(
        self,
        plan: PacketPlan,
        target: Path,
        *,
        documents: Mapping[str, bytes],
        open_exhibit: Callable[[Exhibit], BinaryIO],
        open_derivative: Callable[[ShownDerivative], BinaryIO],
        signer: Signer,
        progress: Callable[[int], None],
        graph: Iterable[bytes] | None = None,
        traces: Mapping[str, bytes] | None = None,
    ) -> str:
        """Return the SHA-256 (hex) of `tagmanifest-sha256.txt`. `graph` is the case as CASE/UCO JSON-LD, if there is one.

        Raises `PacketExistsError`, `PathMissingError` (of the folder it should lie in), `DiskFullError`, and
        `CustodyBrokenError` when the log does not hold, or the bytes of an exhibit, a message or a derivative are not
        those that the log names.
        """
        _check(plan, signer)
        with Bag(target, unix_time=int(datetime.fromisoformat(plan.as_of).timestamp())) as bag:
            bag.add("bagit.txt", BAGIT_TXT)
            for path, chunks in seal_files(plan):
                bag.add_chunks(path, chunks)
            for path, content in anchor_files(plan):
                bag.add(path, content)
            for message in plan.disclosed:
                bag.add(message.file, message.raw)
            for name, content in sorted(documents.items()):
                bag.add(f"data/report/{name}", content)
            for name, content in sorted((traces or {}).items()):
                bag.add(f"data/traces/{name}", content)
            for done, exhibit in enumerate(plan.exhibits, 1):
                _add_exhibit(bag, exhibit, open_exhibit)
                progress(done)
            for derivative in plan.derivatives:
                _add_derivative(bag, derivative, open_derivative)
            if graph is not None:
                bag.add_chunks("meta/case-graph.jsonld", graph)
            counts = {table: _add_table(bag, plan, table) for table in tables.COLUMNS}
            for name, mode in _VERIFY.items():
                bag.add(f"verify/{name}", _resource(name), mode=mode)
            bag.add("allowed_signers", sshsig.allowed_signers(plan.signer_public).encode())
            bag.add(PAYLOAD_MANIFEST, bag.manifest(payload=True))
            bag.add("bag-info.txt", _bag_info(plan, bag, counts))
            manifest = bag.manifest(payload=False)
            bag.add(TAG_MANIFEST, manifest)
            bag.add(SIGNATURE, sshsig.sign(manifest, signer.public, signer.sign).encode())
            bag.finish()
        return sha256(manifest).hexdigest()


def _check(plan: PacketPlan, signer: Signer) -> None:
    if signer.public != plan.signer_public:
        raise ValueError(signer.public)
    for exhibit in plan.exhibits:
        named = _FILE.fullmatch(exhibit.file) if exhibit.file is not None else None
        if not _NUMBER.fullmatch(exhibit.number) or (exhibit.file and (not named or named[1] != exhibit.number)):
            raise ValueError(exhibit.number)
        if exhibit.file and not plan.mode.keeps_bytes:
            # The last door before the disk: a reference-only case writes no picture byte, whatever the plan says.
            raise ValueError(exhibit.number)
    if any(page.drawing for one in plan.traces for page in one.pages) and not plan.mode.keeps_bytes:
        raise ValueError(plan.mode)
    for path, number, pattern in (
        *((one.file, one.number, _MESSAGE) for one in plan.disclosed),
        *((one.file, one.number, _DERIVATIVE) for one in plan.derivatives),
    ):
        named = pattern.fullmatch(path)
        if not named or named[1] != number:
            raise ValueError(number)
    for derivative in plan.derivatives:
        is_text = derivative.derivative.mime.startswith(_TEXT)
        if not plan.mode.keeps_bytes and not (is_text and derivative.derivative.fields):
            raise ValueError(derivative.number)


def _add_exhibit(bag: Bag, exhibit: Exhibit, open_exhibit: Callable[[Exhibit], BinaryIO]) -> None:
    if exhibit.file is None:
        return
    try:
        with open_exhibit(exhibit) as stream:
            digest = bag.add_stream(exhibit.file, stream)
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="exhibit", place=exhibit.number) from error
    if digest != exhibit.item.digest:
        raise CustodyBrokenError(kind="exhibit", place=exhibit.number)


def _add_derivative(bag: Bag, shown: ShownDerivative, open_derivative: Callable[[ShownDerivative], BinaryIO]) -> None:
    try:
        with open_derivative(shown) as stream:
            digest = bag.add_stream(shown.file, stream)
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="derivative", place=shown.number) from error
    if digest != shown.derivative.digest:
        raise CustodyBrokenError(kind="derivative", place=shown.number)


def _add_table(bag: Bag, plan: PacketPlan, table: str) -> int:
    rows = 0

    def counted() -> Iterator[Sequence[tables.Cell]]:
        nonlocal rows
        for row in tables.rows(plan, table):
            rows += 1
            yield row

    bag.add_chunks(f"meta/{table}.csv", tables.written(table, counted()))
    return rows


def _bag_info(plan: PacketPlan, bag: Bag, counts: Mapping[str, int]) -> bytes:
    if not re.fullmatch(r"[!-~]+", plan.packet_id) or not re.fullmatch(r"[!-~]+", plan.haechi_version):
        raise ValueError(plan.packet_id)
    lines = [
        f"Bag-Software-Agent: haechi {plan.haechi_version}",
        f"Bagging-Date: {plan.as_of[:10]}",
        f"External-Identifier: {plan.packet_id}",
        f"Payload-Oxum: {bag.payload_oxum()}",
        f"Haechi-Packet-Format: {FORMAT}",
        "Haechi-Rows: " + " ".join(f"{table}={count}" for table, count in sorted(counts.items())),
    ]
    if plan.report_certificate is not None:
        lines.append(f"Haechi-Report-Certificate: {plan.report_certificate}")
    return "".join(f"{line}\n" for line in lines).encode()


def _resource(name: str) -> bytes:
    return importlib.resources.files("haechi.adapters.packets").joinpath("verify", name).read_bytes()
