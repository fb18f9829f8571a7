"""Every way of workflows once, so that each right of their roles is used."""

from __future__ import annotations

import json

import httpx

from tests.connections.conftest import CLIENT, SECRET, Service
from tests.e2e.workflows import Client, asking, flow, node, row

LARGE = "x" * 100_000


def walk_workflows(running, service: Service) -> None:
    """Nodes, engines, drafts, other people's services, answers, failures, what is left over."""
    client = Client(running)
    nodes_that_ask(client)
    engines(client)
    drafts(client)
    connections(client, service)
    failures(client)
    left_over(client)
    machine_ended(client)


def nodes_that_ask(client: Client) -> None:
    """Each port of the node runner; what one of them says is not the matter here."""
    lead = "{{ nodes.make.lead.id }}"
    large = {"name": "Large", "notes": "{{ data.large }}{{ data.large }}"}
    nodes = [
        node("start", "start"),
        node("make", "create-lead", name="From a flow"),
        node("find", "find-leads", name="From a flow"),
        node("write", "file-writer", path="a.txt", content="{{ data.large }}", mode="new"),
        node("read", "file-reader", glob="*.txt"),
        node("mail", "send-email", to=["w@example.com"], subject="Hello", body="Ada"),
        node("tell", "notify", members=["nobody"], title="Hello"),
        node("event", "emit-event", event_type="lead.qualified", data={"lead_id": lead}),
        node("large", "emit-event", event_type="process_lead", data=large),
        node("python", "tool", tool="python_executor", arguments={"code": "result = 1"}),
        node("agent", "agent", prompt="Say hello", memory_key="k"),
        node("end", "end"),
    ]
    for engine in ("inline", "durable"):
        edges = [f"start-{one['id']}" for one in nodes[1:-1]]
        edges += [f"{one['id']}-end" for one in nodes[1:-1]]
        drawn = client.at.http.post(
            f"{client.at.url}/workflows/",
            json={"name": "all", "definition": flow(nodes, *edges, engine=engine, timeout=60)},
        ).json()
        answer = client.at.http.post(f"{client.at.url}/workflows/{drawn['id']}/publish/", json={})
        assert answer.ok, answer.text
        run = client.begun(drawn["id"], large=LARGE)
        client.ended(run)
        assert client.at.get(f"/executions/{run}/nodes/start/")


def engines(client: Client) -> None:
    """A machine that waits for another, an answer, a cancel, a deletion."""
    wait = node("wait", "delay", interval=1.2)
    child = client.published(row([node("start", "start"), wait]))
    for waits in (True, False):
        ask = node("child", "sub-workflow", workflow=child, wait=waits)
        parent = client.published(row([node("start", "start"), ask]))
        assert client.ended(client.begun(parent))["status"] == "completed"
    workflow = client.published(asking())
    first, second = client.begun(workflow), client.begun(workflow)
    client.asks(first)
    client.approve(first)
    client.post(f"/executions/{second}/cancel/")
    client.ended(first)
    once = {"Idempotency-Key": "walk-run"}
    where = f"{client.at.url}/workflows/{workflow}/execute/"
    answers = [client.at.http.post(where, json={}, headers=once).json() for _ in range(2)]
    assert answers[0]["execution_id"] == answers[1]["execution_id"]
    client.at.get("/executions/")
    client.at.get("/executions/", params={"user_id": "nobody"})
    client.at.get(f"/workflows/{workflow}/executions/")


def drafts(client: Client) -> None:
    """A draft that is tried, with a pin, and all of that forgotten."""
    drawn = client.post("/workflows/", name="draft", definition=row([node("start", "start")]))
    where = f"/workflows/{drawn['id']}/development"
    client.post(f"{where}/run/", until="start")
    pin = f"{client.at.url}{where}/pins/start/"
    assert client.at.http.put(pin, json={"value": {"x": 1}}).ok
    assert client.at.http.delete(pin).json() == {"cleared": 1}
    assert client.at.http.delete(f"{client.at.url}{where}/outputs/").ok


