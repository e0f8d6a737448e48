"""Imports hostile files of one sort in a process of its own and tells, as JSON, what became of each and what it took.

`hostile_once.py SORT FOLDER`, with `tests` and `tools` on the path. SORT is `media`, `names`, `archives` or `chats`.
"""

import json
import os
import re
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path

from drawn.changes import jpeg
from drawn.hostile_archives import bad_archives
from drawn.hostile_chats import bad_chats
from drawn.hostile_media import bad_media
from drawn.hostile_names import draw_names
from drawn.scenes import scene
from haechi.domain.errors import HaechiError
from haechi.isolation.worker import Worker
from integration.imports.vaults import VaultAt, quiet

GOOD = 3


def main(sort: str, folder: Path) -> None:
    slowest = [0.0]
    run = Worker.run

    def timed(self, *arguments, **more):
        """Measure how long a worker takes for each frame of an answer."""
        began = time.perf_counter()
        for frame in run(self, *arguments, **more):
            slowest[0] = max(slowest[0], time.perf_counter() - began)
            yield frame
            began = time.perf_counter()

    Worker.run = timed
    rows = {"media": media, "names": names, "archives": archives, "chats": chats}[sort](folder, slowest)
    vault = VaultAt(folder / "vault")
    told = list(rows(vault))
    vault.verify()
    peaks = [own_peak_mib(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]
    sys.stdout.write(json.dumps({"told": told, "peaks_mib": peaks, "slowest_s": slowest[0]}))


def own_peak_mib() -> int:
    """Return this program's own peak: `ru_maxrss` also counts what the process was before it became this program."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) >> 10


def row(name, wanted, found, **more):
    return {"name": name, "wanted": sorted(wanted), "found": sorted(found), **more}


def media(folder, _slowest):
    export = folder / "media"
    export.mkdir()
    bad = list(bad_media())
    for one in bad:
        (export / one.name).write_bytes(one.make())
    for number in range(GOOD):
        (export / f"good-{number}.jpg").write_bytes(jpeg(scene(number, (320, 240))))

    def rows(vault):
        codes, paths, _ = taken(vault, export)
        yield from (row(one.name, one.codes, codes[one.name], kept=one.name in paths) for one in bad)
        for number in range(GOOD):
            name = f"good-{number}.jpg"
            yield row(name, (), codes[name], kept=paths.get(name) == 1)

    return rows


def names(folder, _slowest):
    export = folder / "names"
    export.mkdir()
    bad = list(draw_names(export))

    def rows(vault):
        with vault.opened() as opened:
            done = opened.import_export(export, case=opened.cases()[0], progress=quiet)
            members = {
                bytes.fromhex(one["raw_name"]): one for one in opened.unlocked.ledger.seal_members(done.import_id)
            }
        for one in bad:
            member = members.get(one.raw, {})
            wanted = () if one.code is None else (one.code,)
            found = [member["refused"]] if member.get("refused") else []
            printable = str(member.get("path", "\ud800")).encode("utf-8", "ignore").decode() == member.get("path")
            yield row(one.about, wanted, found, kept=printable and (one.code is not None or bool(member.get("sha256"))))

    return rows


def archives(folder, slowest):
    places = [(one, folder / one.name) for one in bad_archives()]
    for one, place in places:
        place.write_bytes(one.make())

    def rows(vault):
        for one, place in places:
            began = time.perf_counter()
            try:
                found, paths, _ = taken(vault, place)
                codes = {code for each in found.values() for code in each}
                kept = "good.txt" in paths or bool(codes)
            except HaechiError as error:
                codes, kept = {error.code}, True
            slowest[0] = max(slowest[0], time.perf_counter() - began)
            yield row(one.name, one.codes, codes, kept=kept)

    return rows


def chats(folder, _slowest):
    export = folder / "chats"
    bad = list(bad_chats())
    for one in bad:
        (export / one.name).parent.mkdir(parents=True)
        (export / one.name).write_bytes(one.make())

    def rows(vault):
        codes, _paths, adds_up = taken(vault, export)
        yield from (row(one.name, one.codes, codes[one.name], kept=one.name in adds_up) for one in bad)

    return rows


def taken(vault, export):
    """Import and return the codes by path, how many fingerprinted items a path has, and the parts whose bytes add up."""
    codes = defaultdict(set)
    with vault.opened() as opened:
        case = opened.cases()[0]
        done = opened.import_export(export, case=case, progress=quiet)
        ledger = opened.unlocked.ledger
        for warning in done.warnings:
            codes[warning.path].add(warning.code)
        adds_up = set()
        for part in ledger.parts(done.import_id):
            codes[part.path].update(part.flags)
            if part.accounting is not None and part.accounting.is_complete:
                adds_up.add(part.path)
        paths = {item.path: int(bool(item.examined.fingerprints)) for item in ledger.items(case.case_id)}
    return codes, paths, adds_up


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1], Path(sys.argv[2]))
