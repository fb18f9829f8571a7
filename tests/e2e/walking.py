"""Every way of workflows once, so that each right of their roles is used."""

from __future__ import annotations

from tests.e2e.workflows import Client, asking, flow, node, row

LARGE = "x" * 100_000


def walk_workflows(running) -> None:
    """Nodes, engines, workflows in workflows, answers, failures, and what is left over."""
    client = Client(running)
    nodes_that_ask(client)
    engines(client)
    failures(client)
    left_over(client)


def nodes_that_ask(client: Client) -> None:
    """Each port of the node runner; what one of them says is not the matter here."""
    lead = "{{ nodes.make.lead.id }}"
    nodes = [
        node("start", "start"),
        node("make", "create-lead", name="From a flow"),
        node("find", "find-leads", name="From a flow"),
        node("write", "file-writer", path="a.txt", content="{{ data.large }}", mode="new"),
        node("read", "file-reader", path="a.txt", read_mode="whole"),
        node("mail", "send-email", to=["w@example.com"], subject="Hello", body="Ada"),
        node("tell", "notify", members=["nobody"], title="Hello"),
        node("event", "emit-event", event_type="lead.qualified", data={"lead_id": lead}),
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
        client.ended(client.begun(drawn["id"], large=LARGE))


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
    client.at.get("/executions/")
    client.at.get("/executions/", params={"user_id": "nobody"})
    client.at.get(f"/workflows/{workflow}/executions/")


def failures(client: Client) -> None:
    """A run that fails, and the workflow that is meant for that."""
    helper = client.published(row([node("start", "start")], timeout=60, node_timeout=30))
    bad = node("bad", "move-lead", lead_id="nobody", status="Interest")
    workflow = client.published(row([node("start", "start"), bad], on_failure=helper))
    assert client.ended(client.begun(workflow))["status"] == "failed"
    client.at.eventually(
        lambda: client.at.get("/executions/", params={"workflow_id": helper})["executions"], 60
    )


def left_over(client: Client) -> None:
    """A machine of a version that was replaced, and a run that is late."""
    workflow = client.published(asking())
    client.publish(workflow)
    late = client.begun(workflow)
    client.asks(late)
    table = client.at.platform.table("ExecutionsTable")
    key = {"pk": {"S": f"demo#execution#{late}"}, "sk": {"S": "state"}}
    client.at.aws("dynamodb").update_item(
        TableName=table, Key=key,
        UpdateExpression="SET due_pk = :p, due_sk = :s, due_at = :d",
        ExpressionAttributeValues={
            ":p": {"S": "due#0"}, ":s": {"S": "2020"}, ":d": {"S": "2020-01-01T00:00:00+00:00"},
        },
    )  # fmt: skip
    functions = client.at.aws("lambda")
    functions.invoke(FunctionName="OverdueFunction", Payload=b"{}")
    functions.invoke(FunctionName="MachineCollectorFunction", Payload=b'{"grace": 0}')
    assert client.at.http.delete(f"{client.at.url}/workflows/{workflow}/").ok
