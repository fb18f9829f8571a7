"""What is known of pipelines without importing their nodes: a document written at build time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter


class PipelineNodeView(BaseModel):
    """One node: what it asks of the data and what it adds, as JSON Schemas; null is any data."""

    name: str
    kind: Literal["node", "router"]
    about: str
    asks: dict[str, Any] | None
    adds: dict[str, Any] | None
    needs: list[str]
    attempts: int
    timeout: int


class PipelineView(BaseModel):
    """A pipeline, the event types that start it, and its nodes in their order."""

    name: str
    starts_on: list[str]
    chain: list[str] = []
    routers: dict[str, dict[str, list[str]]] = {}
    nodes: list[PipelineNodeView] = []


_DOCUMENT = Path(__file__).parent / "pipelines.json"
_VIEWS = TypeAdapter(list[PipelineView])


def views(deployed: Mapping[str, Sequence[str]]) -> list[PipelineView]:
    """Those that are deployed, by name; one that the document does not know has no nodes in it."""
    known = _known()
    bare = PipelineView(name="", starts_on=[])
    return [
        known.get(name, bare).model_copy(update={"name": name, "starts_on": list(types)})
        for name, types in sorted(deployed.items())
    ]


@lru_cache(maxsize=1)
def _known() -> dict[str, PipelineView]:
    listed = _VIEWS.validate_python(json.loads(_DOCUMENT.read_text()))
    return {view.name: view for view in listed}
