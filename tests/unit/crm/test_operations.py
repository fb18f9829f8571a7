"""Quarantine and runs over the API."""

from __future__ import annotations

from shared.events.quarantine import Quarantine
from shared.pipelines.runs import Run, Runs
from tests.unit.events.test_quarantine import ENTRY


def test_quarantine_is_listed_redriven_and_discarded(crm):
    quarantine = Quarantine(crm.tables, "quarantine")
    quarantine.add(ENTRY)
    listed = crm.call("GET", "/events/quarantine/").json()["entries"]
    assert [(e["consumer"], e["node"], e["error"]) for e in listed] == [
        ("lead_pipeline", "analyze", "ValueError: no")
    ]
    path = f"/events/quarantine/{ENTRY.id}"
    assert crm.call("GET", path).json()["body"] == "[personal]"
    assert crm.call("GET", f"{path}?personal=true").json()["body"] == "{}"
    assert crm.call("POST", f"{path}/redrive").status_code == 202
    assert crm.queues.sent == [("http://q", "{}")]
    assert crm.call("DELETE", path).status_code == 404
    quarantine.add(ENTRY)
    assert crm.call("DELETE", path).json()["status"] == "discarded"


def test_operators_only(crm):
    for role, status in (("manager", 200), ("sales_rep", 403), ("user", 403)):
        assert crm.call("GET", "/events/quarantine", role=role).status_code == status


def test_runs_come_in_the_order_of_their_start_whatever_their_ids(crm):
    runs = Runs(crm.tables, "executions")
    for second, execution_id in enumerate(("f0", "01a", "c7")):
        run = Run(
            execution_id=execution_id, pipeline="p", event_type="t", source="s",
            status="completed", attempt=1, started_at=f"2026-01-01T00:00:0{second}Z", ended_at="b",
        )  # fmt: skip
        crm.tables.transact([runs.write("acme", run)])
    page = crm.call("GET", "/pipelines/p/runs").json()
    assert [r["execution_id"] for r in page["runs"]] == ["c7", "01a", "f0"]


def test_runs(crm):
    runs = Runs(crm.tables, "executions")
    for number in range(3):
        run = Run(
            execution_id=f"e{number}", pipeline="p", event_type="t", source="s",
            status="completed", attempt=1, started_at="a", ended_at="b",
            trace=[{"node": "n"}], result={"x": 1},
        )  # fmt: skip
        crm.tables.transact([runs.write("acme", run)])
    page = crm.call("GET", "/pipelines/p/runs", params={"limit": 2}).json()
    assert [r["execution_id"] for r in page["runs"]] == ["e2", "e1"]
    rest = crm.call("GET", "/pipelines/p/runs", params={"cursor": page["cursor"]}).json()
    assert [r["execution_id"] for r in rest["runs"]] == ["e0"]
    assert crm.call("GET", "/pipelines/p/runs/e1").json()["result"] == {"x": 1}
    assert crm.call("GET", "/pipelines/p/runs/e9").status_code == 404
    assert crm.call("GET", "/pipelines/p/runs/e1", tenant="other").status_code == 404
