"""What one correlation id touched, over the API: in order, in pages, and only one's own."""

from __future__ import annotations

from dataclasses import replace

from shared.events import EntityRef, Event
from shared.events.outbox import Change, commit, mark_relayed
from shared.events.quarantine import Quarantine
from shared.pipelines.runs import Run, Runs
from tests.unit.events.test_quarantine import ENTRY


def _commit(crm, lead_id, tenant="acme", **event):
    made = Event(
        "lead.deleted", {"lead_id": lead_id, "name": "a"}, time=crm.clock(), **event
    )  # fmt: skip
    change = Change(tenant, EntityRef("lead", lead_id), 0, {"id": lead_id}, (made,))
    (written,) = commit(crm.tables, "crm", change)
    return written


def _run(crm, execution_id, tenant="acme", pipeline="lead_pipeline", **fields):
    run = Run(
        **{
            "execution_id": execution_id, "pipeline": pipeline, "event_type": "lead.created",
            "source": "s", "status": "completed", "attempt": 1, "started_at": "a", "ended_at": "b",
            **fields,
        }
    )  # fmt: skip
    crm.tables.transact([Runs(crm.tables, "executions").write(tenant, run)])


def _trace(crm, known, **how):
    answer = crm.call("GET", f"/trace/{known}", **how)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_events_of_all_entities_come_in_order_with_the_runs_they_started(crm):
    lead = crm.create("Jane")
    (created,) = crm.call("GET", f"/leads/{lead['id']}/timeline").json()["entries"]
    crm.clock.move(seconds=2)
    _commit(crm, "second", correlation_id=created["id"])
    crm.clock.move(seconds=-1)
    _commit(crm, "first", correlation_id=created["id"])
    _commit(crm, "unrelated")
    _run(crm, created["id"])
    trace = _trace(crm, created["id"])
    assert trace["correlation_id"] == created["id"]
    assert [step["event"]["entity"] for step in trace["steps"]] == [
        f"lead/{lead['id']}", "lead/first", "lead/second",
    ]  # fmt: skip
    ran = [[run["execution_id"] for run in step["runs"]] for step in trace["steps"]]
    assert ran == [[created["id"]], [], []]
    assert trace["cursor"] is None


def test_a_given_up_event_shows_its_entry(crm):
    lead = crm.create("Jane")
    (created,) = crm.call("GET", f"/leads/{lead['id']}/timeline").json()["entries"]
    entry = replace(ENTRY, id=f"{created['id']}:lead_pipeline", event_id=created["id"])
    Quarantine(crm.tables, "quarantine").add(entry)
    (step,) = _trace(crm, created["id"])["steps"]
    assert [q["error"] for q in step["quarantined"]] == ["ValueError: no"]


def test_the_id_of_a_run_further_on_leads_to_the_whole_trace(crm):
    first = _commit(crm, "1")
    second = _commit(crm, "2", correlation_id=first.id)
    _run(crm, second.id, correlation_id=first.id)
    trace = _trace(crm, second.id)
    assert trace["correlation_id"] == first.id
    assert [step["event_id"] for step in trace["steps"]] == [first.id, second.id]


def test_an_event_from_outside_is_known_by_its_runs(crm):
    _run(crm, "bridge-1", correlation_id="bridge-1", source="acme.website")
    _run(crm, "bridge-1", pipeline="other_pipeline", correlation_id="bridge-1")
    trace = _trace(crm, "bridge-1")
    (step,) = trace["steps"]
    assert (trace["correlation_id"], step["event"]) == ("bridge-1", None)
    assert {run["pipeline"] for run in step["runs"]} == {"lead_pipeline", "other_pipeline"}


def test_what_an_event_from_outside_led_to_follows_its_runs(crm):
    _run(crm, "bridge-1", correlation_id="bridge-1")
    later = _commit(crm, "1", correlation_id="bridge-1")
    steps = _trace(crm, "bridge-1")["steps"]
    assert [step["event_id"] for step in steps] == ["bridge-1", later.id]
    assert [run["execution_id"] for run in steps[0]["runs"]] == ["bridge-1"]


