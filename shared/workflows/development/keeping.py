"""What is kept of a trial: the output of each node that completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.graph import FlowGraph, Record, Status
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.standing import kept_of
from shared.graph.merge import Item
from shared.graph.record import Entry
from shared.graph.settle import settle
from shared.workflows.development.outputs import Output, Outputs
from shared.workflows.development.parts import form_hash, hashed

Values = Mapping[str, Any]


class Keeping:
    """Keeps outputs of trials."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs

    def of_one(
        self, at: tuple[str, str], graph: FlowGraph, node: str, told: Values, entered: Values,
        by_hand: Values | None,
    ) -> None:  # fmt: skip
        """Keeps what a single node gave, and its body if it is a loop."""
        entry = Record.from_json(told["record"]).get(node)
        if entry is not None and entry.status is Status.COMPLETED:
            given = dict(by_hand or {})
            data = Item.of(entry).view(entered)
            self._put(at, graph, entry, data, entered, given, told["seconds"])
        self.of_bodies(at, graph, told)

    def of_all(
        self, at: tuple[str, str], graph: FlowGraph, flow: LoadedFlow, told: Values, base: Values,
        stood: set[str],
    ) -> None:  # fmt: skip
        """Keeps what every node gave that ran; what stood before stays as it is."""
        record = Record.from_json(told["record"])
        settlement = settle(flow.plan.root, record, base)
        for entry in settlement.entries:
            if entry.status is Status.COMPLETED and entry.node not in stood:
                entered = settlement.input_of(entry.node)
                data = Item.of(entry).view(base)
                took = (entry.ended_at or 0) - (entry.started_at or 0)
                self._put(at, graph, entry, data, entered, {}, took)
        self.of_bodies(at, graph, told)

    def of_bodies(self, at: tuple[str, str], graph: FlowGraph, told: Values) -> None:
        """Keeps what the nodes of loops' bodies gave last, to be looked at."""
        last = {
            entry.node: entry
            for entry in Record.from_json(told["record"])
            if entry.path and entry.status is Status.COMPLETED
        }
        for entry in last.values():
            self._put(at, graph, entry, dict(entry.output), {}, {}, 0)

    def _put(
        self, at: tuple[str, str], graph: FlowGraph, entry: Entry, data: Values, entered: Values,
        by_hand: Values, seconds: float,
    ) -> None:  # fmt: skip
        kept = kept_of(entry, by_hand)
        output = Output(
            node=entry.node, data={**data, **kept.written}, result=entry.result, entered=entered,
            by_hand=by_hand, keys=tuple(kept.written), result_key=kept.result_key,
            route=kept.route, keeps=kept.keeps, form=form_hash(graph, graph.node(entry.node)),
            input=hashed(entered), seconds=round(seconds, 3),
        )  # fmt: skip
        self._outputs.put(*at, output)
