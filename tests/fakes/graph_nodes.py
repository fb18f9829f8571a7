"""Node types that misbehave, or count: for tests of the engine and its pools."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from typing import Any

from pydantic import BaseModel

from shared.graph import (
    EXECUTION_COMPLETED,
    BlockingNode,
    Data,
    Form,
    NoConfig,
    NodeContext,
    NodeResult,
    NonBlockingNode,
    Pool,
    ProducerNode,
)

CALLS: Counter[str] = Counter()
"""How often something happened to a node; tests clear it."""


class Trouble(BaseModel):
    """Which trouble to make."""

    kind: str = ""
    seconds: float = 0.0


class Count(BlockingNode[NoConfig]):
    """Counts its calls by item path and id."""

    type = "count"

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        CALLS[context.path + context.node_id] += 1
        return NodeResult({context.node_id: data.get("item", True)}, form=Form.UPDATE)


class KeepState(BlockingNode[NoConfig]):
    """Gives the loop's own state as it is."""

    type = "keep-state"

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        return data["forEachNode"]


class Lifecycle(BlockingNode[NoConfig]):
    """Counts what its lifecycle consists of."""

    type = "lifecycle"

    async def setup(self, context: NodeContext) -> None:
        CALLS[f"{context.node_id} setup"] += 1

    async def cleanup(self, context: NodeContext) -> None:
        CALLS[f"{context.node_id} cleanup"] += 1

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        CALLS[f"{context.node_id} execute"] += 1


class BadLifecycle(Lifecycle):
    """Cannot be set up, or cannot be cleaned up, as its id says."""

    type = "bad-lifecycle"

    async def setup(self, context: NodeContext) -> None:
        await super().setup(context)
        if context.node_id.startswith("setup"):
            raise RuntimeError("no set-up")

    async def cleanup(self, context: NodeContext) -> None:
        await super().cleanup(context)
        raise RuntimeError("no clean-up")


class OwnErrors(BlockingNode[Trouble]):
    """Raises what the engine itself works with."""

    type = "own-errors"
    Config = Trouble

    async def execute(self, config: Trouble, data: Data, context: NodeContext) -> Any:
        raise asyncio.CancelledError if config.kind == "cancel" else TimeoutError("mine")


class Numbers(ProducerNode[NoConfig]):
    """Gives 1, 2, 3 and then no more."""

    type = "numbers"

    async def setup(self, context: NodeContext) -> None:
        self.last = 0

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        if self.last == 3:
            return EXECUTION_COMPLETED
        self.last += 1
        return self.last


class NoMore(ProducerNode[NoConfig]):
    """Has nothing to give."""

    type = "no-more"

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        return EXECUTION_COMPLETED


class HandOver(NonBlockingNode[NoConfig]):
    """Hands its item over to nobody."""

    type = "hand-over"

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        CALLS[context.path + context.node_id] += 1


class _Troubled(BlockingNode[Trouble]):
    Config = Trouble

    def execute(self, config: Trouble, data: Data, context: NodeContext) -> Any:
        return make_trouble(config, data)


class InLoop(_Troubled):
    """In the event loop."""

    type = "trouble"


class InThread(_Troubled):
    """In a thread."""

    type = "trouble-thread"
    pool = Pool.THREAD


class InProcess(_Troubled):
    """In a process."""

    type = "trouble-process"
    pool = Pool.PROCESS


class InProcessAsync(BlockingNode[Trouble]):
    """Async code in a process."""

    type = "async-process"
    Config = Trouble
    pool = Pool.PROCESS

    async def execute(self, config: Trouble, data: Data, context: NodeContext) -> Any:
        await asyncio.sleep(0)
        print("what nodes print must not disturb the answers")  # noqa: T201
        return {"pid": os.getpid(), "item": data.get("item")}


class AsyncInThread(BlockingNode[Trouble]):
    """Async code in a thread."""

    type = "async-thread"
    pool = Pool.THREAD

    async def execute(self, config: Trouble, data: Data, context: NodeContext) -> Any:
        await asyncio.sleep(0)
        return {"main": threading.current_thread() is threading.main_thread()}


class Hang(BlockingNode[NoConfig]):
    """Never answers."""

    type = "hang"

    async def execute(self, config: NoConfig, data: Data, context: NodeContext) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            CALLS[f"{context.node_id} cancelled"] += 1


class BrokenError(Exception):
    """Cannot even be told."""

    def __str__(self) -> str:
        raise RuntimeError


def make_trouble(config: Trouble, data: Data) -> Any:
    """What misbehaving nodes do."""
    time.sleep(config.seconds)
    if config.kind == "raise":
        raise ValueError("it broke")
    if config.kind == "broken error":
        raise BrokenError
    if config.kind == "long error":
        raise ValueError("x" * 10_000_000 + "\ud800")
    if config.kind == "exit":
        raise SystemExit(3)
    if config.kind == "die":
        os._exit(9)
    if config.kind == "nan":
        return {"number": float("nan")}
    if config.kind == "set":
        return {1, 2}
    if config.kind == "large":
        return "x" * 5 * 1024 * 1024
    if config.kind == "change":
        data["list"].append("changed")
    if config.kind == "change top":
        data["new"] = 1
        data.pop("list")
    return {"pid": os.getpid()}


TEST_NODES = (
    NoMore,
    Count,
    KeepState,
    Lifecycle,
    BadLifecycle,
    OwnErrors,
    Numbers,
    HandOver,
    InLoop,
    InThread,
    InProcess,
    InProcessAsync,
    AsyncInThread,
    Hang,
)
