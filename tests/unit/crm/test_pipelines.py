"""Seed 000's endpoints, and pipelines that are tried without doing anything."""

from __future__ import annotations

import dataclasses

import pytest

from functions.crm.dependencies import Runners
from shared.events.outbox import pending
from shared.events.quarantine import Quarantine
from shared.pipelines.definition import create_pipeline
from shared.pipelines.node import node
from shared.pipelines.programs import Registry
from shared.pipelines.runs import Run, Runs
from shared.platform.machines import StillRunningError
from tests.fakes.pipelines import CompiledMachines
from tests.fakes.ports import ScriptedMachines
from tests.unit.events.test_quarantine import ENTRY

LEAD = {"name": "Ann", "email": "ann@x.example", "value": 1_000}
FORM = {
    "name": "Ann", "email": "ann@x.example", "role": "CEO", "company_size": "11-50",
    "annual_revenue": "1M", "project_budget": "100k+", "services": ["AI"],
    "preferred_language": "English",
}  # fmt: skip


@node
def breaks(data, context):
    raise ValueError(f"no {data['name']}")


@pytest.fixture
def machines(crm):
    """The lead pipeline as it is deployed, and one that breaks."""
    lead = Registry.of_folders().get("lead_pipeline")
    broken = create_pipeline("other_pipeline", "breaks")
    made = CompiledMachines(
        {"arn:lead": (lead.shape, lead.node), "arn:other": (broken, {"breaks": breaks}.__getitem__)}
    )
    run_with(crm, made, made)
    return made


def run_with(crm, machines, functions):
    at = crm.app.state.services
    calls = dataclasses.replace(at.calls, machines=machines, functions=functions)
    crm.app.state.services = dataclasses.replace(at, calls=calls)
    crm.runners = Runners(machines, functions)


def process(crm, event_type="process_lead", path="/events/process/", **body):
    return crm.call("POST", path, json={"event_type": event_type, **body})


@pytest.mark.parametrize("path", ["/events/process/", "/events/process", "/api/events/process/"])
def test_an_event_is_processed_while_the_caller_waits(crm, machines, path):
    answer = process(crm, path=path, data={**LEAD, "value": 60_000, "email": None})
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert data["event_metadata"] == {"event_type": "process_lead"}
    assert (data["status"], data["invoice"]["amount"]) == ("invoice_ready", "60000")
    (run,) = crm.call("GET", "/pipelines/lead_pipeline/runs/").json()["runs"]
    assert (run["status"], run["source"]) == ("completed", "millrace.api")
    assert [entry["node"] for entry in run["trace"]] == ["analyze", "decide", "invoice"]


def test_a_failure_is_answered_with_the_data_and_the_node(crm, machines):
    answer = process(crm, data={"name": "Ann"}, pipeline="other_pipeline")
    assert answer.status_code == 200
    data = answer.json()
    assert (data["failed_node"], data["status"]) == ("breaks", "failed")
    assert (data["error"], data["name"]) == ("ValueError: no Ann", "Ann")


