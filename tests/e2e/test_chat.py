"""The assistant on the running platform: the seed's example, order, limits, a worker that dies."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("chat")


def talk(running, message: str, session: str = "") -> tuple[str, str]:
    """The task and the session of a message."""
    headers = {"X-Chat-Session": session} if session else {}
    answer = running.http.post(
        f"{running.url}/chat/", json={"message": message}, headers=headers, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["task_id"], answer.headers["X-Chat-Session"]


def ended(running, task: str, seconds: float = 40) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        found = running.get(f"/chat/status/{task}/")
        return found if found["state"] in ("SUCCESS", "FAILURE") else None

    return running.eventually(over, seconds=seconds)


def test_a_first_message_is_answered(running):
    task, session = talk(running, "hello")
    found = ended(running, task)
    assert found["state"] == "SUCCESS", found
    listed = running.get("/conversations/")["conversations"]
    assert session in [one["id"] for one in listed]
