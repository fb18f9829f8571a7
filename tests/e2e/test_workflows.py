"""Workflows on the running platform: machines made at run time, the node runner, one call."""

from __future__ import annotations

import pytest

from shared.platform.step_functions import execution_arn
from tests.e2e.workflows import Client, asking, fork, node, row, states

pytestmark = pytest.mark.xdist_group("shared")


@pytest.fixture(scope="module")
def client(running):
    assert running.platform.ready.wait(60)
    return Client(running)


@pytest.mark.parametrize(
    ("definition", "machine"),
    [
        (fork(engine="inline"), "none"),
        (fork(timeout=60, node_timeout=30), "express"),
        (fork(node("wait", "delay", interval=1.2)), "standard"),
    ],
    ids=["inline", "express", "standard"],
)
def test_a_fork_and_its_join_on_every_engine(client, definition, machine):
    workflow = client.published(definition)
    assert client.version(workflow)["machine"] == machine
    run = client.ended(client.begun(workflow, x=1))
    assert run["status"] == "completed", run
    assert {name: run["result"][name] for name in ("left", "right")} == {"left": 1, "right": 2}
    assert set(states(run)) == {one["id"] for one in definition["nodes"]}
    assert set(states(run).values()) == {"completed"}


@pytest.mark.parametrize("engine", ["durable", "inline"])
def test_a_run_waits_for_an_answer_and_goes_on(client, engine):
    execution = client.begun(client.published(asking(engine=engine)))
    client.asks(execution)
    client.approve(execution)
    assert client.ended(execution)["status"] == "completed"


def test_a_cancelled_run_stops(client):
    workflow = client.published(asking())
    execution = client.begun(workflow)
    client.asks(execution)
    client.post(f"/executions/{execution}/cancel/")
    run = client.run(execution)
    assert run["status"] == "cancelled"
    assert states(run).get("end") != "completed"
    arn = execution_arn(client.version(workflow)["arn"], execution)
    machines = client.at.aws("stepfunctions")
    client.at.eventually(
        lambda: machines.describe_execution(executionArn=arn)["status"] == "ABORTED"
    )


@pytest.mark.parametrize("waits", [False, True], ids=["express", "standard"])
def test_a_workflow_runs_another(client, waits):
    between = [node("wait", "delay", interval=1.2)] if waits else []
    said = node("say", "transform", output={"said": "hello {{ data.name }}"})
    child = client.published(row([node("start", "start"), *between, said]))
    parent = client.published(
        row([node("start", "start"), node("child", "sub-workflow", workflow=child)])
    )
    run = client.ended(client.begun(parent, name="Ada"))
    assert run["status"] == "completed", run
    assert "hello Ada" in str(run["result"])
    (made,) = client.at.get("/executions/", params={"workflow_id": child})["executions"]
    assert made["cause"] == {"kind": "workflow", "id": run["execution_id"]}


def test_a_workflow_that_starts_itself_ends(client):
    workflow = client.post("/workflows/", name="snake", definition=row([node("start", "start")]))
    again = row([node("start", "start"), node("self", "sub-workflow", workflow=workflow["id"])])
    answer = client.at.http.put(
        f"{client.at.url}/workflows/{workflow['id']}/", json={"definition": again}
    )
    assert answer.ok, answer.text
    client.publish(workflow["id"])
    run = client.ended(client.begun(workflow["id"]))
    assert run["status"] == "failed"
    assert "TooDeep" in str(run)
