"""Defects that the systems before this one had: each test is named after what must not happen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.graph import GraphError, NodeRegistry, Pool, Status
from shared.graph.analysis import QueueMapper
from shared.graph.engine import FlowEngine, run_production
from shared.graph.loaders import load_flow
from shared.graph.validation import validate
from tests.fakes.graph_nodes import CALLS
from tests.fakes.graphs import REGISTRY, graph, node, plain, run, scripted, statuses


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CALLS.clear()


def each(items: Any = "{{ data.list }}", name: str = "each", **more: Any) -> Any:
    return node(name, "loop", items=items, **more)


def results(flow: Any, given: Any) -> Any:
    done = run(flow, given)
    assert done.error is None, done.error
    return (done.result or {})["loop_results"]


def by_parity() -> Any:
    return node("if", "condition", expression="data.forEachNode.state.item % 2 == 0")


# The orchestrator: loading


def test_settings_are_not_dropped_by_a_conversion() -> None:
    raw = {"nodes": [{"id": "a", "node_type": "start"}], "connections": [],
           "settings": {"fork_execution_pool": "process"}}  # fmt: skip
    assert load_flow(raw).settings.pool is Pool.PROCESS


def test_an_edge_to_a_missing_node_is_not_skipped() -> None:
    flow = graph("a", "a>b")
    assert not validate(flow, REGISTRY).ok
    with pytest.raises(GraphError, match="there is no node 'b'"):
        run(flow)


def test_a_second_type_of_one_identifier_does_not_overwrite_the_first() -> None:
    first = REGISTRY.get("start")
    second = type("Second", (first,), {"type": "start"})
    with pytest.raises(GraphError, match="call themselves so; rename one"):
        NodeRegistry(first, second)


# The orchestrator: runs


def test_a_body_of_one_node_is_not_left_out() -> None:
    assert results(graph([each(), node("b", "count")], "each:body>b"), {"list": [1, 2]}) == [
        {"b": True}, {"b": True},
    ]  # fmt: skip
    assert dict(CALLS) == {"each[0]/b": 1, "each[1]/b": 1}


def test_a_loop_at_the_entry_of_a_body_is_not_left_out() -> None:
    inner = each("{{ data.forEachNode.state.item }}", "inner")
    flow = graph([each(), inner, node("b", "count"), node("after", "count")],
                 "each:body>inner inner:body>b inner>after")  # fmt: skip
    found = results(flow, {"list": [[1, 2], [3]]})
    assert [len(one["loop_results"]) for one in found] == [2, 1]


def test_what_is_behind_an_inner_loop_is_not_lost_to_the_outer_one() -> None:
    inner = each("{{ data.forEachNode.state.item }}", "inner")
    flow = graph([each(), inner, plain("b"), plain("after")],
                 "each:body>inner inner:body>b inner>after")  # fmt: skip
    assert [one["after"] for one in results(flow, {"list": [[1], []]})] == ["after", "after"]


def test_a_condition_at_the_entry_of_a_body_does_not_use_its_previous_result() -> None:
    flow = graph([each(), by_parity(), plain("even"), plain("odd")],
                 "each:body>if if:yes>even if:no>odd")  # fmt: skip
    found = results(flow, {"list": [1, 2, 3, 4]})
    assert ["even" in one for one in found] == [False, True, False, True]


def test_the_end_of_a_loop_does_not_run_what_is_behind_a_loop_node_once_more() -> None:
    flow = graph([node("n", "numbers"), each([1]), node("b", "count"), node("after", "lifecycle")],
                 "n>each each:body>b each>after", type="production")  # fmt: skip
    asyncio.run(_produce(flow))
    assert CALLS["after execute"] == 3
    assert CALLS["after cleanup"] == 1


def test_results_do_not_shift_when_an_item_takes_an_unconnected_output() -> None:
    flow = graph([each(), by_parity(), plain("even")], "each:body>if if:yes>even")
    found = results(flow, {"list": [1, 2, 3]})
    assert ["even" in one for one in found] == [False, True, False]


def test_results_do_not_shift_when_an_item_ends_in_a_node_that_hands_over() -> None:
    flow = graph([each(), by_parity(), node("h", "hand-over"), plain("even")],
                 "each:body>if if:no>h if:yes>even")  # fmt: skip
    assert len(results(flow, {"list": [1, 2, 3]})) == 3


def test_a_condition_inside_a_fork_is_not_ignored() -> None:
    condition = node("if", "condition", expression="data.x > 1")
    flow = graph([plain("s"), plain("a"), condition, plain("y"), plain("n"), plain("join")],
                 "s>a>join s>if if:yes>y>join if:no>n>join")  # fmt: skip
    assert run(flow, {"x": 2}).result.keys() >= {"a", "y", "join"}  # type: ignore[union-attr]
    assert statuses(run(flow, {"x": 2}))["n"] == "skipped"


def test_a_decision_is_not_kept_on_the_node_when_runs_overlap() -> None:
    condition = node("if", "condition", expression="data.x > 1")
    flow = graph([scripted("s", sleep=0.001), condition, plain("y"), plain("n")],
                 "s>if if:yes>y if:no>n")  # fmt: skip

    async def main() -> list[Any]:
        engine = FlowEngine(REGISTRY)
        return await asyncio.gather(*(engine.run(flow, {"x": x}) for x in (1, 2) * 10))

    for number, done in enumerate(asyncio.run(main())):
        assert ("y" if number % 2 else "n") in done.result


def test_a_decision_is_not_lost_in_the_process_pool() -> None:
    condition = node("if", "condition", expression="data.x > 1")
    flow = graph([condition.model_copy(update={"pool": Pool.PROCESS}), plain("y")], "if:yes>y")
    assert statuses(run(flow, {"x": 2})) == {"if": "completed", "y": "completed"}


def test_a_node_behind_an_if_else_diamond_does_not_duplicate_keys() -> None:
    condition = node("if", "condition", expression="data.x > 1")
    flow = graph([condition, plain("y"), plain("n"), plain("join")],
                 "if:yes>y>join if:no>n>join")  # fmt: skip
    assert set(run(flow, {"x": 2}).result or {}) == {"x", "if_condition", "y", "join"}


def test_keys_from_before_a_fork_are_not_duplicated_by_the_join() -> None:
    flow = graph("s a b join", "s>a>join s>b>join")
    assert set(run(flow, {"x": 2}).result or {}) == {"x", "s", "a", "b", "join"}


def test_no_node_behind_branches_misses_its_cleanup() -> None:
    condition = node("if", "condition", expression="data.numbers > 1")
    flow = graph([node("n", "numbers"), node("a", "lifecycle"), condition,
                  node("y", "lifecycle"), node("deep", "lifecycle")],
                 "n>a n>if if:yes>y>deep", type="production")  # fmt: skip
    asyncio.run(_produce(flow))
    assert [CALLS[f"{name} cleanup"] for name in ("a", "y", "deep")] == [1, 1, 1]


def test_runners_do_not_multiply_pools() -> None:
    flow = graph([node("n", "numbers"), node("m", "numbers"), node("p", "async-process")],
                 "n>p m>p", type="production")  # fmt: skip
    runs = asyncio.run(_produce(flow))
    assert len(runs) == 2


async def _produce(flow: Any) -> Any:
    async with FlowEngine(REGISTRY) as engine:
        found = await run_production(engine, flow, pause=0)
        assert len({id(runner._engine.pools) for runner in found}) == 1
        return found


def test_a_failure_in_one_path_is_not_swallowed() -> None:
    done = run(graph([plain("s"), scripted("bad", fail="Boom"), plain("good")], "s>bad s>good"))
    assert done.status is Status.FAILED
    assert statuses(done)["good"] == "completed"


# The orchestrator: forms and queues


def test_a_rule_between_fields_is_not_left_out() -> None:
    faulty = node("if", "condition", expression="", field="")
    assert any("write an expression, or name a field" in p.problem
               for p in validate(graph([faulty]), REGISTRY).errors)  # fmt: skip
    at_run = node("if", "condition", operator="{{ data.op }}", field="x", value="1")
    done = run(graph([at_run]), {"op": "resembles", "x": 1})
    assert done.error is not None
    assert "Unknown condition type: resembles" in done.error.message


def test_a_template_inside_an_object_is_not_rendered_from_its_python_text() -> None:
    output = {
        "list": ["{{ data.x }}", {"deep": "{{ data.none }}"}],
        "block": "{% if 1 %}a{% endif %}",
    }
    done = run(graph([node("t", "transform", output=output)]), {"x": 1, "none": None})
    assert done.result == {"list": [1, {"deep": None}], "block": "a"}


def test_a_condition_is_not_evaluated_as_python() -> None:
    for attempt in ("__import__('os').system('true')", "data.__class__", "[].__class__.__mro__"):
        faulty = node("if", "condition", expression=attempt)
        assert not validate(graph([faulty]), REGISTRY).ok
        assert run(graph([faulty])).status is Status.FAILED


def test_a_writer_with_two_readers_does_not_leave_one_of_them_without_a_queue() -> None:
    flow = graph([node("w", "queue-writer"), node("r", "queue-reader"), node("q", "queue-reader")],
                 "w>r w>q", type="production")  # fmt: skip
    found = QueueMapper(REGISTRY).map(flow)
    assert found.writes == {"w": ("queue_w_r", "queue_w_q")}
    assert found.reads == {"r": ("queue_w_r",), "q": ("queue_w_q",)}


# The executor


def test_a_condition_does_not_run_both_branches() -> None:
    raw = {
        "nodes": [
            {"id": "c", "type": "condition", "data": {},
             "condition_config": {"condition_type": "equals", "field": "x", "value": "1"}},
            {"id": "t", "type": "start", "data": {}}, {"id": "f", "type": "start", "data": {}},
            {"id": "e", "type": "end", "data": {}},
        ],
        "edges": [
            {"source": "c", "target": "t", "sourceHandle": "true"},
            {"source": "c", "target": "f", "sourceHandle": "false"},
            {"source": "t", "target": "e"}, {"source": "f", "target": "e"},
        ],
    }  # fmt: skip
    found = statuses(run(load_flow(raw), {"x": 1}))
    assert found == {"c": "completed", "t": "completed", "f": "skipped", "e": "completed"}


def test_a_loop_does_not_stay_at_its_initial_state() -> None:
    raw = {
        "nodes": [
            {"id": "l", "type": "loop", "loop_config": {"loop_type": "for_each"}},
            {"id": "b", "type": "count", "data": {}},
        ],
        "edges": [{"source": "l", "target": "b", "sourceHandle": "body"}],
    }  # fmt: skip
    done = run(load_flow(raw), {"items": ["a", "b", "c"]})
    assert len((done.result or {})["loop_results"]) == 3
    assert len(CALLS) == 3


def test_a_cycle_is_not_silently_left_out_of_a_completed_run() -> None:
    flow = graph("a b c", "a>b>c>b")
    assert not validate(flow, REGISTRY).ok
    with pytest.raises(GraphError, match="cycle b → c → b"):
        run(flow)


def test_the_result_does_not_depend_on_which_sink_ended_last() -> None:
    for slow in ("a", "b"):
        pauses = {name: 0.02 if name == slow else 0 for name in ("a", "b")}
        sinks = [
            scripted(name, value={name: name, "x": name}, form="update", sleep=pause)
            for name, pause in pauses.items()
        ]
        nodes = [plain("s"), *sinks]
        assert run(graph(nodes, "s>a s>b")).result == {
            "s": "s", "a": "a", "b": "b", "x": "a", "x_2": "b",
        }  # fmt: skip


def test_empty_inputs_are_not_dropped() -> None:
    given = {"none": None, "text": "", "object": {}, "list": [], "deep": {"object": {}}}
    assert run(graph("a"), given).result == {**given, "a": "a"}


def test_a_node_does_not_wait_for_the_slowest_of_another_branch() -> None:
    order: list[str] = []

    def note(progress: Any) -> None:
        if progress.what == "completed":
            order.append(progress.node)

    nodes = [plain("s"), scripted("slow", sleep=0.2), plain("quick"), plain("next")]
    run(graph(nodes, "s>slow s>quick>next"), engine={"listener": note})
    assert order == ["s", "quick", "next", "slow"]


def test_an_absent_field_is_not_an_error_for_empty() -> None:
    done = run(graph([node("if", "condition", field="gone", operator="empty")]), {})
    assert done.output("if")["result"] is True


def test_lines_that_cannot_be_read_are_not_dropped() -> None:
    done = run(graph([each('{"a": 1}\nnot json'), plain("b")], "each:body>b"), {})
    assert done.error is not None
    assert "the items are no JSON" in done.error.message


def test_an_unlimited_while_is_not_without_a_guard() -> None:
    endless = node("w", "loop", mode="while", condition="true", max_iterations=0)
    done = run(graph([endless, node("b", "start")], "w:body>b"))
    assert (done.result or {})["loop"] == {"iterations": 10_000, "ended": "limit"}


def test_an_unknown_mode_of_a_loop_is_not_ignored() -> None:
    faulty = graph([node("l", "loop", loop_type="forever"), plain("b")], "l:body>b")
    assert any("for_each" in p.problem for p in validate(faulty, REGISTRY).errors)


def test_a_run_whose_nodes_wait_for_ever_is_not_completed() -> None:
    done = run(graph([node("w", "scripted", wait=True), plain("z")], "w>z"))
    assert (done.status, done.result) == (Status.WAITING, None)
    assert statuses(done)["z"] == "pending"
