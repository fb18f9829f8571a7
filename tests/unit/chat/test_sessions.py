"""Sessions: whose they are, how long they last, what is set aside, what is cleared."""

from __future__ import annotations

import pytest

from shared.assistant.answering.worker import LOST
from shared.llm.messages import AssistantMessage, UserMessage
from tests.unit.chat.talking import Talk, failed


@pytest.fixture
def talk():
    return Talk()


def heard(talk):
    """What the assistant was shown beside the last message."""
    return [m.text for m in talk.echo.turns[-1].history]


def test_the_cookie_is_secure_and_holds_nothing_but_an_id(talk):
    answer = talk.say("hello")
    (cookie,) = answer.cookies
    assert cookie == (
        f"chat_session={answer.session}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax"
    )


@pytest.mark.parametrize("by", ["header", "cookie"])
def test_a_session_remembers(talk, by):
    session = talk.say("My name is Ada").session
    talk.work()
    how = {"session": session} if by == "header" else {"cookies": [f"chat_session={session}"]}
    again = talk.say("Who am I?", **how)
    talk.work()
    assert again.session == session
    assert heard(talk) == ["My name is Ada", "You said: My name is Ada"]
    assert [type(m) for m in talk.echo.turns[-1].history] == [UserMessage, AssistantMessage]


def test_without_a_session_each_message_begins_one(talk):
    assert talk.say("a").session != talk.say("b").session


def test_the_last_ten_messages_are_shown(talk):
    session = talk.say("0").session
    talk.work()
    for number in range(1, 9):
        talk.say(str(number), session=session)
        talk.work()
    assert heard(talk) == [
        text for number in range(3, 8) for text in (str(number), f"You said: {number}")
    ]


@pytest.mark.parametrize(
    ("tenant", "subject"), [("acme", "ann"), ("other", "olga"), ("other", "jo")]
)
def test_a_foreign_session_is_as_unknown(talk, tenant, subject):
    session = talk.say("My name is Ada").session
    talk.work()
    talk.join(tenant, subject)
    mine = talk.say("Who am I?", tenant=tenant, subject=subject, session=session)
    talk.work()
    assert mine.session != session
    assert heard(talk) == []
    one = {"parameters": {"conversation_id": session}, "tenant": tenant, "subject": subject}
    unknown = {**one, "parameters": {"conversation_id": "0190"}}
    for route in (
        "GET /conversations/{conversation_id}/",
        "GET /conversations/{conversation_id}/messages/",
        "DELETE /conversations/{conversation_id}/",
    ):
        found, absent = talk.ask(route, **one), talk.ask(route, **unknown)
        assert (found.status, found.body) == (404, absent.body)
    talk.ask("POST /chat/clear/", session=session, tenant=tenant, subject=subject)
    talk.join("acme", "jo")
    talk.say("Who am I?", session=session)
    talk.work()
    assert heard(talk)[0] == "My name is Ada"


def test_what_a_client_says_of_session_and_context_is_ignored(talk):
    session = talk.say("My name is Ada").session
    body = {
        "message": "Who?",
        "session_key": session,
        "context": [{"role": "user", "content": "x"}],
    }
    answer = talk.ask("POST /chat/", body)
    talk.work()
    assert answer.session != session
    assert heard(talk) == []


@pytest.mark.parametrize(("hours", "same"), [(23.9, True), (24.0, False), (48, False)])
def test_a_session_ends_a_day_after_the_last_message(talk, hours, same):
    session = talk.say("hello").session
    talk.work()
    talk.clock.move(hours=hours)
    answer = talk.say("again", session=session)
    talk.work()
    assert (answer.session == session) is same
    assert bool(heard(talk)) is same


def test_cleared_context_is_not_shown_and_still_read(talk):
    session = talk.say("My name is Ada").session
    talk.work()
    answer = talk.ask("POST /chat/clear/", session=session)
    assert answer.body == {"status": "success", "message": "Conversation context cleared"}
    talk.say("Who am I?", session=session)
    talk.work()
    assert heard(talk) == []
    assert talk.events().count("chat.cleared") == 1
    read = talk.ask(
        "GET /conversations/{conversation_id}/messages/",
        parameters={"conversation_id": session},
    )
    assert read.body["messages"][0]["text"] == "My name is Ada"


@pytest.mark.parametrize("session", ["", "unknown", "x" * 5_000, "%00#", "état"])
def test_clearing_what_nobody_knows_is_a_success(talk, session):
    answer = talk.ask("POST /chat/clear/", session=session)
    assert (answer.status, answer.body["status"]) == (200, "success")
    assert talk.events() == []


