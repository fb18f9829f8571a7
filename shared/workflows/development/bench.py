"""The bench on which parts of a draft are run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.graph import FlowGraph, Node, NodeRegistry
from shared.identity.principal import Principal
from shared.platform.ids import new_id
from shared.workflows.development.keeping import Keeping
from shared.workflows.development.laying import At, Laid, Laying, Values
from shared.workflows.development.outputs import BASE, ITERATION, Output, Outputs
from shared.workflows.development.pins import Pins
from shared.workflows.development.ports import Trials
from shared.workflows.development.sessions import Sessions
from shared.workflows.errors import MissingOutputError
from shared.workflows.workflows import Workflows

SECONDS: Final = 25.0
"""Longer than a caller over HTTP can wait."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to try."""

    by: Principal
    """In whose name nodes act."""
    workflow: str
    node: str = ""
    forms: Mapping[str, Values] | None = None
    """Configurations to try with, by node; those of the draft stay as they are."""
    given: Values | None = None
    session: str = ""
    seconds: float = SECONDS

    @property
    def at(self) -> At:
        """Whose draft it is."""
        return self.by.tenant, self.workflow


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended."""

    entered: Values
    told: Values
    """Everything that the runner said."""

    @property
    def status(self) -> str:
        """The status of the run."""
        return str(self.told["status"])

    @property
    def output(self) -> Values | None:
        """The whole item that left the node, or the result of the graph."""
        found: Values | None = self.told["result"]
        return found

    @property
    def error(self) -> Values | None:
        """Why it failed."""
        found: Values | None = self.told["error"]
        return found

    @property
    def ok(self) -> bool:
        """Whether it completed."""
        return self.status == "completed"

    @property
    def for_each(self) -> Values:
        """Where a loop's iteration stands, with its own result."""
        state = dict((self.output or {}).get("forEachNode") or {})
        if self.ok and state:
            state["results"] = [*state.get("results", ()), self.told["written"]]
        return state


class Bench:
    """Runs parts of drafts, and keeps what their nodes gave."""

    def __init__(
        self,
        workflows: Workflows,
        registry: NodeRegistry,
        outputs: Outputs,
        pins: Pins,
        sessions: Sessions,
        trials: Trials,
    ) -> None:
        self._registry, self._trials = registry, trials
        self.outputs, self.pins, self.sessions = outputs, pins, sessions
        self._lay = Laying(workflows, registry, outputs, pins)
        self._keeping = Keeping(outputs)

    async def node(self, wish: Wish) -> Ended:
        """Runs one node, a loop with its body, on what stands before it and what is given.

        Raises:
            MissingOutputError: an output that it needs is missing, and no input was given.
            GraphError: the node, or what leads to it, cannot be read.
        """
        laid = self._lay(wish.at, wish.node, wish.forms)
        entered, record = laid.entered(wish.node, wish.given)
        name = f"{wish.workflow}.{wish.node}"
        memory = self.sessions.read(wish.by.tenant, wish.session, name)
        trial = {"mode": "node", "given": entered, "record": record.as_json(), **memory}
        told = await self._run(wish, laid, trial)
        if told["status"] == "completed":
            self.sessions.keep(wish.by.tenant, wish.session, name, told)
        self._keeping.of_one(wish.at, laid.graph, wish.node, told, entered, wish.given)
        return Ended(entered, told)

    async def until(self, wish: Wish, *, reuse: bool = True) -> Ended:
        """Runs what a node needs, and itself; without a node the whole graph.

        What stands is not run again where neither a form nor an input has changed since, unless
        nothing shall be used again.
        """
        laid = self._lay(wish.at, wish.node or None, wish.forms)
        base = laid.base if wish.given is None else dict(wish.given)
        if not reuse:
            laid.outputs = {}
        record = laid.standing(base, but=wish.node)
        mode = "until" if wish.node else "graph"
        trial = {"mode": mode, "given": base, "record": record.as_json()}
        told = await self._run(wish, laid, trial)
        self.outputs.keep(*wish.at, BASE, base)
        self._keeping.of_all(wish.at, laid.graph, laid.flow, told, base, set(record.entries))
        return Ended(base, told)

    async def iteration(self, wish: Wish, index: int | None = None) -> Ended:
        """Runs the body of a loop for one of its items: the one that is named, or the next.

        Raises:
            GraphError: the node is no loop over items, or has no such item.
        """
        laid = self._lay(wish.at, wish.node, wish.forms)
        entered, _ = laid.entered(wish.node, wish.given)
        name = f"{ITERATION}{wish.node}"
        so_far = self.outputs.note(*wish.at, name)
        results = dict(so_far.get("results", {}))
        at = int(so_far.get("index", -1)) + 1 if index is None else index
        known = [results.get(str(number)) for number in range(at)] if at < 10_000 else []
        trial = {"mode": "iteration", "given": entered, "index": at, "results": known}
        told = await self._run(wish, laid, trial)
        if told["status"] == "completed":
            results[str(at)] = told["written"]
            self.outputs.keep(*wish.at, name, {"index": at, "results": results})
        self._keeping.of_bodies(wish.at, laid.graph, told)
        return Ended(entered, told)

    async def alone(
        self, by: Principal, node: Node, given: Values, session: str, seconds: float
    ) -> Ended:
        """Runs a node that is in no workflow; nothing of it is kept but its session."""
        name = f"type.{self._registry.get(node.type).type}"
        memory = self.sessions.read(by.tenant, session, name)
        trial = {
            "mode": "graph", "graph": FlowGraph(nodes=(node,)).as_json(), "given": dict(given),
            "execution_id": new_id(), "timeout": min(seconds, SECONDS), **memory,
        }  # fmt: skip
        told = await self._trials.run(by, "", trial)
        if told["status"] == "completed":
            self.sessions.keep(by.tenant, session, name, told)
        return Ended(given, told)

    def output(self, at: At, node: str) -> tuple[Output, str | None]:
        """What stands for a node, and why it no longer counts, if it does not.

        Raises:
            MissingOutputError: nothing does.
        """
        laid = self._lay(at, node, readable=False)
        output = laid.outputs.get(node)
        if output is None:
            raise MissingOutputError(f"{node}: no output stands; run it or pin one")
        return output, laid.stale(output)

    def standing(self, at: At) -> list[tuple[Output, str | None]]:
        """What stands for all nodes that there still are, and why it no longer counts."""
        laid = self._lay(at, None, readable=False)
        return [(output, laid.stale(output)) for output in laid.outputs.values()]

    def input(self, at: At, node: str) -> dict[str, Any]:
        """What enters a node: the merge of what stands before it.

        Raises:
            MissingOutputError: an output that it needs is missing.
        """
        return self._lay(at, node).entered(node, None)[0]

    async def _run(self, wish: Wish, laid: Laid, trial: dict[str, Any]) -> Values:
        more = {
            "graph": laid.graph.as_json(), "node": wish.node, "pins": laid.pins,
            "execution_id": new_id(), "timeout": min(wish.seconds, SECONDS),
            "runtime": {**laid.runtime, **trial.get("runtime", {})},
        }  # fmt: skip
        return await self._trials.run(wish.by, wish.workflow, {**trial, **more})
