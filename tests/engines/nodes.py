"""Node types whose behaviour a drawn configuration says; each tells what it saw."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.graph import (
    BlockingNode,
    ConditionalNode,
    Form,
    LoopNode,
    LoopPolicy,
    NodeFailedError,
    NodeRegistry,
    NodeResult,
    Waiting,
)
from shared.graph.values import canonical, freeze


def seen(data: dict[str, Any]) -> str:
    """A short digest of everything that enters a node."""
    return hashlib.sha256(canonical(freeze(data)).encode()).hexdigest()[:12]


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepConfig(_Config):
    form: Literal["seen", "add", "update", "replace", "nothing", "text"] = "seen"
    value: Any = None
    fail: Literal["", "Bad", "Worse", "NotJson"] = ""
    succeeds_on: int = 0
    """With `fail`: the try that no longer fails."""


class Step(BlockingNode[StepConfig]):
    """Adds, updates, replaces or fails, as it is told."""

    type = "step"
    Config = StepConfig

    def execute(self, config, data, context):
        EXECUTED.append((context.execution_id, context.path + context.node_id))
        if config.fail and not 0 < config.succeeds_on <= context.attempt:
            if config.fail == "NotJson":
                return float("nan")
            raise NodeFailedError(config.fail, f"{context.node_id} {seen(data)}")
        match config.form:
            case "add":
                return config.value
            case "update":
                return NodeResult({"k": config.value, "u": seen(data)}, form=Form.UPDATE)
            case "replace":
                return NodeResult({"k": config.value}, form=Form.REPLACE)
            case "nothing":
                return None
            case "text":
                return {"text": str(config.value), "nodes": sorted(context.nodes)}
        return {"seen": seen(data)}


class PickConfig(_Config):
    among: tuple[str, ...] = ("yes", "no")
    salt: int = 0


class Pick(ConditionalNode[PickConfig]):
    """Chooses by what it saw."""

    type = "pick"
    Config = PickConfig

    @classmethod
    def outputs(cls, config):
        return tuple(config.get("among", ("yes", "no")))

    def execute(self, config, data, context):
        EXECUTED.append((context.execution_id, context.path + context.node_id))
        route = config.among[(int(seen(data), 16) + config.salt) % len(config.among)]
        return NodeResult(None if config.salt % 2 else {"chose": route}, route)


class EachConfig(_Config):
    mode: Literal["for_each", "while", "until"] = "for_each"
    items: Any = ()
    concurrency: int = 1
    on_error: Literal["stop", "continue"] = "stop"
    rounds: int = 2
    most: int = 0


class Each(LoopNode[EachConfig]):
    """Runs its body over given items, or a given number of rounds."""

    type = "each"
    Config = EachConfig

    def policy(self, config):
        return LoopPolicy(config.mode, config.concurrency, config.on_error, config.most)

    def items(self, config, data, context):
        return config.items

    def proceed(self, config, data, context):
        return data["forEachNode"]["state"]["index"] < config.rounds


class AskConfig(_Config):
    kind: Literal["callback", "timer"] = "callback"


class Ask(BlockingNode[AskConfig]):
    """Waits for an answer, or for a moment."""

    type = "ask"
    Config = AskConfig
    waits = True

    def execute(self, config, data, context):
        EXECUTED.append((context.execution_id, context.path + context.node_id))
        until = "2020-01-01T00:00:00Z" if config.kind == "timer" else None
        return Waiting(config.kind, until)


EXECUTED: list[tuple[str, str]] = []
"""Execution and key of every call of a node."""
REGISTRY = NodeRegistry(Step, Pick, Each, Ask)
