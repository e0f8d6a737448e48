"""Sets one document with Typst in a process of its own: request on standard input, PDF on standard output.

Typst keeps what it laid out for the next run and has no call to forget it: some 200 MB for a large report, people's
names among it. When the process ends, both are gone. Nothing is written to disk and nothing fetched.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pylopdf_fonts_ko

from haechi.domain.errors import WorkerCrashedError, WorkerTimeoutError

TEMPLATES = Path(__file__).parent / "templates"
FONT = pylopdf_fonts_ko.sans_path()
_SLOWEST_S = 300


def typeset(template: str, data: Mapping[str, object], *, made: datetime) -> bytes:
    """Return the PDF that the template makes of `data`, dated `made`; equal arguments give equal bytes.

    Raises `WorkerCrashedError`, `WorkerTimeoutError`. What Typst says is dropped: it may quote the data.
    """
    request = json.dumps({"template": template, "made": int(made.timestamp()), "data": json.dumps(data)})
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603 -- this Python and this module
            command, input=request.encode(), capture_output=True, check=False, timeout=_SLOWEST_S
        )
    except subprocess.TimeoutExpired as error:
        raise WorkerTimeoutError(seconds=_SLOWEST_S) from error
    if done.returncode:
        raise WorkerCrashedError(reason="ended", status=done.returncode)
    return done.stdout


def compiled(template: str, data: str, *, made: datetime) -> bytes:
    """Return the PDF, set in this process. `data` is JSON, which the template prints and never runs."""
    import typst  # noqa: PLC0415 -- 7 MB that only the process which sets a document needs

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONT.parent)])
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=made,
        format="pdf",
    )


def main() -> None:
    """Answer the one request on standard input."""
    request = json.load(sys.stdin)
    made = datetime.fromtimestamp(request["made"], UTC)
    sys.stdout.buffer.write(compiled(request["template"], request["data"], made=made))


if __name__ == "__main__":
    main()
