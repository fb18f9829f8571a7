"""What lies on the bench before a trial: a part of a draft, and all that stands for its nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.graph import FlowGraph, GraphError, NodeRegistry, Record
from shared.graph.engine.development import input_for
from shared.graph.engine.loaded import LoadedFlow, load
from shared.graph.engine.standing import Kept, record_of
from shared.workflows.development.outputs import BASE, Output, Outputs
from shared.workflows.development.parts import form_hash, hashed, needed
from shared.workflows.development.pins import Pins
from shared.workflows.drawing import configured, node_of
from shared.workflows.errors import MissingOutputError
from shared.workflows.workflows import Workflows

Values = Mapping[str, Any]
At = tuple[str, str]
"""Whose draft: tenant and workflow."""


@dataclass(slots=True)
class Laid:
    """A part of a draft with everything that stands for it."""

    graph: FlowGraph
    flow: LoadedFlow
    pins: dict[str, dict[str, Any]]
    outputs: dict[str, Output]
    base: dict[str, Any]
    runtime: dict[str, Any]

    def entered(self, node: str, given: Values | None) -> tuple[dict[str, Any], Record]:
        """What enters a node, and the record that it follows from; given keys win.

        Raises:
            MissingOutputError: an output that it needs is missing, and nothing is given.
        """
        kept = {name: kept_of(one) for name, one in self.outputs.items() if name != node}
        record = record_of(self.flow, kept, self.pins, self.base)
        try:
            data = input_for(self.flow, node, record, self.base)
        except GraphError as error:
            if not given:
                raise MissingOutputError(str(error)) from None
            data = {}
        return {**data, **(given or {})}, record

    def standing(self, base: Values, *, but: str) -> Record:
        """The outputs that still count: neither a form nor what enters a node has changed."""
        kept = {
            name: kept_of(one)
            for name, one in self.outputs.items()
            if name != but and self.has_form(one)
        }

        def holds(node: str, enters: Values) -> bool:
            one = self.outputs[node]
            return one.input == hashed({**enters, **one.by_hand})

        return record_of(self.flow, kept, self.pins, base, holds)

    def stale(self, output: Output) -> str | None:
        """Why an output no longer counts, if it does not."""
        if not self.has_form(output):
            return "its form was changed since"
        try:
            entered, _ = self.entered(output.node, output.by_hand)
        except (MissingOutputError, KeyError) as error:
            return f"what enters it is not known: {error}"
        return None if hashed(entered) == output.input else "what enters it has changed since"

    def has_form(self, output: Output) -> bool:
        """Whether the node is configured as it was when it gave this."""
        return form_hash(self.graph, node_of(self.graph, output.node)) == output.form


class Laying:
    """Lays out parts of drafts."""

    def __init__(
        self, workflows: Workflows, registry: NodeRegistry, outputs: Outputs, pins: Pins
    ) -> None:
        self._workflows, self._registry = workflows, registry
        self._outputs, self._pins = outputs, pins

    def __call__(
        self,
        at: At,
        node: str | None,
        forms: Mapping[str, Values] | None = None,
        *,
        readable: bool = True,
    ) -> Laid:
        """The part that a node needs, or the whole draft.

        Raises:
            PartNotFoundError: there is no such node.
            GraphError: the part cannot be read, and shall be.
        """
        graph = self._workflows.draft(*at)
        for name, values in (forms or {}).items():
            graph = configured(graph, name, values)
        part = graph if node is None else needed(graph, node, self._registry)
        try:
            flow = load(part, self._registry)
        except GraphError:
            if readable:
                raise
            flow = load(FlowGraph(), self._registry)
        known = {one.id for one in part.nodes}
        outputs = {name: o for name, o in self._outputs.all(*at).items() if name in known}
        runtime = dict(self._workflows.get(*at).runtime_state)
        pins, base = self._pins.all(*at), self._outputs.note(*at, BASE)
        return Laid(part, flow, pins, outputs, base, runtime)


def kept_of(output: Output) -> Kept:
    """What of an output goes on to the nodes behind."""
    written = {key: output.data[key] for key in output.keys}
    return Kept(written, output.route, output.result_key, output.keeps)
