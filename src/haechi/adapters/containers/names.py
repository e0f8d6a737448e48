"""Names from outside: decoded by a rule that is recorded, made readable, checked for ways out."""

import re
import unicodedata

_DRIVE = re.compile(r"[A-Za-z]:")
_IGNORED = {".DS_Store", "Thumbs.db", "desktop.ini"}


def decoded_name(raw: bytes, *, is_utf8: bool = False) -> tuple[str, str]:
    """Return the name and its rule: `utf-8`, `cp949` (zips from Korean Windows), or `bytes` with unreadable ones escaped."""
    for rule in ("utf-8",) if is_utf8 else ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", raw.decode(rule)), rule
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace"), "bytes"


def escapes(path: str) -> bool:
    """Say whether a member's name points out of its archive, on any system: absolute, drive, parent folder, no name."""
    parts = path.replace("\\", "/").split("/")
    return (
        not path.strip("/")
        or path.startswith(("/", "\\"))
        or _DRIVE.match(path) is not None
        or ".." in parts
        or "\0" in path
    )


def is_ignored(path: str) -> bool:
    """Say whether a member is an operating system's own: digested, but never an item."""
    name = path.rpartition("/")[2]
    return path.startswith("__MACOSX/") or "/__MACOSX/" in path or name.startswith("._") or name in _IGNORED


def unused_path(path: str, number: int) -> str:
    """Return the name under which the `number`th member of one name is listed: ` (2)` before the first dot."""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}{slash}{stem} ({number}){dot}{ending}"
