"""Marked strings, every way they could lie on a disk, and a search for them below folders."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path


def shapes(canary: bytes | str) -> dict[bytes, str]:
    """Return what a marked string looks like on a disk, by its bytes, with the name of the shape."""
    if isinstance(canary, bytes):
        plain = {canary: "bytes"}
    else:
        plain = {
            canary.encode(): "utf-8",
            canary.encode("utf-16-le"): "utf-16-le",
            canary.encode("utf-16-be"): "utf-16-be",
        }
        plain |= {canary.encode("cp949"): "cp949", canary.encode("unicode-escape"): "escaped"}
    found = dict(plain)
    for content, name in plain.items():
        found |= {content.hex().encode(): f"hex of {name}", content.hex().upper().encode(): f"HEX of {name}"}
        found |= dict.fromkeys(_base64(content), f"base64 of {name}")
    return found


def _base64(content: bytes) -> Iterator[bytes]:
    """Yield the digits that do not depend on what stands before and after, for each of the three ways to be cut."""
    for before in range(3):
        digits = base64.b64encode(bytes(before) + content).rstrip(b"=")
        yield digits[(before * 8 + 5) // 6 : len(digits) - 1]


def search(canaries: Iterable[bytes | str], *folders: Path, texts: Iterable[tuple[str, bytes]] = ()) -> list[str]:
    """Return where a marked string lies, in a file's content or a name."""
    wanted = {shape: f"{canary!r} as {name}" for canary in canaries for shape, name in shapes(canary).items()}
    found = []
    for place, content in (*_contents(folders), *texts):
        found += [f"{place}: {told}" for shape, told in wanted.items() if shape in content]
    return found


def _contents(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for place in sorted(folder.rglob("*")):
            yield f"name of {place}", str(place.relative_to(folder)).encode("utf-8", "surrogateescape")
            if place.is_file() and not place.is_symlink():
                yield str(place), place.read_bytes()
