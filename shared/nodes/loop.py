"""Runs a body for each item, while a condition holds, or until it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from shared.graph import Data, LoopNode, LoopPolicy, NodeContext
from shared.graph.loops import MAX_ITERATIONS
from shared.nodes.example import Example

_USUAL: Final = ("data", "items", "output", "results")
DEFAULT_ITERATIONS: Final = 100


class LoopConfig(BaseModel):
    """Over what, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    mode: Literal["for_each", "while", "until"] = Field(
        "for_each", validation_alias=AliasChoices("mode", "loop_type")
    )
    items: Any = Field(
        None,
        validation_alias=AliasChoices("items", "items_source", "array_expression"),
        description="A list, a template of one, or a path inside the data",
    )
    condition: str = Field("", description="For while and until: data.tries < 3")
    max_iterations: Annotated[
        int, Field(ge=0, le=MAX_ITERATIONS), BeforeValidator(lambda raw: raw or 0)
    ] = Field(DEFAULT_ITERATIONS, description="Of conditions; 0 is as many as are allowed")
    concurrency: int = Field(1, ge=1, le=40, description="Items at the same time")
    on_error: Literal["stop", "continue"] = "stop"


class Loop(LoopNode[LoopConfig]):
    """One result per item, in item order; conditions hand their data on."""

    type = "loop"
    aliases = ("for-each",)
    Config = LoopConfig
    label = "Loop"
    description = "Runs its body for each item, while a condition holds, or until it does"
    result = {"loop_results": "What the body wrote, for each item in its order"}
    example = Example(
        {"items": "numbers"}, {"numbers": [1, 2]}, {"loop_results": [{"done": 1}, {"done": 2}]}
    )
    expressions = frozenset({"condition"})
    wanted = frozenset({"items", "items_source", "array_expression"})

    def policy(self, config: LoopConfig) -> LoopPolicy:
        """As configured; only a limit that somebody wrote cuts a list."""
        written = "max_iterations" in config.model_fields_set
        limit = config.max_iterations if written or config.mode != "for_each" else 0
        return LoopPolicy(config.mode, config.concurrency, config.on_error, limit)

    def items(self, config: LoopConfig, data: Data, context: NodeContext) -> Sequence[Any]:
        """The items, from whatever form they have.

        Raises:
            ValueError: there are none to be found; an empty list is found.
        """
        return items_at(config.items, data)

    def proceed(self, config: LoopConfig, data: Data, context: NodeContext) -> bool:
        """What the condition says, turned round for `until`; without one only the limit ends it."""
        from shared.graph.expressions import holds

        if not config.condition:
            return True
        return holds(config.condition, context.names(data)) is (config.mode == "while")


def items_at(wanted: Any, data: Mapping[str, Any]) -> Sequence[Any]:
    """The items, from whatever form they have.

    Raises:
        ValueError: there are none to be found; an empty list is found.
    """
    found = _source(wanted, data)
    if isinstance(found, str):
        return _items_of_text(found)
    return found if isinstance(found, (list, tuple)) else [found]


def _source(wanted: Any, data: Mapping[str, Any]) -> Any:
    from shared.graph.expressions import find_field
    from shared.graph.expressions.fields import ABSENT

    if wanted is None:
        name = next((key for key in _USUAL if key in data), None) or next(iter(data), None)
        if name is not None:
            return data[name]
    elif not isinstance(wanted, str):
        return wanted
    elif wanted.strip():
        found = find_field(data, wanted.removeprefix("data."))
        if found is not ABSENT:
            return found
        if wanted.lstrip()[0] in "[{" or "," in wanted or "\n" in wanted:
            return wanted
    raise ValueError(f"no items at {wanted!r}; the data has {', '.join(data) or 'nothing'}")


def _items_of_text(text: str) -> list[Any]:
    """A JSON list, a JSON object, JSON lines, or parts between commas."""
    stripped = text.strip()
    if stripped[:1] not in ("[", "{"):
        return [part.strip() for part in stripped.split(",") if part.strip()]
    try:
        found = json.loads(stripped)
    except ValueError:
        lines = [line for line in stripped.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines]
        except ValueError as error:
            raise ValueError(f"the items are no JSON: {error}") from None
    return found if isinstance(found, list) else [found]
