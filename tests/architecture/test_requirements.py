"""The lock files install on any machine, from any index, and say exactly what."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["run", "dev"]


def locked(name):
    """Return the requirement lines of a lock, `package==version` with its marker, without hashes and comments."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {line.removesuffix("\\").strip() for line in lines if line and line[0] not in " #"}


def package(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_and_names_no_host_and_no_path(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert locked(name)
    assert all("==" in requirement for requirement in locked(name))
    assert text.count("--hash=sha256:") > len(locked(name))
    assert not re.search(r"://|^-|^/|@ file", text, re.MULTILINE)


def test_the_weights_are_pinned_to_one_file_each():
    text = (ROOT / "requirements" / "weights.txt").read_text(encoding="utf-8")
    assert locked("weights")
    assert text.count("==") == text.count("--hash=sha256:") == len(locked("weights"))


def test_what_runs_is_tested_in_the_same_versions():
    assert locked("run") <= locked("dev")


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    developing = [requirement for group in groups for requirement in group if isinstance(requirement, str)]
    for name, declared in (("run", project["project"]["dependencies"]), ("dev", developing)):
        assert {package(requirement) for requirement in declared} <= {package(line) for line in locked(name)}


def test_nothing_that_runs_declares_a_licence_that_would_bind_those_who_adopt_haechi():
    binding = {}
    for name in {package(requirement) for requirement in locked("run")}:
        try:
            about = metadata(name)
        except PackageNotFoundError:  # another system's or another Python's
            continue
        terms = [about.get("License-Expression") or "", (about.get("License") or "")[:200]]
        terms += [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
        if any(re.search(r"(?<!L)GPL|GNU (Affero )?General", term) for term in terms):
            binding[name] = terms
    assert not binding
