"""`@node` and `@router`: a plain function becomes a step of a pipeline and a Lambda function.

A node is `(data, context) -> data | None`. None keeps the data; a dict becomes the data; a model's
fields are added to it. When the first parameter is annotated with a model, the node gets that
model, and data that does not fit fails the node by name. A router answers with the route to take,
or None to go on; its decision is its own and reaches no later router.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_type_hints, overload

from pydantic import BaseModel, ValidationError

Kind = Literal["node", "router"]
Function = Callable[[Any, "Context"], Any]
Item = dict[str, Any]
"""What travels through a machine: `data`, `trace`, `route`, `context`."""


class NodeInputError(ValueError):
    """The data does not fit what a node asks for; the message names the fields."""


class NodeResultError(TypeError):
    """A node answered with something that is no data."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a node runs: never data, always there."""

    tenant: str
    pipeline: str
    execution_id: str
    event_type: str
    node: str
    entity: str | None
    correlation_id: str | None
    time: str
    """When the event happened, RFC 3339; a node that needs a moment takes this one."""


class Node:
    """A step of a pipeline. Calling it calls the function it was made of."""

    def __init__(self, function: Function, name: str, kind: Kind) -> None:
        self.function: Final = function
        self.name: Final = name
        self.kind: Final = kind
        self._model = _input_model(function)
        self.__doc__ = function.__doc__

    def __call__(self, data: Any, context: Context) -> Any:
        """The function itself."""
        return self.function(data, context)

    def handler(self, event: Mapping[str, Any], lambda_context: object) -> Item:
        """The Lambda function: takes `{item, attempt}`, answers with the next item."""
        return self.step(event["item"], attempt=int(event.get("attempt", 0)) + 1)

    def step(self, item: Mapping[str, Any], attempt: int = 1) -> Item:
        """The item after this node.

        Raises:
            NodeInputError: the data does not fit the node's model.
            NodeResultError: the function answered with no data and no route.
        """
        started = time.perf_counter()
        data: dict[str, Any] = dict(item["data"])
        context = Context(**item["context"], node=self.name)
        answer = self.function(self._typed(data), context)
        entry: dict[str, Any] = {
            "node": self.name,
            "status": "completed",
            "ms": round((time.perf_counter() - started) * 1000),
            "attempt": attempt,
        }
        route = self._route(answer) if self.kind == "router" else None
        if route is not None:
            entry["route"] = route
        return {
            "data": data if self.kind == "router" else self._data(data, answer),
            "trace": [*item["trace"], entry],
            "route": route,
            "context": item["context"],
        }

    def _typed(self, data: dict[str, Any]) -> Any:
        if self._model is None:
            return data
        try:
            return self._model.model_validate(data)
        except ValidationError as error:
            fields = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'data'}: {e['msg']}" for e in error.errors()
            )
            raise NodeInputError(f"{self.name}: {fields}") from None

    def _data(self, data: dict[str, Any], answer: Any) -> dict[str, Any]:
        if answer is None:
            return data
        if isinstance(answer, BaseModel):
            return {**data, **answer.model_dump(mode="json")}
        if isinstance(answer, dict):
            return answer
        raise NodeResultError(
            f"{self.name} answered with a {type(answer).__name__}; return a dict, a model or None"
        )

    def _route(self, answer: Any) -> str | None:
        if answer is None or isinstance(answer, str):
            return answer
        raise NodeResultError(
            f"{self.name} is a router and answered with a {type(answer).__name__}; "
            "return the name of a route or None"
        )


@overload
def node(function: Function) -> Node: ...
@overload
def node(function: str | None = None) -> Callable[[Function], Node]: ...
def node(function: Function | str | None = None) -> Node | Callable[[Function], Node]:
    """Makes a node of a function; its name is the function's or the one given."""
    return _decorate(function, "node")


@overload
def router(function: Function) -> Node: ...
@overload
def router(function: str | None = None) -> Callable[[Function], Node]: ...
def router(function: Function | str | None = None) -> Node | Callable[[Function], Node]:
    """Makes a router of a function; its name is the function's or the one given."""
    return _decorate(function, "router")


def _decorate(function: Function | str | None, kind: Kind) -> Node | Callable[[Function], Node]:
    if callable(function):
        return Node(function, _name_of(function), kind)
    given = function
    return lambda inner: Node(inner, given or _name_of(inner), kind)


def _name_of(function: Function) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _input_model(function: Function) -> type[BaseModel] | None:
    hints = get_type_hints(function)
    hints.pop("return", None)
    first = next(iter(hints.values()), None)
    return first if isinstance(first, type) and issubclass(first, BaseModel) else None
