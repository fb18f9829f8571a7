"""A flow as data: nodes, edges and what surrounds them. This is also the JSON format.

A `FlowGraph` may be wrong in every way that `validation` names; only its shape is sure.
The order of `nodes` and of `edges` is part of the graph: joins, results and errors depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from shared.graph.kinds import DEFAULT, Pool, handle_name
from shared.graph.retry import RetryPolicy
from shared.graph.values import freeze

MAX_NODES: Final = 10_000

Handle = Annotated[str, BeforeValidator(handle_name)]
RawConfig = dict[str, Any]
"""A node's configuration as it is stored: values, or texts with templates in them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Position(_Part):
    """Where an editor draws a node."""

    x: float = 0
    y: float = 0


class DeclaredInput(_Part):
    """An input by name: a field of another node's output, or else a variable."""

    name: str
    source_node: str | None = None
    source_field: str = "output"
    """`output` is everything that the source gave."""


class Node(_Part):
    """One step of a flow: which type, how configured."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    type: str
    name: str = ""
    description: str = ""
    config: RawConfig = {}
    inputs: tuple[DeclaredInput, ...] = ()
    output_key: str | None = None
    """Where the result goes; nothing is the key of the node's type."""
    retry: RetryPolicy | None = None
    pool: Pool | None = None
    """Nothing is the pool of the node's type."""
    position: Position = Position()


class Edge(_Part):
    """From one output of a node to another node."""

    source: str
    target: str
    source_handle: Handle = Field(
        DEFAULT,
        validation_alias=AliasChoices("sourceHandle", "source_handle"),
        serialization_alias="sourceHandle",
    )
    target_handle: Handle = Field(
        DEFAULT,
        validation_alias=AliasChoices("targetHandle", "target_handle"),
        serialization_alias="targetHandle",
    )
    id: str = ""
    label: str = ""


class FlowSettings(_Part):
    """What holds for the whole flow."""

    pool: Pool | None = None
    """Overrides the pool of every node that does not name its own."""
    timeout: Annotated[float, Field(gt=0, le=31_536_000)] = 900.0
    """Seconds that a run may take inline."""
    node_timeout: Annotated[float, Field(gt=0, le=31_536_000)] = 900.0
    """Seconds that one try of a node may take whose own policy says nothing."""
    retry: RetryPolicy | None = None
    """The policy of every node without its own."""
    granularity: Literal["node", "region"] = "node"
    """Compiled: a state per node, or one per region that never waits."""
    machine: Literal["auto", "standard", "express"] = "auto"
    """Compiled: which type of state machine; `auto` chooses and says why."""
    engine: Literal["inline", "durable"] = "durable"
    """Of a published version: one call of the node runner, or a state machine of its own."""
    on_failure: Annotated[str, Field(max_length=100)] = ""
    """The id of a workflow that is started, once, for each run that fails."""
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = 90
    """Days for which a run is kept after its start."""


class FlowGraph(_Part):
    """A pipeline, a workflow or a loop: the one thing that both engines run."""

    id: str = ""
    name: str = ""
    description: str = ""
    version: str = "1.0.0"
    type: Literal["api", "production"] = "api"
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    variables: dict[str, Any] = {}
    env: dict[str, Any] = {}
    settings: FlowSettings = FlowSettings()

    def node(self, node_id: str) -> Node:
        """The node of this id.

        Raises:
            KeyError: there is none.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(f"{self.name or self.id}: no node {node_id!r}")

    def variables_with(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The variables of a run: the input's own values stand before the flow's (seed 003).

        An input that is null, an empty text or an empty object gives none.
        """
        told = {name: value for name, value in given.items() if value not in (None, "", {})}
        overlaid: Mapping[str, Any] = freeze({**self.variables, **told}, "variables")
        return overlaid

    def as_json(self) -> dict[str, Any]:
        """The flow in our format, without what says nothing."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
