"""The API of executions over HTTP, on fakes."""

from __future__ import annotations

import pytest

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
