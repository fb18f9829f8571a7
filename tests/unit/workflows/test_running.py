"""Runs under seed 001's paths."""

from __future__ import annotations

import itertools

import pytest

from tests.unit.workflows.building import Api
from tests.unit.workflows.test_workflows import definition

RESPONSE = {
    "id": "answer", "type": "http-response",
    "config": {
        "status_code": 418, "body_source": "custom", "body_json": {"for": "{{ data.name }}"},
    },
}  # fmt: skip
FAILS = {"id": "bad", "type": "condition", "config": {"expression": "data.none.x == 1"}}
WAITS = {"id": "ask", "type": "approval", "config": {"approvers": ["jo"], "message": "?"}}


@pytest.fixture
def api():
    return Api()


def active(api, *nodes, engine="inline", **more):
    """An api workflow that is active: where it is."""
    graph = definition(settings={"engine": engine}, **more)
    if nodes:
        ids = ["start", *(node["id"] for node in nodes)]
        graph["nodes"] = [graph["nodes"][0], *nodes]
        pairs = itertools.pairwise(ids)
        graph["edges"] = [{"source": a, "target": b} for a, b in pairs]
    where = f"/workflow/{api.create(definition=graph)['id']}"
    api.post(f"{where}/activate/", None)
    return where


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_workflow_answers_with_its_result(api, engine):
    where = active(api, engine=engine)
    done = api.post(f"{where}/execute/", {"input": {"name": "Ada"}, "timeout": 20})
    assert (done["success"], done["output"]) == (True, {"text": "Ada"})
    assert done["workflow_id"] == where.split("/")[-1]
    assert done["execution_time_ms"] >= 0
    assert api.get(f"/executions/?status=completed")["executions"]  # noqa: F541


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_response_node_answers_raw(api, engine):
    where = active(api, RESPONSE, engine=engine)
    raw = api("POST", f"{where}/execute/", json={"input": {"name": "Ada"}})
    assert (raw.status_code, raw.json()) == (418, {"for": "Ada"})


def test_a_response_without_a_body(api):
    config = {"status_code": 204, "body_source": "from_input"}
    where = active(api, {**RESPONSE, "config": config})
    raw = api("POST", f"{where}/execute/", json={"input": {}})
    assert (raw.status_code, raw.content) == (204, b"")


def test_a_failure_is_told_with_the_node(api):
    where = active(api, FAILS)
    failed = api("POST", f"{where}/execute/", json={"input": {}})
    told = failed.json()
    assert (failed.status_code, told["success"], told["failed_node"]) == (400, False, "bad")
    assert "none" in told["error"]


def test_a_run_that_waits_is_accepted(api):
    where = active(api, WAITS)
    waits = api("POST", f"{where}/execute/", json={"input": {}})
    assert (waits.status_code, waits.json()["status"]) == (202, "paused")
    assert waits.headers["location"] == f"/executions/{waits.json()['execution_id']}/"
    assert api.get(f"{where}/task_status/")["status"] == "STARTED"


def test_only_active_api_workflows_are_called(api):
    where = active(api)
    api.post(f"{where}/deactivate/", None)
    production = f"/workflow/{api.create(definition=definition(type='production'))['id']}"
    for path, says in ((where, "not active"), (production, "no api workflow")):
        refused = api("POST", f"{path}/execute/", json={"input": {}})
        assert (refused.status_code, refused.json()["success"]) == (400, False)
        assert says in refused.json()["error"]
    started = api("GET", f"{production}/start_execution/")
    assert "cannot be started yet" in started.json()["detail"]
    assert started.status_code == 400


def test_a_start_is_counted_once(api):
    """Seed 001 counted each of them twice."""
    where, _ = api.drawn("start", "end")
    none = api("GET", f"{where}/task_status/")
    assert none.status_code == 400
    started = api.get(f"{where}/start_execution/")
    assert started["status"] == "PENDING"
    row = api.get(f"{where}/")
    assert (row["runs_count"], row["task_id"], row["status"]) == (1, started["task_id"], "active")
    assert row["last_run"].startswith("20")
    assert api.get(f"{where}/task_status/") == {**started, "status": "SUCCESS"}
    key = {"Idempotency-Key": "k"}
    twice = [api("POST", f"{where}/start_execution/", headers=key).json() for _ in range(2)]
    assert twice[0] == twice[1]
    assert api.get("/workflow/")[0]["runs_count"] == 2


def test_a_run_is_stopped(api):
    where = active(api, WAITS)
    started = api.get(f"{where}/start_execution/")
    assert api.get(f"{where}/stop_execution/") == {**started, "status": "REVOKED"}
    assert api.get(f"{where}/")["status"] == "inactive"
    assert api.get(f"{where}/stop_execution/")["status"] == "REVOKED"
    assert api.get(f"{where}/task_status/")["status"] == "REVOKED"


def test_whoever_may_not_publish_starts_only_what_is_active(api):
    where, _ = api.drawn("start", "end")
    rep = {"role": "sales_rep", "subject": "al"}
    assert api("GET", f"{where}/start_execution/", **rep).status_code == 403
    api.post(f"{where}/activate/", None)
    assert api("GET", f"{where}/start_execution/", **rep).status_code == 200


def test_settings_come_through_from_both_older_formats(api):
    """Seed 001's converter dropped them, so that its API could not set a pool."""
    raw = {
        "nodes": [{"id": "a", "node_type": "start"}], "connections": [],
        "settings": {"fork_execution_pool": "THREAD"}, "workflow_type": "api",
    }  # fmt: skip
    made = api.create(definition=raw)
    assert api.get(f"/workflow/{made['id']}/rawconfig/")["settings"] == {"pool": "thread"}


def test_another_tenant_runs_nothing(api):
    where = active(api)
    api.get(f"{where}/start_execution/")
    asks = [("POST", "execute", {"input": {}}), ("GET", "start_execution", None),
            ("GET", "stop_execution", None), ("GET", "task_status", None)]  # fmt: skip
    for method, path, body in asks:
        answer = api(method, f"{where}/{path}/", json=body, tenant="other")
        assert answer.status_code == 404
