"""A folder of names and things that a disk can hold and a careless reader stumbles over; each with the warning it brings."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class BadName(NamedTuple):
    """One thing in the folder: what it is about, the bytes of its path, and a warning of its import, if there is one."""

    about: str
    raw: bytes
    code: str | None


_HELD = {
    "line break": "가\n나.txt".encode(), "colours": b"\x1b[31mred\x1b[0m.txt", "longest": b"x" * 251 + b".txt",
    "no text": b"\xff\xfe.txt", "half a character": b"\xed\xa0\x80.txt", "right to left": "뒤로\u202egpj.txt".encode(),
    "zero width": "a\u200b\u2060.txt".encode(), "backslashes": b"a\\..\\b.txt", "space": b" ", "trailing dot": b"a.txt.",
    "CON": b"CON", "NUL": b"NUL.txt", "aux": b"aux.txt", "COM1": b"COM1.jpg.txt", "drive": b"C:up.txt",
    "CP949": "사진.txt".encode("cp949"), "decomposed": "\u1109\u1161.txt".encode(), "composed": "사.txt".encode(),
    "small": b"case.txt", "large": b"CASE.TXT", "option": b"-rf", "program": b"$(id).txt", "quote": b"a'\"b.txt",
    "percent": b"%2e%2e%2f.txt", "dots": b"...txt", "emoji": "\U0001f469\u200d\U0001f467.txt".encode(),
}  # fmt: skip


def draw_names(folder: Path) -> Iterator[BadName]:
    """Fill `folder`, which is there and empty, and yield what is in it."""
    for about, raw in _HELD.items():
        _place(folder, raw).write_bytes(about.encode())
        yield BadName(about, raw, None)
    outside = folder.parent / "outside.txt"
    outside.write_text("outside")
    links: dict[bytes, tuple[Path | str, str]] = {
        b"link-out": (outside, "link-refused"),
        b"link-up": ("..", "link-refused"),
        b"link-to-itself": ("link-to-itself", "link-refused"),
        b"link-to-nothing": ("nothing", "link-refused"),
        b"link-to-the-machine": ("/proc/self/mem", "link-refused"),
    }
    for raw, (target, code) in links.items():
        _place(folder, raw).symlink_to(target)
        yield BadName(raw.decode(), raw, code)
    _place(folder, b"hard-link").hardlink_to(outside)
    yield BadName("hard link", b"hard-link", None)
    os.mkfifo(folder / "pipe")
    yield BadName("pipe", b"pipe", "device-refused")
    yield from _socket(folder)
    for about, kind, device in (("zero", stat.S_IFCHR, (1, 5)), ("disk", stat.S_IFBLK, (7, 250))):
        if _made(lambda at=folder / about, kind=kind, device=device: os.mknod(at, kind | 0o600, os.makedev(*device))):
            yield BadName(about, about.encode(), "device-refused")


def _place(folder: Path, raw: bytes) -> Path:
    return Path(os.fsdecode(os.fsencode(folder) + b"/" + raw))


def _socket(folder: Path) -> Iterator[BadName]:
    here = Path.cwd()
    os.chdir(folder)  # the name of a socket has 108 bytes at most
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
    finally:
        os.chdir(here)
    yield BadName("socket", b"socket", "device-refused")


def _made(make: Callable[[], None]) -> bool:
    """Say whether this system let us: device files are for its administrator."""
    try:
        make()
    except OSError:
        return False
    return True
