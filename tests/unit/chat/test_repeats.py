"""Messages under an `Idempotency-Key`: taken once, answered once."""

from __future__ import annotations

import pytest

from shared.identity.principal import Principal
from tests.unit.chat.talking import Talk

KEY = {"idempotency-key": "7d1f"}


@pytest.fixture
def talk():
    return Talk()


def test_a_message_that_is_sent_again_is_the_same_task(talk):
    first, second = talk.say("hello", headers=KEY), talk.say("hello", headers=KEY)
    assert first.body == second.body
    assert first.session == second.session
    talk.work()
    assert [turn.message for turn in talk.echo.turns] == ["hello"]
    third = talk.say("hello", headers=KEY)
    assert third.body["task_id"] == first.body["task_id"]
    assert talk.queues.sent == []
    assert talk.status(first.body["task_id"]).body["state"] == "SUCCESS"


def test_a_key_is_its_callers_own(talk):
    first = talk.say("hello", headers=KEY)
    others = [talk.say("hello", headers=KEY, subject="ann"), talk.say("hello", headers=KEY,
              tenant="other")]  # fmt: skip
    assert first.body["task_id"] not in [one.body["task_id"] for one in others]


def test_a_key_with_another_message_is_refused(talk):
    talk.say("hello", headers=KEY)
    refused = talk.say("good bye", headers=KEY)
    assert refused.status == 422
    assert refused.body["errors"][0]["field"] == "Idempotency-Key"
    assert len(talk.queues.sent) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_none(talk, key):
    refused = talk.say("hello", headers={"idempotency-key": key})
    assert refused.status == 400
    assert talk.tables.all("chat") == []


def test_a_key_is_known_for_a_day(talk):
    first = talk.say("hello", headers=KEY)
    talk.work()
    talk.clock.move(days=1, seconds=1)
    second = talk.say("something else", headers=KEY)
    assert second.status == 200
    assert second.body["task_id"] != first.body["task_id"]


def test_a_message_that_a_killed_function_did_not_queue_is_queued_by_its_repetition(talk):
    who = Principal("acme", "jo", "user", "admin")
    task = talk.at.tasks.accept(who, "", "hello", KEY["idempotency-key"])
    assert talk.queues.sent == []
    assert talk.say("hello", headers=KEY).body["task_id"] == task.id
    talk.work()
    assert [turn.message for turn in talk.echo.turns] == ["hello"]
