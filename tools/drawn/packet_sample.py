"""Writes a small packet with everything a packet can hold: `python -m drawn.packet_sample TARGET` (with tools/ on the path)."""

import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from drawn.packet_plan import Key, make_rich_plan
from haechi.adapters.packets import sshsig


def resign(packet: Path, signer: Key) -> None:
    """Make manifests, Payload-Oxum and signature anew, as somebody who holds a key (the right one or not) would."""
    payload = sorted(place for place in (packet / "data").rglob("*") if place.is_file())
    oxum = f"Payload-Oxum: {sum(place.stat().st_size for place in payload)}.{len(payload)}"
    info = packet / "bag-info.txt"
    info.write_bytes(re.sub(rb"Payload-Oxum: .*", oxum.encode(), info.read_bytes()))
    (packet / "allowed_signers").write_text(sshsig.allowed_signers(signer.public))
    remanifest(packet)
    text = sshsig.sign((packet / "tagmanifest-sha256.txt").read_bytes(), signer.public, signer.sign)
    (packet / "tagmanifest-sha256.txt.sig").write_text(text)


def remanifest(packet: Path) -> None:
    """Make the manifests anew, as somebody without any key can."""
    files = sorted(place.relative_to(packet).as_posix() for place in packet.rglob("*") if place.is_file())

    def lines(chosen: Iterable[str]) -> str:
        return "".join(f"{hashlib.sha256((packet / path).read_bytes()).hexdigest()}  {path}\n" for path in chosen)

    (packet / "manifest-sha256.txt").write_text(lines(path for path in files if path.startswith("data/")))
    tags = [path for path in files if not path.startswith(("data/", "tagmanifest-"))]
    (packet / "tagmanifest-sha256.txt").write_text(lines(tags))


def main() -> None:
    """Write the packet, and print the digest of its tag manifest."""
    [target] = sys.argv[1:]
    print(make_rich_plan().write(Path(target)))


if __name__ == "__main__":
    main()
