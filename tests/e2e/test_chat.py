"""The assistant on the running platform: example of the seed, order, failures, a killed worker."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import requests

from tests.e2e.chatting import ended, script, swept, talk, wants

pytestmark = pytest.mark.xdist_group("chat")

SEEDS_EXAMPLE = """
import requests
import time

# Send message
chat_url = "http://localhost:8000/chat/"
message_data = {"message": "Move Jane Doe to meeting booked"}

response = requests.post(chat_url, json=message_data)
task_id = response.json()["task_id"]

# Poll for completion
status_url = f"http://localhost:8000/chat/status/{task_id}/"
while True:
    status_response = requests.get(status_url)
    status_data = status_response.json()
    
    if status_data["state"] == "SUCCESS":
        print(status_data["result"]["ai_message"])
        break
    elif status_data["state"] == "FAILURE":
        print("Error:", status_data["error"])
        break
    
    time.sleep(2)
"""  # noqa: W293


def named(running, name: str) -> list[dict[str, Any]]:
    board = running.get("/leads/")
    return [lead for column in board.values() for lead in column if lead["name"] == name]


def test_the_seeds_example_runs_unchanged(running):
    running.create(name="Jane Doe", company="Example Corp", value=75_000)
    here = SEEDS_EXAMPLE.replace("http://localhost:8000", running.url)
    done = subprocess.run(
        [sys.executable, "-c", here], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip(), done.stderr
    assert "Error:" not in done.stdout


def test_messages_of_a_session_are_answered_in_their_order(running):
    _, session = talk(running, "message 0")
    tasks = [talk(running, f"message {number}", session)[0] for number in range(1, 6)]
    for task in tasks:
        assert ended(running, task)["state"] == "SUCCESS"
    said = running.get(f"/conversations/{session}/messages/")["messages"]
    asked = [one["text"] for one in said if one["role"] == "user"]
    assert asked == [f"message {number}" for number in range(6)]
    (listed,) = [c for c in running.get("/conversations/")["conversations"] if c["id"] == session]
    assert listed["title"] == "message 0"


@pytest.mark.parametrize("kind", ["key_refused", "quota", "content"])
def test_a_model_that_cannot_be_used_is_told_in_a_sentence(running, kind):
    fault = {"do": "refusal"} if kind == "content" else {"do": "fault", "kind": kind}
    if kind == "content":
        fault = {"do": "fault", "kind": "refusal"}
    script(running, *[fault] * 6)
    task, _ = talk(running, "hello")
    found = ended(running, task)
    script(running)
    assert found["state"] == "SUCCESS", found
    assert found["result"]["status"] == "error"
    assert found["result"]["ai_message"].startswith("I'm sorry")
    assert found["result"]["error"]


def test_nobody_else_sees_a_task_or_a_conversation(running):
    task, session = talk(running, "a secret")
    ended(running, task)
    told = {"email": "mallory@evil.example", "password": "Correct-horse-7"}
    token = requests.post(f"{running.url}/auth/register/", json=told, timeout=30).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    for path in (
        f"/chat/status/{task}/",
        f"/conversations/{session}/",
        f"/conversations/{session}/messages",
        "/chat/status/unknown",
    ):
        answer = requests.get(f"{running.url}{path}", headers=headers, timeout=30)
        assert answer.status_code == 404, path
    listed = requests.get(f"{running.url}/conversations", headers=headers, timeout=30).json()
    assert listed == {"conversations": [], "cursor": None}


def test_a_killed_worker_is_followed_and_its_lead_is_there_once(running):
    """SIGKILL after the tool's effect; then the message comes again, as the queue would send it."""
    create = {"do": "call", "name": "create_lead", "arguments": {"name": "Ada Lovelace"}}
    script(running, wants("create"), create, {"do": "fault", "kind": "hang"})
    task, _ = talk(running, "Add Ada Lovelace")
    running.eventually(lambda: named(running, "Ada Lovelace"), seconds=40)
    running.eventually(lambda: running.platform.host.kill_one("ChatAnswerFunction"))
    assert running.get(f"/chat/status/{task}/")["state"] == "PROCESSING"
    script(running, {"do": "say", "text": "Ada Lovelace is on the board."})
    release(running, task)
    body = json.dumps({"tenant": "demo", "task_id": task})
    payload = json.dumps({"Records": [{"body": body}]}).encode()
    for _ in range(2):  # and once more, when it is over
        answer = running.aws("lambda").invoke(FunctionName="ChatAnswerFunction", Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()
    found = running.get(f"/chat/status/{task}/")
    script(running)
    assert found["state"] == "SUCCESS", found
    assert len(named(running, "Ada Lovelace")) == 1
    (done,) = found["result"]["function_results"]
    assert (done["function"], done["result"]["success"]) == ("create_lead", True)


def release(running, task: str) -> None:
    """The time of the dead worker's lease is over."""
    running.aws("dynamodb").update_item(
        TableName=running.platform.table("ChatTable"),
        Key={"pk": {"S": f"demo#chat_task#{task}"}, "sk": {"S": "task"}},
        UpdateExpression="SET leased_until = :n",
        ExpressionAttributeValues={":n": {"S": ""}},
    )


def test_what_passed_its_deadline_is_swept(running):
    swept(running)
