"""Requests from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from shared.graph import EXECUTION_COMPLETED, Data, Form, NodeContext, NodeResult, ProducerNode
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example
from shared.nodes.ports import ARRIVALS, Arrivals

_PARTS: Final = ("body", "headers", "method", "query_params", "raw")


class WebhookConfig(NodeConfig):
    """Which requests."""

    webhook_id: str = Field(
        min_length=1,
        max_length=255,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The last part of the address: letters, digits, - and _",
    )


class WebhookNode(ProducerNode[WebhookConfig]):
    """One request is one iteration; an api flow takes the request that it was started with."""

    type = "webhook-producer"
    aliases = ("webhook",)
    Config = WebhookConfig
    output_key = "webhook"
    label = "Webhook"
    description = "Starts an iteration for each request to an address"
    needs = frozenset({ARRIVALS})
    result = {
        "webhook_id": "As configured",
        "data": "{body, headers, method, query_params} of the request, and `raw`, what is no JSON",
        "timestamp": "RFC 3339: when it came; null if nobody said",
    }
    example = Example(
        {"webhook_id": "orders"},
        {"body": {"order": 7}, "method": "POST", "timestamp": "2026-03-01T12:00:00Z"},
        {
            "webhook": {
                "webhook_id": "orders",
                "data": {"body": {"order": 7}, "headers": {}, "method": "POST", "query_params": {}},
                "timestamp": "2026-03-01T12:00:00Z",
            }
        },
    )

    async def execute(self, config: WebhookConfig, data: Data, context: NodeContext) -> Any:
        """The request that comes next, or the one that is there."""
        port: Arrivals | None = context.ports.get(ARRIVALS)
        if port is None:
            return NodeResult({"webhook": _told(config, data)}, form=Form.REPLACE)
        found = await port.take(context.node_id, config.model_dump())
        return EXECUTION_COMPLETED if found is None else _told(config, found)


def _told(config: WebhookConfig, request: Mapping[str, Any]) -> dict[str, Any]:
    """As a result; an input that is no request is the body of one."""
    whole = "body" in request and request.keys() <= {*_PARTS, "timestamp", "webhook_id"}
    parts = request if whole else {"body": dict(request)}
    data = {
        "body": parts.get("body"),
        "headers": parts.get("headers") or {},
        "method": parts.get("method") or "POST",
        "query_params": parts.get("query_params") or {},
    }
    if "raw" in parts:
        data["raw"] = parts["raw"]
    return {
        "webhook_id": config.webhook_id,
        "data": data,
        "timestamp": parts.get("timestamp"),
    }
