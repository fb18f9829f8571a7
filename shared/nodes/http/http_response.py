"""Answers the request that the flow was started by."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig, Widget, json_value
from shared.nodes.example import Example


class HttpResponseConfig(NodeConfig):
    """What is answered."""

    status_code: int = Field(200, ge=100, le=599)
    body_source: Literal["from_input", "custom"] = Field(
        "from_input", description="The item as it is, or what is written below"
    )
    body_json: Annotated[Any, Widget("json")] = Field(None, description="For custom")

    @model_validator(mode="after")
    def _body(self) -> Self:
        if self.body_source == "custom" and self.body_json in (None, ""):
            raise ValueError("body_json: write what is answered")
        if (
            isinstance(self.body_json, str)
            and self.body_json.strip()
            and "{{" not in self.body_json
        ):
            json_value(self.body_json)
        return self


class HttpResponseNode(BlockingNode[HttpResponseConfig]):
    """Whoever started the flow gets this status and body, raw."""

    type = "http-response"
    Config = HttpResponseConfig
    modes = frozenset({"api"})
    label = "HTTP response"
    description = "Answers the request that started the flow"
    result = {"status": "As configured", "body": "What is answered"}
    example = Example(
        {"status_code": 201, "body_source": "custom", "body_json": {"id": "{{ data.id }}"}},
        {"id": 7},
        {"http_response": {"status": 201, "body": {"id": 7}}},
    )

    def execute(
        self, config: HttpResponseConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Says what is to be answered."""
        body: Any = dict(data)
        if config.body_source == "custom":
            raw = config.body_json
            body = json_value(raw) if isinstance(raw, str) else raw
        return {"status": config.status_code, "body": body}
