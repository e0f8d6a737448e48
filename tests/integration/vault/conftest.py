"""A drawn vault to damage, and children that run in a mount namespace of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drawn_vault import make, message, opened, sealed_case, take

TESTS = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A vault with one sealed case: three files, of which two are alike, and ten messages of an export taken twice."""
    path = tmp_path_factory.mktemp("template") / "vault"
    make(path)
    with opened(path) as vault:
        case = sealed_case(vault)
        files = [("a.png", b"drawn picture one" * 9), ("b.png", b"drawn picture two"), ("c.png", b"drawn picture two")]
        take(vault, case, [message(number, f"글 {number}") for number in range(10)], files=files)
        take(vault, case, [message(number, f"글 {number}") for number in (1, 2, 4)])
    return path


@pytest.fixture
def path(template, tmp_path):
    """A copy of the drawn vault."""
    return Path(shutil.copytree(template, tmp_path / "vault"))


@pytest.fixture
def child():
    """Return a function that runs Python lines in a process of its own and returns its result."""

    def run(lines: str, *arguments: object, before: str = ""):
        command = [sys.executable, "-c", f"from drawn_vault import *\nimport sys\n{lines}", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONUTF8": "1"}
        if before:
            # mount(8) in a namespace of its own: nothing outside sees it, and it is gone with the process.
            command = ["unshare", *_AS_ROOT, "--mount", "sh", "-ec", f'{before}\nexec "$@"', "sh", *command]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


_AS_ROOT = () if os.geteuid() == 0 else ("--map-root-user",)


@pytest.fixture
def mounts(program):
    """Skip, or fail where it is required, unless this machine lets us mount in a namespace of our own."""
    unshare = program("unshare")
    tried = subprocess.run(
        [unshare, *_AS_ROOT, "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    if tried.returncode:
        if "unshare" in os.environ.get("HAECHI_REQUIRE", ""):
            pytest.fail("mounting in a namespace is required here and refused")
        pytest.skip("this machine does not let us mount in a namespace")
