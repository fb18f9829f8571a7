"""Which events start a workflow, as its graph says it."""

from __future__ import annotations

from shared.events.triggers import MOST, Trigger
from shared.graph import FlowGraph, NodeRegistry
from shared.graph.validation import Problem, Report
from shared.nodes.producers.event_trigger import EventTriggerConfig, EventTriggerNode
from shared.workflows.errors import WorkflowValidationError


def triggers_of(graph: FlowGraph, registry: NodeRegistry) -> tuple[Trigger, ...]:
    """The triggers of a sound graph; only an api workflow is started by them.

    Raises:
        WorkflowValidationError: there are too many.
    """
    if graph.type != "api":
        return ()
    nodes = [node for node in graph.nodes if registry.find(node.type) is EventTriggerNode]
    if len(nodes) > MOST:
        what = f"{len(nodes)} event triggers, and a workflow has at most {MOST}"
        fix = "name several types in one, or draw a second workflow"
        raise WorkflowValidationError(Report((Problem(nodes[MOST].id, "", what, fix),)))
    return tuple(
        EventTriggerConfig.model_validate(dict(node.config)).trigger(node.id) for node in nodes
    )
