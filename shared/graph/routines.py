"""What the engines need to know of a node in order to run it, found out once per plan."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from shared.graph.errors import GraphError, NodeFailedError
from shared.graph.forms import dynamic_fields, field_problems, render_config
from shared.graph.kinds import DEFAULT, ERROR, Pool
from shared.graph.node import BaseNode, NodeContext
from shared.graph.plan import Plan, Step
from shared.graph.retry import NO_RETRY, RetryPolicy

MISSING_INPUT: Final = "MissingInput"


@dataclass(slots=True)
class Routine:
    """One node, ready to be run."""

    step: Step
    node: BaseNode[Any]
    """Without state of a run; nodes that set something up get an instance per run."""
    key: str
    outputs: frozenset[str]
    config: BaseModel | None
    """Nothing when it has to be rendered for each item."""
    dynamic: frozenset[str]
    pool: Pool
    policy: RetryPolicy
    timeout: float
    is_async: bool
    """Whether its `execute` is written with `async`."""
    prepared: bool
    """Whether it has something to set up or clean up."""
    reads_nodes: bool
    """Whether its texts refer to outputs of other nodes by their ids."""

    @property
    def id(self) -> str:
        """The node's id."""
        return self.step.node.id

    def config_for(self, data: Mapping[str, Any], context: NodeContext) -> BaseModel:
        """The configuration for an item; see `render_config` for what it may raise."""
        if self.config is not None:
            return self.config
        definition = self.step.definition
        return render_config(definition, self.step.node.config, self.dynamic, data, context)

    def with_inputs(self, data: dict[str, Any], context: NodeContext) -> dict[str, Any]:
        """The data with the declared inputs beside it.

        Raises:
            NodeFailedError: a declared source gave nothing.
        """
        for wanted in self.step.node.inputs:
            if wanted.source_node is None:
                if wanted.name in context.variables:
                    data[wanted.name] = context.variables[wanted.name]
                continue
            if wanted.source_node not in context.nodes:
                raise NodeFailedError(
                    MISSING_INPUT,
                    f"input {wanted.name!r}: node {wanted.source_node!r} gave no output; "
                    "pin one, or run that node first",
                )
            found = context.nodes[wanted.source_node]
            whole = not isinstance(found, dict) or wanted.source_field not in found
            data[wanted.name] = found if whole else found[wanted.source_field]
        return data


def make_routines(plan: Plan) -> dict[str, Routine]:
    """The routines of a plan, by node.

    Raises:
        GraphError: a node's configuration cannot be used.
    """
    return {step.id: _routine(plan, step) for step in plan.steps()}


def _routine(plan: Plan, step: Step) -> Routine:
    node, definition, settings = step.node, step.definition, plan.graph.settings
    problems = field_problems(definition, node.config)
    if problems:
        told = "; ".join(f"{each.field}: {each.problem}" for each in problems)
        raise GraphError(f"node {node.id!r} is not ready: {told}")
    dynamic = dynamic_fields(definition, node.config)
    policy = node.retry or settings.retry or NO_RETRY
    return Routine(
        step=step,
        node=definition(),
        key=node.output_key or definition.key(),
        outputs=frozenset({*definition.outputs(node.config), DEFAULT, ERROR}),
        config=None if dynamic else definition.Config.model_validate(node.config),
        dynamic=dynamic,
        pool=node.pool or settings.pool or definition.pool,
        policy=policy,
        timeout=policy.timeout or settings.node_timeout,
        is_async=inspect.iscoroutinefunction(definition.execute),
        prepared=_overridden(definition, "setup") or _overridden(definition, "cleanup"),
        reads_nodes=bool(node.inputs) or _mentions_nodes(node.config),
    )


def _overridden(definition: type[BaseNode[Any]], method: str) -> bool:
    return getattr(definition, method) is not getattr(BaseNode, method)


def _mentions_nodes(value: Any) -> bool:
    if isinstance(value, str):
        return "nodes" in value
    if isinstance(value, dict):
        return any(map(_mentions_nodes, value.values()))
    return isinstance(value, list) and any(map(_mentions_nodes, value))
