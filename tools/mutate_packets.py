"""Differential check of the packet verifiers: python tools/mutate_packets.py N [--seed S] [--first F] [--verifiers a,b] [--shell-every M].

Makes N packets out of a good one by random changes, half of them signed again so that the inner checks are reached, and
asks every verifier, of half of them with options that name a signer, authorities or a policy. Prints counts and each packet on which they disagree; exits with 1 when verdicts, sets of finding
codes, or what is said to be proven differ. A packet is the same for the same seed and number: a run that was stopped goes on with `--first`.
"""

import argparse
import base64
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools"), str(ROOT / "src")]

from compare_verifiers import Sample, add_options, run  # noqa: E402  # the paths above lead there
from drawn.packet_sample import resign  # noqa: E402
from packets.anchors import quorum  # noqa: E402
from packets.parts import OTHER, SIGNER, good, signer_of  # noqa: E402
from packets.stamped import P256, P384, RSA  # noqa: E402
from packets.verifiers import Asked  # noqa: E402

Dice = random.Random
Change = Callable[[Path, Dice], None]


def _file(packet: Path, dice: Dice, *endings: str) -> Path:
    files = sorted(place for place in packet.rglob("*") if place.is_file() and place.name.endswith(endings or ("",)))
    return dice.choice(files)


def flip(packet: Path, dice: Dice) -> None:
    """Turn a bit of any file."""
    place = _file(packet, dice)
    content = bytearray(place.read_bytes() or b"\0")
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    place.write_bytes(content)


def cut(packet: Path, dice: Dice) -> None:
    """Drop or double some bytes of any file."""
    place = _file(packet, dice)
    content = place.read_bytes()
    start = dice.randrange(len(content) + 1)
    end = min(len(content), start + dice.randrange(1, 20))
    place.write_bytes(content[:start] + content[start:end] * dice.choice((0, 2)) + content[end:])


def rows(packet: Path, dice: Dice) -> None:
    """Drop, double or exchange lines of a text."""
    place = _file(packet, dice, ".csv", ".txt", ".jsonl", ".json", ".tlog-proof", "checkpoint", ".cosignatures", ".pem")
    lines = place.read_bytes().splitlines(keepends=True)
    if not lines:  # a change before this one left none
        flip(packet, dice)
        return
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case _:
            lines[at], lines[other] = lines[other], lines[at]
    place.write_bytes(b"".join(lines))


def files(packet: Path, dice: Dice) -> None:
    """Add, remove, rename or exchange files."""
    place, other = _file(packet, dice), _file(packet, dice)
    match dice.randrange(4):
        case 0:
            (place.parent / f"E-{dice.randrange(9999):04d}.png").write_bytes(dice.randbytes(9))
        case 1:
            place.unlink()
        case 2:
            place.rename(place.with_name(place.name + "x"))
        case _:
            one, two = place.read_bytes(), other.read_bytes()
            place.write_bytes(two)
            other.write_bytes(one)


def cells(packet: Path, dice: Dice) -> None:
    """Put another cell, a number, a quote or nothing in a table's cell."""
    place = _file(packet, dice, ".csv")
    lines = place.read_bytes().split(b"\r\n")
    at = dice.randrange(max(1, len(lines) - 1))
    parts = lines[at].split(b",")
    column = dice.randrange(len(parts))
    parts[column] = dice.choice(
        (dice.choice(parts), b"0", b"7", b"10", b"", b'"', b'"a"b', b"=1", b"'x", b"\x01", b"\xff", "가".encode())
    )
    lines[at] = b",".join(parts)
    place.write_bytes(b"\r\n".join(lines))


def der(packet: Path, dice: Dice) -> None:
    """Turn a byte of a time stamp's request, reply or certificate."""
    place = _file(packet, dice, ".tsq", ".tsr", ".tsr", ".pem")
    content = place.read_bytes()
    try:
        place.write_bytes(_other_certificates(content, dice) if place.suffix == ".pem" else _other_der(content, dice))
    except (IndexError, ValueError):  # a change before this one left nothing to decode
        flip(packet, dice)


def _other_certificates(content: bytes, dice: Dice) -> bytes:
    blocks = content.split(b"-----")
    at = dice.choice(range(2, len(blocks), 4))
    inner = bytearray(base64.b64decode(blocks[at]))
    inner[dice.randrange(len(inner))] = dice.randrange(256)
    text = base64.b64encode(inner)
    blocks[at] = b"\n" + b"".join(text[start : start + 64] + b"\n" for start in range(0, len(text), 64))
    return b"-----".join(blocks)


def _other_der(content: bytes, dice: Dice) -> bytes:
    changed = bytearray(content)
    at = dice.randrange(len(changed))
    changed[at] = dice.choice((dice.randrange(256), changed[at] ^ 1, 0x30, 0x80, 0x02, 0x05, 0))
    return bytes(changed)


def encoded(packet: Path, dice: Dice) -> None:
    """Change what a base64 text says, and keep it base64."""
    place = _file(packet, dice, ".tlog-proof", "checkpoint", ".cosignatures", "log-key.txt", "witnesses.txt")
    content = bytearray(place.read_bytes())
    if not content:  # a change before this one left nothing to decode
        flip(packet, dice)
        return
    for _ in range(99):
        at = dice.randrange(len(content))
        if chr(content[at]).isalnum():
            content[at] = ord(dice.choice("ABab019+/"))
            break
    place.write_bytes(content)


CHANGES: Sequence[Change] = (flip, cut, rows, rows, files, cells, cells, der, der, der, encoded)


def mutate(target: Path, dice: Dice) -> str:
    """Write a changed packet, and return what was done."""
    good(target)
    done = [dice.choice(CHANGES) for _ in range(dice.choice((1, 1, 1, 2)))]
    for change in done:
        change(target, dice)
    signs = dice.random() < 0.5  # noqa: PLR2004
    if signs and (target / "bag-info.txt").is_file():
        resign(target, SIGNER)
    return "+".join(change.__name__ for change in done) + (" signed" if signs else "")


def expected(packet: Path, dice: Dice) -> Asked:
    """Return the question about a packet: half of them name a signer, authorities or witnesses, right ones or others."""
    if dice.random() < 0.5:  # noqa: PLR2004
        return Asked(packet)
    policy = packet.with_name(f"{packet.name}.policy")
    policy.write_text(quorum(dice.choice(("both", "most", "every", "none"))), encoding="utf-8")
    return Asked(
        packet,
        signer=dice.choice((None, signer_of(SIGNER), signer_of(OTHER))),
        authorities=tuple(one.certificate for one in (RSA, P256, P384) if dice.random() < 0.3),  # noqa: PLR2004
        policy=dice.choice((None, policy)),
    )


def samples(numbers: Iterable[int], seed: int) -> list[Sample]:
    """Return the packets with these numbers."""

    def write(folder: Path) -> str:
        return mutate(folder, random.Random(folder.name))  # noqa: S311  # no secret

    def ask(folder: Path) -> Asked:
        return expected(folder, random.Random(f"{folder.name} asked"))  # noqa: S311  # no secret

    return [Sample(f"{seed}-{number}", write, ask) for number in numbers]


def main() -> int:
    """Make the check that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="F", help="the number of the first packet")
    add_options(parser)
    asked = parser.parse_args()
    return run(samples(range(asked.first, asked.first + asked.count), asked.seed), asked)


if __name__ == "__main__":
    sys.exit(main())