@pytest.mark.parametrize("path", ["/events/process/", "/events/queue/", "/api/events/queue/"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"no json", "Invalid request format"),
        (b"[1]", "Invalid request format"),
        (b'{"event_type": "process_lead", "data": 7}', "Invalid request format"),
        (b'{"data": {}}', "Missing event_type in request"),
        (b'{"event_type": "nope"}', "Unsupported event type: nope"),
        (b'{"event_type": "lead.deleted", "data": {"lead_id": "1", "name": "A"}}',
         "Unsupported event type: lead.deleted"),
        (b'{"event_type": "process_lead", "data": {}}', "process_lead v1: name: Field required"),
    ],
)  # fmt: skip
def test_what_is_no_event(crm, machines, path, body, text):
    headers = {"Content-Type": "application/json"}
    answer = crm.call("POST", path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"].partition(";")[0]) == (400, text)
    assert not machines.started
    assert not pending(crm.tables, "crm", "9")


@pytest.mark.parametrize("path", ["/events/process/", "/events/queue/"])
def test_only_we_say_what_is_ours_alone(crm, machines, path):
    data = {"user_id": "1", "email": "a@b", "name": "A", "role": "admin", "tenant_name": "T"}
    answer = process(crm, "user_created", path, data=data)
    assert answer.status_code == 403
    assert "only Millrace itself says user.created" in answer.json()["detail"]


def test_a_machine_that_takes_too_long_is_said_and_not_run_twice(crm):
    def hangs(item):
        raise StillRunningError("no answer within 25 s")

    machines = ScriptedMachines(hangs)
    run_with(crm, machines, crm.runners.functions)
    answer = process(crm, data=LEAD)
    assert answer.status_code == 504
    assert "POST /events/queue/" in answer.json()["errors"][0]["fix"]
    assert len(machines.names) == 1


def queue(crm, **how):
    body = {"event_type": "business_lead_created", "data": {"lead_id": "1", **LEAD}}
    return crm.call("POST", "/events/queue/", json=body, **how)


def task(crm, task_id, **how):
    return crm.call("GET", f"/events/tasks/{task_id}/", **how)


def test_an_event_is_put_into_the_outbox_and_its_task_can_be_asked_for(crm):
    answer = queue(crm)
    assert answer.status_code == 202
    said = answer.json()
    assert said["message"] == "Event queued for processing"
    (event,) = pending(crm.tables, "crm", "9")
    assert (event.id, event.event_type, event.tenant) == (said["task_id"], "lead.created", "acme")
    assert event.metadata["actor"] == "jo"
    found = task(crm, said["task_id"]).json()
    assert (found["status"], found["event_type"]) == ("PENDING", "lead.created")


def test_a_task_is_of_one_tenant(crm):
    task_id = queue(crm).json()["task_id"]
    assert task(crm, task_id, tenant="other").status_code == 404
    assert task(crm, "nope").json()["error"] == "there is no task nope"


def _failed(task_id):
    return Run(
        execution_id=task_id, pipeline="lead_pipeline", event_type="lead.created", source="s",
        status="failed", attempt=1, started_at="a", ended_at="b", node="analyze", error="no",
    )  # fmt: skip


def test_a_task_that_fails_is_tried_again_and_given_up(crm):
    task_id = queue(crm).json()["task_id"]
    runs = Runs(crm.tables, "executions")
    crm.tables.transact([runs.write("acme", _failed(task_id))])
    found = task(crm, task_id).json()
    assert (found["status"], found["failed_node"], found["error"]) == ("RETRY", "analyze", "no")
    entry = dataclasses.replace(
        ENTRY, id=f"{task_id}:lead_pipeline", tenant="acme", event_id=task_id, error="never"
    )
    quarantine = Quarantine(crm.tables, "quarantine")
    quarantine.add(entry)
    found = task(crm, task_id).json()
    assert (found["status"], found["error"]) == ("FAILURE", "never")
    quarantine.redrive("acme", entry.id, crm.queues.send)
    assert task(crm, task_id).json()["status"] == "RETRY"


@pytest.mark.parametrize("path", ["/pipeline/test-lead/", "/api/pipeline/test-lead"])
def test_the_lead_pipeline_is_tried_with_a_lead_or_its_sample(crm, machines, path):
    answer = crm.call("POST", path, json=LEAD)
    assert answer.json()["email_sent"]["to"] == "ann@x.example"
    assert crm.call("POST", path).json()["status"] == "escalated"
    failed = crm.call("POST", path, json={"value": 1}).json()
    assert (failed["failed_node"], failed["status"]) == ("analyze", "failed")


@pytest.mark.parametrize("method", ["process", "queue"])
def test_rights(crm, machines, method):
    for role, status in (("sales_rep", 403), ("user", 403)):
        body = {"event_type": "process_lead", "data": LEAD}
        assert crm.call("POST", f"/events/{method}/", json=body, role=role).status_code == status
    assert crm.call("POST", f"/events/{method}/", json={}, tenant=None).status_code == 401
    for path in ("/pipeline/test-lead/", "/pipelines/lead_pipeline/test/"):
        assert crm.call("POST", path, json={}, role="sales_rep").status_code == 403


# Pipelines that are tried.


def test_the_catalogue_has_the_models_of_the_nodes(crm):
    listed = crm.call("GET", "/pipelines/").json()["pipelines"]
    found = {pipeline["name"]: pipeline for pipeline in listed}
    assert found["other_pipeline"]["nodes"] == []
    lead = found["lead_pipeline"]
    assert lead["chain"] == ["analyze", "decide"]
    assert lead["routers"]["decide"]["invoice"] == ["invoice"]
    nodes = {one["name"]: one for one in lead["nodes"]}
    assert nodes["analyze"]["asks"]["required"] == ["name"]
    assert nodes["decide"]["adds"] is None
    assert nodes["respond"]["needs"] == ["mail"]


def test_samples_come_from_the_catalogue_of_events(crm):
    samples = crm.call("GET", "/pipelines/lead_pipeline/samples/").json()["samples"]
    assert [sample["event_type"] for sample in samples] == ["lead.created", "process_lead"]
    assert crm.call("GET", "/pipelines/nope/samples/").status_code == 404


def test_a_dry_run_shows_each_node_and_does_nothing(crm, machines):
    body = {"data": LEAD}
    answer = crm.call("POST", "/pipelines/lead_pipeline/test/", json=body).json()
    assert (answer["status"], answer["failed_node"]) == ("completed", None)
    analyzed, decided, responded = answer["trace"]
    assert (analyzed["node"], analyzed["status"]) == ("analyze", "completed")
    assert analyzed["data"]["analysis"]["priority"] == "low"
    assert decided["route"] == "response"
    (mail,) = responded["effects"]
    assert (mail["port"], mail["to"]) == ("mail", "ann@x.example")
    assert responded["data"] == answer["data"]
    assert crm.call("GET", "/pipelines/lead_pipeline/runs/").json()["runs"] == []
    (started,) = machines.started
    assert started["context"]["tenant"] == "acme"


def test_a_dry_run_that_fails_shows_what_ran_before(crm, machines):
    body = {"data": {"name": "Ann"}}
    answer = crm.call("POST", "/pipelines/other_pipeline/test/", json=body).json()
    assert (answer["status"], answer["failed_node"]) == ("failed", "breaks")
    assert answer["error"] == "ValueError: no Ann"
    assert [entry["status"] for entry in answer["trace"]] == ["failed"]


def test_one_node_alone(crm, machines):
    path = "/pipelines/lead_pipeline/nodes/{}/test/"
    answer = crm.call("POST", path.format("analyze"), json={"data": LEAD}).json()
    assert [entry["node"] for entry in answer["trace"]] == ["analyze"]
    failed = crm.call("POST", path.format("respond"), json={"data": LEAD}).json()
    assert (failed["status"], failed["failed_node"]) == ("failed", "respond")
    assert "analysis: Field required" in failed["error"]
    answer = crm.call("POST", path.format("nope"), json={"data": {}})
    assert answer.json()["error"] == "lead_pipeline has no node nope"


# The form of seed 000.


@pytest.fixture
def key(crm):
    from shared.identity.principal import Principal
    from shared.identity.public_keys import PublicKeys

    keys = PublicKeys(crm.tables, "identity", crm.clock)
    return keys.create(Principal("acme", "jo", "admin"), "Contact", "form", 20, []).key


def send(crm, path, **form):
    return crm.call("POST", path, tenant=None, json=form, headers={"Origin": "https://a.example"})


@pytest.mark.parametrize(
    "path",
    [
        "/forms/{}/submit-business-lead/", "/submit-business-lead/?key={}",
        "/api/submit-business-lead/?key={}",
    ],
)  # fmt: skip
def test_a_business_becomes_a_lead(crm, key, path):
    answer = send(crm, path.format(key), **FORM, ip="1.2.3.4", status="Closed win")
    assert answer.status_code == 200, answer.text
    assert answer.json()["success"] is True
    assert answer.headers["access-control-allow-origin"] == "*"
    (lead,) = crm.call("GET", "/leads/?status=Interest").json()["Interest"]
    assert (lead["project_budget"], lead["services"], lead["source"]) == (
        "100k+",
        ["AI"],
        "Contact",
    )
    assert "Role: CEO" in lead["notes"]
    (event,) = pending(crm.tables, "crm", "9")
    assert event.event_type == "lead.created"


def test_what_a_form_lacks_is_named(crm, key):
    lacking = {**FORM, "email": "", "services": [], "role": None}
    answer = send(crm, f"/submit-business-lead/?key={key}", **lacking)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Missing required fields: email, role, services"
    answer = send(crm, f"/forms/{key}/submit-business-lead/", **{**FORM, "name": "x" * 300})
    assert answer.json()["error"].startswith("name: ")


def test_a_form_without_its_key_adds_nothing(crm):
    assert send(crm, "/submit-business-lead/", **FORM).status_code == 400
    assert send(crm, f"/submit-business-lead/?key=mrpub_{'0' * 32}", **FORM).status_code == 404


def audited(crm):
    return [(one["action"], one["actor"]) for one in crm.tables.all("audit")]


@pytest.mark.parametrize("path", ["/events/process/", "/events/queue/"])
def test_a_repeated_request_is_one_event(crm, machines, path):
    key = {"Idempotency-Key": "k1"}
    send = lambda name: crm.call(  # noqa: E731
        "POST", path, json={"event_type": "process_lead", "data": {"name": name}}, headers=key
    )
    first, again, other = send("Ann"), send("Ann"), send("Bob")
    assert first.json() == again.json()
    assert (first.status_code, again.headers["idempotency-replayed"]) == (again.status_code, "true")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    queued, ran = len(pending(crm.tables, "crm", "2999")), len(crm.tables.all("executions"))
    assert queued + ran == 1
    did = "event.processed" if "process" in path else "event.queued"
    assert audited(crm) == [(did, "jo")]


def test_what_a_key_does_outside_is_known_there_by_the_key(crm, machines):
    """A request whose answer was lost is run again; mails go out by the id of the run."""
    quiet = {**LEAD, "value": 60_000, "email": None}
    say = lambda key, subject="jo": crm.call(  # noqa: E731
        "POST", "/events/process/", json={"event_type": "process_lead", "data": quiet},
        headers={"Idempotency-Key": key}, subject=subject,
    )  # fmt: skip
    lost = lambda writes: (_ for _ in ()).throw(OSError("no table"))  # noqa: E731
    crm.tables.before_transact = lost
    assert say("k1").status_code == 500
    crm.tables.before_transact = lambda writes: None
    assert [say(*who).status_code for who in (("k1",), ("k2",), ("k1", "ada"))] == [200] * 3
    assert len({run["execution_id"] for run in crm.tables.all("executions")}) == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/events/", {"type": "process_lead", "data": {"name": "Ann"}}),
        ("/events/process/", {"event_type": "process_lead", "data": {"name": "Ann"}}),
        ("/events/queue/", {"event_type": "process_lead", "data": {"name": "Ann"}}),
    ],
)
def test_a_tenant_publishes_at_a_rate_of_its_own(crm, machines, path, body):
    crm.app.state.publish_per_minute = 2
    codes = [crm.call("POST", path, json=body).status_code for _ in range(3)]
    assert codes[2] == 429
    assert max(codes[:2]) < 300
    refused = crm.call("POST", path, json=body)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert "of 2 units a minute" in refused.json()["detail"]
    assert crm.call("GET", "/leads/").status_code == 200  # its other requests go on
    assert crm.call("POST", path, json=body, tenant="other").status_code < 300
    crm.clock.move(seconds=61)
    assert crm.call("POST", path, json=body).status_code < 300
