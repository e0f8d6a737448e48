"""How long `haechi verify` takes over a log of a million entries, and in how much memory: `make bench ARGS="verify"`.

Makes a vault whose log tells of imports of a thousand files each, in `reference-only` mode: an entry and an item a file,
a seal record with every member, an entry that ends the import, and every so many a stretch of messages. Rows are
written in bulk; what they say is what the flows write. Then the real command checks it, on one core if asked to.
"""

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import SAMPLE_S, machine, memory  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

from haechi import bootstrap  # noqa: E402
from haechi.adapters.ledger import schema  # noqa: E402
from haechi.domain.canonical import Json  # noqa: E402
from haechi.domain.case import Age, CustodyMode  # noqa: E402
from haechi.domain.custody import Draft, EntryType, LogHead, Opening, RecordedTime, open_record  # noqa: E402
from haechi.domain.evidence import ItemId, Sha256  # noqa: E402
from haechi.domain.vault import Operation  # noqa: E402

PASSPHRASE = "a passphrase for a benchmark only"
FILES = 1_000  # of one import
STARTED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)

Rows = dict[str, list[dict[str, object]]]


def recorded(number: int) -> RecordedTime:
    """Return a clock reading a second after the one before."""
    at = STARTED + timedelta(seconds=number)
    return RecordedTime(f"{at:%Y-%m-%dT%H:%M:%S}.000000Z", "Asia/Seoul", 32_400, "system clock; /etc/localtime")


class Filling:
    """Draws one import after the other and keeps the log's head."""

    def __init__(self, head: LogHead, case: str) -> None:
        self.head = head
        self._case = case
        self._dice = Random(0x7665726966)

    def imports(self, entries: int) -> Iterator[Rows]:
        """Yield the rows of imports until the log has so many entries."""
        number = 0
        while self.head.frontier.size < entries:
            number += 1
            yield self._import(number, min(FILES, max(0, entries - self.head.frontier.size - 2)))

    def _import(self, number: int, files: int) -> Rows:
        rows: Rows = {name: [] for name in ("imports", "entries", "openings", "members", "items")}
        records: list[dict[str, Json]] = []
        for position in range(files):
            digest = Sha256(self._dice.randbytes(32).hex())
            item = ItemId(self._dice.randbytes(16).hex())
            entry = self._append(rows, EntryType.CAPTURE, Opening(self._dice.randbytes(32), digest), {}, item=item)
            path = f"photos/photo_{position}@01-09-2026_18-00-00.jpg"
            record: dict[str, Json] = {
                "path": path,
                "raw_name": path.encode().hex(),
                "name_rule": "utf-8",
                "size": 204_800 + position,
                "sha256": digest,
                "refused": None,
                "facts": {},
            }
            records.append(record)
            rows["members"].append({"import_id": number, "position": position, "record": record})
            rows["items"].append(
                {
                    "item_id": item,
                    "import_id": number,
                    "case_id": self._case,
                    "path": path,
                    "digest": digest,
                    "size": 204_800 + position,
                    "role": "found",
                    "is_sealed": 0,
                    "entry": entry,
                    "kind": "image",
                    "mime": "image/jpeg",
                    "findings": [],
                }
            )
        members: list[Json] = [dict(record) for record in records]
        seal = open_record(self._dice.randbytes(32), {"v": 1, "name": f"export {number}", "members": members})
        self._append(rows, EntryType.SEAL, seal, {"import": number, "members": files, "files": files})
        done = open_record(self._dice.randbytes(32), [])
        self._append(rows, EntryType.IMPORT, done, {"import": number, "parts": 0, "messages": 0, "gone": 0})
        rows["imports"].append(
            {
                "case_id": self._case,
                "source": f"export {number}",
                "container": "folder",
                "importer": "loose_media",
                "role": "found",
                "state": "done",
                "started_at": recorded(0).at,
                "finished_at": recorded(0).at,
                "seal_digest": seal.digest,
                "files": files,
                "size": 204_800 * files,
                "messages": 0,
            }
        )
        return rows

    def _append(
        self, rows: Rows, kind: EntryType, opening: Opening, counts: dict[str, int], *, item: str | None = None
    ) -> int:
        draft = Draft(
            kind, "owner", recorded(self.head.frontier.size), case=self._case, item=item, opening=opening, counts=counts
        )
        entry, self.head = self.head.append(draft)
        rows["entries"].append({"number": entry.index, "raw": entry.raw, "leaf": entry.leaf})
        rows["openings"].append(
            {"number": entry.index, "salt": opening.salt, "digest": opening.digest, "subject": opening.subject}
        )
        return entry.index


