"""The demo as a person starts it: it ends well, shows a good packet and a changed one, and says where things lie."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}


@pytest.mark.parametrize(
    ("language", "mode", "words"),
    [
        (
            "ko",
            "sealed",
            (
                "복사본에서 한 바이트를 바꿔 봅니다",
                "다음에 해 볼 것",
                "report.pdf",
                "으로 만듦",
                "traces/exhibit.pdf",
                "112",
            ),
        ),
        (
            "en",
            "reference-only",
            (
                "Flip one byte in a copy",
                "What to do next",
                "report.en.pdf",
                "made from",
                "traces/exhibit.en.pdf",
                "112",
            ),
        ),
    ],
)
def test_the_demo_ends_with_a_packet_that_holds_and_a_changed_one_that_does_not(tmp_path, language, mode, words):
    folder = tmp_path / "demo"
    command = [sys.executable, ROOT / "tools" / "demo.py", "--messages", "300", "--output", folder]
    done = subprocess.run(
        [*command, "--lang", language, "--mode", mode],
        env=SETTINGS | {"HOME": str(tmp_path)}, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [word for word in words if word not in done.stdout] == []
    assert re.findall(r"^\W*(PASS|FAIL)$", done.stdout, re.MULTILINE) == ["PASS", "FAIL"]
    packet, changed = folder / "packet", folder / "packet-changed"
    names = [path.relative_to(packet).as_posix() for path in packet.rglob("*") if path.is_file()]
    (victim,) = [name for name in names if (packet / name).read_bytes() != (changed / name).read_bytes()]
    said = done.stdout[: done.stdout.index("FAIL")].rpartition("PASS")[2]
    assert re.search(rf"\[!\].*{re.escape(victim)}", said.replace("\n", ""))
    assert (victim.startswith("data/evidence/")) is (mode == "sealed")
    assert str(packet / "data" / "report") in re.sub(r"\s", "", done.stdout)