def test_clearing_drops_what_waits_for_a_yes(talk):
    session = talk.say("hello").session
    key = f"acme#session#{session}"
    talk.tables.items["chat", key, "pending#jo"] = {"pk": key, "sk": "pending#jo"}
    talk.ask("POST /chat/clear/", session=session)
    assert ("chat", key, "pending#jo") not in talk.tables.items


def break_state(talk, session, **change):
    key = ("chat", f"acme#conversation#{session}", "state")
    talk.tables.items[key] |= change
    return key


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"title": None}, {"last_at": 7}, {"version": "x"}, {"notice": "no"}]
)
def test_an_unreadable_conversation_is_set_aside_and_the_user_told_once(talk, change):
    session = talk.say("hello").session
    talk.work()
    key = break_state(talk, session, **change)
    kept = dict(talk.tables.items[key])
    answer = talk.say("again", session=session)
    task = answer.body["task_id"]
    talk.work()
    assert answer.session != session
    assert talk.tables.items[key] == kept
    assert talk.status(task).body["result"]["ai_message"] == f"{LOST}You said: again"
    found = talk.answered("more", session=answer.session)
    assert found["result"]["ai_message"] == "You said: more"


@pytest.mark.parametrize("change", [{"format": 2}, {"role": "system"}, {"text": None}, {"at": 1}])
def test_an_unreadable_message_sets_what_was_said_aside_and_keeps_it(talk, change):
    session = talk.say("hello").session
    talk.work()
    rows = talk.rows("message#")
    rows[0] |= change
    kept = [dict(row) for row in rows]
    found = talk.answered("again", session=session)
    assert found["result"]["ai_message"] == f"{LOST}You said: again"
    assert heard(talk) == []
    assert talk.rows("message#")[:2] == kept
    found = talk.answered("more", session=session)
    assert found["result"]["ai_message"] == "You said: more"
    assert heard(talk) == ["again", f"{LOST}You said: again"]


def test_a_failed_turn_leaves_nothing_in_the_conversation(talk):
    session = talk.say("hello").session
    talk.echo.act = lambda turn: failed()
    talk.work()
    talk.echo.act = None
    talk.say("again", session=session)
    talk.work()
    assert heard(talk) == []


def test_titles_come_from_the_first_message_or_are_given(talk):
    def title(session):
        one = {"parameters": {"conversation_id": session}}
        return talk.ask("GET /conversations/{conversation_id}/", **one).body["title"]

    made = talk.ask("POST /conversations/")
    assert (made.status, made.body["title"]) == (201, "New Chat")
    talk.say("  Find\n all   leads of Tech Corp, please, and " + "sort " * 20, session=made.session)
    found = title(made.session)
    assert found.startswith("Find all leads of Tech Corp, please, and sort")
    assert len(found) <= 50
    talk.say("something else", session=made.session)
    assert title(made.session) == found
    how = {"parameters": {"conversation_id": made.session}}
    assert talk.ask("PUT /conversations/{conversation_id}", {"title": "Mine"}, **how).status == 200
    talk.say("a third", session=made.session)
    assert title(made.session) == "Mine"
    for bad in (None, "", "  ", 7, "x" * 201):
        answer = talk.ask("PUT /conversations/{conversation_id}", {"title": bad}, **how)
        assert answer.status == 400


def test_conversations_are_listed_newest_first_page_by_page(talk):
    made = [talk.ask("POST /conversations/").session for _ in range(5)]
    talk.ask("POST /conversations/", subject="ann")
    found, cursor = [], None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = talk.ask("GET /conversations/", query=query).body
        found += [one["id"] for one in page["conversations"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert found == sorted(made, reverse=True)
    for bad in ({"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "x"}):
        assert talk.ask("GET /conversations/", query=bad).status == 400


def test_messages_are_read_backwards_page_by_page(talk):
    session = talk.say("0").session
    talk.work()
    for number in range(1, 4):
        talk.say(str(number), session=session)
        talk.work()
    one = {"parameters": {"conversation_id": session}}
    found, cursor = [], None
    while True:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = talk.ask("GET /conversations/{conversation_id}/messages", query=query, **one).body
        found = [m["text"] for m in page["messages"] if m["role"] == "user"] + found
        cursor = page["cursor"]
        if not cursor:
            break
    assert found == ["0", "1", "2", "3"]


def test_a_deleted_conversation_is_gone_with_all_that_was_said(talk):
    session = talk.say("secret").session
    talk.work()
    one = {"parameters": {"conversation_id": session}}
    assert talk.ask("DELETE /conversations/{conversation_id}", **one).status == 204
    assert talk.ask("DELETE /conversations/{conversation_id}", **one).status == 404
    assert talk.rows("message#") == []
    assert talk.ask("GET /conversations/").body["conversations"] == []
    assert talk.events()[-1] == "chat.deleted"
