"""The conversation that an agent remembers: recalled once per run, however often it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.graph import NodeContext
from shared.nodes.agents.asking import journal
from shared.nodes.agents.ports import MEMORY, Memory

if TYPE_CHECKING:
    from shared.llm.messages import Message


async def recalled(key: str, context: NodeContext) -> Sequence[Message]:
    """What was said before under a key; nothing without one."""
    from shared.llm.messages import AssistantMessage, UserMessage

    if not key:
        return []
    note, notes = f"{context.path}{context.node_id}/memory", journal(context)
    known = await notes.read(note)
    if known is None:
        memory: Memory = context.ports[MEMORY]
        turns = [dict(turn) for turn in await memory.recall(context.workflow, key)]
        known = {"turns": turns}
        await notes.write(note, known)
    return [
        AssistantMessage(text=turn["text"])
        if turn["role"] == "assistant"
        else UserMessage(text=turn["text"])
        for turn in known["turns"]
    ]


def turns(prompt: str, answer: str) -> list[dict[str, Any]]:
    """What is remembered of a run."""
    return [{"role": "user", "text": prompt}, {"role": "assistant", "text": answer}]
