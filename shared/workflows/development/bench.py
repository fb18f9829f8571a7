"""The bench on which parts of a draft are run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.graph import FlowGraph, GraphError, Node, NodeRegistry, Record
from shared.graph.engine.development import input_for
from shared.graph.engine.loaded import LoadedFlow, load
from shared.graph.engine.standing import Kept, record_of
from shared.platform.ids import new_id
from shared.workflows.development.keeping import Keeping
from shared.workflows.development.outputs import BASE, ITERATION, Output, Outputs
from shared.workflows.development.parts import form_hash, hashed, needed
from shared.workflows.development.pins import Pins
from shared.workflows.development.ports import Trials
from shared.workflows.development.sessions import Sessions
from shared.workflows.drawing import configured, node_of
from shared.workflows.errors import MissingOutputError
from shared.workflows.workflows import Workflows

SECONDS: Final = 25.0
"""Longer than a caller over HTTP can wait."""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to try."""

    tenant: str
    workflow: str
    node: str = ""
    forms: Mapping[str, Values] | None = None
    """Configurations to try with, by node; those of the draft stay as they are."""
    given: Values | None = None
    session: str = ""
    seconds: float = SECONDS

    @property
    def at(self) -> tuple[str, str]:
        """Whose draft it is."""
        return self.tenant, self.workflow


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended."""

    status: str
    entered: Values
    output: Values | None
    """The whole item that left the node, or the result of the graph."""
    error: Values | None
    told: Values
    """Everything that the runner said."""

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


@dataclass(slots=True)
class _Laid:
    """A part of a draft with everything that stands for it."""

    graph: FlowGraph
    flow: LoadedFlow
    pins: dict[str, dict[str, Any]]
    outputs: dict[str, Output]
    base: dict[str, Any]


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
        self._workflows, self._registry, self._trials = workflows, registry, trials
        self.outputs, self.pins, self.sessions = outputs, pins, sessions
        self._keeping = Keeping(outputs)

    async def node(self, wish: Wish) -> Ended:
        """Runs one node, a loop with its body, on what stands before it and what is given.

        Raises:
            MissingOutputError: an output that it needs is missing, and no input was given.
            GraphError: the node, or what leads to it, cannot be read.
        """
        laid = self._laid(wish, wish.node)
        entered, record = self._entered(laid, wish)
        name = f"{wish.workflow}.{wish.node}"
        memory = self.sessions.read(wish.tenant, wish.session, name)
        trial = {"mode": "node", "given": entered, "record": record.as_json(), **memory}
        told = await self._run(wish, laid, trial)
        if told["status"] == "completed":
            self.sessions.keep(wish.tenant, wish.session, name, dict(told))
        self._keeping.of_one(wish.at, laid.graph, wish.node, told, entered, wish.given)
        return _ended(told, entered)

    async def until(self, wish: Wish, *, reuse: bool = True) -> Ended:
        """Runs what a node needs, and itself; without a node the whole graph.

        What stands is not run again where neither a form nor an input has changed since, unless
        nothing shall be used again.
        """
        laid = self._laid(wish, wish.node or None)
        base = laid.base if wish.given is None else dict(wish.given)
        kept = {
            name: _kept(output)
            for name, output in laid.outputs.items()
            if reuse and name != wish.node and self._is_of_form(laid, output)
        }

        def holds(node: str, enters: Values) -> bool:
            output = laid.outputs[node]
            return output.input == hashed({**enters, **output.by_hand})

        record = record_of(laid.flow, kept, laid.pins, base, holds)
        mode = "until" if wish.node else "graph"
        trial = {"mode": mode, "given": base, "record": record.as_json()}
        told = await self._run(wish, laid, trial)
        self.outputs.keep(wish.tenant, wish.workflow, BASE, base)
        stood = set(record.entries)
        self._keeping.of_all(wish.at, laid.graph, laid.flow, told, base, stood)
        return _ended(told, base)

    async def iteration(self, wish: Wish, index: int | None = None) -> Ended:
        """Runs the body of a loop for one of its items: the one that is named, or the next.

        Raises:
            GraphError: the node is no loop over items, or has no such item.
        """
        laid = self._laid(wish, wish.node)
        entered, _ = self._entered(laid, wish)
        name = f"{ITERATION}{wish.node}"
        so_far = self.outputs.note(wish.tenant, wish.workflow, name)
        results = dict(so_far.get("results", {}))
        at = int(so_far.get("index", -1)) + 1 if index is None else index
        known = [results.get(str(number)) for number in range(at)] if at < 10_000 else []
        trial = {"mode": "iteration", "given": entered, "index": at, "results": known}
        told = await self._run(wish, laid, trial)
        if told["status"] == "completed":
            results[str(at)] = told["written"]
            self.outputs.keep(wish.tenant, wish.workflow, name, {"index": at, "results": results})
        self._keeping.of_bodies(wish.at, laid.graph, told)
        return _ended(told, entered)

    async def alone(
        self, tenant: str, node: Node, given: Values, session: str, seconds: float
    ) -> Ended:
        """Runs a node that is in no workflow; nothing of it is kept but its session."""
        name = f"type.{self._registry.get(node.type).type}"
        memory = self.sessions.read(tenant, session, name)
        trial = {
            "mode": "graph", "graph": FlowGraph(nodes=(node,)).as_json(), "given": dict(given),
            "execution_id": new_id(), "timeout": min(seconds, SECONDS), **memory,
        }  # fmt: skip
        told = await self._trials.run(tenant, trial)
        if told["status"] == "completed":
            self.sessions.keep(tenant, session, name, dict(told))
        return _ended(told, given)

    def output(self, tenant: str, workflow: str, node: str) -> tuple[Output, str | None]:
        """What stands for a node, and why it no longer counts, if it does not.

        Raises:
            MissingOutputError: nothing does.
        """
        laid = self._laid(Wish(tenant, workflow, node), node, run=False)
        output = laid.outputs.get(node)
        if output is None:
            raise MissingOutputError(f"{node}: no output stands; run it or pin one")
        return output, self._stale(laid, output)

    def stale(self, tenant: str, workflow: str) -> list[tuple[Output, str | None]]:
        """What stands for all nodes that there still are, and why it no longer counts."""
        graph = self._workflows.draft(tenant, workflow)
        known = {node.id for node in graph.nodes}
        names = [name for name in self.outputs.all(tenant, workflow) if name in known]
        return [self.output(tenant, workflow, name) for name in names]

    def input(self, tenant: str, workflow: str, node: str) -> dict[str, Any]:
        """What enters a node: the merge of what stands before it.

        Raises:
            MissingOutputError: an output that it needs is missing.
        """
        wish = Wish(tenant, workflow, node)
        return self._entered(self._laid(wish, node), wish)[0]

    def _laid(self, wish: Wish, node: str | None, *, run: bool = True) -> _Laid:
        graph = self._workflows.draft(wish.tenant, wish.workflow)
        for name, values in (wish.forms or {}).items():
            graph = configured(graph, name, values)
        part = graph if node is None else needed(graph, node, self._registry)
        try:
            flow = load(part, self._registry)
        except GraphError:
            if run:
                raise
            flow = load(FlowGraph(), self._registry)
        pins = self.pins.all(wish.tenant, wish.workflow)
        outputs = self.outputs.all(wish.tenant, wish.workflow)
        base = self.outputs.note(wish.tenant, wish.workflow, BASE)
        return _Laid(part, flow, pins, outputs, base)

    def _entered(self, laid: _Laid, wish: Wish) -> tuple[dict[str, Any], Record]:
        kept = {name: _kept(output) for name, output in laid.outputs.items() if name != wish.node}
        record = record_of(laid.flow, kept, laid.pins, laid.base)
        try:
            data = input_for(laid.flow, wish.node, record, laid.base)
        except GraphError as error:
            if not wish.given:
                raise MissingOutputError(str(error)) from None
            data = {}
        return {**data, **(wish.given or {})}, record

    async def _run(self, wish: Wish, laid: _Laid, trial: dict[str, Any]) -> Mapping[str, Any]:
        graph = laid.graph.as_json()
        seconds = min(wish.seconds, SECONDS)
        runtime = self._workflows.get(wish.tenant, wish.workflow).runtime_state
        more = {
            "graph": graph, "node": wish.node, "pins": laid.pins, "execution_id": new_id(),
            "timeout": seconds, "runtime": {**runtime, **trial.get("runtime", {})},
        }  # fmt: skip
        return await self._trials.run(wish.tenant, {**trial, **more})

    def _is_of_form(self, laid: _Laid, output: Output) -> bool:
        nodes = {node.id: node for node in laid.graph.nodes}
        found: Node | None = nodes.get(output.node)
        return found is not None and form_hash(laid.graph, found) == output.form

    def _stale(self, laid: _Laid, output: Output) -> str | None:
        node_of(laid.graph, output.node)
        if not self._is_of_form(laid, output):
            return "its form was changed since"
        wish = Wish("", "", output.node, given=output.by_hand)
        try:
            entered, _ = self._entered(laid, wish)
        except (MissingOutputError, KeyError) as error:
            return f"what enters it is not known: {error}"
        return None if hashed(entered) == output.input else "what enters it has changed since"


def _kept(output: Output) -> Kept:
    written = {key: output.data[key] for key in output.keys}
    return Kept(written, output.route, output.result_key, output.keeps)


def _ended(told: Mapping[str, Any], entered: Values) -> Ended:
    return Ended(told["status"], entered, told["result"], told["error"], told)
