"""Flows written in Python.

```python
onboarding = (
    flow("Onboarding")
    .start(step("transform", output={"value": "{{ data.amount }}"}))
    .when("data.value > 1000", yes=step("approval", approvers=["ada"]), no=step("end", id="small"))
    .then(step("emit-event", event_type="lead.updated"))
    .build()
)
```

A builder never changes: every call gives a longer one. What is added follows the *open ends*: the
last nodes of all branches, and the outputs of conditions that were left open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.graph.errors import GraphError
from shared.graph.kinds import BODY, DEFAULT, ERROR, handle_name
from shared.graph.model import Edge, FlowGraph, FlowSettings, Node
from shared.graph.retry import RetryPolicy

End = tuple[str, str]
"""A node and one of its outputs."""
Branch = Node | Sequence[Node] | None
"""A node, a chain of nodes, or nothing: the output is left open for what comes next."""


def step(
    node_type: str,
    id: str = "",  # noqa: A002 - that is how graphs call it
    *,
    name: str = "",
    retry: RetryPolicy | None = None,
    output_key: str | None = None,
    **config: Any,
) -> Node:
    """A node of a type with its configuration; its id is the type unless you name it."""
    return Node(
        id=id or node_type, type=node_type, name=name, retry=retry, output_key=output_key,
        config=config,
    )  # fmt: skip


def flow(name: str, **fields: Any) -> FlowBuilder:
    """A new flow; `fields` are those of `FlowGraph`."""
    return FlowBuilder(FlowGraph(name=name, **fields))


@dataclass(frozen=True, slots=True)
class FlowBuilder:
    """A flow that is being written, and the ends at which it goes on."""

    graph: FlowGraph
    ends: tuple[End, ...] = ()

    def start(self, *nodes: Node) -> FlowBuilder:
        """Adds nodes where the flow begins, and goes on behind them."""
        made = self._with(nodes)
        return replace(made, ends=tuple((added.id, DEFAULT) for added in made._last(len(nodes))))

    def then(self, *nodes: Node) -> FlowBuilder:
        """Adds nodes behind every open end; several run at the same time."""
        if not self.ends and not self.graph.nodes:
            return self.start(*nodes)
        made = self._with(nodes)
        added = made._last(len(nodes))
        for one in added:
            made = made._wired(self.ends, one.id)
        return replace(made, ends=tuple((one.id, DEFAULT) for one in added))

    def join(self, one: Node) -> FlowBuilder:
        """Adds the node where all open ends meet."""
        return self.then(one)

    def when(
        self,
        expression: str,
        *,
        yes: Branch = None,
        no: Branch = None,
        id: str = "if",  # noqa: A002
    ) -> FlowBuilder:
        """Adds a condition with its two branches."""
        asked = self.then(step("condition", id, expression=expression))
        return asked._branches({"yes": yes, "no": no})

    def switch(
        self,
        cases: Mapping[str, tuple[str, Branch]],
        *,
        otherwise: Branch = None,
        id: str = "switch",  # noqa: A002
    ) -> FlowBuilder:
        """Adds a switch: `{"big": ("data.value > 9", step(…)), …}`."""
        written = [{"output": name, "when": when} for name, (when, _) in cases.items()]
        asked = self.then(step("switch", id, cases=written))
        branches = {handle_name(name): branch for name, (_, branch) in cases.items()}
        return asked._branches({**branches, DEFAULT: otherwise})

    def each(
        self,
        items: Any,
        body: Node | Sequence[Node] | FlowBuilder,
        *,
        id: str = "loop",  # noqa: A002
        **config: Any,
    ) -> FlowBuilder:
        """Adds a loop over items; a body with branches is a `flow` of its own."""
        return self.loop(body, id=id, mode="for_each", items=items, **config)

    def loop(
        self,
        body: Node | Sequence[Node] | FlowBuilder,
        *,
        id: str = "loop",  # noqa: A002
        **config: Any,
    ) -> FlowBuilder:
        """Adds a loop of any mode and goes on behind it."""
        around = self.then(step("loop", id, **config))
        loop_id = around.graph.nodes[-1].id
        inside = body if isinstance(body, FlowBuilder) else _chain(body)
        made, names = around._merged(inside.graph)
        targets = {edge.target for edge in inside.graph.edges}
        for entry in (one.id for one in inside.graph.nodes if one.id not in targets):
            made = made._wired(((loop_id, BODY),), names[entry])
        return replace(made, ends=((loop_id, DEFAULT),))

    def catch(self, handler: Branch, *, of: str = "") -> FlowBuilder:
        """What happens when the last node (or the node `of`) fails; goes on behind both."""
        failing = of or self.graph.nodes[-1].id
        caught = replace(self, ends=((failing, ERROR),))._branch(handler)
        return replace(caught, ends=(*self.ends, *caught.ends))

    def variables(self, **values: Any) -> FlowBuilder:
        """Sets variables of the flow."""
        return self._changed(variables={**self.graph.variables, **values})

    def settings(self, **values: Any) -> FlowBuilder:
        """Sets settings of the flow."""
        written = self.graph.settings.model_dump(exclude_unset=True)
        return self._changed(settings=FlowSettings(**{**written, **values}))

    def build(self) -> FlowGraph:
        """The flow.

        Raises:
            GraphError: it has no nodes.
        """
        if not self.graph.nodes:
            raise GraphError(f"{self.graph.name}: has no nodes; add one with `start`")
        return self.graph

    def _branches(self, branches: Mapping[str, Branch]) -> FlowBuilder:
        asked = self.graph.nodes[-1].id
        made, ends = self, list[End]()
        for handle, branch in branches.items():
            made = replace(made, ends=((asked, handle),))._branch(branch)
            ends += made.ends
        return replace(made, ends=tuple(ends))

    def _branch(self, branch: Branch) -> FlowBuilder:
        made = self
        for one in () if branch is None else (branch,) if isinstance(branch, Node) else branch:
            made = made.then(one)
        return made

    def _with(self, nodes: Sequence[Node]) -> FlowBuilder:
        taken = {one.id for one in self.graph.nodes}
        added = []
        for one in nodes:
            free = _free(one.id, taken)
            taken.add(free)
            added.append(one if free == one.id else one.model_copy(update={"id": free}))
        return self._changed(nodes=(*self.graph.nodes, *added))

    def _merged(self, other: FlowGraph) -> tuple[FlowBuilder, dict[str, str]]:
        made = self._with(other.nodes)
        added = made._last(len(other.nodes))
        names = {old.id: new.id for old, new in zip(other.nodes, added, strict=True)}
        moved = [
            edge.model_copy(update={"source": names[edge.source], "target": names[edge.target]})
            for edge in other.edges
        ]
        return made._changed(edges=(*made.graph.edges, *moved)), names

    def _last(self, count: int) -> tuple[Node, ...]:
        return self.graph.nodes[len(self.graph.nodes) - count :]

    def _wired(self, ends: Sequence[End], target: str) -> FlowBuilder:
        added = [
            Edge(source=source, target=target, source_handle=handle) for source, handle in ends
        ]
        return self._changed(edges=(*self.graph.edges, *added))

    def _changed(self, **fields: Any) -> FlowBuilder:
        return replace(self, graph=self.graph.model_copy(update=fields))


def _chain(nodes: Node | Sequence[Node]) -> FlowBuilder:
    made = FlowBuilder(FlowGraph())
    for one in (nodes,) if isinstance(nodes, Node) else nodes:
        made = made.then(one)
    return made


def _free(wanted: str, taken: set[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name
