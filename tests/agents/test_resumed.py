"""Runs with agents as executions: refused without a model, resumed without a second bill."""

from __future__ import annotations

import pytest

from shared.graph.durable import NodeRunner
from shared.graph.durable.published import PublishedFlows
from shared.llm.errors import KeyRefusedError
from shared.nodes.agents.ports import MODELS
from tests.agents.test_models_api import KEY, Models, put
from tests.fakes.executions import ExecutionsWorld
from tests.fakes.graphs import REGISTRY
from tests.fakes.models import FakeModels, ScriptedModel, called, said
from tests.fakes.node_ports import node_ports


def flow(engine, prompt="do"):
    agent = {"prompt": prompt, "tools": ["create_lead"]}
    nodes = [
        {"id": "first", "type": "agent", "config": {"prompt": "before"}},
        {"id": "a", "type": "agent", "config": agent},
    ]
    edges = [{"source": "first", "target": "a"}]
    return {"nodes": nodes, "edges": edges, "settings": {"engine": engine}}


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_resumed_run_bills_and_does_nothing_twice(engine):
    model = ScriptedModel(
        said("ready"), called(("create_lead", {"name": "Eve"})), KeyRefusedError("fakes"),
        said("done"),
    )  # fmt: skip
    world, ports = ExecutionsWorld(), {**node_ports(), MODELS: FakeModels(model)}
    flows = PublishedFlows(world.tables, "workflows", REGISTRY)
    world.runner = NodeRunner(world.ports.store, flows, ports=ports, clock=world.clock)
    failed = world.start(world.workflow(flow(engine)))
    assert (failed.status, failed.error["type"]) == ("failed", "KeyRefusedError")
    made = world.at.resuming.resume("acme", failed.id, "same", "jo")
    done = world.at.reading.get("acme", made.id)
    assert done.status == "completed"
    assert len(model.asked) == 4  # ready, the tool, the refusal; and then only what was missing
    entry = world.ports.store.entry("acme", made.id, "a")
    assert entry.result["output"] == "done"
    assert (entry.usage["calls"], entry.usage["tool_calls"]) == (2, 1)
    leads = ports["leads"].leads
    assert [lead["name"] for lead in leads.values()] == ["Ada", "Eve"]


def test_without_a_model_a_run_is_refused_before_it_starts(offline):
    api = Models(llm_private_addresses=True)
    world = ExecutionsWorld()
    api.app.state.services, api.app.state.executing = world.services, world.at
    made = api.create(definition=flow("inline"))["id"]
    api("POST", f"/workflows/{made}/publish/", json={})
    refused = api("POST", f"/workflows/{made}/execute/", json={})
    assert refused.status_code == 400
    assert refused.json()["error_code"] == "LLM_PROVIDER_ERROR"
    assert api("GET", "/executions/").json()["executions"] == []
    api.url = offline.url
    put(api, {"name": "main", "type": "custom", "apiKey": KEY, "baseUrl": offline.url,
              "defaultModel": "small"})  # fmt: skip
    assert api("POST", f"/workflows/{made}/execute/", json={}).status_code == 202
