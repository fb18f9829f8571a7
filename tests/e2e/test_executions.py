"""Workflows run on the platform: both engines, with everything that may be done with a run."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tests.e2e.conftest import refusals

pytestmark = pytest.mark.xdist_group("shared")
BOTH = pytest.mark.parametrize("engine", ["inline", "durable"])


def sets(name, output):
    return {"id": name, "type": "transform", "config": {"output": output}}


def graph(engine, *nodes, **settings):
    ways = {node["id"]: "approved" if node["type"] == "approval" else "default" for node in nodes}
    edges = [{"source": a, "target": b, "sourceHandle": ways[a]} for a, b in pairwise(ways)]
    return {"nodes": list(nodes), "edges": edges, "settings": {"engine": engine, **settings}}


class Workflows:
    def __init__(self, running):
        self.running = running

    def post(self, path, body=None, **how):
        answer = self.running.http.post(f"{self.running.url}{path}", json=body or {}, **how)
        assert answer.ok, answer.text
        return answer.json()

    def published(self, definition):
        made = self.post("/workflows/", {"name": "Run", "definition": definition})
        where = f"/workflows/{made['id']}"
        self.post(f"{where}/publish/")
        return where

    def ended(self, execution_id):
        over = ("completed", "failed", "cancelled")

        def found():
            shown = self.running.get(f"/executions/{execution_id}/")
            return shown if shown["status"] in over else None

        return self.running.eventually(found)


@pytest.fixture(scope="module")
def flows(running):
    return Workflows(running)


@BOTH
def test_a_run_its_log_and_its_place_in_lists_and_sums(flows, engine):
    where = flows.published(graph(engine, sets("a", {"x": "{{ data.name | upper }}"})))
    key = {"Idempotency-Key": where}
    body = {"inputs": {"name": "ann"}}
    first, again = [flows.post(f"{where}/execute/", body, headers=key) for _ in range(2)]
    assert first["execution_id"] == again["execution_id"]
    done = flows.ended(first["execution_id"])
    assert (done["status"], done["result"]["x"]) == ("completed", "ANN")
    waited = flows.post(f"{where}/run/", body)
    assert (waited["status"], waited["result"]["x"]) == ("completed", "ANN")
    listed = flows.running.get(f"{where}/executions/?status=completed")["executions"]
    assert [e["execution_id"] for e in listed] == [waited["execution_id"], done["execution_id"]]
    assert flows.running.get(f"{where}/stats/")["success"] == 2
    lines = flows.running.get(f"/executions/{done['execution_id']}/logs/")["logs"]
    assert [line["node_id"] for line in lines] == [None, "a", "a", None]


@BOTH
def test_a_failure_starts_its_workflow_and_the_run_goes_on_when_it_is_mended(flows, engine):
    alarm = flows.published(graph("inline", sets("a", {"node": "{{ data.failed_node }}"})))
    nodes = sets("a", {"x": 1, "name": "{{ data.name }}"}), sets("b", "{{ data.name + 1 }}")
    named = alarm.rpartition("/")[2]
    where = flows.published(graph(engine, *nodes, on_failure=named))
    failed = flows.post(f"{where}/run/", {"input": {"name": "ann"}})
    assert (failed["status"], failed["failed_node"]) == ("failed", "b")
    (raised,) = flows.running.eventually(
        lambda: flows.running.get(f"{alarm}/executions/?status=completed")["executions"]
    )
    assert raised["cause"] == {"kind": "failure", "id": failed["execution_id"]}
    mended = graph(engine, nodes[0], sets("b", {"y": "{{ data.x + 1 }}"}))
    flows.running.http.put(f"{flows.running.url}{where}/", json={"definition": mended})
    flows.post(f"{where}/publish/")
    made = flows.post(f"/executions/{failed['execution_id']}/resume/", {"version": "latest"})
    done = flows.ended(made["execution_id"])
    assert (done["status"], done["result"]["y"]) == ("completed", 2)
    times = [e["node_states"]["a"]["completed_at"] for e in (failed, done)]
    assert times[0] == times[1]  # it was not run again


@BOTH
def test_a_run_waits_for_an_answer_or_is_cancelled(flows, engine):
    asks = {"id": "ask", "type": "approval", "config": {"approvers": ["admin"]}}
    where = flows.published(graph(engine, asks, sets("b", {"z": "done"})))
    runs = [flows.post(f"{where}/run/")["execution_id"] for _ in range(2)]
    paused = flows.running.get(f"{where}/executions/?status=paused")["executions"]
    assert {each["execution_id"] for each in paused} == set(runs)
    answer = {"value": {"decision": "approved"}}
    flows.post(f"/executions/{runs[0]}/nodes/ask/answer/", answer)
    assert flows.ended(runs[0])["result"]["z"] == "done"
    assert flows.post(f"/executions/{runs[1]}/cancel/")["status"] == "cancelled"
    assert flows.ended(runs[1])["status"] == "cancelled"


def test_a_draft_is_tried(flows):
    new = {"name": "Draft", "definition": graph("durable", sets("a", {"x": 1}))}
    made = flows.post("/workflows/", new)
    tried = flows.post(f"/workflows/{made['id']}/test/")
    assert flows.ended(tried["execution_id"])["result"]["x"] == 1


def test_overdue_runs_and_old_machines_are_looked_for(flows):
    flows.published(graph("durable", sets("a", {"x": 1})))
    functions = flows.running.aws("lambda")
    said = {}
    for name in ("OverdueFunction", "MachineCollectorFunction"):
        answer = functions.invoke(FunctionName=name, Payload=b"{}")
        said[name] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
    assert said["OverdueFunction"] == {"closed": 0}
    assert said["MachineCollectorFunction"]["seen"] > 0
    assert said["MachineCollectorFunction"]["dropped"] == 0
    platform = flows.running.platform
    assert not platform.access.refused, refusals(platform)
