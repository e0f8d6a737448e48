"""The page of what was measured is what the benchmarks recorded, and says what was not measured."""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def measured():
    spec = importlib.util.spec_from_file_location("measured", ROOT / "tools" / "measured.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_was_recorded(measured):
    assert (ROOT / "docs" / "measured.md").read_text(encoding="utf-8") == measured.page(), (
        "run python tools/measured.py"
    )


def test_what_was_recorded_stands_in_the_page_with_its_bar(measured, tmp_path, monkeypatch, capsys):
    from bench import recording

    monkeypatch.setattr(recording, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["bench/seal.py", "--record"])
    parser = argparse.ArgumentParser()
    recorder = recording.Recorder(parser)
    record = recorder.begin(parser.parse_args(["--record"]), "a machine")
    record.add("speed", 24_100.7, "/s", least=20_000, peer=62)
    record.add("lost", 1, exactly=0)
    record.add("size", 0.5, "MB")
    record.close()
    told = capsys.readouterr().out
    assert "speed: 24,101 /s, peer 62, bar >= 20,000: met" in told
    assert "lost: 1, bar 0: NOT MET" in told
    assert "1 of 2 bars met" in told
    page = measured.page(tmp_path)
    assert "| speed | 24,101 /s | >= 20,000 | 예 · yes | 62 |" in page
    assert "| lost | 1 | 0 | **아니요 · no** | |" in page
    assert "a machine: `python bench/seal.py --record`" in page
    assert page.count("not measured yet") == len(measured.WANTED) - 1


def test_a_bar_is_compared_with_numpys_figures_and_never_with_words():
    from bench import recording

    record = recording.Record("seal", None, "a machine")
    record.add("speed", np.float64(5), least=6)
    record.add("lost", np.int64(0), exactly=0)
    assert [one.is_met for one in record._figures]  # noqa: SLF001 - not printed yet == [False, True]
    with pytest.raises(TypeError):
        record.add("speed", "fast", least=6)
