"""`tools/dev.py` sets a checkout up, survives interruption, and leaves what is ready alone."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """Load `tools/dev.py` over an empty checkout, with pip and venv replaced by a record of what was asked."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "tools" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/run.txt", "requirements/dev.txt", "requirements/weights.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    asked = []

    def make():
        asked.append("venv")
        module.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        module.PYTHON.touch()

    def pip(*arguments):
        asked.append(arguments[-1])
        return 0

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "make_environment", make)
    monkeypatch.setattr(module, "pip", pip)
    module.asked = asked
    return module


def test_the_first_task_makes_the_environment_and_the_second_leaves_it_alone(dev):
    dev.prepare("run")
    assert dev.asked == ["venv", "requirements/run.txt", "requirements/weights.txt", "."]
    dev.asked.clear()
    dev.prepare("run")
    assert dev.asked == []


def test_what_tests_need_covers_what_the_demo_needs(dev):
    dev.prepare("dev")
    dev.asked.clear()
    dev.prepare("run")
    assert dev.asked == []


def test_an_interrupted_installation_is_made_again_from_nothing(dev, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(dev, "pip", lambda *_: 1)
        with pytest.raises(SystemExit, match="could not install the requirements"):
            dev.prepare("dev")
    dev.asked.clear()
    dev.prepare("dev")
    assert dev.asked == ["venv", "requirements/dev.txt", "requirements/weights.txt", "."]


def test_a_changed_lock_is_installed_into_the_environment_there_is(dev):
    dev.prepare("dev")
    dev.asked.clear()
    (dev.ROOT / "requirements" / "dev.txt").write_text("another version")
    dev.prepare("dev")
    assert dev.asked == ["requirements/dev.txt", "requirements/weights.txt", "."]


def test_changed_weights_are_installed_too(dev):
    dev.prepare("run")
    dev.asked.clear()
    (dev.ROOT / "requirements" / "weights.txt").write_text("other weights")
    dev.prepare("run")
    assert "requirements/weights.txt" in dev.asked


def test_a_moved_checkout_gets_a_new_environment(dev, monkeypatch):
    dev.prepare("dev")
    dev.asked.clear()
    monkeypatch.setattr(dev, "HOME", "elsewhere 3.11")
    dev.prepare("dev")
    assert dev.asked[0] == "venv"


def test_a_python_that_is_too_old_is_refused_with_a_sentence(dev, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        dev.main()


def test_a_python_without_venv_is_refused_with_what_to_install(monkeypatch):
    spec = importlib.util.spec_from_file_location("dev", ROOT / "tools" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        module.make_environment()
