"""An operation of the HTTP interface, declared by the types of the function that carries it out.

    @operation("GET", "/c/bank/{name}", role=ApiRole.CURATOR, tag="Banks", summary="One bank")
    def show_bank(call: Call[BankPath, Nothing, None]) -> BankAnswer: ...

The three types of `Call` are the path's parameters, the query's and the body; what it returns is the answer's. They
validate, and OpenAPI is made from them: there is no second description to fall behind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter

from haechi.domain.api_key import ApiKey, ApiRole

if TYPE_CHECKING:
    from haechi.web.service import Service

REQUEST_S = 120.0
"""The longest that a client waits. What a thread does meanwhile is not stopped, and its own limits are shorter."""

Path_co = TypeVar("Path_co", covariant=True)
Query_co = TypeVar("Query_co", covariant=True)
Body_co = TypeVar("Body_co", covariant=True)


class Strict(BaseModel):
    """What a request of ours holds: "31" is no number, and a name that is not known is refused, not overlooked."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Lenient(BaseModel):
    """What a request as HMA takes it holds: names that are not known are overlooked, since clients send them."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


class Nothing(Lenient):
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Text:
    """An answer that is no JSON."""

    text: str | bytes
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Plain(Text):
    """Plain text, as HMA's status is."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to send. `done` is called when it was sent or will not be."""

    path: FilePath
    name: str
    done: Callable[[], None]


class Page(Text):
    """A page for people."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Path_co, Query_co, Body_co]):
    """One request that was let in: by whom, and what was sent."""

    service: "Service"
    by: ApiKey
    path: Path_co
    query: Query_co
    body: Body_co
    wants_page: bool = False
    """Whether a browser asks, which shows pages."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `role` None is open to everybody; `weight` says that it costs a lookup."""

    method: str
    path: str
    role: ApiRole | None
    tag: str
    summary: str
    handle: Callable[[Call[Any, Any, Any]], Any]
    path_type: type[BaseModel]
    query_type: type[BaseModel]
    bodies: tuple[Any, ...]
    body_is_optional: bool
    answer_type: Any
    answer: TypeAdapter[Any] | None
    status: int = 200
    refusals: tuple[int, ...] = ()
    is_shown: bool = True
    limit_s: float = REQUEST_S

    @property
    def id(self) -> str:
        """The function's name: stable, and used in metrics and the audit."""
        return self.handle.__name__


def operation(
    method: str,
    path: str,
    *,
    tag: str,
    summary: str,
    role: ApiRole | None = None,
    status: int = 200,
    refusals: tuple[int, ...] = (),
    is_shown: bool = True,
    limit_s: float = REQUEST_S,
) -> Callable[[Callable[[Call[Any, Any, Any]], Any]], Operation]:
    """Declare the function below as this operation. `refusals` are statuses beside those that every one can answer."""

    def declare(handle: Callable[[Call[Any, Any, Any]], Any]) -> Operation:
        hints = get_type_hints(handle)
        path_type, query_type, body = get_args(next(iter(hints.values())))
        bodies = get_args(body) if get_origin(body) in (Union, UnionType) else (body,)
        answer = hints["return"]
        is_text = isinstance(answer, type) and issubclass(answer, Text | Download)
        return Operation(
            method=method,
            path=path,
            role=role,
            tag=tag,
            summary=summary,
            handle=handle,
            path_type=path_type,
            query_type=query_type,
            bodies=tuple(one for one in bodies if one is not NoneType),
            body_is_optional=NoneType in bodies,
            answer_type=answer,
            answer=None if is_text else TypeAdapter(answer),
            status=status,
            refusals=refusals,
            is_shown=is_shown,
            limit_s=limit_s,
        )

    return declare
