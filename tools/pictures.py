"""Makes the pictures in docs/images from a run of the demo: `.venv/bin/python tools/pictures.py`.

`demo.svg` is what the terminal shows from the search for copies to the summary, `report-1.png` and
`report.en-1.png` are the first pages of the report that the demo's packet holds.
"""

import html
import os
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pypdfium2
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS = 80
FIRST, LAST = " 6/13", "Summary"
PAGE_SCALE = 1.3
SPINNER = re.compile("[\u2800-\u28ff] ")  # one frame of what a terminal draws over
RUN = re.compile(
    r'(?P<before><text [^>]*?)\bx="(?P<x>[0-9.]+)"(?P<between>[^>]*)textLength="(?P<length>[0-9.]+)"(?P<after>[^>]*)>'
    r"(?P<text>[^<]+)</text>"
)


def main() -> None:
    """Run the demo and write the pictures."""
    shown = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TZ": "Asia/Seoul"}
    shown.pop("NO_COLOR", None)
    command = [sys.executable, str(ROOT / "tools" / "demo.py")]
    done = subprocess.run(command, env=shown, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if not SPINNER.match(Text.from_ansi(line).plain)]
    plain = [Text.from_ansi(line).plain for line in lines]
    begin = next(at for at, line in enumerate(plain) if line.startswith(FIRST))
    end = next(at for at, line in enumerate(plain) if line.startswith(LAST))
    IMAGES.mkdir(exist_ok=True)
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text.from_ansi("\n".join(lines[begin:end]).rstrip()))
    svg = console.export_svg(title="make demo", theme=MONOKAI)
    # The reader's own type: no page of ours asks another host for anything.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (IMAGES / "demo.svg").write_text(RUN.sub(_in_cells, svg), "utf-8")
    for name in ("report", "report.en"):
        document = pypdfium2.PdfDocument(ROOT / "demo-output" / "packet" / "data" / "report" / f"{name}.pdf")
        page = document[0].render(scale=PAGE_SCALE).to_pil().convert("P", palette=1, colors=64)
        page.save(IMAGES / f"{name}-1.png", optimize=True)


def _in_cells(found: re.Match[str]) -> str:
    """Return a run of text, each stretch of wide or narrow letters at its place: rich reckons one cell for every letter."""
    letters = html.unescape(found["text"])
    cell = float(found["length"]) / len(letters)
    at = float(found["x"])
    stretches = []
    for wide, group in groupby(letters, key=lambda letter: cell_len(letter) > 1):
        stretch = "".join(group)
        room = cell * cell_len(stretch)
        drawn = room - cell / 2 if wide else room  # a Korean letter is drawn in three quarters of its two cells
        text = html.escape(stretch).replace("\N{NO-BREAK SPACE}", "&#160;")
        stretches.append(
            f'{found["before"]}x="{at:g}"{found["between"]}textLength="{drawn:g}"{found["after"]}>{text}</text>'
        )
        at += room
    return "".join(stretches)


if __name__ == "__main__":
    main()
