"""Every way of a workflow that an event starts, so that each right of its roles is used."""

from __future__ import annotations

import json

from tests.e2e.workflows import Client, node, row

HEARD = "example_event"


def walk_triggers(running) -> None:
    """On both engines, and what neither the matching nor the starting can mend."""
    client = Client(running)
    trigger = node("in", "event-trigger", event_types=[HEARD])
    made = [client.published(row([trigger], engine=engine)) for engine in ("inline", "durable")]
    happens(running)
    happens(running, notes="x" * 200_000)  # which the bus does not carry
    for workflow in made:
        where = f"/workflows/{workflow}/executions/"
        running.eventually(
            lambda: len(client.at.get(where)["executions"]) == 2,  # noqa: B023
            seconds=90,
        )
    wanted_again(running, made[0])
    for workflow in made:
        assert running.http.delete(f"{running.url}/workflows/{workflow}/", timeout=30).ok
    broken_trigger(running)
    broken_workflow(running)


def wanted_again(running, workflow: str) -> None:
    """A start that is asked for once more finds the run that it made."""
    runs = running.get(f"/workflows/{workflow}/executions/")["executions"]
    event = {
        "id": runs[0]["cause"]["id"],
        "time": runs[0]["started_at"],
        "data": {"message": "walk"},
    }
    start(running, workflow, event)


def happens(running, **data: str) -> None:
    body = {"event_type": HEARD, "data": {"message": "walk", **data}}
    assert running.http.post(f"{running.url}/events/queue/", json=body, timeout=30).ok


def broken_trigger(running) -> None:
    """A row that nobody can read: the consumer gives the event up."""
    key = {"pk": {"S": f"demo#triggers#{HEARD}"}, "sk": {"S": "broken"}}
    item = {**key, "triggers": {"S": "{"}}
    put(running, "WorkflowsTable", item)
    happens(running)
    given_up_and_redriven(running, "user_triggers")
    table = running.platform.table("WorkflowsTable")
    running.aws("dynamodb").delete_item(TableName=table, Key=key)


def broken_workflow(running) -> None:
    """A workflow that nobody can read: the starter gives its start up."""
    put(running, "CrmTable", {"pk": {"S": "demo#workflow#broken"}, "sk": {"S": "state"}})
    event = running.get("/events/", params={"type": HEARD, "limit": 1})["events"][0]
    start(running, "broken", event)
    given_up_and_redriven(running, "trigger_starter")


def start(running, workflow: str, event: dict) -> None:
    wire = {
        "specversion": "1.0", "id": event["id"], "type": HEARD, "source": "millrace.api",
        "time": event["time"], "dataschema": f"{HEARD}.v1", "tenant": "demo",
        "data": event["data"],
    }  # fmt: skip
    body = {"tenant": "demo", "workflow": workflow, "event": wire}
    running.aws("sqs").send_message(QueueUrl=starts(running), MessageBody=json.dumps(body))


def starts(running) -> str:
    """The queue of wanted starts."""
    name = running.platform.deployment.name("TriggeredRunsQueue")
    return str(running.aws("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def put(running, table: str, item: dict) -> None:
    running.aws("dynamodb").put_item(TableName=running.platform.table(table), Item=item)


def given_up_and_redriven(running, consumer: str) -> None:
    """Waits until an event is given up, and has it given up once more."""

    def found():
        entries = running.get("/events/quarantine/", params={"limit": 100})["entries"]
        mine = [one for one in entries if one["consumer"] == consumer]
        return next((one for one in mine if one["status"] == "quarantined"), None)

    entry = running.eventually(found, seconds=120)
    one = f"{running.url}/events/quarantine/{entry['id']}/"
    assert running.http.post(f"{one}redrive/", timeout=30).status_code == 202
    again = running.eventually(found, seconds=120)
    assert again["at"] > entry["at"]
    left = f"{running.url}/events/quarantine/{again['id']}/"
    assert running.http.delete(left, timeout=30).ok
