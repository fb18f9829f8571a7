"""Flows from JSON: our own format, and those of the two systems before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shared.graph.errors import GraphError
from shared.graph.loaders import executor, orchestrator
from shared.graph.loaders.shape import check_shape
from shared.graph.model import FlowGraph


def load_flow(raw: Mapping[str, Any]) -> FlowGraph:
    """The flow, whichever of the formats it is in.

    Raises:
        GraphError: it is none of them; the message names every field that is wrong.
    """
    check_shape(raw)
    if orchestrator.recognizes(raw):
        raw = orchestrator.converted(raw)
    elif executor.recognizes(raw):
        raw = executor.converted(raw)
    try:
        return FlowGraph.model_validate(raw)
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()
        )
        raise GraphError(f"the flow cannot be read: {told}") from None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of our own format."""
    schema = FlowGraph.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


__all__ = ["json_schema", "load_flow"]
