"""Reading an index from its folder: segments, what was withdrawn, and the log since."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from haechi.adapters.index.log import LogRead, log_files, log_name, read_log
from haechi.adapters.index.manifest import Manifest
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.recent import Recent
from haechi.adapters.index.segment import Segment
from haechi.adapters.index.view import View, open_segments, read_withdrawn


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a folder held. `log` and `size` say how far the last log was read (`log` 0: there is none to go on with)."""

    view: View
    number: int
    """Of the last record."""
    log: int
    size: int
    damaged: tuple[str, ...]


def replay(
    folder: Path,
    manifest: Manifest,
    permutation: Permutation,
    known: Mapping[str, Segment],
    *,
    room: int,
    in_memory: bool,
) -> Replayed:
    """Read what the manifest names and the log files from its first one on. Each of them gets room for `room` rows or more.

    What is damaged is named and left out. Raises `FileNotFoundError` for a log that vanished, and other `OSError`.
    """
    segments, damaged = open_segments(folder, manifest.segments, known, permutation.order, in_memory=in_memory)
    withdrawn, is_whole = read_withdrawn(folder, manifest)
    if not is_whole and manifest.withdrawn is not None:
        # What was withdrawn must not be found again: better to find nothing that is so old.
        damaged += [manifest.withdrawn, *(one.name for one in segments)]
        segments = []
    logs = [(log, read_log(path)) for log, path in log_files(folder, manifest.first_log)]
    if manifest.segments and (not logs or logs[0][0] != manifest.first_log):
        damaged.append(log_name(manifest.first_log))
    recent: list[Recent] = []
    number = 0
    for at, (log, read) in enumerate(logs):
        following = next((one.first for _, one in logs[at + 1 :] if one.size), None)
        # Of a writing that failed something may be there; its numbers were then given to the next log's records.
        frames = [one for one in read.frames if following is None or one.number < following]
        rows = sum(len(one.records) for one in frames)
        recent.append(Recent(max(room, rows), log=log))
        view = View(tuple(segments), tuple(recent), withdrawn)
        for one in frames:
            view.apply(one, permutation)
        ended = (
            max(number, read.first - 1, *(one.number + len(one.records) - 1 for one in frames))
            if frames
            else max(number, read.first - 1)
        )
        if read.is_damaged or (following is not None and ended + 1 < following):
            damaged.append(log_name(log))
        number = ended
    number = max([manifest.number, number, *(one.number for one in segments)])
    goes_on = bool(logs) and _is_good(logs[-1][1])
    return Replayed(
        View(tuple(segments), tuple(recent), withdrawn),
        number,
        logs[-1][0] if goes_on else 0,
        logs[-1][1].size if goes_on else 0,
        tuple(sorted({*manifest.damaged, *damaged})),
    )


def _is_good(read: LogRead) -> bool:
    return bool(read.size) and not read.is_damaged
