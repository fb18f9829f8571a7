"""A lead rebuilt from its events is its row, whatever happened to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crm.errors import LeadNotFoundError
from shared.crm.lead import STATUSES, LeadUpdate, NewLead, StatusUpdate
from shared.crm.leads import Caller, Leads
from shared.crm.rebuilding import compare, rebuild
from shared.events import EntityRef, Event
from shared.events.outbox import Change, commit
from shared.identity.principal import Principal
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

WHO = Caller(Principal("acme", "jo", "admin"), "r")

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
fields = st.fixed_dictionaries(
    {},
    optional={
        "name": texts.filter(lambda text: text.strip()),
        "company": st.none() | texts,
        "notes": st.none() | texts,
        "value": st.none() | st.decimals(0, 10**6, places=2),
        "services": st.none() | st.lists(texts, max_size=3),
        "status": st.sampled_from(STATUSES),
        "card_order": st.integers(1, 3),
    },
)
steps = st.lists(
    st.one_of(
        fields.map(lambda named: ("update", named)),
        st.sampled_from(STATUSES).map(lambda status: ("move", status)),
        st.sampled_from(["lead_pipeline", "other"]).map(lambda name: ("run", name)),
        st.sampled_from(["lead.qualified", "lead.rejected"]).map(lambda kind: ("note", kind)),
        st.just(("delete", None)),
    ),
    max_size=12,
)


def _apply(tables, leads, lead_id, what, told):
    if what == "update":
        leads.update(WHO, lead_id, LeadUpdate(**told))
    elif what == "move":
        leads.move(WHO, lead_id, StatusUpdate(status=told))
    elif what == "delete":
        leads.delete(WHO, lead_id)
    else:
        _by_the_platform(tables, lead_id, what, told)


def _by_the_platform(tables, lead_id, what, told):
    """What pipelines and rules write beside the API."""
    item = tables.get("crm", {"pk": f"acme#lead#{lead_id}", "sk": "state"})
    if item is None:
        raise LeadNotFoundError(lead_id)
    state = {name: value for name, value in item.items() if name not in ("pk", "sk", "version")}
    if what == "run":
        run = {"execution_id": f"e{item['version']}", "pipeline": told}
        data = {**run, "trigger": "lead.created", "trace": [], "result": {}}
        state["pipelines"] = {**state["pipelines"], told: run}
        event = Event("execution.completed", data)
    else:
        more = {"score": 1} if told == "lead.qualified" else {"reason": "none"}
        state["qualification"] = told.removeprefix("lead.")
        event = Event(told, {"lead_id": lead_id, **more})
    change = Change("acme", EntityRef("lead", lead_id), item["version"], state, (event,))
    commit(tables, "crm", change)


@settings(max_examples=150, deadline=None)
@given(fields, steps)
def test_a_rebuilt_lead_is_its_row(first, history):
    tables, clock = MemoryTables(), MovedClock()
    leads = Leads(tables, "crm", "inbox", clock)
    lead_id = leads.create(WHO, NewLead(**{"name": "Jane", **first})).id
    for what, told in history:
        clock.move(seconds=1)
        try:
            _apply(tables, leads, lead_id, what, told)
        except LeadNotFoundError:
            assert any(what == "delete" for what, _ in history)
    found = compare(tables, "crm", "acme", lead_id)
    assert found.differences == []
    assert (found.rebuilt is None) == any(what == "delete" for what, _ in history)


@pytest.fixture
def made():
    tables = MemoryTables()
    lead = Leads(tables, "crm", "inbox").create(WHO, NewLead(name="Jane", value=Decimal("1.50")))
    return tables, lead.id


def test_what_was_changed_behind_the_back_of_the_events_is_told(made):
    tables, lead_id = made
    tables.items["crm", f"acme#lead#{lead_id}", "state"] |= {"name": "Forged", "version": 2}
    (name, version) = compare(tables, "crm", "acme", lead_id).differences
    assert (name.field, name.row, name.events) == ("name", "Forged", "Jane")
    assert (version.field, version.row, version.events) == ("version", 2, 1)


def test_a_lost_event_is_told(made):
    event = Event("lead.deleted", {"lead_id": "1", "name": "J"}, sequence=3)
    with pytest.raises(ValueError, match="event 1 is missing before 3"):
        rebuild([event])


def test_another_tenants_lead_is_not_there(made):
    with pytest.raises(LeadNotFoundError):
        compare(made[0], "crm", "other", made[1])
