"""Differential check of the packet verifiers: python tools/mutate_packets.py N [--seed S] [--first F] [--verifiers a,b] [--shell-every M].

Makes N packets out of a good one by random changes, half of them signed again so that the inner checks are reached, and
asks every verifier, of half of them with options that name a signer, authorities or a policy. Prints counts and each packet on which they disagree; exits with 1 when verdicts, sets of finding
codes, or what is said to be proven differ. A packet is the same for the same seed and number: a run that was stopped goes on with `--first`.
"""

import argparse
import base64
import functools
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools"), str(ROOT / "src")]

from drawn.packet_sample import resign  # noqa: E402  # the paths above lead there
from packets.anchors import quorum  # noqa: E402
from packets.parts import OTHER, SIGNER, good, signer_of  # noqa: E402
from packets.stamped import P256, P384, RSA  # noqa: E402
from packets.verifiers import VERIFIERS, Asked, Said  # noqa: E402

BATCH = 100  # packets on the disk at once
Dice = random.Random
Change = Callable[[Path, Dice], None]
Heard = Callable[[str], object]
DISAGREEMENTS = ("verdicts differ", "codes differ", "claims differ")


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


def compare(
    chosen: range,
    seed: int,
    names: Sequence[str],
    kept: Path | None = None,
    *,
    shell_every: int = 1,
    heard: Heard = print,
) -> Counter[str]:
    """Return how many of the chosen packets had which verdict, or a disagreement; `heard` is told each disagreement, and how far it is.

    verify.sh, which starts some hundred programs for a packet, is asked about each `shell_every`-th only.
    """
    tally: Counter[str] = Counter()
    for place in range(0, len(chosen), BATCH):
        numbers = chosen[place : place + BATCH]
        with tempfile.TemporaryDirectory() as scratch:
            folders = {number: Path(scratch) / f"{seed}-{number}" for number in numbers}
            done = {at: mutate(folder, random.Random(folder.name)) for at, folder in folders.items()}  # noqa: S311  # no secret
            asked = {at: expected(folder, random.Random(f"{folder.name} asked")) for at, folder in folders.items()}  # noqa: S311  # no secret
            said: dict[int, dict[str, Said]] = {number: {} for number in numbers}
            for name in names:
                told_of = [at for at in numbers if name != "verify.sh" or at % shell_every == 0]
                answers = VERIFIERS[name]([asked[at] for at in told_of])
                for at, answer in zip(told_of, answers, strict=True):
                    said[at][name] = answer
                tally[f"asked of {name}"] += len(told_of)
            for at, folder in folders.items():
                kind = _kind(said[at])
                tally[kind] += 1
                if kind.endswith("differ"):
                    lines = [
                        f"    {name:12} {one.verdict} {' '.join(sorted(one.codes))}" for name, one in said[at].items()
                    ]
                    heard("\n".join([f"{kind}: {folder.name} ({done[at]}) {' '.join(asked[at].arguments())}", *lines]))
                    if kept is not None:
                        shutil.copytree(folder, kept / folder.name, symlinks=True, dirs_exist_ok=True)
        heard(f"up to {numbers[-1]}: {told(tally)}")
    return tally


def told(tally: Counter[str]) -> str:
    """Return the counts in one line."""
    return ", ".join(f"{kind}: {number}" for kind, number in sorted(tally.items()))


def _kind(said: dict[str, Said]) -> str:
    if len({one.verdict for one in said.values()}) > 1:
        return "verdicts differ"
    if len({one.codes for one in said.values()}) > 1:
        return "codes differ"
    if len({json.dumps(one.proven, sort_keys=True) for one in said.values() if one.proven is not None}) > 1:
        return "claims differ"
    return next(iter(said.values())).verdict


def main() -> int:
    """Make the check that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="F", help="the number of the first packet")
    parser.add_argument("--verifiers", default=",".join(VERIFIERS))
    parser.add_argument(
        "--shell-every", type=int, default=1, metavar="N", help="ask verify.sh about each Nth packet only"
    )
    parser.add_argument("--keep", type=Path, help="where the packets with a disagreement are kept")
    asked = parser.parse_args()
    names, every = asked.verifiers.split(","), asked.shell_every
    chosen = range(asked.first, asked.first + asked.count)
    print(
        f"{asked.count} packets from {asked.first}, seed {asked.seed}: {', '.join(names)}"
        + f" (verify.sh: each {every}th)" * (every > 1),
        flush=True,
    )
    tally = compare(
        chosen, asked.seed, names, asked.keep, shell_every=every, heard=functools.partial(print, flush=True)
    )
    print(f"done: {told(tally)}")
    return int(any(tally[kind] for kind in DISAGREEMENTS))


if __name__ == "__main__":
    sys.exit(main())
