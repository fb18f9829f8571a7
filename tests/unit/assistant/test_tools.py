"""Each tool: its result, its sentence, and what it refuses."""

from __future__ import annotations

import pytest

from shared.identity.principal import Principal
from tests.fakes.assistant import called


def one(world, message, intent, tool, /, **arguments):
    """The result of a turn's only call."""
    [result] = world.say(message, intent, called((tool, arguments))).function_results
    assert (result.function, result.arguments) == (tool, arguments)
    return result.result


def test_search_gives_the_best_five_and_counts_all(world):
    for number in range(7):
        world.add(f"John {number}", company="TechCorp", value="10.50")
    result = one(world, "find john", "search", "search_leads", query="john")
    assert (result["message"], result["total"]) == ("Found 7 matching leads", 7)
    assert [lead["name"] for lead in result["data"]] == [f"John {n}" for n in range(5)]
    assert result["data"][0].keys() == {
        "id", "name", "company", "email", "phone", "value", "status", "source", "score", "reason",
    }  # fmt: skip
    assert result["ambiguous"] is True
    rest = one(world, "more", "search", "search_leads", query="john", cursor=result["cursor"])
    assert [lead["name"] for lead in rest["data"]] == ["John 5", "John 6"]
    assert "cursor" not in rest


def test_search_may_find_nothing_and_still_succeeds(world):
    world.add("John Doe")
    result = one(world, "find x", "search", "search_leads", query="nobody")
    assert (result["success"], result["data"]) == (True, [])
    assert result["message"] == "Found 0 matching leads"
    assert one(world, "find", "search", "search_leads", query="")["data"] == []


def test_search_by_filters_alone(world):
    world.add("Ann", value="100", source="Referral")
    world.add("Bob", value="90000", status="Proposal sent")
    world.add("Cleo")

    def found(**filters):
        result = one(world, "list", "search", "search_leads", query="", **filters)
        return [lead["name"] for lead in result["data"]]

    assert found(min_value="50k") == ["Bob"]
    assert found(max_value=100) == ["Ann"]
    assert found(source="referrals") == ["Ann"]
    assert found(status="Interest") == ["Ann", "Cleo"]
    told = one(world, "list", "search", "search_leads", query="", source="mars")["message"]
    assert told.startswith("there is no source 'mars'; there are Website, Referral")
    told = one(world, "list", "search", "search_leads", query="", min_value="much")["message"]
    assert "such as 2500" in told


def test_get_lead_shows_notes(world):
    lead = world.add("Ann", notes="likes tea")
    result = one(world, "show ann", "question", "get_lead", lead_id=lead.id)
    assert (result["data"]["notes"], result["data"]["position"]) == ("likes tea", 1)
    absent = one(world, "show", "question", "get_lead", lead_id="nobody")
    assert absent == {"success": False, "message": "Lead not found"}


def test_a_lead_is_created_with_what_is_known(world):
    result = one(
        world, "add", "create", "create_lead", name="Ann", value="1.000,50", source="linkedin"
    )
    assert result["message"] == "New lead 'Ann' created successfully"
    assert (result["data"]["value"], result["data"]["source"]) == (1000.5, "Social Media")
    assert result["data"]["status"] == "Interest"
    assert world.names() == ["Ann"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "  "}, "Failed to create lead: name: "),
        ({"name": "A", "value": "a lot"}, "Failed to create lead: Invalid value format for lead"),
        ({"name": "A", "source": "moon"}, "Failed to create lead: there is no source 'moon'"),
        ({"name": "A", "status": "Won"}, "Error executing create_lead: the arguments of"),
        ({"name": "A" * 201}, "Error executing create_lead: the arguments of"),
    ],
)
def test_a_lead_that_cannot_be_is_not_created(world, given, told):
    result = one(world, "add", "create", "create_lead", **given)
    assert (result["success"], result["message"].startswith(told)) == (False, True), result
    assert world.names() == []


def test_a_move_goes_to_the_end_of_the_column_without_gaps(world):
    world.add("Old", status="Closed win")
    lead = world.add("Ann")
    move = {"lead_id": lead.id, "new_status": "Closed win"}
    result = one(world, "move", "change", "update_lead_status", **move)
    assert result["message"] == "Lead status updated to 'Closed win'"
    assert (world.names("Closed win"), world.names()) == (["Old", "Ann"], [])
    one(world, "move", "change", "update_lead_status", **move)  # it is there already
    assert world.leads.get("acme", lead.id).card_order == 2


