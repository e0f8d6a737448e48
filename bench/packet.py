"""How long a packet of many exhibits takes to make and to check, and in how much memory: `make bench ARGS="packet"`.

Draws as many different pictures as asked for, imports them in `sealed` mode through the real commands, makes the packet
and checks it with its own verifiers. Memory is sampled every 50 ms: of the process, and of it and its children together.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import SAMPLE_S, machine, memory  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402
from tools.drawn.changes import jpeg  # noqa: E402
from tools.drawn.telegram_writer import chat_header, text_fields, write_chat  # noqa: E402

STARTED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def drawn(number: int) -> Image.Image:
    """Return a picture of coloured patches, 640 by 480, that no other number has."""
    rng = np.random.default_rng([0x7061636B, number])
    patches = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    return patches.resize((640, 480), Image.Resampling.BICUBIC)


def write_export(folder: Path, *, exhibits: int, messages: int, links: int) -> None:
    """Write a room in which every so many messages carry a picture, and the first `links` others a link of their own.

    Each picture and each link is a line of the report's timeline.
    """
    (folder / "photos").mkdir(parents=True)
    every = max(1, messages // exhibits)

    def rows() -> Iterator[dict[str, object]]:
        left = links
        for number in range(1, messages + 1):
            at = STARTED + timedelta(minutes=number)
            fields: dict[str, object] = {
                "id": number,
                "type": "message",
                "date": f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(int(at.timestamp())),
                "from": f"계정 {number % 40}",
                "from_id": f"user{500200 + number % 40}",
            }
            picture = number // every
            if number % every == 0 and picture <= exhibits:
                name = f"photos/photo_{picture}.jpg"
                (folder / name).write_bytes(jpeg(drawn(picture)))
                fields |= {"photo": name, "width": 640, "height": 480}
            text = f"{number}번째 메시지입니다. message {number}"
            if left and "photo" not in fields:
                left -= 1
                text += f" https://t.me/drawn_room/{number}"
            yield {**fields, **text_fields(text)}

    with (folder / "result.json").open("wb") as out:
        write_chat(out, chat_header(name="재는 방", type="private_supergroup", id=1888000111), rows())


def run(name: str, command: Sequence[str], record: Record, *, cwd: Path | None = None) -> None:
    """Run one command, print and record its time and memory. Ends the program when the command fails."""
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        alone = together = 0
        while process.poll() is None:
            one, family = memory(process.pid)
            alone, together = max(alone, one), max(together, family)
            time.sleep(SAMPLE_S)
        words = process.stderr.read().decode() if process.stderr else ""
    seconds = time.perf_counter() - started
    print(f"  {name:<22}{seconds:>7.1f} s{alone / 1e6:>8.0f} MB{together / 1e6:>8.0f} MB with children")
    if process.returncode:
        sys.exit(words)
    record.add(name, seconds, "s")
    record.add(f"{name}: memory with children", together / 1e6, "MB")


def main() -> None:
    """Draw, import, make the packet, check it."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    reader.add_argument("--exhibits", type=int, default=1_000)
    reader.add_argument("--messages", type=int, help="at least as many as exhibits; twice as many when not given")
    reader.add_argument("--links", type=int, default=0, help="messages with a link; with the pictures, timeline lines")
    recorder = Recorder(reader)
    options = reader.parse_args()
    messages = max(options.exhibits + options.links, options.messages or 2 * options.exhibits)
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    with tempfile.TemporaryDirectory(prefix="haechi-bench-") as place:
        base = Path(place)
        key = base / "key"
        key.write_text("a passphrase for a benchmark only\n")
        write_export(base / "ChatExport_2026-11-01", exhibits=options.exhibits, messages=messages, links=options.links)
        haechi = [sys.executable, "-m", "haechi"]
        vault = ["--vault", str(base / "vault"), "--passphrase-file", str(key)]
        run("create", [*haechi, "create", *vault], record)
        sealed = ["--age", "adult", "--mode", "sealed", "--consent", "benchmark"]
        run("case", [*haechi, "case", "bench", *sealed, *vault], record)
        run("import", [*haechi, "import", str(base / "ChatExport_2026-11-01"), *vault], record)
        packet = base / "packet"
        run("packet", [*haechi, "packet", str(packet), *vault], record)
        run("verify.sh", ["bash", "verify/verify.sh"], record, cwd=packet)
        run("verify.py", [sys.executable, "verify/verify.py"], record, cwd=packet)
        run("haechi verify-packet", [*haechi, "verify-packet", str(packet)], record)
        run("haechi verify", [*haechi, "verify", *vault], record)
        size = sum(path.stat().st_size for path in packet.rglob("*") if path.is_file())
        files = len(list((packet / "data" / "evidence").iterdir()))
        print(f"  packet: {files:,} files of evidence, {size / 1e6:.1f} MB")
    record.add("exhibits", options.exhibits)
    record.add("packet", size / 1e6, "MB")
    record.close()


if __name__ == "__main__":
    main()
