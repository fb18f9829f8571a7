"""Another workflow as a step of this one."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.example import Example
from shared.nodes.ports import WORKFLOWS, Workflows


class SubWorkflowConfig(BaseModel):
    """Which workflow, and with what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workflow: str
    input: dict[str, Any] | None = None
    """Nothing is all the data."""
    wait: bool = True
    """Whether the flow goes on with the result, or at once."""


class SubWorkflowNode(BlockingNode[SubWorkflowConfig]):
    """Runs a workflow and adds its result."""

    type = "sub-workflow"
    Config = SubWorkflowConfig
    label = "Sub-workflow"
    description = "Runs another workflow and adds its result"
    result = {"…": "The result of the workflow; without waiting {execution}"}
    example = Example(
        {"workflow": "greet", "input": {"name": "{{ data.name }}"}, "wait": False},
        {"name": "Ada"},
        {"sub_workflow": {"execution": "run of greet"}},
    )
    needs = frozenset({WORKFLOWS})
    waits = True

    async def execute(
        self, config: SubWorkflowConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Asks the port, which knows which version is published and how deep flows may nest."""
        port: Workflows = context.ports[WORKFLOWS]
        given = data if config.input is None else config.input
        key = context.idempotency_key()
        return dict(await port.run(config.workflow, given, key, wait=config.wait))
