"""A node type is one class in one file: what it is, how it is configured, what it does.

```python
class Shout(BlockingNode[ShoutConfig]):
    type = "shout"
    Config = ShoutConfig

    def execute(self, config, data, context):
        return {"text": config.text.upper()}
```

`execute` may be plain or async. What it returns is put under the node's output key; a `NodeResult`
says more: the chosen output, or that the item is replaced. What it raises fails the node. The data
that it gets is its own at the top and read-only below: copy what you want to change.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.graph.kinds import DEFAULT, Kind, Pool

Data = dict[str, Any]
ConfigModel = type[BaseModel]


class NoConfig(BaseModel):
    """The configuration of a node that has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


C = TypeVar("C", bound=BaseModel)


class Form(StrEnum):
    """What a result does to the item."""

    ADD = "add"
    """Stands under the output key; a taken key gets `_2`, `_3`."""
    UPDATE = "update"
    """Its keys are set; those that did not change count as not written."""
    REPLACE = "replace"
    """It is the item from here on."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A result that says more than a value: the chosen output, what becomes of the item."""

    value: Any = None
    route: str = DEFAULT
    form: Form = Form.ADD


@dataclass(frozen=True, slots=True)
class Waiting:
    """The node's answer comes later and from outside; the run goes on without it meanwhile."""

    kind: Literal["approval", "callback", "timer", "workflow"]
    until: str | None = None
    """RFC 3339: when it is over by itself."""
    details: Mapping[str, Any] = field(default_factory=dict)


class ExecutionCompleted:
    """What a producer returns when it has nothing more to give."""


EXECUTION_COMPLETED: Final = ExecutionCompleted()


