"""What the seed's assistant did wrong, and this one does not: one test each."""

from __future__ import annotations

from shared.llm.messages import AssistantMessage, UserMessage
from tests.fakes.assistant import called, said, wants
from tests.unit.assistant.attempts import ask, confirm


def test_letters_of_a_currency_scale_nothing(world):
    lead = world.add("Ann")
    given = {"lead_id": lead.id, "field": "value", "value": "2500 rmb"}
    world.say("set it", "change", called(("update_lead_data", given)))
    assert world.leads.get("acme", lead.id).value == 2500


def test_a_card_does_not_count_itself_when_it_moves_to_its_own_column(world):
    lead, _ = world.add("Ann"), world.add("Bob")
    given = {"lead_id": lead.id, "new_status": "Interest"}
    world.say("move", "change", called(("update_lead_status", given)))
    assert [card.card_order for card in world.leads.board.column("acme", "Interest").cards] == [
        1,
        2,
    ]


def test_siblings_keep_places_without_gaps(world):
    leads = [world.add(name) for name in ("Ann", "Bob", "Cleo")]
    given = {"lead_id": leads[0].id, "new_status": "Closed win"}
    world.say("move", "change", called(("update_lead_status", given)))
    assert [card.card_order for card in world.leads.board.column("acme", "Interest").cards] == [
        1,
        2,
    ]


def test_leads_are_read_anew_at_each_step_and_are_not_in_the_prompt(world):
    world.add("Ann Secretname")
    create = called(("create_lead", {"name": "Bob"}))
    search = called(("search_leads", {"query": "Bob"}))
    result = world.say("add Bob and find him", "create", create, search)
    assert result.function_results[1].result["total"] == 1
    told = " ".join(m.text for request in world.model.asked for m in request.messages)
    assert "Secretname" not in told


def test_several_calls_are_made_in_one_turn(world):
    lead = world.add("Ann")
    steps = [called(("search_leads", {"query": "Ann"}))]
    steps += [called(("update_lead_status", {"lead_id": lead.id, "new_status": "Closed win"}))]
    world.say("move Ann to Closed win", "change", *steps)
    assert world.names("Closed win") == ["Ann"]


def test_a_typo_and_a_company_find_the_lead(world):
    world.add("John Doe", company="TechCorp")
    for query in ("Jhon Doe", "John Tech"):
        result = world.say("find", "search", called(("search_leads", {"query": query})))
        assert result.function_results[0].result["data"][0]["name"] == "John Doe"


def test_a_delete_without_a_question_before_says_so(world):
    world.add("Ann")
    assert confirm(world, "act_1").startswith("confirm_action is not open")


def test_a_confirmation_of_a_lead_that_is_gone_says_so(world):
    action = ask(world)
    lead = world.waiting().leads[0].id
    from shared.crm.leads import Caller
    from tests.fakes.assistant import JO

    world.leads.delete(Caller(JO, "r"), lead)
    assert "was changed since you were asked" in confirm(world, action)


def test_the_conversation_has_ten_messages_at_most(world):
    history = [AssistantMessage(text=f"old {n}") for n in range(30)]
    history += [UserMessage(text="last")]
    world.run(world.turn("hello", history=history), wants("question"), said("Hi."))
    texts = [message.text for message in world.model.asked[1].messages]
    assert (len(texts), texts[1], texts[-2:]) == (12, "old 21", ["last", "hello"])


def test_a_source_is_one_of_the_boards(world):
    script = called(("create_lead", {"name": "Ann", "source": "facebook"}))
    result = world.say("add Ann", "create", script)
    assert result.function_results[0].result["data"]["source"] == "Social Media"
