"""The state table: every state and transition of a task, and that none is a dead end."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from shared.assistant.answering.worker import DELETED, GONE
from shared.assistant.conversations.errors import LeasedError
from shared.assistant.conversations.task import OVERDUE
from shared.platform.tables import TablesBusyError
from tests.unit.chat.talking import LEASE, Talk, called, failed


@pytest.fixture
def talk():
    return Talk()


def task_of(talk, message="Move Jane Doe to meeting booked", **how):
    answer = talk.say(message, **how)
    assert answer.status == 200, answer.body
    return answer.body["task_id"]


def test_pending_then_success_in_the_seeds_shapes(talk):
    answer = talk.say("Move Jane Doe to meeting booked")
    task = answer.body["task_id"]
    assert answer.body == {
        "task_id": task, "status": "processing", "message": "Message received, processing...",
    }  # fmt: skip
    pending = {"state": "PENDING", "status": "Task is waiting to be processed..."}
    assert talk.status(task).body == pending
    talk.echo.act = lambda turn: called()
    talk.work()
    done = {"function": "search_leads", "arguments": {"query": "Ann"},
            "result": {"success": True, "message": "Found 1"}}  # fmt: skip
    assert talk.status(task).body == {
        "state": "SUCCESS",
        "result": {
            "ai_message": "Found 1", "function_results": [done], "status": "success",
            "intent": "search",
        },
    }  # fmt: skip
    assert talk.events() == ["chat.started", "chat.message_received", "chat.answered"]


def test_processing_shows_the_text_that_came_so_far(talk):
    task, seen = task_of(talk), []

    def stream(turn):
        turn.piece("Jane Doe ")
        seen.append(talk.status(task).body)

    talk.echo.act = stream
    talk.work()
    said = "Processing your message..."
    assert seen == [{"state": "PROCESSING", "status": said, "text": "Jane Doe "}]


def test_a_model_that_fails_is_a_success_with_an_inner_error(talk):
    task = task_of(talk)
    talk.echo.act = lambda turn: failed()
    talk.work()
    found = talk.status(task).body
    assert found["state"] == "SUCCESS"
    assert (found["result"]["status"], found["result"]["error"]) == ("error", "unreachable")
    assert "sorry" in found["result"]["ai_message"]
    assert talk.rows("message#") == []


def test_a_turn_that_breaks_is_a_failure_with_a_sentence(talk):
    task = task_of(talk)

    def broken(turn):
        raise RuntimeError("secret detail")

    talk.echo.act = broken
    talk.work()
    found = talk.status(task).body
    assert (found["state"], found["status"]) == ("FAILURE", "Task failed")
    assert "again" in found["error"]
    assert "secret" not in found["error"]


def test_a_turn_that_takes_too_long_is_a_failure(talk):
    task = task_of(talk)

    async def slow(turn):
        await asyncio.sleep(60)

    talk.echo.act = slow
    talk.work(seconds=5.05)
    assert talk.status(task).body["error"] == OVERDUE


def test_a_member_who_left_gets_no_answer(talk):
    task = task_of(talk)
    talk.leave("jo")
    talk.work()
    assert talk.status(task).body == {"state": "FAILURE", "error": GONE, "status": "Task failed"}
    assert talk.echo.turns == []


def test_the_role_of_the_answer_counts_not_that_of_the_question(talk):
    task = task_of(talk)
    talk.join("acme", "jo", "user")
    talk.work()
    (turn,) = talk.echo.turns
    assert turn.principal.role == "user"
    assert talk.status(task).body["state"] == "SUCCESS"


def test_a_member_who_went_to_another_tenant_gets_no_answer(talk):
    task_of(talk)
    talk.join("other", "jo")
    talk.work()
    assert talk.echo.turns == []


def test_a_deleted_conversation_ends_its_messages(talk):
    answer = talk.say("hello")
    one = {"parameters": {"conversation_id": answer.session}}
    assert talk.ask("DELETE /conversations/{conversation_id}", **one).status == 204
    talk.work()
    found = talk.status(answer.body["task_id"]).body
    assert (found["state"], found["error"]) == ("FAILURE", DELETED)


def test_pending_past_the_deadline_is_a_failure_before_and_after_the_sweeper(talk):
    task = task_of(talk)
    talk.clock.move(minutes=5)
    found = talk.status(task).body
    assert found == {"state": "FAILURE", "error": OVERDUE, "status": "Task failed"}
    assert talk.sweep() == 1
    assert talk.sweep() == 0
    assert talk.status(task).body == found
    talk.work()  # the message comes late
    assert talk.echo.turns == []
    assert talk.status(task).body == found
    assert talk.events()[-1] == "chat.failed"
    assert talk.events().count("chat.failed") == 1


def test_processing_past_the_deadline_is_a_failure_and_the_late_worker_changes_nothing(talk):
    task = task_of(talk)

    def overtaken(turn):
        talk.clock.move(minutes=6)
        assert talk.sweep() == 1

    talk.echo.act = overtaken
    talk.work()
    assert talk.status(task).body["error"] == OVERDUE
    assert talk.rows("message#") == []
    assert "chat.answered" not in talk.events()


def test_the_sweeper_leaves_what_has_time_or_an_end(talk):
    task_of(talk)
    talk.work()
    task_of(talk)
    talk.clock.move(minutes=4)
    assert talk.sweep() == 0


def test_a_message_that_comes_late_is_failed_by_the_worker_itself(talk):
    task = task_of(talk)
    talk.clock.move(minutes=5)
    talk.work()
    assert talk.status(task).body["error"] == OVERDUE
    assert talk.events()[-1] == "chat.failed"


def test_a_second_delivery_changes_nothing(talk):
    task = task_of(talk)
    body = talk.queues.sent[0][1]
    talk.work()
    before = talk.status(task).body
    talk.deliver(body)
    assert len(talk.echo.turns) == 1
    assert talk.status(task).body == before


def test_two_workers_never_have_one_task(talk):
    task_of(talk)
    body = talk.queues.sent[0][1]

    def second(turn):
        with pytest.raises(LeasedError):
            talk.at.tasks.claim(talk.at.tasks.get("acme", turn.task_id), timedelta(seconds=LEASE))

    talk.echo.act = second
    talk.deliver(body)
    assert len(talk.echo.turns) == 1


def test_what_cannot_be_queued_has_failed_and_says_so(talk):
    def away(*given):
        raise OSError("the queue is away")

    talk.queues.send_in_order = away
    answer = talk.say("hello")
    assert answer.status == 500
    assert answer.body["error"] == "Failed to process message"
    assert answer.body["details"]
    (task,) = talk.rows("task")
    assert task["state"] == "FAILURE"
    assert talk.events()[-1] == "chat.failed"


def test_tables_that_are_busy_bring_the_message_back(talk):
    task = task_of(talk)
    body = talk.queues.sent[0][1]

    def busy(turn):
        raise TablesBusyError("busy")

    talk.echo.act = busy
    with pytest.raises(TablesBusyError):
        talk.deliver(body)
    assert talk.status(task).body["state"] == "PROCESSING"
    talk.echo.act = None
    talk.clock.move(seconds=LEASE)
    talk.deliver(body)
    assert talk.status(task).body["state"] == "SUCCESS"


def test_no_event_holds_a_word_of_what_was_said(talk):
    talk.echo.act = lambda turn: called()
    talk.answered("zanzibar")
    outbox = json.dumps([i["event"] for i in talk.tables.all("crm")])
    assert "zanzibar" not in outbox
    assert "Found 1" not in outbox


@pytest.mark.parametrize("task", ["nothing", "x" * 2_000, "", "%00", "0190"])
def test_an_unknown_task_is_404_and_not_pending_for_ever(talk, task):
    found = talk.status(task)
    assert found.status == 404
    assert found.body["error"] == "Task not found"


@pytest.mark.parametrize("who", [("acme", "ann"), ("other", "olga"), ("other", "jo")])
def test_a_foreign_task_is_as_unknown(talk, who):
    task = task_of(talk)
    tenant, subject = who
    found = talk.status(task, tenant=tenant, subject=subject)
    unknown = talk.status("nothing", tenant=tenant, subject=subject)
    assert (found.status, found.body) == (404, unknown.body)
