"""The recipe of docs/formats/witness.md, run as it stands there."""

import re
import subprocess
from pathlib import Path

import pytest

from drawn_witness import NAME, DrawnLog, make_witness, tools_of, vkeys_of
from haechi.flows.witness_checkpoint import witness_checkpoint

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "witness.md").read_text("utf-8")
RECIPE = re.search(r"```sh\n(.*?)```", PAGE, re.DOTALL)[1]
LOG = DrawnLog()


@pytest.mark.parametrize(("size", "verdict"), [(5, 0), (6, 1)])
def test_stock_programs_check_a_cosignature_by_the_pages_recipe(tmp_path, program, size, verdict):
    program("openssl")
    folder = make_witness(tmp_path / "w", LOG)
    lines = witness_checkpoint(LOG.request(0, 5), tools_of(folder)).lines
    (tmp_path / "note").write_text(LOG.note(size) + lines, "utf-8")
    variables = {"NAME": NAME, "VKEY": vkeys_of(folder)[0], "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", RECIPE], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == verdict, done.stderr
    assert ("Signature Verified Successfully" in done.stdout) == (verdict == 0)
