"""The OpenAPI file, made from the types that validate requests and shape answers."""

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from haechi import __version__
from haechi.web.operation import Download, Operation, Page, Plain
from haechi.web.reading import FORM, JSON, Upload
from haechi.web.telling import Refusal

_REF = "#/components/schemas/{model}"
_KEY = "key"
_PURPOSE = (
    "Finds known pictures by their hashes. The paths under /h, /m and /c are those of hasher-matcher-actioner 1.1; "
    "under /v1 are batch lookups, explanations, keys, the audit and lists."
)
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}


def openapi(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the description of these operations."""
    schemas, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        if one.is_shown:
            paths.setdefault(_plain_path(one.path), {})[one.method.lower()] = _described(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Haechi match server", "version": __version__, "description": _PURPOSE},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions.items())),
            "securitySchemes": {_KEY: {"type": "http", "scheme": "bearer"}},
        },
        "security": [{_KEY: []}],
    }


def openapi_text(operations: Sequence[Operation]) -> str:
    """Return the description as the file that is served and kept."""
    return json.dumps(openapi(operations), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


_Schemas = dict[tuple[str, str, JsonSchemaMode], dict[str, Any]]


def _schemas(operations: Sequence[Operation]) -> tuple[_Schemas, dict[str, Any]]:
    """Return each operation's schemas by operation and part, and the definitions that they refer to."""
    wanted: list[tuple[tuple[str, str], JsonSchemaMode, TypeAdapter[Any]]] = []
    for one in operations:
        wanted += [((one.id, "path"), "validation", TypeAdapter(one.path_type))]
        wanted += [((one.id, "query"), "validation", TypeAdapter(one.query_type))]
        if one.answer is not None:
            wanted += [((one.id, "answer"), "serialization", one.answer)]
        wanted += [((one.id, "body"), "validation", TypeAdapter(body)) for body in one.bodies if _is_model(body)]
    wanted += [(("refusal", "answer"), "serialization", TypeAdapter(Refusal))]
    made, defined = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    definitions = dict(defined.get("$defs", {}))
    found: _Schemas = {(key[0], key[1], mode): dict(schema) for (key, mode), schema in made.items()}
    for one in operations:  # parameters stand at their operations, not among the definitions
        for part, kind in (("path", one.path_type), ("query", one.query_type)):
            schema = found[one.id, part, "validation"]
            found[one.id, part, "validation"] = definitions.get(kind.__name__, schema) if "$ref" in schema else schema
    for one in operations:
        for kind in (one.path_type, one.query_type):
            definitions.pop(kind.__name__, None)
    return found, definitions


def _described(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": one.id, "summary": one.summary, "tags": [one.tag]}
    if one.handle.__doc__:
        described["description"] = " ".join(one.handle.__doc__.split())
    parameters = [
        *_parameters("path", schemas[one.id, "path", "validation"]),
        *_parameters("query", schemas[one.id, "query", "validation"]),
    ]
    if parameters:
        described["parameters"] = parameters
    if content := _bodies(one, schemas):
        described["requestBody"] = {"content": content, "required": not one.body_is_optional}
    described["security"] = [] if one.role is None else [{_KEY: []}]
    described["responses"] = _answers(one, schemas)
    if one.role is not None:
        described["x-role"] = one.role.value
    return described


def _parameters(place: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "in": place, "required": name in required or place == "path", "schema": _without_null(of)}
        for name, of in schema.get("properties", {}).items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not there is left out: there is no null in a URL."""
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    if kept.get("default", 0) is None:
        del kept["default"]
    if len(others) == 1:
        return {**others[0], **kept}
    return {**kept, "anyOf": others} if others else kept


def _bodies(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for body in one.bodies:
        if _is_model(body):
            content[JSON] = {"schema": schemas[one.id, "body", "validation"]}
        elif body is Upload:
            either = [{"required": ["photo"]}, {"required": ["video"]}]
            fields = {"photo": _FILE, "video": _FILE}
            content[FORM] = {"schema": {"type": "object", "properties": fields, "oneOf": either}}
        else:
            content[body.media_type] = {"schema": _FILE}
    return content


def _answers(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    answers: dict[str, Any] = {"default": _answer("Refused", JSON, schemas["refusal", "answer", "serialization"])}
    if one.answer is not None:
        schema = schemas[one.id, "answer", "serialization"]
        answers[str(one.status)] = _answer("Done", JSON, schema)
        return answers
    kind = "text/html" if issubclass(one.answer_type, Page) else "text/plain"
    if issubclass(one.answer_type, Download):
        kind = "application/octet-stream"
    elif not issubclass(one.answer_type, Page | Plain):
        kind = "*/*"
    for status in (one.status, *one.refusals):
        answers[str(status)] = _answer("Done" if status == one.status else "Not now", kind, {"type": "string"})
    return answers


def _answer(told: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": told, "content": {media_type: {"schema": schema}}}


def _plain_path(path: str) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _is_model(body: object) -> bool:
    return isinstance(body, type) and issubclass(body, BaseModel)
