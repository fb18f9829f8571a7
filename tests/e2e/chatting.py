"""How the assistant is talked to on the running platform, and what its offline model is told."""

from __future__ import annotations

import json
from typing import Any

import requests

from local.models import OFFLINE_KEY


def talk(running, message: str, session: str = "") -> tuple[str, str]:
    """The task and the session of a message."""
    headers = {"X-Chat-Session": session} if session else {}
    answer = requests.post(
        f"{running.url}/chat/", json={"message": message}, headers=headers, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["task_id"], answer.headers["X-Chat-Session"]


def ended(running, task: str, seconds: float = 40) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        found = running.get(f"/chat/status/{task}/")
        return found if found["state"] in ("SUCCESS", "FAILURE") else None

    return running.eventually(over, seconds=seconds)


def script(running, *steps: dict[str, Any]) -> None:
    """What the offline model does next; nothing is what it always does."""
    server = running.platform.models.server.url.removesuffix("/v1")
    answer = requests.put(
        f"{server}/scripts/{OFFLINE_KEY}", json={"steps": list(steps)}, timeout=30
    )
    assert answer.ok, answer.text


def wants(intent: str) -> dict[str, Any]:
    return {"do": "say", "text": json.dumps({"intent": intent})}


def turn(running, session: str, intent: str, message: str, *calls: tuple[str, dict]) -> tuple:
    """One message whose model calls these functions; their results, and the session."""
    steps = [{"do": "call", "name": name, "arguments": given} for name, given in calls]
    script(running, wants(intent), *steps, {"do": "say", "text": "Done."})
    task, session = talk(running, message, session)
    found = ended(running, task)
    script(running)
    assert found["state"] == "SUCCESS", found
    assert found["result"]["status"] == "success", found
    return [one["result"] for one in found["result"]["function_results"]], session


def walk_chat(running) -> None:
    """A conversation that makes, moves, finds and removes a lead; what is listed, and swept."""
    (made,), session = turn(
        running, "", "create", "Add Walker", ("create_lead", {"name": "Walker Chat"})
    )
    lead = {"lead_id": made["data"]["id"]}
    move = ("update_lead_status", {**lead, "new_status": "Proposal sent"})
    turn(running, session, "change", "Move Walker to Proposal sent", move)
    turn(running, session, "search", "Find Walker", ("search_leads", {"query": "Walker Chat"}))
    (asked,), _ = turn(running, session, "destructive", "Delete Walker Chat", ("delete_lead", lead))
    confirm = ("confirm_action", {"action_id": asked["data"]["action_id"]})
    turn(running, session, "unclear", "yes, delete it", confirm)
    where = f"{running.url}/conversations/{session}/"
    headers = {"X-Chat-Session": session}
    assert requests.post(f"{running.url}/chat/clear/", headers=headers, timeout=30).ok
    assert session in [one["id"] for one in running.get("/conversations/")["conversations"]]
    assert running.get(f"/conversations/{session}/messages/")["messages"]
    assert requests.put(where, json={"title": "Walked"}, timeout=30).json()["title"] == "Walked"
    assert requests.delete(where, timeout=30).status_code == 204
    refused(running)
    swept(running)
    own_key(running)


def own_key(running) -> None:
    """A tenant's own provider, which is nowhere: its key is fetched, and the user is told."""
    where = f"{running.url}/settings/llm/"
    before = {"providers": []}
    own = {
        "name": "own", "type": "custom", "apiKey": "sk-own-key-of-the-tenant", "baseUrl": "https://models.invalid/v1",
        "defaultModel": "m", "models": ["m"],
    }  # fmt: skip
    answer = requests.post(where, json={"providers": [own]}, timeout=30)
    assert answer.ok, answer.text
    task, _ = talk(running, "hello")
    found = ended(running, task, seconds=90)
    assert (found["state"], found["result"]["status"]) == ("SUCCESS", "error"), found
    assert requests.post(where, json=before, timeout=30).ok


def refused(running) -> None:
    """A key without the right, at each function."""
    scoped = {"name": "no chat", "scopes": ["leads:view"]}
    key = requests.post(f"{running.url}/auth/api-keys/", json=scoped, timeout=30).json()["key"]
    headers = {"Authorization": f"Api-Key {key}"}
    for method, path in (
        ("POST", "/chat/"),
        ("GET", "/chat/status/1/"),
        ("POST", "/chat/clear/"),
        ("GET", "/conversations/"),
    ):
        answer = requests.request(method, f"{running.url}{path}", headers=headers, timeout=30)
        assert answer.status_code == 403, answer.text


def swept(running) -> None:
    """A message that nobody answers in time, and the sweeper."""
    script(running, {"do": "fault", "kind": "hang"})
    task, _ = talk(running, "hello")
    running.eventually(lambda: running.get(f"/chat/status/{task}/")["state"] == "PROCESSING")
    dynamodb, table = running.aws("dynamodb"), running.platform.table("ChatTable")
    key = {"pk": {"S": f"demo#chat_task#{task}"}, "sk": {"S": "task"}}
    dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="SET deadline = :p, due_sk = :p",
        ExpressionAttributeValues={":p": {"S": "2020-01-01T00:00:00.000000Z"}},
    )  # fmt: skip
    assert running.get(f"/chat/status/{task}/")["state"] == "FAILURE"
    running.aws("lambda").invoke(FunctionName="ChatSweeperFunction", Payload=b"{}")
    running.eventually(
        lambda: dynamodb.get_item(TableName=table, Key=key)["Item"]["state"]["S"] == "FAILURE"
    )
    script(running)
    running.platform.host.kill_one("ChatAnswerFunction")
