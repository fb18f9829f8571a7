"""Every problem is found at once and names node, field, problem and fix."""

from __future__ import annotations

from typing import Any

import pytest

from shared.graph import FlowGraph, GraphError, Pool, RetryPolicy
from shared.graph.model import DeclaredInput, Edge
from shared.graph.validation import NodeValidator, validate
from shared.nodes import registry
from tests.fakes.graphs import REGISTRY, edges, graph, node, plain, scripted


def problems(flow: FlowGraph) -> list[str]:
    return [str(found) for found in validate(flow, REGISTRY).problems]


def test_a_graph_without_fault_has_no_problem_and_a_bill() -> None:
    report = validate(graph("a b", "a>b"), REGISTRY)
    assert report.ok
    assert report.bill is not None
    assert (report.bill.machine, report.bill.why) == ("standard", "a may wait, and 1 more")
    still = validate(graph([node("a", "start"), node("b", "end")], "a>b"), REGISTRY).bill
    assert still is not None
    assert (still.machine, still.invocations) == ("express", 3)
    report.raise_errors()


@pytest.mark.parametrize(
    ("flow", "says"),
    [
        (graph(""), "nodes: the flow has no nodes; add one"),
        (graph("a b a"), "Node 'a': id: 2 nodes have this id; rename all but one"),
        (graph("a/b"), "Node 'a/b': id: an id must not contain / [ or ]; rename the node"),
        (graph([node("a", "scriptd")]),
         "Node 'a': type: unknown node type 'scriptd'; did you mean scripted?"),
        (graph("a", "a>b"), "edge a → b: there is no target node 'b'; remove the edge or add the"
         " node"),
        (graph("a b", "a>b a>b"), "edge a → b: the same edge stands there twice; remove one"),
        (graph("a b", "a:maybe>b"),
         "Node 'a': edge a:maybe → b: has no output 'maybe'; leave by one of default, error"),
        (graph([node("a", "condition", expression="1"), plain("b")], "a:perhaps>b"),
         "Node 'a': edge a:perhaps → b: has no output 'perhaps'; leave by one of error, no, yes"),
        (graph([node("a", "condition", expression="1"), plain("b")], "a>b"),
         "Node 'a': edge a → b: has no output 'default'; leave by one of error, no, yes"),
        (FlowGraph(nodes=(plain("a"), plain("b")),
                   edges=(Edge(source="a", target="b", target_handle="left"),)),
         "Node 'b': edge a → b: has no input 'left'; enter by default"),
        (graph("a b c", "a>b>c>b"), "Node 'b': edges: the cycle b → c → b; remove one of its "
         "edges; to repeat nodes use a loop, whose body ends by itself"),
        (graph("a", "a>a"), "Node 'a': edges: the cycle a → a; remove one of its edges; to repeat "
         "nodes use a loop, whose body ends by itself"),
        (graph([node("l", "loop", items=[1]), plain("a")], "l>a"),
         "Node 'l': edges: the loop has no body; connect its output body with what shall be "
         "repeated"),
        (graph([node("l", "loop", items=[1]), plain("a"), plain("b")], "l:body>a>b l>b"),
         "Node 'b': edge l → b: b belongs to the body of l and is also reached from outside; end "
         "the body before b"),
        (graph([node("s", "start"), plain("a")]),
         "Node 'a': edges: cannot be reached from s; connect or remove it"),
        (graph([plain("a"), node("n", "numbers")], "a>n"),
         "Node 'n': edge a → n: nothing leads into a producer; remove the edge, or put a queue "
         "writer before it"),
        (graph("a", type="production"), "nodes: a production flow needs a producer; add a "
         "producer, such as a queue reader, or make it a flow of type api"),
        (graph([node("a", "delay")]), "Node 'a': interval: Field required; correct the field"),
        (graph([node("a", "delay", interval=-1)]), "Node 'a': interval: Input should be greater "
         "than or equal to 0; correct the field"),
        (graph([node("a", "delay", interval=1, tempo=2)]),
         "Node 'a': tempo: Extra inputs are not permitted; correct the field"),
        (graph([node("a", "condition", operator="resembles", field="x")]),
         "Node 'a': configuration: Value error, Unknown condition type: resembles; use equals"),
        (graph([node("l", "loop", items=[1]).model_copy(update={"retry": RetryPolicy(attempts=2)}),
                plain("a")], "l:body>a"),
         "Node 'l': retry: a loop is not tried again as a whole; give the retry policy to the "
         "nodes of its body"),
        (graph([node("a", "emit-event", event_type="x").model_copy(update={"pool": Pool.PROCESS})]),
         "Node 'a': pool: a process of its own has no port events; run it in the pool async or "
         "thread"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_its_mend(flow: FlowGraph, says: str) -> None:
    found = problems(flow)
    assert any(each.startswith(says) for each in found), found


@pytest.mark.parametrize(
    ("faulty", "field"),
    [
        (node("a", "transform", output={"x": ["{{ data.x"]}), "output.x[0]"),
        (node("a", "transform", output="{{ data.__class__ }}"), "output"),
        (node("a", "condition", expression="data.x >"), "expression"),
        (node("a", "switch", cases=[{"output": "b", "when": "import os"}]), "cases[0].when"),
        (node("a", "loop", mode="while", condition="((1)"), "condition"),
    ],
)
def test_a_text_that_cannot_be_read_is_named_by_its_field(faulty: Any, field: str) -> None:
    found = [(p.node, p.field) for p in validate(graph([faulty, plain("z")]), REGISTRY).errors]
    assert ("a", field) in found


def test_declared_inputs_must_run_before() -> None:
    def reading(source: str) -> FlowGraph:
        reader = plain("c").model_copy(
            update={"inputs": (DeclaredInput(name="x", source_node=source),)}
        )
        return graph([plain("a"), plain("b"), reader, plain("d")], "a>b>c>d")

    assert problems(reading("a")) == []
    assert problems(reading("d")) == [
        "Node 'c': inputs.x: 'd' does not run before it; connect the two, or read another node"
    ]
    assert problems(reading("zz")) == [
        "Node 'c': inputs.x: there is no node 'zz'; name a node of the flow"
    ]


def test_everything_is_said_at_once() -> None:
    flow = graph([plain("a"), node("b", "nope"), node("c", "delay")], "a>b>zz a:x>c")
    with pytest.raises(GraphError) as caught:
        validate(flow, REGISTRY).raise_errors()
    lines = str(caught.value).splitlines()
    assert lines[0] == "Workflow validation failed:"
    assert len(lines) == 5


def test_a_scope_is_validated_alone() -> None:
    flow = graph([plain("a"), plain("b"), node("x", "nope")], "a>b")
    validator = NodeValidator(REGISTRY)
    assert not validator.validate(flow).ok
    assert validator.validate(flow, scope_node_id="a").ok


def test_what_stands_alone_is_a_warning() -> None:
    report = validate(graph("a b c", "a>b"), REGISTRY)
    assert report.ok
    assert [(p.node, p.severity) for p in report.problems] == [("c", "warning")]


def test_fields_with_templates_wait_for_the_run_and_then_say_what_is_wrong() -> None:
    from tests.fakes.graphs import run

    flow = graph([node("a", "delay", interval="{{ data.seconds }}")])
    assert problems(flow) == []
    assert run(flow, {"seconds": 0}).status == "completed"
    done = run(flow, {"seconds": "soon"})
    assert done.error is not None
    assert done.error.type == "FormValidationError"
    assert done.error.message.startswith("Invalid field values: interval: Input should be a valid")


def test_five_thousand_nodes_are_fine_and_too_many_are_told() -> None:
    many = FlowGraph(
        nodes=tuple(node(f"n{i}", "start") for i in range(5_000)),
        edges=edges(">".join(f"n{i}" for i in range(5_000))),
    )
    assert problems(many) == []
    more = graph([scripted(f"n{i}") for i in range(10_001)])
    assert (
        "nodes: 10,001 nodes, at most 10,000 are allowed; move parts of it into sub-workflows"
        in (problems(more))
    )


def test_nodes_that_share_an_id_are_each_looked_at() -> None:
    nodes = [
        {"id": "a", "type": "transform", "config": {"output": {"x": "{{ data."}}},
        {"id": "a", "type": "no-such"},
    ]
    found = validate(FlowGraph.model_validate({"nodes": nodes}), registry()).errors
    said = [str(problem) for problem in found]
    assert sum("unknown node type" in one for one in said) == 1
    assert any("output.x" in one for one in said)
    assert any("2 nodes have this id" in one for one in said)