@dataclass(slots=True)
class NodeContext:
    """What a node may know and use beside its data."""

    node_id: str = ""
    execution_id: str = ""
    path: str = ""
    """Which items of which loops: `loop[3]/inner[0]/`; empty outside of loops."""
    attempt: int = 1
    variables: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, Any] = field(default_factory=dict)
    runtime: dict[str, Any] = field(default_factory=dict)
    """Shared by all nodes of a run, written by templates."""
    nodes: Mapping[str, Any] = field(default_factory=dict)
    """Outputs of the nodes that are done, by id."""
    ports: Mapping[str, Any] = field(default_factory=dict)
    """The world outside, by name of the port; a node names what it needs in `needs`."""
    workflow: str = ""
    """The flow's id."""
    usage: Mapping[str, int] | None = None
    """What the node took of things that cost, in all tries; it stands in the record, failed or not.
    A node that spends sets `calls`, `input_tokens`, `output_tokens`, `micro_dollars`, `tool_calls`.
    """

    def names(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What texts and conditions of this node may refer to."""
        return {
            "data": data,
            "workflowenv": self.env,
            "runtime": self.runtime,
            "variables": self.variables,
            "nodes": self.nodes,
        }

    def idempotency_key(self) -> str:
        """The same for every try of this node for this item in this execution."""
        return f"{self.execution_id}/{self.path}{self.node_id}"


class BaseNode(Generic[C]):
    """What every node type has; derive from one of the five kinds below."""

    type: ClassVar[str]
    """Its identifier in graphs: kebab-case."""
    kind: ClassVar[Kind] = Kind.BLOCKING
    pool: ClassVar[Pool] = Pool.ASYNC
    Config: ClassVar[ConfigModel] = NoConfig
    output_key: ClassVar[str] = ""
    """Where its result goes; nothing is the type with underscores."""
    label: ClassVar[str] = ""
    description: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Identifiers of other systems that mean this type."""
    modes: ClassVar[frozenset[str]] = frozenset({"api", "production"})
    needs: ClassVar[frozenset[str]] = frozenset()
    """Names of the ports it uses."""
    waits: ClassVar[bool] = False
    """It may answer `Waiting`: compiled, it needs a state of its own."""
    expressions: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold a condition or an expression: the node evaluates them, nothing renders."""
    wanted: ClassVar[frozenset[str]] = frozenset()
    """Fields whose template must give something: what is missing there is no empty value."""
    verbatim: ClassVar[frozenset[str]] = frozenset()
    """Fields that are taken as they are, whatever stands in them."""
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of older systems for passwords and the like, or for headers: a literal secret there
    would stand in every copy of the workflow, so that validation refuses it."""
    queue: ClassVar[Literal["", "reader", "writer"]] = ""
    """Whether it takes its items from a queue, or hands them to one."""
    handle_aliases: ClassVar[Mapping[str, str]] = {}
    """Other names of its outputs."""

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The handles an edge may leave by, for this raw configuration; `error` always may."""
        return (DEFAULT,)

    @classmethod
    def key(cls) -> str:
        """The output key of the type."""
        return cls.output_key or cls.type.replace("-", "_")

    @classmethod
    def is_ready(cls, config: Mapping[str, Any]) -> bool:
        """Whether this raw configuration can be used; texts with templates are not looked at."""
        from shared.graph.forms import field_problems  # forms know nodes

        return not field_problems(cls, config)

    async def setup(self, context: NodeContext) -> None:
        """Once before the first item."""

    async def cleanup(self, context: NodeContext) -> None:
        """Once after the last item."""

    @abstractmethod
    def execute(self, config: C, data: Data, context: NodeContext) -> Any | Awaitable[Any]:
        """Does the node's work for one item."""
        raise NotImplementedError

    def answered(self, answer: Any) -> Any:
        """The result that an answer from outside, or a pinned output, stands for."""
        return answer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuses an identifier that graphs could not name.

        Raises:
            TypeError: the identifier is not kebab-case.
        """
        super().__init_subclass__(**kwargs)
        if "type" in cls.__dict__ and not _IDENTIFIER.fullmatch(cls.type):
            raise TypeError(f"{cls.__name__}.type: {cls.type!r} is not kebab-case; rename it")


_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class ProducerNode(BaseNode[C]):
    """Starts iterations; returns `EXECUTION_COMPLETED` when there are no more."""

    kind = Kind.PRODUCER


class BlockingNode(BaseNode[C]):
    """Must be done before what follows."""

    kind = Kind.BLOCKING


class NonBlockingNode(BaseNode[C]):
    """Hands its item over to another loop."""

    kind = Kind.NON_BLOCKING


class ConditionalNode(BaseNode[C]):
    """Chooses an output: returns a `NodeResult` whose `route` is one of `outputs`."""

    kind = Kind.CONDITIONAL

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Yes and no, unless a type says otherwise."""
        return ("yes", "no")

    def answered(self, answer: Any) -> Any:
        """An output of an earlier run chooses again what it chose then."""
        route = answer.get("route") if isinstance(answer, Mapping) else None
        return NodeResult(answer, route) if isinstance(route, str) else answer


@dataclass(frozen=True, slots=True)
class LoopPolicy:
    """How a loop runs its body."""

    mode: Literal["for_each", "while", "until"] = "for_each"
    concurrency: int = 1
    on_error: Literal["stop", "continue"] = "stop"
    max_iterations: int = 0
    """0 is all items, or the platform's cap for conditions."""


class LoopNode(BaseNode[C]):
    """Runs its body; the engine iterates, the node only says over what."""

    kind = Kind.LOOP
    output_key = "loop_results"

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The body, and what follows the loop."""
        return ("body", DEFAULT)

    @abstractmethod
    def policy(self, config: C) -> LoopPolicy:
        """How to run the body."""
        raise NotImplementedError

    def items(self, config: C, data: Data, context: NodeContext) -> Sequence[Any]:
        """What a `for_each` runs over."""
        return ()

    def proceed(self, config: C, data: Data, context: NodeContext) -> bool:
        """Whether a `while` or `until` runs its body (once more) with this data.

        A `while` asks before the first time, an `until` does not.
        """
        return False

    def execute(self, config: C, data: Data, context: NodeContext) -> Any:
        """A loop is run by the engine."""
        raise NotImplementedError
