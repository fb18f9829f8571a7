"""Data that is as it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field, field_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.config import NodeConfig, Widget, json_value
from shared.nodes.data.paths import ABSENT, read
from shared.nodes.example import Example

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_MOST: Final = 50
"""Errors that are told; whoever mends fifty asks again."""


class ValidateConfig(NodeConfig):
    """What is looked at, and what it should be."""

    json_schema: Annotated[dict[str, Any] | bool, Widget("json")] = Field(
        alias="schema", description="A JSON Schema; references to other documents are not followed"
    )
    source: str = Field("", description="The place that is looked at; nothing is all the data")
    on_invalid: Literal["fail", "tell"] = Field(
        "fail", description="Whether the node fails, or says so in its result"
    )

    @field_validator("json_schema", mode="before")
    @classmethod
    def _schema(cls, value: Any) -> Any:
        if isinstance(value, str) and "{{" not in value:
            value = json_value(value)
        if isinstance(value, Mapping):
            validator(json.dumps(value))
        return value


class ValidateNode(BlockingNode[ValidateConfig]):
    """Checks data by a JSON Schema; patterns take time in proportion to the text."""

    type = "validate"
    Config = ValidateConfig
    label = "Validate"
    description = "Checks data by a JSON Schema"
    verbatim = frozenset({"schema"})
    result = {"valid": "Whether it is", "errors": "At most 50 of {path, message}"}
    example = Example(
        {
            "schema": {"required": ["email"], "properties": {"value": {"type": "number"}}},
            "source": "lead",
            "on_invalid": "tell",
        },
        {"lead": {"value": 5}},
        {
            "validate": {
                "valid": False,
                "errors": [{"path": "", "message": '"email" is a required property'}],
            },
        },
    )

    def execute(self, config: ValidateConfig, data: Data, context: NodeContext) -> dict[str, Any]:
        """Tells everything at once."""
        value = read(data, config.source) if config.source else data
        if value is ABSENT:
            raise ValueError(f"there is no {config.source!r}; the data has {', '.join(data)}")
        check = validator(json.dumps(config.json_schema))
        errors: list[dict[str, str]] = []
        for error in check.iter_errors(value):
            path = ".".join(map(str, error.instance_path))
            errors.append({"path": path, "message": error.message[:500]})
            if len(errors) == _MOST:
                break
        if errors and config.on_invalid == "fail":
            told = "; ".join(f"{e['path'] or 'data'}: {e['message']}" for e in errors[:5])
            raise NodeFailedError("DataInvalid", told)
        return {"valid": not errors, "errors": errors}


@lru_cache(maxsize=64)
def validator(schema: str) -> Validator:
    """A validator that never asks another machine.

    Raises:
        ValueError: the schema is none.
    """
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(
            schema,
            retriever=_nowhere,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise ValueError(f"is no JSON Schema: {error!s:.300}") from None


def _nowhere(uri: str) -> Any:
    raise ValueError(f"{uri} is another document; copy what you need into $defs")
