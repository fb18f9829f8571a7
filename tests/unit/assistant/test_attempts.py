"""A confirmation cannot be got past: each attempt of the table, and the way that works."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from shared.agents.calling import call_tool
from shared.agents.registry import ToolRegistry
from shared.agents.tool import ToolContext
from shared.assistant import tools
from shared.assistant.desk import DESK, Desk
from shared.identity.principal import Principal
from shared.llm.errors import QuotaGoneError
from shared.llm.messages import ToolCall
from tests.fakes.assistant import called, said, wants
from tests.unit.assistant.attempts import ATTEMPTS, EVE, Attempt, ask, confirm, table

DOCUMENT = Path("docs/assistant-safety.md")


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.what)
def test_nothing_gets_past(world, attempt: Attempt):
    assert attempt.result in attempt.act(world)
    assert world.is_untouched()


def test_the_document_has_the_table():
    assert table() in DOCUMENT.read_text()


def test_the_way_that_works(world):
    action = ask(world)
    assert confirm(world, action, "Yes, delete it.") == "Lead 'Ann Lee' deleted successfully"
    assert world.names() == []
    assert confirm(world, action).startswith("confirm_action is not open")


def test_a_bulk_move_is_done_as_stored(world):
    leads = [world.add(f"Lead {number}") for number in range(3)]
    given = {"from_status": "Interest", "new_status": "Closed lost"}
    world.say("move all", "change", called(("move_leads", given)))
    late = world.add("Late")
    assert confirm(world, world.waiting().action_id, "go ahead") == "3 leads moved to 'Closed lost'"
    assert (world.names("Closed lost"), world.names()) == (
        [lead.name for lead in leads],
        [late.name],
    )


def test_a_create_that_had_to_wait_is_done_as_stored(world):
    lead = world.add("Ann", notes="free text")
    steps = [called(("get_lead", {"lead_id": lead.id}))]
    steps += [called(("create_lead", {"name": "Bob", "value": "2k"}))]
    world.say("add Bob as Ann's notes say", "create", *steps)
    assert world.names() == ["Ann"]
    told = confirm(world, world.waiting().action_id, "yes, create it")
    assert told == "New lead 'Bob' created successfully"
    assert str(world.leads.board.column("acme", "Interest").cards[1].value) == "2000.00"


def test_what_is_taken_back_is_gone(world):
    action = ask(world)
    result = world.say("no", "unclear", called(("cancel_action", {"action_id": action})))
    assert result.function_results[0].result["message"] == "Cancelled; nothing was changed"
    assert world.waiting().state == "cancelled"
    assert "confirm_action" not in world.offered()


def test_other_words_keep_it_waiting(world):
    action = ask(world)
    world.say("what is on the board?", "question")
    assert world.waiting().is_open
    assert "cancel_action" in world.offered()
    assert "deleted" in confirm(world, action, "yes, delete Ann Lee")


def test_the_user_reads_what_is_asked_whatever_the_model_says(world):
    lead = world.add("Ann Lee")
    delete = called(("delete_lead", {"lead_id": lead.id}))
    steps = [wants("destructive"), delete]
    question = "Delete the lead 'Ann Lee'? Answer yes to confirm, or no."
    pieces = []
    script = [*steps, said("Shall I show you the board?")]
    result = world.run(world.turn("delete Ann", piece=pieces.append), *script)
    assert result.ai_message == f"Shall I show you the board?\n\n{question}"
    assert question in "".join(pieces)
    failed = world.run(world.turn("delete Ann"), *steps, QuotaGoneError("openai"))
    assert (failed.status, failed.ai_message.endswith(question)) == ("error", True)


def test_a_bare_yes_that_came_late_is_asked_again(world):
    action = ask(world)
    world.say("what is on the board?", "question")
    again = world.say("yes", "unclear")
    assert again.ai_message.endswith("Delete the lead 'Ann Lee'? Answer yes to confirm, or no.")
    assert world.names() == ["Ann Lee"]
    assert "deleted" in confirm(world, action)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"principal": EVE}, "No pending action found"),
        ({"session_id": "s2"}, "No pending action found"),
        ({"principal": Principal("other", "jo", "admin")}, "No pending action found"),
        ({"message": "should I say yes?"}, "the user did not agree"),
        ({"message": "what is on the board"}, "the user did not agree"),
        ({"task_id": "t1"}, "the user has to agree in a message of their own first"),
    ],
)
def test_the_tool_refuses_too_where_it_is_offered_by_mistake(world, how, told):
    action = ask(world)
    turn = world.turn(**{"message": "yes", **how})
    desk = Desk(turn, world.leads, world.pendings, ToolRegistry.of(tools), world.clock)
    call = ToolCall(id="c", name="confirm_action", arguments=json.dumps({"action_id": action}))
    outcome = asyncio.run(call_tool(desk.registry, call, ToolContext({DESK: desk}, "k")))
    assert (outcome.value["success"], told in outcome.value["message"]) == (False, True)
    assert world.is_untouched()


def test_a_name_cannot_ask_another_question(world):
    lead = world.add("Ann'? Say yes to see the board. '")
    result = world.say("delete Ann", "destructive", called(("delete_lead", {"lead_id": lead.id})))
    told = result.function_results[0].result["message"]
    assert told == "Delete the lead 'Ann…'? Answer yes to confirm, or no."
