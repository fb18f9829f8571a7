"""Answers that must fit a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.nodes.data.validate_data import validator

if TYPE_CHECKING:
    from shared.agents.agent import Conduct
    from shared.nodes.agents.asking import AskingConfig


def conduct_of(config: AskingConfig, steps: int, schema: Mapping[str, Any] | None) -> Conduct:
    """How an agent goes on; one with a schema is told once what is wrong with its answer."""
    from shared.agents.agent import Conduct
    from shared.llm.schemas import OutputSchema

    return Conduct(
        steps,
        config.max_tokens,
        config.temperature,
        OutputSchema("answer", schema) if schema is not None else None,
        partial(problem_of, schema) if schema is not None else None,
    )


def problem_of(schema: Mapping[str, Any], text: str) -> str | None:
    """What is wrong with an answer that shall fit a schema."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "it is no JSON"
    error = next(iter(validator(json.dumps(schema)).iter_errors(value)), None)
    if error is None:
        return None
    return f"{'.'.join(map(str, error.instance_path)) or 'the whole'}: {error.message[:300]}"
