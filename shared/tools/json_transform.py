"""Data in another shape, by an expression in the language of templates."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError


class Transformation(ToolArguments):
    """What is transformed, and how."""

    data: str = Field(max_length=1_000_000, description="JSON")
    expression: str = Field(
        min_length=1,
        max_length=4_000,
        description="A Jinja expression, for example data.items | map(attribute='name') | list",
    )


class Transformed(BaseModel):
    """What comes out."""

    result: Any


class JsonTransform(BaseTool[Transformation]):
    """The sandbox is that of templates: bounded, and without anything but the data."""

    name = "json_transform"
    description = "Evaluates a Jinja expression over JSON data: picks, filters, sorts, counts."
    Arguments = Transformation
    Result = Transformed
    timeout = 10.0
    example = {"data": '{"items": [{"name": "Ada"}]}', "expression": "data['items'][0].name"}

    async def execute(self, arguments: Transformation, context: ToolContext) -> Transformed:
        """Evaluates."""
        from shared.graph.expressions import ExpressionError, evaluate

        try:
            data = json.loads(arguments.data)
        except (ValueError, RecursionError):
            raise ToolFailedError("NotJson", "data is no JSON") from None
        try:
            return Transformed(result=evaluate(arguments.expression, {"data": data}))
        except ExpressionError as error:
            raise ToolFailedError("ExpressionError", str(error)) from None
