"""The API of executions over HTTP, on fakes."""

from __future__ import annotations

import pytest

from functions.workflow_loops.views_executions import MAX_SHOWN, shown
from tests.fakes.executions import ExecutionsWorld
from tests.unit.workflows.test_api import Api
from tests.unit.workflows.test_workflows import definition


class ExecutionsApi(Api):
    def __init__(self):
        super().__init__()
        self.world = ExecutionsWorld()
        self.app.state.services, self.app.state.executing = self.world.services, self.world.at

    def published(self, text="{{ data.name }}", engine="inline", **more):
        body = definition(text, settings={"engine": engine, **more})
        made = self.create(definition=body)
        assert self("POST", f"/workflows/{made['id']}/publish/", json={}).status_code == 201
        return f"/workflows/{made['id']}"


@pytest.fixture
def api():
    return ExecutionsApi()


def test_start_read_and_list(api):
    where = api.published()
    started = api("POST", f"{where}/execute/", json={"inputs": {"name": "Ann"}})
    assert (started.status_code, started.json()["status"]) == (202, "running")
    made = started.json()["execution_id"]
    assert started.headers["location"] == f"/executions/{made}/"
    for path in ("/executions/", f"{where}/executions/", "/users/jo/executions/",
                 "/executions/?status=completed,failed&user_id=jo"):  # fmt: skip
        listed = api("GET", path).json()
        assert [each["execution_id"] for each in listed["executions"]] == [made], path
        assert listed["executions"][0]["status"] == "completed"
    for path in ("/executions/running/", "/users/eve/executions/", "/executions/?status=failed"):
        assert api("GET", path).json()["executions"] == [], path
    shown = api("GET", f"{where}/stats/").json()
    assert (shown["total"], shown["success_rate"]) == (1, 1.0)
    assert api("GET", where.replace("workflows", "workflow") + "/stats/").json() == shown


