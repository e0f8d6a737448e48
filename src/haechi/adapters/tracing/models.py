"""The coefficients that ship with the program, and the record of how often they were wrong, as packaged data.

`python bench/trace.py FOLDER --fit` writes both; the record names the coefficients' digests, so the two cannot part.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from haechi.domain.likelihood import Against, Model

_DATA = files("haechi.adapters.tracing") / "data"


@cache
def models() -> dict[Against, Model]:
    """Return the models by what they weigh against."""
    told = json.loads((_DATA / "coefficients.json").read_text(encoding="utf-8"))
    found = [Model.of(record) for record in told["models"]]
    return {model.against: model for model in found}


@cache
def validation() -> dict[str, Any]:
    """Return the validation record."""
    record: dict[str, Any] = json.loads((_DATA / "validation.json").read_text(encoding="utf-8"))
    return record