def test_pages_join_and_a_cursor_belongs_to_its_correlation_id(crm):
    first = _commit(crm, "0")
    for number in range(1, 5):
        _commit(crm, str(number), correlation_id=first.id)
    _run(crm, "not-first", correlation_id=first.id)
    page = _trace(crm, "not-first", params={"limit": 2})
    seen = [step["event"]["entity"] for step in page["steps"]]
    refused = crm.call("GET", "/trace/not-first", params={"cursor": page["cursor"]})
    assert refused.status_code == 400
    while page["cursor"]:
        given = {"limit": 2, "cursor": page["cursor"]}
        page = _trace(crm, page["correlation_id"], params=given)
        seen += [step["event"]["entity"] for step in page["steps"]]
    assert seen == [f"lead/{number}" for number in range(5)]


def test_relaying_an_event_leaves_it_in_its_trace(crm):
    event = _commit(crm, "1")
    mark_relayed(crm.tables, "crm", event)
    assert [step["event_id"] for step in _trace(crm, event.id)["steps"]] == [event.id]


def test_tenants_do_not_share_a_correlation_id(crm):
    _commit(crm, "1", tenant="other", correlation_id="same")
    mine = _commit(crm, "1", correlation_id="same")
    _run(crm, "theirs", tenant="other", correlation_id="theirs")
    assert [step["event_id"] for step in _trace(crm, "same")["steps"]] == [mine.id]
    answer = crm.call("GET", "/trace/theirs")
    assert answer.status_code == 404
    assert "nothing is known by theirs" in answer.json()["detail"]


def test_operators_only(crm):
    event = _commit(crm, "1")
    for path in (f"/trace/{event.id}", "/pipelines"):
        for role, status in (("manager", 200), ("sales_rep", 403), ("user", 403)):
            assert crm.call("GET", path, role=role).status_code == status
        assert crm.call("GET", path, tenant=None).status_code == 401


def test_the_pipelines_there_are(crm):
    listed = crm.call("GET", "/pipelines/").json()["pipelines"]
    assert [(pipeline["name"], pipeline["starts_on"]) for pipeline in listed] == [
        ("lead_pipeline", ["lead.created", "process_lead"]),
        ("other_pipeline", []),
    ]


def test_consumers_that_gave_an_event_up_are_shown_whatever_they_are(crm):
    event = _commit(crm, "1")
    for consumer in ("lead_days", "trigger_starter:w1"):
        entry = replace(ENTRY, id=f"{event.id}:{consumer}", event_id=event.id, consumer=consumer)
        Quarantine(crm.tables, "quarantine").add(entry)
    other = replace(ENTRY, id=f"{event.id}0:lead_days", event_id=f"{event.id}0")
    Quarantine(crm.tables, "quarantine").add(other)
    (step,) = _trace(crm, event.id)["steps"]
    assert [q["consumer"] for q in step["quarantined"]] == ["lead_days", "trigger_starter:w1"]


def test_a_workflow_that_an_event_started_is_shown_and_leads_back(crm):
    event, run = _commit(crm, "1"), "01r"
    begun = Event(
        "execution.started", {"execution_id": run, "workflow_id": "w1", "trigger": "event"},
        time=crm.clock(), correlation_id=event.id, causation_id=event.id,
    )  # fmt: skip
    row = {"id": run, "workflow_id": "w1", "status": "failed", "started_at": "a",
           "error": {"message": "no"}, "correlation_id": event.id}  # fmt: skip
    change = Change("acme", EntityRef("execution", run), 0, row, (begun,))
    commit(crm.tables, "crm", change, states="executions")
    for known in (event.id, run):
        first, second = _trace(crm, known)["steps"]
        assert first["workflow"] is None
        shown = second["workflow"]
        assert (shown["id"], shown["workflow_id"], shown["status"]) == (run, "w1", "failed")
    assert crm.call("GET", f"/trace/{run}", tenant="other").status_code == 404
