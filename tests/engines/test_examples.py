"""The example workflows, in the formats of both older systems, on both engines."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.graph import FlowGraph, validate
from shared.graph.durable import TablesRecordStore, start_run
from shared.graph.durable.closing import tell_parent
from shared.graph.durable.suspending import Parent
from shared.graph.loaders import load_flow
from shared.graph.record import Status
from tests.engines.both import on_both
from tests.engines.comparing import TENANT, MemoryBlobs, inline
from tests.engines.step_functions import StepFunctions, answered, step_functions
from tests.fakes.graphs import REGISTRY
from tests.fakes.node_ports import EchoWorkflows, node_ports
from tests.fakes.tables import MemoryTables

ROOT = Path(__file__).resolve().parents[2] / "examples" / "workflows"
LEADS = [
    {"name": "Ada", "score": 90, "source": "web"},
    {"name": "Bob", "score": 10, "source": "referral"},
    {"name": "Cy", "score": 10, "source": "web"},
]
SUM, PAIR = '{"expression": "6 * 7"}', '{"data": "[1, 2]", "expression": "data | sum"}'
LEAD = '{"lead_id": "l1"}'
ADA = '{"id": "l1", "name": "Ada", "email": "ada@example.com", "status": "Interest"}'


def agent(said: str, *calls: tuple[str, str]) -> dict[str, Any]:
    """What an agent adds that the fake model made call these tools."""
    called = [{"tool": t, "arguments": given, "ok": True, "error": None} for t, given in calls]
    told = {"output": f"The tools said: {said}", "steps": len(calls) + 1, "tool_calls": called}
    return {"agent": {**told, "model": "fake", "end": "stop"}}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "executor/fork_and_join": (
        {"amount": 3, "country": "DE"},
        {"offer": "36 EUR in 2 days"},
    ),
    "executor/for_each_with_condition": (
        {"orders": [{"id": "a", "amount": 250}, {"id": "b", "amount": 20}]},
        {"loop_results": [{"id": "a", "do": "call"}, {"id": "b", "do": "mail"}]},
    ),
    "executor/webhook_response": (
        {"body": {"amount": 21}},
        {"http_response": {"status": 201, "body": {"total": 42}}},
    ),
    "executor/started_by_a_lead": (
        {"event": {"type": "lead.created", "data": {"name": "Ada", "value": 75000}}},
        {"card": "Ada: 75000"},
    ),
    "executor/sub_workflow_with_approval": (
        {"percent": 20, "name": "Ada"},
        {"sub_workflow": {"ran": "booking", "with": {"name": "Ada", "percent": 20}}},
    ),
    "executor/agent_with_two_tools": (
        {"text": f"calculator {SUM}\njson_transform {PAIR}"},
        agent('{"result": 42} {"result": 3}', ("calculator", SUM), ("json_transform", PAIR)),
    ),
    "orchestrator/fork_and_join": (
        {"name": "Ada"},
        {"polite": "Dear Ada", "short": "Hi Ada", "from": "Millrace"},
    ),
    "orchestrator/for_each_with_condition": (
        {"leads": LEADS},
        {"rated": [
            {"name": "Ada", "rating": "hot"},
            {"name": "Bob", "rating": "hot"},
            {"name": "Cy", "rating": "cold"},
        ]},
    ),
    "orchestrator/agent_with_two_tools": (
        {"question": f"get_lead {LEAD}\ncalculator {SUM}"},
        agent(f'{{"lead": {ADA}}} {{"result": 42}}', ("get_lead", LEAD), ("calculator", SUM)),
    ),
    "orchestrator/webhook_response": (
        {"service": "mail"},
        {"http_response": {"status": 200, "body": {"up": True}}},
    ),
    "orchestrator/sub_workflow_with_approval": (
        {"amount": 70},
        {"sub_workflow": {"ran": "payment", "with": {"amount": 70}}},
    ),
}  # fmt: skip


def loaded(name: str) -> FlowGraph:
    return load_flow(json.loads((ROOT / f"{name}.json").read_text()))


def test_every_example_is_tried() -> None:
    found = {str(path.relative_to(ROOT).with_suffix("")) for path in ROOT.rglob("*.json")}
    assert found == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_it_is_valid(name: str) -> None:
    assert [str(problem) for problem in validate(loaded(name), REGISTRY).errors] == []


@pytest.mark.parametrize("name", [name for name in CASES if "sub_workflow" not in name])
def test_it_does_on_both_engines_what_it_shall(name: str) -> None:
    given, wanted = CASES[name]
    found = on_both(loaded(name), given)
    assert (found["status"], found["error"]) == ("completed", None)
    assert {**found["result"], **wanted} == found["result"]


@pytest.fixture(scope="module")
def world() -> Iterator[StepFunctions]:
    with step_functions() as made:
        yield made


class EchoRuns(EchoWorkflows):
    """Other workflows: each ends with what it got as soon as it starts."""

    def __init__(self, store: TablesRecordStore) -> None:
        self.store = store

    def prepare(self, workflow: str, given: Any, key: str, parent: Parent) -> str:
        child = key.replace("/", "-")
        start_run(self.store, TENANT, child, workflow, given, parent=parent)
        return child

    def start(self, execution: str) -> None:
        header = self.store.header(TENANT, execution)
        assert header is not None
        result = {"ran": header.flow, "with": dict(header.given)}
        ended = header.ended(Status.COMPLETED, result, None)
        self.store.put_header(TENANT, execution, ended)
        tell_parent(self.store, self, TENANT, ended)

    def succeed(self, token: str, output: Any) -> None:
        # The token's task has not returned yet.
        threading.Thread(target=answered, args=(token,)).start()


@pytest.mark.parametrize("name", CASES)
def test_it_does_through_step_functions_what_it_does_inline(
    world: StepFunctions, name: str
) -> None:
    given, wanted = CASES[name]
    flow, store = loaded(name), TablesRecordStore(MemoryTables(), "executions", MemoryBlobs())
    done = world.run(
        name.replace("/", "-"), flow, given, {}, "node", store=store, registry=REGISTRY,
        ports=node_ports(), children=lambda _: EchoRuns(store),
    )  # fmt: skip
    found = done.report()
    assert found == asyncio.run(inline(flow, given, {}, REGISTRY, node_ports()))
    assert {**found["result"], **wanted} == found["result"]
