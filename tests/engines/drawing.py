"""Draws valid flows: branches, joins, diamonds, loops in loops, error edges, parallel sinks."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from shared.graph import Edge, FlowGraph, FlowSettings, Node, RetryPolicy

VALUES = st.sampled_from(
    [None, 0, 1, 2.0, 1e21, 0.5, True, "", "a", "{% $x %}", "ü\"'", [], [[]], [1], [None], {},
     {"a": 1}, 2**60, "x" * 70_000]
)  # fmt: skip
INPUTS = st.dictionaries(
    st.sampled_from(["k", "a", "step", "step_2", "error", "seen"]), VALUES, max_size=4
)


@st.composite
def flows(draw: Any, *, waits: bool = True, most: int = 8) -> FlowGraph:
    """A valid flow."""
    made = _Drawing(draw, waits)
    made.scope(draw(st.integers(1, most)), 0)
    order = draw(st.permutations(range(len(made.nodes))))
    edges = draw(st.permutations(made.edges))
    policy = draw(st.sampled_from([None, RetryPolicy(attempts=2, interval=0, jitter="none")]))
    return FlowGraph(
        name="drawn",
        nodes=[made.nodes[i] for i in order],
        edges=edges,
        settings=FlowSettings(retry=policy),
    )


class _Drawing:
    def __init__(self, draw: Any, waits: bool) -> None:
        self.draw, self.waits = draw, waits
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def scope(self, count: int, depth: int, loop: str | None = None) -> None:
        """Nodes of one scope; without edges from within they are entries."""
        ids: list[str] = []
        for _ in range(count):
            node = self._node(depth)
            for source in self._sources(ids):
                handle = self.draw(st.sampled_from(self._handles(source)))
                edge = Edge(source=source, target=node.id, source_handle=handle)
                if edge not in self.edges:
                    self.edges.append(edge)
            if loop is not None and not any(e.target == node.id for e in self.edges):
                self.edges.append(Edge(source=loop, target=node.id, source_handle="body"))
            ids.append(node.id)

    def _sources(self, ids: list[str]) -> list[str]:
        if not ids:
            return []
        near = ids[-4:]
        return self.draw(
            st.lists(st.sampled_from(near), max_size=3, min_size=0 if len(ids) < 3 else 1)
        )

    def _handles(self, source: str) -> list[str]:
        node = next(n for n in self.nodes if n.id == source)
        if node.type == "pick":
            return [*node.config["among"], *node.config["among"], "error"]
        return ["default", "default", "default", "error"]

    def _node(self, depth: int) -> Node:
        kinds = ["step", "step", "step", "pick", "pick"]
        kinds += ["each"] if depth < 2 else []
        kinds += ["ask"] if self.waits else []
        kind = self.draw(st.sampled_from(kinds))
        node = Node(id=f"n{len(self.nodes)}", type=kind, config=getattr(self, f"_{kind}")())
        self.nodes.append(node)
        if kind == "each":
            self.scope(self.draw(st.integers(0, 3)), depth + 1, node.id)
        return node

    def _step(self) -> dict[str, Any]:
        form = self.draw(
            st.sampled_from(["seen", "seen", "add", "update", "replace", "nothing", "text"])
        )
        fail = self.draw(st.sampled_from(["", "", "", "", "Bad", "Worse", "NotJson"]))
        value: Any = self.draw(VALUES)
        if form == "text":
            value = self.draw(
                st.sampled_from(["{{ data.k }}", "{{ nodes.n0.seen }}!", "{{ data.a ~ nodes.n1 }}"])
            )
        again = self.draw(st.sampled_from([0, 0, 2])) if fail else 0
        return {"form": form, "value": value, "fail": fail, "succeeds_on": again}

    def _pick(self) -> dict[str, Any]:
        among = self.draw(st.sampled_from([["yes", "no"], ["a", "b", "c"]]))
        return {"among": among, "salt": self.draw(st.integers(0, 5))}

    def _each(self) -> dict[str, Any]:
        mode = self.draw(st.sampled_from(["for_each", "for_each", "for_each", "while", "until"]))
        return {
            "mode": mode,
            "items": self.draw(st.lists(VALUES, max_size=3)),
            "concurrency": self.draw(st.sampled_from([1, 1, 3])),
            "on_error": self.draw(st.sampled_from(["stop", "continue"])),
            "rounds": self.draw(st.integers(0, 2)),
            "most": self.draw(st.sampled_from([0, 0, 1])),
        }

    def _ask(self) -> dict[str, Any]:
        return {"kind": self.draw(st.sampled_from(["callback", "timer"]))}


@st.composite
def pins(draw: Any, graph: FlowGraph) -> dict[str, Any]:
    """Outputs that stand for some nodes."""
    some = draw(st.lists(st.sampled_from([n.id for n in graph.nodes]), max_size=2, unique=True))
    return {
        node: {"value": draw(VALUES)}
        for node in some
        if draw(st.integers(0, 3)) == 0 and graph.node(node).type in ("step", "each", "pick")
    }