def test_an_unknown_column_is_never_written(world):
    lead = world.add("Ann")
    given = {"lead_id": lead.id, "new_status": "Won"}
    result = one(world, "move", "change", "update_lead_status", **given)
    assert result["success"] is False
    assert "new_status: literal_error" in result["message"]
    assert world.names() == ["Ann"]
    gone = one(world, "move", "change", "update_lead_status", lead_id="x", new_status="Interest")
    assert gone["message"] == "Failed to update lead status: Lead not found"


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("value", "2500 rmb", "2500.00"),
        ("value", "50k", "50000.00"),
        ("value", "", "None"),
        ("source", "cold calling", "Cold Call"),
        ("notes", "x" * 500, "x" * 500),
        ("email", " a@b.example ", "a@b.example"),
    ],
)
def test_a_field_is_changed(world, field, value, stored):
    lead = world.add("Ann", value="1")
    given = {"lead_id": lead.id, "field": field, "value": value}
    result = one(world, "set it", "change", "update_lead_data", **given)
    assert result["message"].startswith(f"Lead {field} updated to '{value.strip()[:190]}")
    assert str(getattr(world.leads.get("acme", lead.id), field)) == stored


def test_a_field_that_cannot_be_is_left(world):
    lead = world.add("Ann", value="1")

    def told(field, value):
        given = {"lead_id": lead.id, "field": field, "value": value}
        return one(world, "set it", "change", "update_lead_data", **given)["message"]

    assert told("value", "lots").startswith("Invalid value format for lead value field")
    assert told("name", " ").startswith("Failed to update lead name: name: ")
    assert "field: literal_error" in told("owner_id", "me")
    assert (world.leads.get("acme", lead.id).version, world.names()) == (1, ["Ann"])


def test_the_board_is_counted_and_added_up(world):
    world.add("Ann", value="100.10")
    world.add("Bob", value="0.05", status="Closed win")
    result = one(world, "how are we", "question", "board_summary")
    assert result["data"]["count"] == 2
    assert result["data"]["columns"][0] == {"status": "Interest", "count": 1, "value": 100.1}
    assert result["message"] == (
        "2 leads worth $100.15: Interest: 1, Meeting booked: 0, Proposal sent: 0, "
        "Closed win: 1, Closed lost: 0"
    )


def test_the_timeline_names_what_changed(world):
    lead = world.add("Ann")
    world.change(lead.id, status="Closed win")
    world.change(lead.id, notes="secret plan")
    rows = one(world, "what happened", "question", "lead_timeline", lead_id=lead.id)["data"]
    assert [row["event"] for row in rows] == ["lead.created", "lead.status_changed", "lead.updated"]
    assert [row["what"] for row in rows] == ["", "Interest to Closed win", "changed notes"]
    assert rows[2]["text"] == "secret plan"
    gone = one(world, "what happened", "question", "lead_timeline", lead_id="x")
    assert gone["message"] == "Lead not found"


def test_rights_are_the_callers(world):
    lead = world.add("Ann")
    rep = Principal("acme", "rita", "sales_rep")
    viewer = Principal("acme", "vic", "user")
    key = Principal("acme", "k", "admin", "key")
    for who, name, given, told in (
        (rep, "update_lead_status", {"lead_id": lead.id, "new_status": "Closed win"}, "somebody"),
        (viewer, "create_lead", {"name": "Bob"}, "create_lead is not open"),
        (key, "search_leads", {"query": "Ann"}, "search_leads is not open"),
    ):
        result = world.say("please", "destructive", called((name, given)), principal=who)
        [found] = result.function_results
        assert (found.result["success"], told in found.result["message"]) == (False, True), found
    assert world.names() == ["Ann"]


def test_tenants_never_meet(world):
    lead = world.add("Ann")
    other = Principal("other", "eve", "admin")
    for name, given in (
        ("get_lead", {"lead_id": lead.id}),
        ("lead_timeline", {"lead_id": lead.id}),
        ("update_lead_status", {"lead_id": lead.id, "new_status": "Closed win"}),
        ("update_lead_data", {"lead_id": lead.id, "field": "name", "value": "Eve"}),
        ("delete_lead", {"lead_id": lead.id}),
        ("move_leads", {"lead_ids": [lead.id], "new_status": "Closed win"}),
        ("search_leads", {"query": "Ann"}),
    ):
        script = called((name, given))
        [result] = world.say("go", "destructive", script, principal=other).function_results
        assert "Lead not found" in result.result["message"] or result.result["data"] == []
    assert world.leads.get("acme", lead.id).version == 1
