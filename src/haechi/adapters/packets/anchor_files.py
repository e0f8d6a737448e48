"""Anchors as a packet holds them: the stamped checkpoint, cosignature lines, stamps with their certificates, and the rows."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from haechi.domain.anchor import Anchor
from haechi.domain.packet import PacketPlan, anchor_number

ED25519_COSIGNATURE = 0x04
_MICROSECONDS = 1_000_000
_COLUMNS = 64
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """One stamp or Ed25519 cosignature; `at` in whole unix seconds, `key` the certificate's SHA-256 (hex) or the vkey."""

    anchor: str
    size: int
    kind: str
    file: str
    name: str
    at: int
    key: str


def anchor_rows(anchor: Anchor, number: str) -> Iterator[AnchorRow]:
    """Yield what the table of anchors says of one: its stamps, then its cosignatures."""
    for position, stamp in enumerate(anchor.stamps, 1):
        file = f"seal/anchors/{number}.{position}.tsr"
        at = stamp.at // _MICROSECONDS
        yield AnchorRow(number, anchor.size, "stamp", file, stamp.authority, at, stamp.certificate)
    for one in anchor.cosignatures:
        if vkey_type(one.vkey) == ED25519_COSIGNATURE:
            name, file = one.vkey.partition("+")[0], f"seal/anchors/{number}.cosignatures"
            yield AnchorRow(number, anchor.size, "cosignature", file, name, one.at, one.vkey)


def anchor_files(plan: PacketPlan) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of `seal/anchors`, and the witnesses' keys."""
    for position, anchor in enumerate(plan.anchors, 1):
        number = anchor_number(position)
        stem = f"seal/anchors/{number}"
        if next(anchor_rows(anchor, number), None) is None:
            raise ValueError(number)  # no travelling verifier could tell what it is for
        yield f"{stem}.checkpoint", anchor.note.encode()
        if anchor.cosignatures:
            yield f"{stem}.cosignatures", "".join(one.line for one in anchor.cosignatures).encode()
        for place, stamp in enumerate(anchor.stamps, 1):
            yield f"{stem}.{place}.tsq", stamp.query
            yield f"{stem}.{place}.tsr", stamp.reply
            yield f"{stem}.{place}.pem", plain_pem(stamp.chain).encode()
    vkeys = {vkey for witness in plan.witnesses for vkey in witness.vkeys}
    vkeys |= {one.vkey for anchor in plan.anchors for one in anchor.cosignatures}
    if vkeys:
        yield "seal/witnesses.txt", "".join(f"{vkey}\n" for vkey in sorted(vkeys)).encode()


def vkey_type(vkey: str) -> int | None:
    """Return the type byte of a C2SP vkey, None when it is none."""
    try:
        return base64.b64decode(vkey.split("+", 2)[2], validate=True)[0]
    except (IndexError, binascii.Error):
        return None


def plain_pem(chain: str) -> str:
    """Return the certificates in `chain` in the one form that a packet has, without what may stand between them."""
    bodies = ["".join(found[1].split()) for found in _CERTIFICATE.finditer(chain)]
    return "".join(
        "\n".join(
            [
                "-----BEGIN CERTIFICATE-----",
                *(body[at : at + _COLUMNS] for at in range(0, len(body), _COLUMNS)),
                "-----END CERTIFICATE-----\n",
            ]
        )
        for body in bodies
    )
