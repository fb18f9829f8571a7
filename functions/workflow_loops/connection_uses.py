"""Which workflows name a connection: looked for when somebody wants to delete one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.graph import FlowGraph
from shared.workflows.publishing import Publishing
from shared.workflows.workflow import Workflow
from shared.workflows.workflows import Workflows

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class WorkflowUses:
    """The port `Uses`: reads the draft of each workflow, and the version that runs."""

    workflows: Workflows
    publishing: Publishing

    def of(self, tenant: str, connection_id: str) -> Sequence[str]:
        """See `Uses.of`."""
        found: list[str] = []
        before: str | None = None
        more = True
        while more:
            page, more = self.workflows.page(tenant, limit=_PAGE, before=before)
            found += [one.name for one in page if self._names(tenant, one, connection_id)]
            before = page[-1].id if page else None
        return found

    def _names(self, tenant: str, one: Workflow, connection_id: str) -> bool:
        numbers = [None, *([one.published] if one.published else [])]
        graphs = (self.publishing.graph(tenant, one.id, number) for number in numbers)
        return any(_holds(graph, connection_id) for graph in graphs)


def _holds(graph: FlowGraph, text: str) -> bool:
    return any(_within(node.config, text) for node in graph.nodes)


def _within(value: Any, text: str) -> bool:
    if isinstance(value, dict):
        return any(_within(one, text) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_within(one, text) for one in value)
    return bool(value == text)
