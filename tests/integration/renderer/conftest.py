"""The documents of three plans, each set once."""

import importlib.util
from pathlib import Path

import pytest

from haechi.adapters.renderer.typst_renderer import TypstRenderer

_spec = importlib.util.spec_from_file_location("renderer_plans", Path(__file__).parent / "plans.py")
drawn = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(drawn)


@pytest.fixture(scope="session")
def plans():
    """Return the module that draws plans."""
    return drawn


@pytest.fixture(scope="session")
def plan():
    return drawn.drawn_plan()


@pytest.fixture(scope="session")
def documents(plan):
    return TypstRenderer().render(plan)


@pytest.fixture(scope="session")
def hostile_documents():
    return TypstRenderer().render(drawn.hostile_plan())


@pytest.fixture(scope="session")
def large_plan():
    """Return about the largest that is printed whole."""
    return drawn.drawn_plan(exhibits=700, messages=1_400, events=1_000, rooms=60, accounts=60)


@pytest.fixture(scope="session")
def large_documents(large_plan):
    return TypstRenderer().render(large_plan)
