"""From an event type to the pipeline that it starts (seed 000)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from shared.events.catalog import lookup
from shared.events.catalog.registry import UnknownEventTypeError
from shared.pipelines.definition import Pipeline
from shared.pipelines.inline import run_inline
from shared.pipelines.node import Node


def mappings(pipelines: Sequence[Pipeline]) -> Mapping[str, str]:
    """`EVENT_PIPELINE_MAPPINGS`: event types, old names among them, to pipelines; read-only."""
    names: dict[str, str] = {}
    for pipeline in pipelines:
        for started_by in pipeline.starts_on:
            kind = lookup(started_by)
            names |= dict.fromkeys((kind.name, *kind.aliases), pipeline.name)
    return MappingProxyType(dict(sorted(names.items())))


class EventDispatcher:
    """Runs the pipeline of an event type and waits for the result."""

    def __init__(self, pipelines: Sequence[Pipeline]) -> None:
        self._pipelines = {pipeline.name: pipeline for pipeline in pipelines}
        self._mappings = mappings(pipelines)

    def dispatch(self, event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data after the pipeline; after a failure with `error` and `failed_node`.

        Raises:
            UnknownEventTypeError: the type starts no pipeline.
        """
        name = self._mappings.get(event_type)
        if name is None:
            raise UnknownEventTypeError(
                f"Unsupported event type: {event_type}; known are {', '.join(self._mappings)}"
            )
        pipeline = self._pipelines[name]
        item = run_inline(
            pipeline, lambda node: load_node(pipeline, node), data, event_type=event_type
        )
        result: dict[str, Any] = item["data"]
        return result


def load_node(pipeline: Pipeline, name: str) -> Node:
    """The node of a pipeline's folder; its module is imported by name."""
    module = importlib.import_module(f"functions.pipeline_nodes.{pipeline.folder}.{name}")
    found = next((v for v in vars(module).values() if isinstance(v, Node) and v.name == name), None)
    if found is None:
        raise LookupError(f"{pipeline.folder}/{name}.py has no node named {name}")
    return found
