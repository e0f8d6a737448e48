"""Runs the whole job on real pictures and prints what came out: `make bench ARGS="real_pictures FOLDER"`.

FOLDER holds pictures that may be used for measuring. They become her own gallery, and recompressed, resized,
cropped and mirrored copies of them are posted in a Telegram export that is written for the purpose; both go through the
real commands (`create`, `case`, `import`, `match`, `packet`) in `sealed` mode, and the packet's own verifiers check the result.
Everything lies in a temporary folder that is removed at the end.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from drawn.changes import changed, jpeg  # noqa: E402
from drawn.telegram_writer import chat_header, text_fields, write_chat  # noqa: E402

SHOWN = ("recompressed", "resized", "cropped-3", "cropped-10", "mirrored", "bordered")
STARTED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
KST = timedelta(hours=9)


def write_export(folder: Path, pictures: list[Path]) -> dict[str, tuple[str, str]]:
    """Write the export and return, by member path, which picture it shows after which change."""
    photos = folder / "photos"
    photos.mkdir(parents=True)
    truth: dict[str, tuple[str, str]] = {}

    def messages() -> Iterator[dict[str, object]]:
        number = 0
        for seed, picture in enumerate(pictures):
            with Image.open(picture) as opened:
                image = opened.convert("RGB")
            for change in SHOWN:
                number += 1
                at = STARTED + timedelta(minutes=7 * number)
                name = f"photos/photo_{number}@{at + KST:%d-%m-%Y_%H-%M-%S}.jpg"
                copy = changed(change, image, seed=seed)
                content = jpeg(copy)
                (folder / name).write_bytes(content)
                truth[name] = (picture.name, change)
                yield {
                    "id": number,
                    "type": "message",
                    "date": f"{at + KST:%Y-%m-%dT%H:%M:%S}",
                    "date_unixtime": str(int(at.timestamp())),
                    "from": f"계정 {number % 3 + 1}",
                    "from_id": f"user{700100 + number % 3}",
                    "photo": name,
                    "photo_file_size": len(content),
                    "width": copy.width,
                    "height": copy.height,
                    **text_fields(f"{number}번째 사진"),
                }

    with (folder / "result.json").open("wb") as out:
        write_chat(out, chat_header(name="사진방", type="private_supergroup", id=1900000001), messages())
    return truth


def run(*arguments: str, key: Path) -> str:
    """Run one command of haechi and return what it printed. Ends the program when the command fails."""
    started = time.monotonic()
    command = [sys.executable, "-m", "haechi", *arguments, "--passphrase-file", str(key), "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"  haechi {arguments[0]:<8} {time.monotonic() - started:6.1f} s  exit {done.returncode}")
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def report(matched: dict[str, object], truth: dict[str, tuple[str, str]]) -> None:
    """Print, change by change, how many copies stand in a group with the photo they were made from, and false groups."""
    found: Counter[str] = Counter()
    false = 0
    groups = matched["groups"]
    for group in groups if isinstance(groups, list) else []:
        own = {Path(one["path"]).name for one in group["sightings"] if one["is_own_photo"]}
        sources = own | {truth[one["path"]][0] for one in group["sightings"] if one["path"] in truth}
        false += len(sources) > 1
        for one in group["sightings"]:
            if one["path"] in truth and truth[one["path"]][0] in own:
                found[truth[one["path"]][1]] += 1
    asked = Counter(change for _, change in truth.values())
    print(f"\n  groups: {len(groups) if isinstance(groups, list) else 0}, holding more than one photo: {false}")
    for change in SHOWN:
        print(f"  {change:<14} found {found[change]:>4} of {asked[change]}")


def main() -> int:
    """Run everything once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    pictures = sorted(p for p in parser.parse_args().folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    with tempfile.TemporaryDirectory(prefix="haechi-real-") as temporary:
        base = Path(temporary)
        key, vault, export, own = base / "key", str(base / "vault"), base / "ChatExport_2026-10-20", base / "gallery"
        key.write_text("measuring on real pictures\n")
        truth = write_export(export, pictures)
        own.mkdir()
        for picture in pictures:
            shutil.copy(picture, own / picture.name)
        size = sum(p.stat().st_size for p in base.rglob("*") if p.is_file())
        print(f"{len(pictures)} own photos, {len(truth)} posted copies, {size / 1e6:.1f} MB")
        run("create", "--vault", vault, key=key)
        consent = ("--age", "adult", "--mode", "sealed", "--consent", "measuring only")
        run("case", "measure", *consent, "--vault", vault, key=key)
        run("import", str(export), "--vault", vault, key=key)
        run("import", str(own), "--as", "own-photos", "--vault", vault, key=key)
        matched = json.loads(run("match", "--json", "--vault", vault, key=key))
        packet = base / "packet"
        run("packet", str(packet), "--vault", vault, key=key)
        run("verify", "--vault", vault, key=key)
        report(matched, truth)
        for checker in (["bash", "verify/verify.sh"], [sys.executable, "verify/verify.py"]):
            started = time.monotonic()
            done = subprocess.run(checker, cwd=packet, capture_output=True, text=True, check=False)
            print(f"  {checker[-1]:<18} exit {done.returncode}  {time.monotonic() - started:5.1f} s")
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
        files = sum(1 for p in (packet / "data" / "evidence").glob("*"))
        print(f"  packet: {files} files of evidence, {sum(p.stat().st_size for p in packet.rglob('*')) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
