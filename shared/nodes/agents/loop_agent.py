"""A model that is asked once per item, or until its answer is good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.agents.asking import AskingConfig, as_text, ask, begun
from shared.nodes.agents.ports import MODELS
from shared.nodes.agents.structured import conduct_of
from shared.nodes.config import Widget
from shared.nodes.example import Example
from shared.nodes.loop import items_at

if TYPE_CHECKING:
    from shared.agents.agent import Conduct


class LoopAgentConfig(AskingConfig):
    """What is asked, and how often."""

    mode: Literal["for_each", "while", "until"] = Field(
        "for_each", validation_alias=AliasChoices("mode", "loop_type")
    )
    items: Any = Field(
        None,
        validation_alias=AliasChoices("items", "items_source"),
        description="For each: a list, a template of one, or a path inside the data",
    )
    prompt: Annotated[str, Widget("textarea")] = Field(
        "{{ item }}", description="May name item, index, and answer, which is the one before"
    )
    condition: str = Field("", description="For while and until: 'done' in answer")
    max_iterations: int = Field(20, ge=1, le=100, description="Of the model's answers")

    @model_validator(mode="after")
    def _conditional(self) -> Self:
        if self.mode != "for_each" and not self.condition:
            raise ValueError("condition: a while or until needs one")
        return self


class LoopAgentNode(BlockingNode[LoopAgentConfig]):
    """One model, one prompt, many answers. A loop whose body has other nodes is a loop."""

    type = "loop-agent"
    Config = LoopAgentConfig
    label = "Loop agent"
    description = "Asks a language model for each item, or until its answer is good"
    needs = frozenset({MODELS})
    expressions = frozenset({"condition"})
    verbatim = frozenset({"prompt"})
    result = {
        "items": "In their order: {item, result}; without items, {item: the number, result}",
        "total": "How many there were; of a list that was cut, all of it",
        "completed": "How many were asked",
    }
    example = Example(
        {"items": "names", "prompt": "Greet {{ item }}"},
        {"names": ["Ada", "Bob"]},
        {
            "loop_agent": {
                "items": [
                    {"item": "Ada", "result": "You said: Greet Ada"},
                    {"item": "Bob", "result": "You said: Greet Bob"},
                ],
                "total": 2,
                "completed": 2,
            }
        },
    )

    async def execute(
        self, config: LoopAgentConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Asks, one after the other: each answer is noted on its own."""
        listed = config.mode == "for_each"
        items: Sequence[Any] = items_at(config.items, data) if listed else range(100)
        done: list[dict[str, Any]] = []
        context.usage = None
        for index, item in enumerate(items[: config.max_iterations]):
            answer = done[-1]["result"] if done else ""
            names = {**context.names(data), "item": item, "index": index, "answer": answer}
            if not listed and _over(config, names, index):
                break
            done.append({"item": item, "result": await _asked(config, names, index, context)})
        total = len(items) if listed else len(done)
        return {"items": done, "total": total, "completed": len(done)}


def _over(config: LoopAgentConfig, names: Mapping[str, Any], index: int) -> bool:
    """A `while` asks before the first time, an `until` does not."""
    from shared.graph.expressions import holds

    if config.mode == "until" and index == 0:
        return False
    return holds(config.condition, names) is (config.mode == "until")


async def _asked(
    config: LoopAgentConfig, names: Mapping[str, Any], index: int, context: NodeContext
) -> str:
    from shared.graph.expressions import render

    def conduct(most: int) -> Conduct:
        return conduct_of(config, 1, None)

    prompt = as_text(render(config.prompt, names))
    said, part = begun(config, prompt), f"/item/{index}"
    done = await ask(config, conduct, said, context, part=part, before=context.usage)
    return done.answer.text
