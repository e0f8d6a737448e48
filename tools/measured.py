"""The page of what was measured, made of what benchmarks kept in `bench/measured`: `python tools/measured.py`.

A benchmark keeps its figures when it is run with `--record`; what was not measured yet, the page says. Nobody writes a figure there by hand.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.recording import FOLDER, shown  # noqa: E402

PAGE = ROOT / "docs" / "measured.md"
WANTED: Mapping[str, tuple[str, str]] = {
    "hashing": ("해시 만들기 · Hashing", "hashing"),
    "search-1m": ("찾기, 해시 100만 개 · Search among a million", "search"),
    "search-10m": ("찾기, 해시 1,000만 개 · Search among ten million", "search 10000000 --random"),
    "search-10m-skewed": (
        "찾기, 치우친 해시 1,000만 개 · Search among ten million alike",
        "search 10000000 --skewed --alone",
    ),
    "search-curve": ("찾기, 1만에서 4,000만 개까지 · Search from 10,000 to 40 million", "search --curve"),
    "copies": ("거의 같은 해시 10만 개 · A list of a hundred thousand near-copies", "search --copies"),
    "freshness": ("넣은 것을 찾기까지 · Freshness and durability", "freshness"),
    "service": ("서버 · The service under load", "service"),
    "robustness": ("바뀐 사진 · Changed pictures", "robustness"),
    "cluster": ("클러스터 · Cluster", "cluster"),
    "import": ("가져오기 · Import", "import"),
    "seal": ("봉인 · Sealing", "seal"),
    "verify": ("금고 확인 · Verifying a vault", "verify"),
    "packet": ("묶음 · A packet", "packet"),
    "fingerprint": ("사진 풀고 지문 내기 · Decoding and hashing", "fingerprint"),
}
"""Runs by the name under which they are kept: what they are called, and their command."""
HEAD = """# 잰 값 · What was measured

이 쪽은 벤치마크가 남긴 기록에서 그대로 만든 것입니다: `python tools/measured.py`. 명령마다 무엇을 재는지는 [잰 것](benchmarks.md)에 있습니다. 속도는 컴퓨터마다 다르니 함께 적힌
컴퓨터의 것으로만 읽고, 견준 값과의 비율을 보세요.

*This page is made from what the benchmarks recorded: `python tools/measured.py`. What each command measures is in [benchmarks](benchmarks.md). Speeds
belong to the machine that is named with them; ratios to the peer hold elsewhere.*
"""
_YES, _NO = "예 · yes", "**아니요 · no**"


def page(folder: Path = FOLDER) -> str:
    """Return the page of what a folder holds."""
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    parts = [HEAD]
    for name, (title, command) in WANTED.items():
        parts.append("\n".join([f"## {title}", "", *_section(kept.pop(name, None), name, command)]))
    for name, run in kept.items():
        parts.append("\n".join([f"## {name}", "", *_section(run, name, "")]))
    return "\n".join(f"{part}\n" if not part.endswith("\n") else part for part in parts)


def _section(run: dict[str, Any] | None, name: str, command: str) -> Iterator[str]:
    if run is None:
        yield f'아직 재지 않았습니다 · not measured yet: `make bench ARGS="{command} --record {name}"`'
        return
    yield "| | 잰 값 · reached | 정한 값 · bar | 이룸 · met | 견줌 · peer |"
    yield "|---|---:|---:|:---:|---:|"
    for one in run["figures"]:
        met = {None: "", True: _YES, False: _NO}[one["is_met"]]
        unit = f" {one['unit']}" if one["unit"] else ""
        peer = "" if one["peer"] is None else shown(one["peer"])
        yield f"| {one['name']} | {shown(one['value'])}{unit} | {one['bar']} | {met} | {peer} |".replace(
            "|  |", "| |"
        ).replace("|  |", "| |")
    yield ""
    yield f"{run['date']}, haechi {run['haechi']}, {run['machine']}: `{run['command']}`"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
