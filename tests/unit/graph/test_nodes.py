"""The node types that come with the platform, each by what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.graph import Status
from shared.nodes import registry
from tests.fakes.graphs import graph, node, plain, run, statuses


def test_the_registry_finds_every_node_type() -> None:
    names = {"approval", "condition", "delay", "emit-event", "end", "loop", "scripted", "start",
             "sub-workflow", "switch", "transform"}  # fmt: skip
    assert names <= set(registry())
    assert list(registry()) == sorted(registry())
    assert registry().get("if-condition") is registry().get("condition")
    for name in registry():
        found = registry().get(name)
        assert found.label
        assert found.description
        assert found.__doc__


@pytest.mark.parametrize(
    ("config", "given", "route"),
    [
        ({"expression": "data.x > 3"}, {"x": 4}, "yes"),
        ({"expression": "data.x > 3"}, {"x": 3}, "no"),
        ({"expression": "data.get('x', 0) > 3"}, {}, "no"),
        ({"field": "x", "operator": "equals", "value": "3"}, {"x": 3}, "yes"),
        ({"field": "x.0.y", "value": "1"}, {"x": [{"y": 1}]}, "yes"),
        ({"field": "gone", "operator": "empty"}, {}, "yes"),
        ({"field": "x", "operator": "greater_than", "value": "2"}, {"x": "many"}, "no"),
        ({"field": "x", "operator": "custom", "custom_expression": "float(value) > 2"},
         {"x": "3"}, "yes"),
    ],
)  # fmt: skip
def test_a_condition_takes_one_branch(config: Any, given: Any, route: str) -> None:
    flow = graph([node("if", "condition", **config), plain("y"), plain("n")],
                 "if:true>y if:false>n")  # fmt: skip
    done = run(flow, given)
    assert done.error is None
    assert done.record.entries["if"].route == route
    assert sorted(s for s in statuses(done).values()) == ["completed", "completed", "skipped"]


def test_a_missing_path_in_a_condition_is_an_error_that_names_it() -> None:
    done = run(graph([node("if", "condition", expression="data.lead.vlaue > 3")]), {"lead": {}})
    assert done.error is not None
    assert "data.lead.vlaue" in done.error.message


def test_a_switch_takes_the_first_case_that_holds() -> None:
    cases = [{"output": "Big", "when": "data.x > 9"}, {"output": "even", "when": "data.x % 2 == 0"}]
    flow = graph([node("s", "switch", cases=cases), plain("b"), plain("e"), plain("o")],
                 "s:big>b s:even>e s>o")  # fmt: skip
    for x, taken in ((10, "b"), (4, "e"), (3, "o")):
        assert taken in (run(flow, {"x": x}).result or {})


def test_a_transform_replaces_the_item_or_stands_beside_it() -> None:
    output = {"name": "{{ data.first }} {{ data.last }}", "tags": "{{ data.tags }}"}
    given = {"first": "Ada", "last": "L", "tags": [1]}
    made = {"name": "Ada L", "tags": [1]}
    assert run(graph([node("t", "transform", output=output)]), given).result == made
    beside = run(graph([node("t", "transform", output=output, overwrite=False)]), given)
    assert beside.result == {**given, "transform": made}


def test_what_an_overwriting_transform_cannot_be() -> None:
    done = run(graph([node("t", "transform", output="{{ data.list }}")]), {"list": [1]})
    assert done.error is not None
    assert "must be an object" in done.error.message


def test_a_short_delay_sleeps_and_a_long_one_makes_the_run_wait() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    flow = graph([node("d", "delay", interval=0.5, unit="minutes"), plain("z")], "d>z")
    done = run(flow, {"in": 1}, engine={"ports": {"sleep": sleep}})
    assert (done.result, slept) == ({"in": 1, "z": "z"}, [30.0])
    long = run(graph([node("d", "delay", interval=2, unit="days")]))
    assert long.status is Status.WAITING
    waiting = long.waits_for[0].waits_for or {}
    assert (waiting["kind"], waiting["until"][-1]) == ("timer", "Z")


class Outside:
    """Ports that note what they are asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def emit(self, event_type: str, data: Mapping[str, Any], idempotency_key: str) -> str:
        self.asked.append((event_type, dict(data), idempotency_key))
        return "e1"

    async def run(
        self, workflow_id: str, data: Mapping[str, Any], idempotency_key: str, *, wait: bool
    ) -> Mapping[str, Any]:
        self.asked.append((workflow_id, dict(data), idempotency_key, wait))
        return {"answer": 42}


def test_an_event_is_emitted_under_one_key_however_often_it_is_tried() -> None:
    outside = Outside()
    flow = graph([node("e", "emit-event", event_type="lead.updated", data={"id": "{{ data.id }}"})])
    done = run(flow, {"id": "l1"}, engine={"ports": {"events": outside}}, execution_id="x")
    assert outside.asked == [("lead.updated", {"id": "l1"}, "x/e")]
    assert done.output("e") == {"id": "e1", "type": "lead.updated"}


def test_a_sub_workflow_gives_its_result() -> None:
    outside = Outside()
    later = node("t", "sub-workflow", workflow="w", input={"n": 1}, wait=False)
    flow = graph([node("s", "sub-workflow", workflow="w"), later], "s>t")
    done = run(flow, {"in": 1}, engine={"ports": {"workflows": outside}}, execution_id="x")
    assert [a[1:] for a in outside.asked] == [({"in": 1}, "x/s", True), ({"n": 1}, "x/t", False)]
    assert done.output("s") == {"answer": 42}


def test_an_answer_to_an_approval_must_be_a_decision() -> None:
    flow = graph([node("ask", "approval", approvers=["ada"])])
    done = run(flow, record=run(flow).record, pins={"ask": {"decision": "maybe"}})
    assert done.error is not None
    assert done.error.message == "decision: 'maybe' is none of approved, rejected, expired"


def test_a_script_waits_until_it_is_answered() -> None:
    flow = graph([node("w", "scripted", wait=True)])
    first = run(flow)
    assert first.status is Status.WAITING
    assert run(flow, record=first.record, pins={"w": 5}).output("w") == 5


def test_a_node_is_ready_once_its_configuration_can_be_used() -> None:
    delay = registry().get("delay")
    assert delay.is_ready({"interval": "{{ data.seconds }}"})
    assert delay.is_ready({"interval": 1})
    assert not delay.is_ready({})
    assert not delay.is_ready({"interval": "soon"})
