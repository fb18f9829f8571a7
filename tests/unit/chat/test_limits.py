"""What is not taken: empty, huge and binary messages, too many of them, requests of strangers."""

from __future__ import annotations

import base64
import json

import pytest

from tests.unit.chat.talking import Talk


@pytest.fixture
def talk():
    return Talk()


@pytest.mark.parametrize("message", ["", "   ", "\n\t", None])
def test_an_empty_message_in_the_seeds_words(talk, message):
    answer = talk.say(message)
    assert (answer.status, answer.body["error"]) == (400, "Message is required")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [None, {}, {"text": "hello"}])
def test_a_body_without_message(talk, body):
    assert talk.ask("POST /chat/", body).body["error"] == "Message is required"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("x" * 4_001, "4000"),
        ("a\x00b", "control characters"),
        ("\x1b[31m", "control characters"),
        (7, "send a string"),
        (["a"], "send a string"),
        ({"a": 1}, "send a string"),
    ],
)
def test_a_message_that_is_no_text_or_too_long_names_the_limit(talk, message, told):
    answer = talk.say(message)
    assert answer.status == 400
    assert told in json.dumps(answer.body)
    assert talk.tables.all("chat") == []


@pytest.mark.parametrize(
    "body", ["{", "[]", '"text"', "\ufeff{", '{"message": "\\ud800"}', "[" * 50_000]
)
def test_a_body_that_is_no_object(talk, body):
    answer = talk.ask("POST /chat/", body)
    assert answer.status in (400, 413)
    assert answer.body["errors" if answer.status == 400 else "error"]


def test_a_binary_body(talk):
    raw = base64.b64encode(bytes(range(256))).decode()
    assert talk.ask("POST /chat/", raw, isBase64Encoded=True).status == 400


def test_a_body_above_the_limit_of_bytes(talk):
    assert talk.ask("POST /chat/", {"message": "x" * 30_000}).status == 413


def test_as_long_as_it_may_be_in_any_script(talk):
    assert talk.say("é" * 3_000).status == 200


def test_a_thousand_quick_messages_are_limited_and_what_is_taken_is_in_order(talk):
    session = talk.say("0").session
    answers = [talk.say(str(number), session=session) for number in range(1, 1_000)]
    taken = [one for one in answers if one.status == 200]
    refused = [one for one in answers if one.status != 200]
    assert len(taken) == 9
    assert {one.status for one in refused} == {429}
    assert refused[0].headers["Retry-After"] == "5"
    assert "10 messages of this session" in refused[0].body["detail"]
    talk.work()
    assert [turn.message for turn in talk.echo.turns] == [str(number) for number in range(10)]
    assert {group for group, _ in talk.queues.in_order.values()} == {session}
    assert talk.say("more", session=session).status == 200


def test_a_user_has_a_limit_over_all_sessions_and_others_their_own(talk):
    answers = [talk.say(str(number)) for number in range(25)]
    assert [one.status for one in answers] == [200] * 20 + [429] * 5
    assert "20 messages of yours" in answers[-1].body["detail"]
    assert talk.say("hello", subject="ann").status == 200
    assert talk.say("hello", tenant="other", subject="olga").status == 200


def test_what_passed_its_deadline_waits_no_more(talk):
    for number in range(20):
        talk.say(str(number))
    talk.clock.move(minutes=5)
    assert talk.say("more").status == 200


def test_limits_are_settings():
    talk = Talk(chat_characters=3, chat_per_session=1, chat_per_user=2)
    assert talk.say("four").status == 400
    session = talk.say("a").session
    assert talk.say("b", session=session).status == 429
    assert talk.say("c").status == 200
    assert talk.say("d").status == 429


def test_what_others_send_between_look_and_write_is_looked_at_again(talk):
    session = talk.say("0").session
    answers = []

    def between(writes):
        talk.tables.before_transact = lambda writes: None
        answers.append(talk.say("between", session=session))

    for number in range(12):
        talk.tables.before_transact = between
        answers.append(talk.say(str(number), session=session))
    assert [one.status for one in answers].count(200) == 9
    assert {one.status for one in answers} == {200, 429}
    assert len(talk.rows("task")) == 10


def test_the_rate_of_the_tenant_is_charged_and_told():
    talk = Talk(tenant_units=11)
    first = talk.say("a")
    assert first.headers["RateLimit"].startswith('"default";r=6')
    assert talk.say("b").status == 200
    refused = talk.say("c")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_strangers_and_keys_without_the_right(talk):
    assert talk.say("a", tenant="").status == 401
    assert talk.status("x", tenant="").status == 401
    key = {"tenant": "acme", "subject": "k", "role": "admin", "kind": "key", "scopes": "leads:view"}
    event = {"requestContext": {"authorizer": {"lambda": key}}}
    answer = talk.say("a", **event)
    assert (answer.status, "chat:use" in answer.body["detail"]) == (403, True)
    (entry,) = talk.tables.all("audit")
    assert "chat:use" in json.dumps(entry)


@pytest.mark.parametrize("role", ["admin", "manager", "sales_rep", "user"])
def test_every_role_may_talk(talk, role):
    assert talk.say("hello", role=role).status == 200


def test_unknown_hosts_and_pages_of_others_are_refused(talk):
    assert talk.say("a", headers={"host": "evil.example"}).status == 400
    session = talk.say("a").session
    cookies = {"cookies": [f"chat_session={session}"]}
    foreign = {"origin": "https://evil.example"}
    assert talk.say("a", headers=foreign, **cookies).status == 403
    assert talk.say("a", headers={"sec-fetch-site": "cross-site"}, **cookies).status == 403
    own = talk.say("a", headers={"origin": "http://localhost:3000"}, **cookies)
    assert own.status == 200
    assert own.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert own.headers["Access-Control-Allow-Credentials"] == "true"
    told = talk.say("a", headers=foreign)
    assert "Access-Control-Allow-Origin" not in told.headers


@pytest.mark.parametrize("path", ["/api/chat", "/api/chat/"])
def test_at_the_older_path_a_workflow_is_the_builders(talk, path):
    body = {"message": "add a node", "workflow_id": "1"}
    answer = talk.ask(f"POST {path}", body, path=path)
    assert answer.status == 404
    assert talk.tables.all("chat") == []
    assert talk.ask(f"POST {path}", {"message": "hello"}, path=path).status == 200
    assert talk.ask("POST /chat/", body, path="/chat/").status == 200


def test_busy_tables_are_told_in_the_seeds_words(talk):
    def away(*given):
        raise RuntimeError("a secret")

    talk.tables.get = away
    for route, error in (
        ("POST /chat/", "Failed to process message"),
        ("GET /chat/status/{task_id}/", "Failed to get task status"),
        ("POST /chat/clear/", "Failed to clear conversation"),
    ):
        answer = talk.ask(route, {"message": "a"}, session="x", parameters={"task_id": "1"})
        assert (answer.status, answer.body["error"]) == (500, error)
        assert answer.body["details"]
        assert "secret" not in json.dumps(answer.body)