def make(path: Path, entries: int) -> None:
    """Make the vault."""
    bootstrap.create_vault(path, passphrase=PASSPHRASE)
    with bootstrap.open_vault(path, PASSPHRASE) as opened:
        case = opened.open_case("bench", mode=CustodyMode.REFERENCE_ONLY, age=Age.UNKNOWN)
        ledger = opened.unlocked.ledger
        filling = Filling(ledger.log_head(), case.case_id)
        for rows in filling.imports(entries):
            with ledger.begin() as writer:
                for name, some in rows.items():
                    if some:
                        writer._connection.execute(schema.metadata.tables[name].insert(), some)  # type: ignore[attr-defined]  # noqa: SLF001
                head = filling.head
                writer._connection.execute(  # type: ignore[attr-defined]  # noqa: SLF001
                    schema.head.update().values(
                        size=head.frontier.size, frontier=head.frontier.packed(), previous=head.previous
                    )
                )
        opened.unlocked.checkpoint()


def main() -> None:
    """Make the vault, check it, say how long it took."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    reader.add_argument("--entries", type=int, default=1_000_000)
    reader.add_argument("--cores", type=int, default=1, help="cores the check may use (Linux only)")
    reader.add_argument("--keep", type=Path, help="make the vault here, or use the one that is here")
    recorder = Recorder(reader)
    options = reader.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    with tempfile.TemporaryDirectory(prefix="haechi-bench-") as place:
        vault = options.keep or Path(place) / "vault"
        if not vault.exists():
            started = time.perf_counter()
            make(vault, options.entries)
            print(f"  drawn in {time.perf_counter() - started:.0f} s")
        key = Path(place) / "key"
        key.write_text(f"{PASSPHRASE}\n")
        check(vault, key, options.cores, record)
    record.close()


def check(vault: Path, key: Path, cores: int, record: Record) -> None:
    """Run `haechi verify` and print its time and memory. Ends the program when it fails."""
    command = [sys.executable, "-m", "haechi", "verify", "--vault", str(vault), "--passphrase-file", str(key), "--json"]
    free = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if free:
        os.sched_setaffinity(0, set(free[:cores]))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if free:
            os.sched_setaffinity(0, set(free))
        peak = 0
        while process.poll() is None:
            peak = max(peak, memory(process.pid)[0])
            time.sleep(SAMPLE_S)
        said = process.stdout.read() if process.stdout else b""
        trouble = process.stderr.read().decode() if process.stderr else ""
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        sys.exit(trouble)
    with bootstrap.open_vault(vault, PASSPHRASE, operation=Operation.READ) as opened:
        entries = opened.status().log_size
    size = (vault / "ledger.db").stat().st_size
    print(
        f"  haechi verify: {entries:,} entries ({size / 1e6:.0f} MB) in {seconds:.1f} s ({busy:.1f} s of processor time),"
        f" {entries / seconds:,.0f} a second, {peak / 1e6:.0f} MB at most, {cores} core(s)"
    )
    record.add("entries", entries)
    record.add("haechi verify", seconds, "s")
    record.add("entries checked", entries / seconds, "/s")
    record.add("memory at most", peak / 1e6, "MB")
    digest = hashlib.sha256(said).hexdigest()[:8]
    print(f"  what it said: {len(said)} bytes, {digest}")


if __name__ == "__main__":
    main()
