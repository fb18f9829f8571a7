"""What all nodes that ask a model have in common: the fields of their forms, and how they ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AliasChoices, Field

from shared.graph import NodeContext
from shared.graph.journal import JOURNAL, RecordJournal
from shared.graph.record import Record
from shared.nodes.agents.ports import MODELS, PIECES, Models, Pieces
from shared.nodes.config import NodeConfig, Widget

if TYPE_CHECKING:  # who draws flows asks no model
    from collections.abc import Callable, Mapping

    from shared.agents.agent import Conduct, Done
    from shared.agents.notes import Notes
    from shared.agents.registry import ToolRegistry
    from shared.llm.messages import Message

_INPUTS: Final = ("data", "output", "prompt", "text", "items")


def as_text(value: Any) -> str:
    """A text as it is, nothing as an empty one, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


Text = Annotated[Any, Widget("textarea")]
"""A text, or what a template gives; see `as_text`."""


class AskingConfig(NodeConfig):
    """Which model, and how much of it."""

    model: str = Field("", max_length=200, description="Empty: your tenant's default")
    system_prompt: Text = Field("", description="What the model must obey")
    temperature: float | None = Field(None, ge=0, le=2, description="Empty: the model's own")
    max_tokens: int = Field(2_048, ge=1, le=128_000, description="Of one answer")
    token_limit: int | None = Field(
        None, ge=1, description="Of all calls together, read and written; none beside the tenant's"
    )
    cost_limit: float | None = Field(
        None, gt=0, le=10_000, description="US dollars of all calls together"
    )


class StepsConfig(AskingConfig):
    """How far it goes."""

    max_steps: int = Field(
        0,
        ge=0,
        le=100,
        validation_alias=AliasChoices("max_steps", "iteration_limit"),
        description="Calls of the model; 0 is your tenant's limit",
    )


def inputs_as_text(data: dict[str, Any]) -> str:
    """The item as a prompt: its one text, if it has one, else all of it."""
    if len(data) == 1:
        return as_text(next(iter(data.values())))
    found = next((data[name] for name in _INPUTS if isinstance(data.get(name), str)), None)
    return found if found is not None else as_text(data)


def begun(config: AskingConfig, prompt: str, images: tuple[str, ...] = ()) -> list[Message]:
    """The beginning of what is said."""
    from shared.llm.messages import SystemMessage, UserMessage

    said, system = UserMessage(text=prompt, images=images), as_text(config.system_prompt)
    return [SystemMessage(text=system), said] if system else [said]


async def ask(
    config: AskingConfig,
    conduct: Callable[[int], Conduct],
    messages: list[Message],
    context: NodeContext,
    *,
    part: str = "",
    before: Mapping[str, int] | None = None,
    tools: ToolRegistry | None = None,
    egress: tuple[str, ...] = (),
) -> Done:
    """Runs an agent; each answer is noted, counted, and never asked for twice.

    Args:
        config: of the node.
        conduct: from the tenant's limit of steps, how the agent goes on.
        messages: what is said first.
        context: of the node.
        part: which of several agents of the node this is.
        before: what those before it took.
        tools: what the model may call.
        egress: which servers its tools may ask.
    """
    from shared.agents.agent import Agent, Surroundings
    from shared.agents.notes import Notes
    from shared.agents.registry import ToolRegistry
    from shared.agents.spent import Spent
    from shared.llm.budget import Limits, LocalMeter

    models: Models = context.ports[MODELS]
    notes = await Notes.read(journal(context), f"{context.path}{context.node_id}{part}")
    dollars = config.cost_limit
    limits = Limits(
        tokens=config.token_limit,
        micro_dollars=None if dollars is None else int(dollars * 1_000_000),
    )
    earlier = Spent.from_json(before or {})

    def spend(spent: Spent) -> None:
        context.usage = (earlier + spent).as_json()

    spend(notes.spent)
    meter = LocalMeter("agent", limits, (earlier + notes.spent).used())
    around = Surroundings(
        tools or ToolRegistry(),
        context.ports,
        await _key(notes, f"{context.idempotency_key()}{part}") if tools else "",
        egress,
        _piece(context),
        spend,
    )
    model = models.of(config.model, context.execution_id, [meter])
    return await Agent(model, notes, conduct(models.steps()), around).run(messages)


def journal(context: NodeContext) -> Any:
    """Where notes go; a node that is run by hand has none to keep."""
    return context.ports.get(JOURNAL) or RecordJournal(Record())


async def _key(notes: Notes, key: str) -> str:
    """A run that is resumed has another id; what its tools began before has not."""
    return str((await notes.once("key", {"key": key}))["key"])


def _piece(context: NodeContext) -> Any:
    port: Pieces | None = context.ports.get(PIECES)
    if port is None:
        return None
    where = f"{context.path}{context.node_id}"
    return lambda text: port(context.execution_id, where, text)
