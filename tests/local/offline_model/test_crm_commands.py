"""The grammar of CRM commands: its examples, its words, and what it makes of a conversation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.offline_model.conversation import Asked, Message, OfferedTool
from local.offline_model.crm import reply
from local.offline_model.crm.amounts import amount
from local.offline_model.crm.columns import column
from local.offline_model.crm.filters import filters_of
from local.offline_model.crm.new_lead import fields_of
from local.offline_model.crm.plain import plain
from local.offline_model.crm.sources import source
from local.offline_model.crm.understanding import COMMANDS, read
from tests.phrasings.talking import Talk

EXAMPLES = [(command, example) for command in COMMANDS for example in command.examples]
ANY = {"type": "object", "properties": {}}
ALL = [OfferedTool(name, ANY) for name in {tool for c in COMMANDS for tool in c.tools}]


def asked(*messages, tools=ALL, choice="auto"):
    said = [Message(role, text) for role, text in messages]
    return Asked("m", said[-1].text, None, tools, choice, None, 1, said)


@pytest.mark.parametrize(("command", "example"), EXAMPLES, ids=[e for _, e in EXAMPLES])
def test_every_example_of_the_page_is_what_it_stands_for(command, example):
    assert type(read(example)) is command


@given(st.text(max_size=200) | st.lists(st.sampled_from(
    [word for _, example in EXAMPLES for word in example.split()]
    + ["“", "\u2019s", "\u2018", "\n", "1.", "9" * 400, "1e9"]
)).map(" ".join))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_said_breaks_it(text):
    question = "2 leads match “x”. Which one do you mean for “move x to won”?\n1. X: Acme\n2. X: B"
    for earlier in ((), (("user", "move x to won"), ("assistant", question))):
        found = reply(asked(*earlier, ("user", text)))
        assert found is not None
        assert found.text or found.calls


@pytest.mark.parametrize(
    ("said", "value"),
    [("5k", 5000), ("$1,500.50", 1500.5), ("1.2m", 1_200_000), ("250000 USD", 250_000),
     ("1.000,50", 1000.5), ("12.5k", 12_500), ("2500 rmb", None), ("40 thousand dollars", 40_000),
     ("", None), ("five", None), ("1'000", 1000),
     ("9" * 400, None)],
)  # fmt: skip
def test_amounts(said, value):
    assert amount(said) == value


@pytest.mark.parametrize(
    ("said", "name"),
    [("won", "Closed win"), ("CLOSED WON", "Closed win"), ("the meeting column", "Meeting booked"),
     ("meeting boked", "Meeting booked"), ("Proposal-sent", "Proposal sent"),
     ("lost.", "Closed lost"), ("Interst", "Interest"),
     ("garage", None), ("", None), ("one", None)],
)  # fmt: skip
def test_columns(said, name):
    assert column(said) == name


def test_sources():
    assert source("the website") == "Website"
    assert source("Linkedin") == "Social Media"
    assert source("tradeshow") == "Trade Show"
    assert source("a friend") is None


def test_names_are_no_typos():
    for said in ("find Mark Moon", "find Dave Lead-Better", "create a lead named Nora Adder"):
        assert plain(said) == said


def test_courtesies_are_left_out():
    for said in ("Could you please find Ann for me?", "hi, find Ann, thanks!", "pls find Ann..."):
        assert plain(said) == "find Ann"


def test_fields_come_in_any_order():
    wanted = {
        "name": "Tom Ford", "company": "Hooli", "email": "tom@hooli.example", "value": 5000,
        "source": "Referral", "status": "Proposal sent", "phone": "+1-555-0101",
    }  # fmt: skip
    for said in (
        "Tom Ford from Hooli, email tom@hooli.example, phone +1-555-0101, worth 5k, "
        "source referral, in Proposal sent",
        "named Tom Ford in proposal sent with value 5,000, tom@hooli.example, company Hooli, "
        "via referral, phone: +1-555-0101",
    ):
        assert fields_of(said) == wanted


def test_filters_leave_the_words_to_search_by():
    filters = filters_of("all Acme leads in Interest worth between 10k and 20k")
    assert filters is not None
    assert (filters.query, filters.status) == ("Acme", "Interest")
    assert (filters.min_value, filters.max_value) == (10_000, 20_000)
    assert filters_of("") is None


def test_a_tool_that_is_not_offered_is_not_called():
    search = [OfferedTool("search_leads", ANY)]
    said = reply(asked(("user", "summarize the board"), tools=search))
    assert said is not None
    assert not said.calls
    assert "board_summary, which I do not have" in said.text


def test_it_says_that_it_is_offline_once_and_when_it_does_not_understand():
    talk = Talk()
    assert "offline model" in talk.say("hello")[1]
    assert "offline" not in talk.say("find Jane Doe")[1]
    said = talk.say("sing a song")[1]
    assert "offline model" in said
    assert "find leads at Acme" in said


def test_no_id_is_made_up():
    """A lead's id comes from results, an action's from what the assistant says of it."""
    bare = reply(asked(("assistant", "Delete 'Bob'? Answer yes to confirm."), ("user", "yes")))
    assert bare is not None
    assert not bare.calls
    told = "The action act_12ab (delete_lead) waits for the user: «record text x»Bob«end x»."
    found = reply(asked(("system", told), ("assistant", "Delete 'Bob'?"), ("user", "yes")))
    assert found is not None
    assert found.calls == [("confirm_action", json.dumps({"action_id": "act_12ab"}))]


def test_the_one_of_two_namesakes_is_found_by_its_address():
    talk = Talk()
    talk.say("create a lead named John Doe, company Umbrella, email jd@umbrella.example")
    talk.crm.leads["other"] = {**talk.crm.leads.pop("john-doe"), "id": "other"}
    talk.crm.leads["john-doe"] = {**talk.crm.leads["other"], "id": "john-doe", "company": "Acme",
                                  "email": "john@acme.example"}  # fmt: skip
    asked_back = talk.say("delete John Doe")[1]
    assert "Which one do you mean" in asked_back
    talk.say("the one at Umbrella")
    assert talk.crm.calls == [
        ["search_leads", {"query": "jd@umbrella.example"}],
        ["delete_lead", {"lead_id": "other"}],
    ]


def test_a_pronoun_after_a_list_asks():
    talk = Talk()
    talk.say("find Jane Doe")
    talk.say("show leads at Acme")
    assert "Which one do you mean" in talk.say("move him to Closed win")[1]


def test_notes_are_added_behind_those_that_there_are():
    talk = Talk()
    talk.say("add a note to john@acme.example: likes green")
    assert talk.crm.leads["john-doe"]["notes"] == "Wants a demo in spring\nlikes green"
    talk.crm.leads["john-doe"]["notes"] = "x" * 2_000
    assert "too long" in talk.say("add a note to john@acme.example: likes blue")[1]
    assert talk.crm.leads["john-doe"]["notes"] == "x" * 2_000


def test_a_failure_is_told_in_the_tools_words():
    result = json.dumps({"success": False, "message": "Failed to update lead value"})
    found = json.dumps({"success": True, "data": [{"id": "1", "name": "Ann"}], "message": "one"})
    messages = [
        Message("user", "set the value of Ann to lots"),
        Message("assistant", "", [("a", "search_leads", "{}")]),
        Message("tool", found, answers="a"),
        Message("assistant", "", [("b", "update_lead_data", "{}")]),
        Message("tool", result, answers="b"),
    ]  # fmt: skip
    said = reply(Asked("m", messages[0].text, result, ALL, "auto", None, 1, messages))
    assert said is not None
    assert said.text.startswith("Failed to update lead value")
