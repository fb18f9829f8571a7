"""Machines and whole-flow runs in memory, which really run the compiled flow with the node runner.

A machine runs in a thread of its own until it ends, or waits for a token; `start` returns then.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from shared.graph.durable import NodeRunner
from shared.platform.flow_machines import MachineError, Wanted
from tests.engines.interpreter import Interpreter


class Stopped(Exception):  # noqa: N818
    """The execution was stopped while it waited."""


class Running:
    """One execution of a machine."""

    def __init__(self, runner: NodeRunner, name: str) -> None:
        self.runner, self.name = runner, name
        self.idle, self.go_on = threading.Event(), threading.Event()
        self.token: str | None = None
        self.stopped = self.ended = False

    async def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        if payload["mode"] == "token":
            payload["token"] = f"{self.name}/{payload['state']['path']}{payload['node']}"
        return json.loads(json.dumps(await self.runner.handle(json.loads(json.dumps(payload)))))

    def wait(self, payload: dict[str, Any]) -> None:
        self.token = payload["token"]
        self.idle.set()
        assert self.go_on.wait(20), f"nobody answered {self.token}"
        self.go_on.clear()
        self.token = None
        if self.stopped:
            raise Stopped

    def run(self, definition: dict[str, Any], given: Mapping[str, Any]) -> None:
        try:
            asyncio.run(Interpreter(self.invoke, self.wait).run(definition, dict(given)))
        except Exception as error:
            self.error = error
        finally:
            self.ended = True
            self.idle.set()

    def until_idle(self) -> None:
        assert self.idle.wait(20)


class MemoryFlowMachines:
    """The port `FlowMachines`."""

    def __init__(self, runner: Callable[[], NodeRunner]) -> None:
        self._runner = runner
        self.wanted: dict[str, Wanted] = {}
        self.running: dict[str, Running] = {}
        self.stops: list[tuple[str, str]] = []
        self.refuses: str = ""
        self.compiler = ""
        """Another one makes another definition, and so another machine, of the same graph."""
        self.before_ensure: Callable[[Wanted], None] = lambda wanted: None

    def ensure(self, wanted: Wanted) -> str:
        self.before_ensure(wanted)
        if self.refuses:
            raise MachineError(self.refuses)
        arn = f"arn:{wanted.tenant}:{wanted.workflow_id}:{wanted.number}{self.compiler}"
        self.wanted.setdefault(arn, wanted)
        return arn

    def start(self, arn: str, name: str, given: Mapping[str, Any]) -> None:
        if self.refuses:
            raise MachineError(self.refuses)
        if name in self.running:
            return
        made = self.running[name] = Running(self._runner(), name)
        definition = json.loads(self.wanted[arn].definition)
        threading.Thread(target=made.run, args=(definition, given), daemon=True).start()
        made.until_idle()

    def stop(self, arn: str, name: str, cause: str) -> None:
        self.stops.append((arn, name))
        found = self.running.get(name)
        if found and found.token:  # else it goes on, as an Express execution does
            found.stopped = True
            found.idle.clear()
            found.go_on.set()
            found.until_idle()

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        for each in self.running.values():
            if each.token == token:
                each.idle.clear()
                each.go_on.set()
                each.until_idle()
                return True
        return False

    def drop(self, arn: str) -> None:
        self.wanted.pop(arn, None)


class MemoryFlowRuns:
    """The port `FlowRuns`; with `holds`, what is begun only runs when it is let go."""

    def __init__(self, runner: Callable[[], NodeRunner]) -> None:
        self._runner = runner
        self.holds = False
        self.held: list[Mapping[str, Any]] = []
        self.calls = 0

    def run(self, given: Mapping[str, Any]) -> None:
        self.calls += 1
        payload = json.loads(json.dumps(given))

        def call() -> None:
            try:
                asyncio.run(self._runner().handle(payload))
            except Exception as error:
                self.error = error

        thread = threading.Thread(target=call)
        thread.start()
        thread.join(20)

    def begin(self, given: Mapping[str, Any]) -> None:
        if self.holds:
            self.held.append(given)
        else:
            self.run(given)

    def let_go(self) -> None:
        while self.held:
            self.run(self.held.pop(0))
