"""Compiled code is kept where only its owner can put it, and found by processes that can write nothing."""

import sys
from pathlib import Path

import pytest

from haechi.isolation import kernel_cache
from haechi.isolation.worker import Worker


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "package").mkdir()
    file = tmp_path / "package" / "kernels.py"
    file.write_text("def one():\n    return 1\n")
    return file


def place_for(source):
    locator = kernel_cache.Folder.from_function(kernel_cache.settle, str(source))
    return None if locator is None else locator.get_cache_path()


def test_it_is_kept_beside_its_source_where_that_can_be_written(source):
    assert place_for(source).startswith(str(source.parent / "__pycache__"))


def test_it_is_kept_in_the_persons_cache_where_the_package_cannot_be_written(source, tmp_path):
    (source.parent / "__pycache__").write_text("not a folder")
    assert place_for(source).startswith(str(tmp_path / "cache" / "haechi"))


def test_a_worker_finds_it_where_it_is_told_to_look(source, tmp_path, monkeypatch):
    (source.parent / "__pycache__").write_text("not a folder")
    (Path(place_for(source)) / "one.nbi").write_bytes(b"x")
    told = kernel_cache.own_folder()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert place_for(source).startswith(str(tmp_path / "elsewhere"))
    monkeypatch.setattr(kernel_cache, "_told", [])
    kernel_cache.look_in(told)
    assert place_for(source).startswith(told)


def test_another_source_is_kept_elsewhere(source):
    before = place_for(source)
    source.write_text("def one():\n    return 2\n")
    assert place_for(source) != before


def test_without_any_place_nothing_is_compiled(source, monkeypatch):
    (source.parent / "__pycache__").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert place_for(source) is None
    assert not kernel_cache.is_at_hand(source)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_code_that_others_could_have_put_there_is_not_run(source):
    place = place_for(source)
    Path(place).chmod(0o777)
    Path(place, "one.nbi").write_bytes(b"x")
    assert place_for(source) != place


def test_a_worker_that_can_write_nothing_finds_what_was_compiled(tmp_path):
    """The very check that matters: limits as for pictures, and the compiled module is loaded, not NumPy's."""
    from haechi.adapters.media import engine
    from haechi.adapters.media.hasher import LIMITS

    engine.load()
    (tmp_path / "asking.py").write_text(
        "from haechi.adapters.media import engine\n\n"
        "def ask(request, fd):\n    yield {'module': engine.load().__name__}, b''\n"
    )
    with Worker("asking:ask", LIMITS, paths=[str(tmp_path)]) as worker:
        assert [row for row, _ in worker.run({}, timeout_s=60)] == [{"module": engine.COMPILED}]
