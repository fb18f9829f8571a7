"""A model that chooses where to go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.graph import DEFAULT, ConditionalNode, Data, NodeContext, NodeResult, handle_name
from shared.nodes.agents.asking import AskingConfig, Text, as_text, ask, begun, inputs_as_text
from shared.nodes.agents.ports import MODELS
from shared.nodes.agents.structured import conduct_of
from shared.nodes.example import Example

if TYPE_CHECKING:
    from shared.agents.agent import Conduct

_STEPS = 2
"""The answer, and once more if it is none of the cases."""


class ChosenCase(BaseModel):
    """An output, and when the model shall take it, in words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: Annotated[str, BeforeValidator(handle_name)]
    when: str = Field(min_length=1, max_length=2_000)


class ConditionAgentConfig(AskingConfig):
    """What is looked at, and the cases."""

    prompt: Text = Field("", description="What is looked at; empty: what comes in, as text")
    cases: tuple[ChosenCase, ...] = Field(
        min_length=1, max_length=50, description="Outputs, and in words when each is taken"
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [case.output for case in self.cases]
        if len(set(names)) < len(names):
            raise ValueError("two cases have the same output; join what they say")
        if DEFAULT in names:
            raise ValueError("the output default is taken when no case fits; name another")
        return self


class ConditionAgentNode(ConditionalNode[ConditionAgentConfig]):
    """Leaves by the output of the case that the model names, by `default` when it says that none
    fits. Values are compared better, and for nothing, by a condition or a switch."""

    type = "condition-agent"
    Config = ConditionAgentConfig
    label = "Condition agent"
    description = "A language model chooses among named cases"
    needs = frozenset({MODELS})
    verbatim = frozenset({"cases"})
    result = {"route": "The output that was chosen", "reason": "In the model's words"}
    example = Example(
        {"cases": [{"output": "angry", "when": "The message is angry"}]},
        {"message": "Where is my order?!"},
        {"condition_agent": {"route": "angry", "reason": ""}},
    )

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Those that the cases name, and `default`."""
        cases = config.get("cases") or ()
        named = [case.get("output") for case in cases if isinstance(case, Mapping)]
        return (*(handle_name(name) for name in named if isinstance(name, str)), DEFAULT)

    async def execute(
        self, config: ConditionAgentConfig, data: Data, context: NodeContext
    ) -> NodeResult:
        """Asks for a case and a reason."""
        schema = _schema(config)

        def conduct(most: int) -> Conduct:
            return conduct_of(config, _STEPS, schema)

        told = "\n".join(f"- {case.output}: {case.when}" for case in config.cases)
        system = as_text(config.system_prompt) or "Choose the case that fits what the user sends."
        said = config.model_copy(
            update={"system_prompt": f"{system}\nCases:\n{told}\n- {DEFAULT}: none of these"}
        )
        looked_at = as_text(config.prompt) or inputs_as_text(data)
        done = await ask(config, conduct, begun(said, looked_at), context)
        chosen = json.loads(done.answer.text)
        return NodeResult({"route": chosen["case"], "reason": chosen["reason"]}, chosen["case"])


def _schema(config: ConditionAgentConfig) -> dict[str, Any]:
    names = [*(case.output for case in config.cases), DEFAULT]
    return {
        "type": "object",
        "properties": {"case": {"enum": names}, "reason": {"type": "string"}},
        "required": ["case", "reason"],
        "additionalProperties": False,
    }
