"""Whether a workflow that is to be run has the language models that it asks."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from fastapi import Request

from functions.workflow_loops.asking import asking
from functions.workflow_loops.services import Services
from shared.graph import FlowGraph, NodeRegistry
from shared.nodes.agents.ports import MODELS

_KEPT: Final = 1_000
_known: OrderedDict[tuple[str, str, int], tuple[str, ...]] = OrderedDict()
"""The models of published versions, which never change."""


async def check_models(request: Request, tenant: str, workflow_id: str, at: Services) -> None:
    """Looks before anything is started.

    Raises:
        NoProviderError: nobody has a model that the version which stands names.
    """
    number = at.workflows.get(tenant, workflow_id).published
    if number is None:
        return
    key = (tenant, workflow_id, number)
    wanted = _known.get(key)
    if wanted is None:
        graph = at.publishing.graph(tenant, workflow_id, number)
        wanted = _known[key] = models_of(graph, at.registry)
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    if not wanted:
        return
    found = await asking(request)
    default = found.settings.policies.get(tenant).default_model
    for model in wanted:
        found.models.check(tenant, model or default)


def models_of(graph: FlowGraph, registry: NodeRegistry) -> tuple[str, ...]:
    """The models that a flow's nodes name; nothing is the default, templates are not looked at."""
    named = [
        str(node.config.get("model") or "")
        for node in graph.nodes
        if (kind := registry.find(node.type)) is not None and MODELS in kind.needs
    ]
    return tuple(dict.fromkeys(name for name in named if "{{" not in name))
