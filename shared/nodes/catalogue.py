"""Which node types there are, for those who draw flows: by category, as a list, one by one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.graph import GraphError, NodeRegistry
from shared.graph.registry import NodeClass
from shared.nodes.config import Ports
from shared.nodes.example import Example

CATEGORIES: Final = {
    "flow": "Flow",
    "producers": "Triggers and producers",
    "queues": "Queues",
    "data": "Data",
    "http": "HTTP",
    "files": "Files",
    "agents": "Agents and tools",
    "crm": "CRM",
    "messages": "Messages",
}
_HOME: Final = "shared.nodes"


class UnknownNodeTypeError(GraphError):
    """There is no such node type; the message lists those that exist."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A registry, as people see it."""

    registry: NodeRegistry

    def count(self) -> int:
        """How many types there are; aliases are none."""
        return len(list(self.registry))

    def flat(self) -> list[dict[str, Any]]:
        """All types, by identifier."""
        return [described(self.registry.get(name)) for name in self.registry]

    def by_category(self) -> list[dict[str, Any]]:
        """All categories that have types, in their order, with their types by label."""
        known = [*CATEGORIES, *sorted({each["category"] for each in self.flat()} - set(CATEGORIES))]
        found = []
        for name in known:
            nodes = [each for each in self.flat() if each["category"] == name]
            if nodes:
                label = CATEGORIES.get(name, name.replace("_", " ").capitalize())
                nodes.sort(key=lambda each: str(each["label"]))
                found.append({"category": name, "label": label, "nodes": nodes})
        return found

    def find(self, identifier: str) -> NodeClass:
        """One type, by identifier or alias.

        Raises:
            UnknownNodeTypeError: there is none.
        """
        try:
            return self.registry.get(identifier)
        except GraphError as error:
            raise UnknownNodeTypeError(str(error)) from None

    def node(self, identifier: str) -> dict[str, Any]:
        """What there is to know of one type.

        Raises:
            UnknownNodeTypeError: there is none.
        """
        found = self.find(identifier)
        return {**described(found), "config_schema": found.Config.model_json_schema()}

    async def form(
        self,
        identifier: str,
        values: Mapping[str, Any],
        ports: Ports,
        changes: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The form of one type with these values, after these changes.

        Raises:
            UnknownNodeTypeError: there is none.
        """
        from shared.nodes.forms import change, document, form_of, open_form

        form = form_of(self.find(identifier))
        if changes is None:
            return document(form, await open_form(form, values, ports))
        return document(form, await change(form, values, changes, ports))

    async def execute(
        self,
        identifier: str,
        config: Mapping[str, Any],
        data: Mapping[str, Any],
        ports: Ports,
        execution_id: str = "",
    ) -> dict[str, Any]:
        """Runs one node alone: how it ended, what it adds, or what is wrong with its form.

        Raises:
            UnknownNodeTypeError: there is no such type.
        """
        from shared.graph import FlowEngine, FlowGraph, Node
        from shared.nodes.forms import check_before_run, form_of

        found = self.find(identifier)
        errors = await check_before_run(form_of(found), config, ports)
        if errors:
            return {"status": "invalid", "errors": errors.fields, "form_errors": errors.form}
        node = Node(id="node", type=found.type, config=dict(config))
        async with FlowEngine(self.registry, ports=ports) as engine:
            graph = FlowGraph(name=identifier, nodes=(node,))
            run = await engine.run(graph, dict(data), execution_id=execution_id)
        entry = run.record.entries["node"]
        return {
            "status": str(run.status),
            "route": entry.route,
            "output": run.result,
            "error": entry.error.as_json() if entry.error else None,
            "waits_for": dict(entry.waits_for or {}) or None,
        }


def described(definition: NodeClass) -> dict[str, Any]:
    """What there is to know of a type without its form."""
    example = getattr(definition, "example", None) or Example()
    return {
        "type": definition.type,
        "aliases": list(definition.aliases),
        "label": definition.label or definition.type,
        "description": definition.description,
        "details": inspect.cleandoc(definition.__doc__ or ""),
        "category": category_of(definition),
        "icon": definition.icon,
        "kind": str(definition.kind),
        "pool": str(definition.pool),
        "modes": sorted(definition.modes),
        "needs": sorted(definition.needs),
        "waits": definition.waits,
        "output_key": definition.key(),
        "outputs": [*definition.outputs(example.config), "error"],
        "result": dict(getattr(definition, "result", {})),
        "example": {
            "config": dict(example.config),
            "data": dict(example.data),
            "result": example.result,
        },
    }


def category_of(definition: NodeClass) -> str:
    """The folder that it is in; those in none are about the flow itself."""
    parts = definition.__module__.removeprefix(_HOME).strip(".").split(".")
    return parts[0] if len(parts) > 1 else "flow"
