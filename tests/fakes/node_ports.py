"""The world outside of nodes, in memory."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from typing import Any

from shared.graph.analysis import QueueMap
from shared.nodes.ports import EVENTS, HTTP, SLEEP, STEPS, WORKFLOWS
from shared.platform.http import HttpAnswer, HttpCall


class MemoryEvents:
    """The port `Events`."""

    def __init__(self) -> None:
        self.emitted: dict[str, tuple[str, Any]] = {}

    async def emit(self, event_type: str, data: Any, idempotency_key: str) -> str:
        self.emitted.setdefault(idempotency_key, (event_type, data))
        return f"event of {idempotency_key}"


class EchoWorkflows:
    """The port `Workflows`: every workflow gives back what it got."""

    async def run(self, workflow_id: str, data: Any, idempotency_key: str, *, wait: bool) -> Any:
        if wait:
            return {"ran": workflow_id, "with": dict(data)}
        return {"execution": self.begin(workflow_id, data, idempotency_key)}

    def begin(self, workflow: str, given: Any, key: str) -> str:
        return f"run of {workflow}"


class MemorySteps:
    """The port `Steps`."""

    def __init__(self) -> None:
        self.done: dict[str, int] = defaultdict(int)

    async def next(self, name: str) -> int:
        self.done[name] += 1
        return self.done[name] - 1


class NoSleep:
    """The port `Sleep`: notes for how long."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


class GivenArrivals:
    """The port `Arrivals`: what is given, then no more."""

    def __init__(self, *arrivals: Any) -> None:
        self.left = deque(arrivals)
        self.wanted: list[Any] = []

    async def take(self, node: str, wanted: Any) -> Any:
        self.wanted.append((node, wanted))
        return self.left.popleft() if self.left else None


class MemoryQueues:
    """The port `Queues`, by the queues that a flow needs."""

    def __init__(self, queues: QueueMap) -> None:
        self.map = queues
        self.left: dict[str, deque[Any]] = defaultdict(deque)
        self.open = {
            queue: {writer for writer, names in queues.writes.items() if queue in names}
            for names in queues.reads.values()
            for queue in names
        }
        self.keys: set[str] = set()
        self.changed = asyncio.Condition()

    async def put(self, writer: str, data: Any, idempotency_key: str) -> None:
        async with self.changed:
            for queue in self.map.writes[writer]:
                self.left[queue].append(dict(data))
            self.changed.notify_all()

    async def take(self, reader: str) -> Any:
        queues = self.map.reads[reader]
        async with self.changed:
            while True:
                for queue in queues:
                    if self.left[queue]:
                        return self.left[queue].popleft()
                if not any(self.open[queue] for queue in queues):
                    return None
                await self.changed.wait()

    async def end(self, writer: str) -> None:
        async with self.changed:
            for writers in self.open.values():
                writers.discard(writer)
            self.changed.notify_all()


class EchoHttp:
    """The port `Http`: every server says what it was asked."""

    def __init__(self) -> None:
        self.calls: list[HttpCall] = []

    async def send(self, call: HttpCall) -> HttpAnswer:
        self.calls.append(call)
        body = json.dumps({"asked": f"{call.method} {call.url}"}).encode()
        return HttpAnswer(200, {"content-type": "application/json"}, body, call.url, 12)


def node_ports() -> dict[str, Any]:
    """All ports, each with something in it, new for each run."""
    return {
        EVENTS: MemoryEvents(),
        WORKFLOWS: EchoWorkflows(),
        STEPS: MemorySteps(),
        SLEEP: NoSleep(),
        HTTP: EchoHttp(),
    }