def test_what_is_refused(api):
    where = api.published()
    draft = api.create()
    refused = [
        (api("POST", f"/workflows/{draft['id']}/execute/", json={}), 409, "WORKFLOW_NOT_PUBLISHED"),
        (api("POST", "/workflows/none/execute/", json={}), 404, "WORKFLOW_NOT_FOUND"),
        (api("POST", f"{where}/execute/", json={}, tenant="other"), 404, "WORKFLOW_NOT_FOUND"),
        (api("GET", "/workflows/none/executions/"), 404, "WORKFLOW_NOT_FOUND"),
    ]
    for answer, status, code in refused:
        assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert api("POST", f"{where}/execute/", json={"inputz": {}}).status_code == 400
    assert api("POST", f"{where}/execute/", json={}, role="user").status_code == 403
    for query in ("status=done", "limit=101", "offset=1001"):
        assert api("GET", f"/executions/?{query}").status_code == 400
    key = {"Idempotency-Key": "k"}
    first = api("POST", f"{where}/execute/", json={"input": {"name": "A"}}, headers=key)
    again = api("POST", f"{where}/execute/", json={"input": {"name": "A"}}, headers=key)
    assert first.json()["execution_id"] == again.json()["execution_id"]
    reused = api("POST", f"{where}/execute/", json={"input": {"name": "B"}}, headers=key)
    assert (reused.status_code, reused.json()["error_code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_one_execution_with_everything_that_is_known_of_it(api, engine):
    where = api.published("{{ data.name | upper }}", engine)
    found = api("POST", f"{where}/run/", json={"input": {"name": "secret-7"}})
    assert (found.status_code, found.json()["status"]) == (200, "completed")
    run = found.json()
    at = f"/executions/{run['execution_id']}"
    assert api("GET", at).json() == run
    assert (run["result"]["text"], run["inputs"]) == ("SECRET-7", {"name": "secret-7"})
    states = {node: state["status"] for node, state in run["node_states"].items()}
    assert states == {"start": "completed", "greet": "completed"}
    node = api("GET", f"{at}/nodes/greet/").json()
    assert (node["input"]["name"], node["output"]) == ("secret-7", {"text": "SECRET-7"})
    assert (node["attempts"], node["route"], node["tokens"]) == (1, "default", None)
    logs = api("GET", f"{at}/logs/").json()
    assert logs["total"] == 6
    assert [line["message"].partition(" in ")[0] for line in logs["logs"]][:3] == [
        f"execution {run['execution_id']} started by principal, {engine}",
        "start started", "start completed",
    ]  # fmt: skip
    page = api("GET", f"{at}/logs/?level=INFO&node_id=greet&limit=1").json()
    assert (page["total"], page["logs"][0]["node_id"]) == (1, "greet")
    text = api("GET", f"{at}/logs/download/")
    assert (text.headers["content-type"].split(";")[0], len(text.text.splitlines())) == (
        "text/plain", 6)  # fmt: skip
    assert "attachment" in text.headers["content-disposition"]
    as_json = api("GET", f"{at}/logs/download/?format=json")
    assert len(as_json.json()) == 6
    line = api("GET", f"{at}/timeline/").json()["timeline"]
    assert [each["what"] for each in line][-1] == "run completed"
    for answer in (text, as_json):
        assert "secret-7" not in answer.text.lower()
    again = api("POST", f"{at}/cancel/")
    assert (again.status_code, again.json()["error_code"]) == (400, "EXECUTION_OVER")


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_failure_shows_its_node_and_the_log_tells_no_message(api, engine):
    where = api.published("{{ data.secret + 1 }}", engine)
    made = api("POST", f"{where}/run/", json={"inputs": {"secret": "secret-7"}}).json()
    at = f"/executions/{made['execution_id']}"
    assert (made["status"], made["failed_node"], made["current_node"]) == (
        "failed", "greet", "greet")  # fmt: skip
    node = api("GET", f"{at}/nodes/greet/").json()
    assert node["error"]["message"] in made["error"]
    bad = api("GET", f"{at}/logs/?level=ERROR").json()["logs"]
    assert [line["node_id"] for line in bad] == ["greet", None]
    assert made["error"].partition(": ")[2] not in api("GET", f"{at}/logs/download/").text
    resumed = api("POST", f"{at}/resume/", json={"version": "same"})
    assert resumed.status_code == 202
    again = api("POST", f"{at}/resume/", json={})
    assert (again.status_code, again.json()["error_code"]) == (409, "EXECUTION_NOT_RESUMABLE")
    workflow_id = where.rpartition("/")[2]
    many = api("POST", "/executions/resume/", json={"workflow_id": workflow_id}).json()
    assert many["started_count"] == 1
    for body in ({}, {"execution_ids": ["x"], "workflow_id": "y"}, {"execution_ids": ["x"] * 101}):
        assert api("POST", "/executions/resume/", json=body).status_code == 400


def test_a_value_that_no_answer_takes_says_its_size():
    assert shown({"text": "x"}) == {"text": "x"}
    assert shown({"text": "x" * MAX_SHOWN}) == {"omitted_bytes": MAX_SHOWN + 12}


def test_a_draft_is_tried(api):
    where = f"/workflows/{api.create()['id']}"
    tried = api("POST", f"{where}/test/", json={"input": {"name": "Ann"}})
    assert (tried.status_code, tried.json()["version"]) == (202, None)
    shown = api("GET", tried.headers["location"]).json()
    assert (shown["status"], shown["result"]["text"]) == ("completed", "Ann")


def test_an_approval_over_http(api):
    graph = {
        "nodes": [{"id": "ask", "type": "approval", "config": {"approvers": ["jo"]}}],
        "settings": {"engine": "inline"},
    }
    made = api.create(definition=graph)
    where = f"/workflows/{made['id']}"
    api("POST", f"{where}/publish/", json={})
    waits = api("POST", f"{where}/run/", json={})
    at = f"/executions/{waits.json()['execution_id']}"
    assert (waits.status_code, waits.json()["status"], waits.headers["location"]) == (
        202, "paused", f"{at}/")  # fmt: skip
    assert waits.json()["node_states"]["ask"]["waits_for"] == "approval"
    assert api("GET", "/executions/?status=paused").json()["executions"] != []
    refused = [
        ({"value": "perhaps"}, 400, "ANSWER_INVALID"),
        ({"route": "x"}, 400, "ANSWER_INVALID"),
    ]
    for body, status, code in refused:
        answer = api("POST", f"{at}/nodes/ask/answer/", json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    done = api("POST", f"{at}/nodes/ask/answer/", json={"value": {"decision": "approved"}})
    assert (done.status_code, done.json()["status"]) == (202, "completed")
    missing = api("POST", f"{at}/nodes/none/answer/", json={"value": 1})
    assert missing.json()["error_code"] == "EXECUTION_OVER"


def test_what_is_not_there_or_not_ones_own(api):
    where = api.published()
    made = api("POST", f"{where}/run/", json={}).json()["execution_id"]
    asks = [
        ("GET", "", None), ("GET", "/nodes/greet/", None), ("GET", "/logs/", None),
        ("GET", "/logs/download/", None), ("GET", "/timeline/", None), ("POST", "/cancel/", {}),
        ("POST", "/resume/", {}), ("POST", "/nodes/greet/answer/", {}),
    ]  # fmt: skip
    for who, execution in (("acme", "none"), ("other", made)):
        for method, path, body in asks:
            answer = api(method, f"/executions/{execution}{path}", tenant=who, json=body)
            assert (answer.status_code, answer.json()["error_code"]) == (
                404, "EXECUTION_NOT_FOUND"), path  # fmt: skip
    assert api("GET", f"/executions/{made}/nodes/none/").json()["error_code"] == "NODE_NOT_FOUND"
    path = api("GET", f"/executions/{made}/nodes/greet/?path=nonsense")
    assert path.json()["error_code"] == "NODE_NOT_FOUND"
