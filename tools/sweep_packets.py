"""Orderly differential check of the packet verifiers: python tools/sweep_packets.py [PART...] [--every M] [--verifiers a,b].

Where `mutate_packets.py` throws dice, this goes through a good packet: each text in other forms (PART `forms`), each of its
lines dropped, doubled or exchanged (`lines`), each cell of each table's head and first row as something else (`cells`).
Every packet has one such change and is signed again, so that nothing but the check in question can notice; a change to
manifests, signature or key is signed as far as it can be. `--every M` takes each M-th of them. Ends with 1 when verifiers differ.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools"), str(ROOT / "src")]

from compare_verifiers import Sample, add_options, run  # noqa: E402  # the paths above lead there
from drawn.packet_sample import remanifest, resign  # noqa: E402
from packets.parts import SIGNER, good, sealed, tagged  # noqa: E402

# What is a text of lines, by how its name ends. A bag's manifests are among them.
TEXTS = (
    ".csv",
    ".txt",
    ".jsonl",
    ".json",
    ".tlog-proof",
    "checkpoint",
    ".cosignatures",
    ".pem",
    ".sig",
    "allowed_signers",
)
MANY = 60  # lines: of a longer text only the first and last and the one in the middle are changed
EDGE = 5


def anew(packet: Path) -> None:
    """Make the manifests anew and sign them; `bag-info.txt` and `allowed_signers` stay what somebody made of them."""
    remanifest(packet)
    sealed(packet)


AGAIN: dict[str, Callable[[Path], None]] = {
    "manifest-sha256.txt": tagged,
    "tagmanifest-sha256.txt": sealed,
    "tagmanifest-sha256.txt.sig": lambda _packet: None,
    "allowed_signers": anew,
    "bag-info.txt": anew,
}  # how to sign what `resign` would write anew
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _text: b"",
    "no line break at its end": lambda text: text[:-1],
    "an empty line at its end": lambda text: text + b"\n",
    "an empty line at its beginning": lambda text: b"\n" + text,
    "a space at its end": lambda text: text.rstrip(b"\r\n") + b" " + text[len(text.rstrip(b"\r\n")) :],
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "UTF-16": lambda text: text.decode("utf-8", "replace").encode("utf-16"),
    "other line breaks": lambda text: text.replace(b"\r\n", b"\n") if b"\r\n" in text else text.replace(b"\n", b"\r\n"),
    "returns alone": lambda text: text.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    "a line separator": lambda text: text.replace(b"\n", "\u2028".encode(), 1),
    "a next line": lambda text: text.replace(b"\n", "\x85".encode(), 1),
    "a vertical tab": lambda text: text.replace(b"\n", b"\v", 1),
    "a zero byte at its end": lambda text: text + b"\0",
    "a zero byte at its beginning": lambda text: b"\0" + text,
    "an end-of-file sign": lambda text: text + b"\x1a",
    "a byte that is no UTF-8": lambda text: text + b"\xff",
    "capitals": lambda text: text.upper(),
    "all of it twice": lambda text: text + text,
}
LINES: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "dropped": lambda rows, at: rows[:at] + rows[at + 1 :],
    "doubled": lambda rows, at: rows[: at + 1] + rows[at:],
    "again at the end": lambda rows, at: [*rows, rows[at]],
    "exchanged with the next": lambda rows, at: rows[:at] + rows[at + 1 : at + 2] + rows[at : at + 1] + rows[at + 2 :],
    "after a space": lambda rows, at: [*rows[:at], b" " + rows[at], *rows[at + 1 :]],
    "before a space": lambda rows, at: [*rows[:at], rows[at].replace(b"\n", b" \n"), *rows[at + 1 :]],
}
CELLS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _cell: b"",
    "nought": lambda _cell: b"0",
    "a number below nought": lambda _cell: b"-1",
    "a number with a plus": lambda _cell: b"+1",
    "a nought before": lambda cell: b"0" + cell,
    "a fraction": lambda _cell: b"1.0",
    "a power": lambda _cell: b"1e1",
    "more than 53 bits": lambda _cell: b"9007199254740993",
    "more than 64 bits": lambda _cell: b"99999999999999999999",
    "another script's digit": lambda _cell: "\u0661".encode(),
    "a space before": lambda cell: b" " + cell,
    "a space after": lambda cell: cell + b" ",
    "another space": lambda cell: cell + "\u00a0".encode(),
    "needless quotes": lambda cell: b'"' + cell + b'"',
    "empty quotes": lambda _cell: b'""',
    "a quote inside": lambda cell: cell + b'"',
    "an apostrophe before": lambda cell: b"'" + cell,
    "capitals": lambda cell: cell.upper(),
    "two cells": lambda cell: cell + b",",
    "a formula": lambda _cell: b"=1+1",
    "a line break in quotes": lambda cell: b'"' + cell + b'\n"',
}
PARTS = ("forms", "lines", "cells")


def samples(parts: tuple[str, ...], scratch: Path) -> list[Sample]:
    """Return the packets of these parts; `scratch` is a folder that is not there, for the good one."""
    good(scratch)
    found = []
    for place in sorted(scratch.rglob("*")):
        path = place.relative_to(scratch).as_posix()
        if not place.is_file() or not path.endswith(TEXTS):
            continue
        text = place.read_bytes()
        changes = {
            "forms": lambda text=text: ((what, change(text)) for what, change in FORMS.items()),
            "lines": lambda text=text: _lines(text),
            "cells": lambda text=text, path=path: _cells(text) if path.endswith(".csv") else (),
        }
        found += [
            _sample(f"sweep-{len(found) + at}", path, what, content)
            for at, (what, content) in enumerate(
                (what, content) for part in parts for what, content in changes[part]() if content != text
            )
        ]
    return found


def _lines(text: bytes) -> Iterator[tuple[str, bytes]]:
    rows = text.splitlines(keepends=True)
    last = len(rows) - 1
    some = range(len(rows)) if len(rows) <= MANY else (*range(EDGE), last // 2, *range(last - EDGE, last + 1))
    for at in some:
        for what, change in LINES.items():
            yield f"line {at + 1} {what}", b"".join(change(rows, at))


def _cells(text: bytes) -> Iterator[tuple[str, bytes]]:
    rows = text.split(b"\r\n")
    for row in (0, 1):
        cells = rows[row].split(b",")
        for column, cell in enumerate(cells):
            for what, change in CELLS.items():
                changed = b",".join([*cells[:column], change(cell), *cells[column + 1 :]])
                yield f"row {row + 1} cell {column + 1}: {what}", b"\r\n".join([*rows[:row], changed, *rows[row + 1 :]])


def _sample(name: str, path: str, what: str, content: bytes) -> Sample:
    def write(folder: Path) -> str:
        good(folder)
        (folder / path).write_bytes(content)
        AGAIN.get(path, lambda packet: resign(packet, SIGNER))(folder)
        return f"{path}: {what}"

    return Sample(name, write)


def main() -> int:
    """Make the check that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--every", type=int, default=1, metavar="M", help="take each Mth packet only")
    add_options(parser)
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"{', '.join(PARTS)}; not: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as scratch:
        chosen = samples(tuple(asked.parts) or PARTS, Path(scratch) / "good")
    return run(chosen[:: asked.every], asked)


if __name__ == "__main__":
    sys.exit(main())
