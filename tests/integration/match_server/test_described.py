"""The description that is kept beside the manual is the one that the server gives."""

import json
from pathlib import Path

from haechi.web.openapi import openapi_text
from haechi.web.table import OPERATIONS

KEPT = Path(__file__).resolve().parents[3] / "docs" / "api" / "openapi.json"
MAKE = "python -m haechi.web > docs/api/openapi.json"


def test_the_kept_description_is_that_of_the_operations():
    assert KEPT.read_text(encoding="utf-8") == openapi_text(OPERATIONS), f"make it again: {MAKE}"


def test_the_server_gives_what_is_kept(server):
    assert server.bare.get("/openapi.json").text == KEPT.read_text(encoding="utf-8")


def test_every_operation_has_its_own_name_and_path():
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)
    assert json.loads(KEPT.read_text(encoding="utf-8"))["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