def connections(client: Client, service: Service) -> None:
    """A connection that a person authorizes, a run renews, and its service takes back."""
    settings = {
        "kind": "oauth2", "authorize_url": f"{service.url}/authorize", "client_id": CLIENT,
        "token_url": f"{service.url}/token", "client_secret": SECRET,
    }  # fmt: skip
    made = client.post(
        "/connections/", name="Theirs", hosts=[service.host], settings=settings,
        test_url=f"{service.url}/api/me",
    )  # fmt: skip
    where = f"/connections/{made['id']}/"
    begun = client.post(f"{where}oauth2/start/")["authorization_url"]
    sent = httpx.get(begun, trust_env=False).headers["location"]
    assert httpx.get(sent, trust_env=False).status_code == 200
    assert client.post(f"{where}test/")["works"] is True
    asked = {"url": f"{service.url}/api/me", "connection": made["id"], "fail_on": "status"}
    workflow = client.published(flow([node("ask", "http-request", **asked)]))
    service.access.clear()
    assert client.ended(client.begun(workflow))["status"] == "completed"
    assert client.at.http.delete(f"{client.at.url}{where}?force=true").status_code == 204
    alone = {**settings, "grant": "client_credentials", "authorize_url": None}
    made = client.post("/connections/", name="Alone", hosts=[service.host], settings=alone)
    asked = {"url": f"{service.url}/api/me", "connection": made["id"]}
    workflow = client.published(flow([node("ask", "http-request", **asked)]))
    service.answers[:] = [(500, b"")] * 20  # no token yet: the right to ask is given back
    client.ended(client.begun(workflow))
    service.answers.clear()


def failures(client: Client) -> None:
    """Runs that fail, and the workflow of each engine that is meant for that."""
    bad = node("bad", "move-lead", lead_id="nobody", status="Interest")
    helpers = []
    for engine in ("inline", "durable"):
        helpers.append(client.published(row([node("start", "start")], engine=engine)))
        workflow = client.published(row([node("start", "start"), bad], on_failure=helpers[-1]))
        assert client.ended(client.begun(workflow))["status"] == "failed"
    for helper in helpers:
        client.at.eventually(
            lambda: client.at.get(f"/workflows/{helper}/executions/")["executions"],  # noqa: B023
            60,
        )


def left_over(client: Client) -> None:
    """A machine of a version that was replaced, and runs that are late: one is waited for."""
    workflow = client.published(asking())
    client.publish(workflow)
    ask = node("child", "sub-workflow", workflow=workflow, wait=True)
    client.begun(client.published(row([node("start", "start"), ask])))
    where = f"/workflows/{workflow}/executions/"
    child = client.at.eventually(lambda: client.at.get(where)["executions"], 60)[0]
    inline = client.begun(client.published(asking(engine="inline")))
    for late in (child["execution_id"], inline):
        client.asks(late)
        due_long_ago(client, late)
    functions = client.at.aws("lambda")
    swept = functions.invoke(FunctionName="OverdueFunction", Payload=b"{}")["Payload"].read()
    assert json.loads(swept).get("closed", 0) >= 2, swept
    assert client.ended(child["execution_id"])["status"] == "failed"
    client.post(f"/executions/{inline}/cancel/")
    functions.invoke(FunctionName="MachineCollectorFunction", Payload=b'{"grace": 0}')
    assert client.at.http.delete(f"{client.at.url}/workflows/{workflow}/").ok


def machine_ended(client: Client) -> None:
    """What Step Functions says of a machine that ended outside its tasks closes its run."""
    late = client.begun(client.published(asking(engine="inline")))
    client.asks(late)
    given = {"tenant": "demo", "execution": late, "path": "", "route": None}
    detail = {"status": "TIMED_OUT", "cause": "too late", "input": json.dumps(given)}
    platform, sqs = client.at.platform, client.at.aws("sqs")
    url = sqs.get_queue_url(QueueName=platform.deployment.name("EndedMachineQueue"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail": detail}))
    assert client.ended(late)["status"] == "failed"


def due_long_ago(client: Client, execution: str) -> None:
    """As if nobody had looked after a run."""
    client.at.aws("dynamodb").update_item(
        TableName=client.at.platform.table("ExecutionsTable"),
        Key={"pk": {"S": f"demo#execution#{execution}"}, "sk": {"S": "state"}},
        ConditionExpression="attribute_exists(pk)",
        UpdateExpression="SET due_pk = :p, due_sk = :s, due_at = :d, tenant = :t",
        ExpressionAttributeValues={
            ":p": {"S": "due#0"}, ":s": {"S": "2020"}, ":d": {"S": "2020-01-01T00:00:00+00:00"},
            ":t": {"S": "demo"},
        },
    )  # fmt: skip
