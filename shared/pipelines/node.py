"""`@node` and `@router`: a plain function becomes a step of a pipeline and a Lambda function.

A node is `(data, context) -> data | None`. None keeps the data; a dict becomes the data; a model's
fields are added to it. When the first parameter is annotated with a model, the node gets that
model, and data that does not fit fails the node by name. A router answers with the route to take,
or None to go on; its decision is its own and reaches no later router.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, get_type_hints, overload

from pydantic import BaseModel, ValidationError

from shared.pipelines.context import Context, Opens
from shared.pipelines.dry import recording
from shared.platform.lines import write

__all__ = ["Context", "Node", "NodeInputError", "NodeResultError", "as_node", "node", "router"]

Kind = Literal["node", "router"]
Function = Callable[[Any, Context], Any]
Item = dict[str, Any]
"""What travels through a machine: `data`, `trace`, `route`, `context`."""


class NodeInputError(ValueError):
    """The data does not fit what a node asks for; the message names the fields."""


class NodeResultError(TypeError):
    """A node answered with something that is no data; the message names the node."""


class Node:
    """A step of a pipeline. Calling it calls the function it was made of."""

    def __init__(
        self,
        function: Function,
        name: str,
        kind: Kind,
        ports: Mapping[str, Opens] | None = None,
        *,
        route_in_data: bool = False,
    ) -> None:
        self.function: Final = function
        self.name: Final = name
        self.kind: Final = kind
        self.ports: Final[Mapping[str, Opens]] = dict(ports or {})
        """What it touches outside its data, by the name of the need; a dry run replaces them."""
        hints = get_type_hints(function) if hasattr(function, "__annotations__") else {}
        self.adds: Final = _model(hints.pop("return", None))
        """The model of its answer, if it has one."""
        self.asks: Final = _model(next(iter(hints.values()), None))
        """The model of its input, if it has one."""
        self._route_in_data = route_in_data
        self.__doc__ = function.__doc__

    def __call__(self, data: Any, context: Context) -> Any:
        """The function itself."""
        return self.function(data, context)

    def as_router(self) -> Node:
        """A node that leaves its decision in `data["route"]`, as seed 000's do, as a router.

        The field is taken out of the data again, and one that the data brought along is hidden
        from it meanwhile: no other router's decision is taken for its own.
        """
        if self.kind == "router":
            return self
        return Node(self.function, self.name, "router", self.ports, route_in_data=True)

    def handler(self, event: Mapping[str, Any], lambda_context: object) -> Item:
        """The Lambda function: takes `{item, attempt}`, answers with the next item.

        It writes one line: which node, of which event, how it went, and never what was in it. A
        dry run goes on to its end, so that its trace is whole; what follows a failure is left out.
        """
        item: Item = event["item"]
        attempt = int(event.get("attempt", 0)) + 1
        if item["context"].get("failed_node"):
            return item
        started = time.perf_counter()
        try:
            after = self.step(item, attempt)
        except Exception as error:
            entry = failure(self.name, error, attempt, started)
            _report(item, entry)
            if not item["context"].get("dry"):
                raise
            where = {**item["context"], "failed_node": self.name}
            entry["error"] = f"{type(error).__name__}: {error}"
            return {**item, "trace": [*item["trace"], entry], "route": None, "context": where}
        _report(item, after["trace"][-1])
        return after

    def step(self, item: Mapping[str, Any], attempt: int = 1) -> Item:
        """The item after this node.

        Raises:
            NodeInputError: the data does not fit the node's model.
            NodeResultError: the function answered with no data and no route.
        """
        started = time.perf_counter()
        effects: list[dict[str, Any]] = []
        dry = bool(item["context"].get("dry"))
        context = Context(
            **item["context"],
            node=self.name,
            ports=recording(self.ports, effects) if dry else self.ports,
        )
        data, route = self._run(dict(item["data"]), context)
        entry: dict[str, Any] = {
            "node": self.name,
            "status": "completed",
            "ms": elapsed(started),
            "attempt": attempt,
        }
        if route is not None:
            entry["route"] = route
        if dry:
            entry |= {"data": data, "effects": effects}
        trace = [*item["trace"], entry]
        return {"data": data, "trace": trace, "route": route, "context": item["context"]}

    def _run(self, data: dict[str, Any], context: Context) -> tuple[dict[str, Any], str | None]:
        if self.kind == "node":
            return self._data(data, self.function(self._typed(data), context)), None
        if not self._route_in_data:
            return data, self._route(self.function(self._typed(dict(data)), context))
        brought = {"route": data.pop("route")} if "route" in data else {}
        decided = dict(self._data(data, self.function(self._typed(data), context)))
        route = self._route(decided.pop("route", None))
        return {**decided, **brought}, route

    def _typed(self, data: dict[str, Any]) -> Any:
        if self.asks is None:
            return data
        try:
            return self.asks.model_validate(data)
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
def node(
    function: str | None = None, *, ports: Mapping[str, Opens] | None = None
) -> Callable[[Function], Node]: ...
def node(
    function: Function | str | None = None, *, ports: Mapping[str, Opens] | None = None
) -> Node | Callable[[Function], Node]:
    """Makes a node of a function; its name is the function's or the one given."""
    return _decorate(function, "node", ports)


@overload
def router(function: Function) -> Node: ...
@overload
def router(function: str | None = None) -> Callable[[Function], Node]: ...
def router(function: Function | str | None = None) -> Node | Callable[[Function], Node]:
    """Makes a router of a function; its name is the function's or the one given."""
    return _decorate(function, "router", None)


def as_node(given: Any) -> Node:
    """A node as it is; a function, or an object with `process(data, context)`, as a node."""
    if isinstance(given, Node):
        return given
    if (process := getattr(given, "process", None)) is not None:
        return Node(process, str(getattr(given, "name", type(given).__name__.lower())), "node")
    if callable(given):
        return Node(given, _name_of(given), "node")
    raise TypeError(f"{given!r} is no node; give a function of data and context, with @node or not")


def failure(name: str, error: BaseException, attempt: int, started: float) -> dict[str, Any]:
    """The entry of a trace about a try that failed."""
    return {
        "node": name,
        "status": "failed",
        "ms": elapsed(started),
        "attempt": attempt,
        "error_type": type(error).__name__,
    }


def elapsed(started: float) -> int:
    """Milliseconds since a moment of `time.perf_counter`."""
    return round((time.perf_counter() - started) * 1000)


def _report(item: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    where = item["context"]
    said = {k: entry[k] for k in ("node", "status", "ms", "attempt", "error_type") if k in entry}
    write(
        "ERROR" if entry["status"] == "failed" else "INFO",
        "node",
        service=where["pipeline"],
        pipeline=where["pipeline"],
        **said,
        event_id=where["execution_id"],
        correlation_id=where["correlation_id"],
        tenant=where["tenant"],
    )


def _decorate(
    function: Function | str | None, kind: Kind, ports: Mapping[str, Opens] | None
) -> Node | Callable[[Function], Node]:
    if callable(function):
        return Node(function, _name_of(function), kind, ports)
    given = function
    return lambda inner: Node(inner, given or _name_of(inner), kind, ports)


def _name_of(function: Function) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _model(hint: Any) -> type[BaseModel] | None:
    return hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None
