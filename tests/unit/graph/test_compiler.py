"""What flows become as state machines."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from shared.graph import Edge, FlowGraph, FlowSettings, GraphError, Node, RetryPolicy
from shared.graph.asl.check import check, check_input
from shared.graph.asl.compiler import compile_flow
from shared.graph.plan import make_plan
from tests.engines.nodes import REGISTRY


def flow(nodes: str, edges: str = "", **more: Any) -> FlowGraph:
    """`a b:pick` are nodes, `a>b b.yes>a` are edges."""
    made = []
    for text in nodes.split():
        name, _, kind = text.partition(":")
        config = {"concurrency": 4} if kind == "each4" else {}
        made.append(Node(id=name, type=kind.rstrip("4") or "step", config=config))
    ways = [way.partition(">")[::2] for way in edges.split()]
    return FlowGraph(
        name="Test",
        nodes=made,
        edges=[
            Edge(source=s.partition(".")[0], target=t, source_handle=s.partition(".")[2])
            for s, t in ways
        ],
        **more,
    )


def states(graph: FlowGraph, granularity: Any = "node") -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(place: Any) -> None:
        for name, state in place["States"].items():
            found[name] = state
            for inner in (*state.get("Branches", ()), state.get("ItemProcessor")):
                if inner:
                    walk(inner)

    walk(compile_flow(make_plan(graph, REGISTRY), granularity=granularity).definition)
    return found


def types(graph: FlowGraph, granularity: Any = "node") -> list[str]:
    return [state["Type"] for state in states(graph, granularity).values()]


def test_a_chain_is_a_task_per_node_and_one_that_closes_the_run():
    assert types(flow("a b c", "a>b b>c")) == ["Task"] * 4


def test_a_region_is_one_task_whatever_its_shape():
    graph = flow("a c:pick b d e:each f", "a>c c.yes>b c.no>d b>e d>e e.body>f")
    assert types(graph, "region") == ["Task", "Task"]


def test_a_diamond_behind_a_condition_needs_no_parallel_state():
    found = states(flow("a:pick b c d", "a.yes>b a.no>c b>d c>d"))
    assert found["a chose"]["Choices"] == [
        {"Variable": "$.route", "StringEquals": "yes", "Next": "b"},
        {"Variable": "$.route", "StringEquals": "no", "Next": "c"},
    ]
    assert found["a chose"]["Default"] == "d"
    assert "Parallel" not in types(flow("a:pick b c d", "a.yes>b a.no>c b>d c>d"))


def test_a_dead_region_is_passed_over_as_a_whole():
    found = states(flow("a:pick b c d e", "a.yes>b b>c c>d a.no>e d>e"))
    assert found["a chose"]["Choices"][0]["Next"] == "b"
    assert found["a chose"]["Default"] == "e"


def test_what_a_decision_does_not_exclude_stands_beside_it():
    found = states(flow("a:pick b c d", "a.yes>b a.no>c a.yes>d a.no>d"))
    assert len(found["b and others"]["Branches"]) == 2


def test_an_error_output_is_taken_by_a_lost_task_too():
    rule = states(flow("a b", "a.error>b"))["a chose"]["Choices"][0]
    assert rule["Or"][1] == {"Variable": "$.route.Error", "IsPresent": True}


def test_every_task_but_the_last_is_caught():
    graph = flow("a:pick b c:each d:ask e:each4 f:ask g", "a.yes>b a>c c.body>d a>e e.body>f e>g")
    for name, state in states(graph).items():
        assert state["Type"] != "Task" or name == "Finalize" or state["Catch"], name


def test_a_waiting_node_is_asked_before_it_waits():
    found = states(flow("a:ask b", "a>b"))
    assert found["a"]["Next"] == "a waits?"
    assert found["a waits?"]["Default"] == "b"
    assert found["a waits (timer)"]["TimestampPath"] == "$.until"
    assert found["a waits (callback)"]["Resource"].endswith(".waitForTaskToken")
    assert found["a waits (callback)"]["Next"] == "a ended"


def test_loops_that_wait_are_cycles_or_maps():
    assert states(flow("a:each b:ask", "a.body>b"))["a goes round?"]["Choices"][0]["Next"] == "b"
    mapped = states(flow("a:each4 b:ask", "a.body>b"))["a items"]
    assert mapped["MaxConcurrency"] == 4
    assert mapped["ItemProcessor"]["ProcessorConfig"] == {"Mode": "INLINE"}


def test_above_a_thousand_items_a_map_is_distributed():
    graph = flow("a:each4 b:ask", "a.body>b")
    node = graph.nodes[0].model_copy(update={"config": {"concurrency": 4, "most": 5_000}})
    graph = graph.model_copy(update={"nodes": (node, graph.nodes[1])})
    mode = states(graph)["a items"]["ItemProcessor"]["ProcessorConfig"]
    assert mode == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def test_a_policy_becomes_a_jittered_retry():
    policy = RetryPolicy(attempts=4, interval=2, rate=3, maximum=30, timeout=10)
    state = states(flow("a", settings=FlowSettings(retry=policy)))["a"]
    assert state["Retry"][0] == {
        "ErrorEquals": ["NodeTriesAgain"], "IntervalSeconds": 2, "MaxAttempts": 3,
        "BackoffRate": 3.0, "MaxDelaySeconds": 30, "JitterStrategy": "FULL",
    }  # fmt: skip
    assert state["TimeoutSeconds"] == 40


@pytest.mark.parametrize(
    ("graph", "kind", "reason"),
    [
        (flow("a b:ask", "a>b"), "STANDARD", "node b waits"),
        (flow("a b", "a>b"), "STANDARD", "it may take 900 s"),
        (flow("a", settings=FlowSettings(timeout=60)), "EXPRESS", "nothing waits"),
        (flow("a", settings=FlowSettings(node_timeout=60)), "EXPRESS", "nothing waits"),
        (flow("a", settings=FlowSettings(machine="standard")), "STANDARD", "settings ask for it"),
    ],
)
def test_standard_or_express_with_the_reason(graph, kind, reason):
    machine = compile_flow(make_plan(graph, REGISTRY)).machine
    assert machine.type == kind
    assert reason in machine.reason


def test_express_is_refused_where_it_cannot_be():
    graph = flow("a:ask", settings=FlowSettings(machine="express"))
    with pytest.raises(GraphError, match="express is not possible, node a waits; use auto"):
        compile_flow(make_plan(graph, REGISTRY))


def test_equal_flows_give_equal_machines():
    graph = flow("a:pick b c d:each e:ask", "a.yes>b a.no>c b>d c>d d.body>e")
    one, other = (compile_flow(make_plan(copy.deepcopy(graph), REGISTRY)) for _ in range(2))
    assert one.as_text() == other.as_text()


def test_names_are_readable_unique_and_short():
    names = ("Send mail", "Send mail", "x" * 200, "<{}>")
    nodes = [Node(id=str(n), type="step", name=name) for n, name in enumerate(names, 1)]
    found = states(FlowGraph(name="n", nodes=nodes))
    assert {"Send mail", "Send mail (2)"} <= found.keys()
    assert all(len(name) <= 80 for name in found)
    assert found["Send mail (2)"]["Comment"] == "Node 2 (blocking)"


def test_only_ids_and_routes_travel():
    payload = states(flow("a"))["a"]["Parameters"]["Payload"]
    assert payload == {
        "node": "a", "mode": "run", "attempt.$": "$$.State.RetryCount", "state.$": "$",
    }  # fmt: skip


def test_a_definition_that_is_too_large_says_what_to_do():
    names = " ".join(f"n{i}" for i in range(2_000))
    with pytest.raises(GraphError, match="granularity to region"):
        compile_flow(make_plan(flow(names), REGISTRY))
    assert (
        len(compile_flow(make_plan(flow(names), REGISTRY), granularity="region").as_text()) < 9_000
    )


TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
WRONG = {
    "there is no state 'x'": {"StartAt": "x"},
    "nothing leads to it": {"b": TASK},
    "goes on to 'z'": {"a": {"Type": "Pass", "Next": "z"}},
    "no field Nexxt": {"a": {**TASK, "Nexxt": "a"}},
    "no type 'Tusk'": {"a": {"Type": "Tusk"}},
    "either Next or End": {"a": {"Type": "Pass"}},
    "at most 80 characters": {"StartAt": "a" * 81, "a" * 81: TASK},
    "Default: missing": {
        "a": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "b"}]},
        "b": TASK,
    },
    "Choices: empty": {"a": {"Type": "Choice", "Choices": [], "Default": "b"}, "b": TASK},
    "exactly one of Seconds": {"a": {"Type": "Wait", "End": True}},
    "States.ALL stands alone": {
        "a": {**TASK, "Retry": [{"ErrorEquals": ["States.ALL", "X"]}]},
    },
    "IntervalSeconds: 0": {"a": {**TASK, "Retry": [{"ErrorEquals": ["X"], "IntervalSeconds": 0}]}},
    "MaxDelaySeconds: 1": {"a": {**TASK, "Retry": [{"ErrorEquals": ["X"], "MaxDelaySeconds": 1}]}},
    "no field of a retrier": {"a": {**TASK, "Retry": [{"ErrorEquals": ["X"], "Max": 1}]}},
    "Branches: empty": {"a": {"Type": "Parallel", "Branches": [], "End": True}},
    "2 states have this name": {
        "a": {"Type": "Parallel", "End": True,
              "Branches": [{"StartAt": "a", "States": {"a": TASK}}]},
    },
    "pass \\$\\$.Task.Token": {
        "a": {**TASK, "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"},
    },
    "no ARN": {"a": {**TASK, "Resource": "lambda"}},
    "TimeoutSeconds: 0": {"a": {**TASK, "TimeoutSeconds": 0}},
    "not both": {"a": {**TASK, "TimeoutSeconds": 1, "TimeoutSecondsPath": "$.a"}},
    "ExecutionType: missing": {
        "a": {"Type": "Map", "End": True, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "b", "States": {"b": TASK}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("problem", WRONG)
def test_what_aws_would_refuse_is_found(problem):
    made = dict(WRONG[problem])
    start = made.pop("StartAt", "a")
    definition = {"StartAt": start, "States": {"a": TASK, **made} if start == "a" else made}
    with pytest.raises(AssertionError, match=problem):
        assert check(definition) == []


def test_express_has_no_waiting():
    task = {**TASK, "Resource": "arn:aws:states:::states:startExecution.sync:2"}
    definition = {"StartAt": "a", "States": {"a": task}}
    assert check(definition) == []
    found = check(definition, "EXPRESS")
    assert any("Express has no .sync:2" in problem for problem in found)
    assert any("ends after 300 s" in problem for problem in found)
    assert check({**definition, "Colour": "red"}) == ["Colour: no field of a machine; remove it"]
    assert check_input({"a": "x" * 300_000})
    assert not check_input({"a": "x"})
