"""The demo removes what it made itself, and nothing else."""

import importlib.util
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tools"


@pytest.fixture
def demo(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    spec = importlib.util.spec_from_file_location("haechi_demo", TOOLS / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_an_earlier_run_left_is_removed(demo, tmp_path):
    first = demo.fresh(tmp_path / "output")
    (first / "packet").mkdir()
    (first / "packet" / "bagit.txt").touch()
    assert [path.name for path in demo.fresh(first).iterdir()] == [demo.MARK]


def test_a_folder_with_other_files_is_never_touched(demo, tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(demo.StoppedError):
        demo.fresh(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_a_program_that_fails_ends_the_demo_with_its_own_words(demo, tmp_path, monkeypatch):
    monkeypatch.setattr(demo.sys, "executable", "/bin/false")
    run = demo.Demo(demo.fresh(tmp_path / "output"), mode="sealed", language=1)
    with pytest.raises(demo.StoppedError) as stopped:
        run.create()
    assert stopped.value.what == "create"
