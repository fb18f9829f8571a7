"""A workflow that a lead starts, on the running platform, from import to trace."""

from __future__ import annotations

import json
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples/workflows/executor/started_by_a_lead.json"


def test_a_lead_starts_the_workflow_that_waits_for_it(running):
    post = lambda path, body: running.http.post(f"{running.url}{path}", json=body, timeout=60)  # noqa: E731
    drawn = post("/import/file/", json.loads(EXAMPLE.read_text())).json()
    where = f"/workflows/{drawn['imported'][0]['workflow']['id']}/"
    assert post(f"{where}publish/", {}).status_code == 201
    running.create(name="Small", value=10)
    big = running.create(name="Big", value=75000)

    runs = lambda: running.get(f"{where}executions/")["executions"]  # noqa: E731
    (run,) = running.eventually(
        lambda: [one for one in runs() if one["status"] == "completed"], seconds=90
    )
    assert run["cause"]["kind"] == "event"
    done = running.get(f"/executions/{run['execution_id']}/")
    assert done["result"]["card"] == "Big: 75000"
    assert len(runs()) == 1
    (created,) = [e for e in running.events(big["id"]) if e["type"] == "lead.created"]
    assert run["cause"]["id"] == created["id"]
    traced = running.get(f"/trace/{created['id']}/", params={"limit": 100})["steps"]
    assert run["execution_id"] in [step["workflow"]["id"] for step in traced if step["workflow"]]

    def counted():
        flows = running.get("/events/metrics/")["flows"]
        found = {(one["consumer"], one["event_type"]): one for one in flows}
        return found.get(("user_triggers", "lead.created"))

    # An event that is relayed again is delivered again; the run was started once.
    assert running.eventually(counted)["delivered"] >= 1
    assert running.http.delete(f"{running.url}{where}", timeout=30).ok
