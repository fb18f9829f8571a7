"""Nodes for leads, on the CRM itself with tables in memory."""

from __future__ import annotations

import pytest

from shared.crm.leads import Leads
from shared.identity.principal import Principal
from shared.nodes.crm.crm_leads import CrmLeads
from shared.nodes.ports import LEADS
from tests.fakes.graphs import graph, node, run
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables


class Crm:
    """The CRM's leads; each call is a run of one node."""

    def __init__(self):
        self.tables = MemoryTables()
        self.leads = Leads(self.tables, "crm", "inbox", MovedClock())

    def do(self, node_type, execution="x", tenant="acme", role="admin", **config):
        port = CrmLeads(self.leads, Principal(tenant, "jo", role))
        flow = graph([node(node_type, node_type, **config)])
        return run(flow, {}, engine={"ports": {LEADS: port}}, execution_id=execution)

    def create(self, name="Ada", execution="x", **fields):
        done = self.do("create-lead", execution, name=name, **fields)
        assert done.error is None, done.error
        return done.result["lead"]


@pytest.fixture
def crm():
    return Crm()


def test_a_lead_is_created_once_per_node_and_execution(crm):
    first = crm.create(value=500, services=["seo"])
    assert crm.create(value=500, services=["seo"]) == first
    assert (first["value"], first["owner_id"], first["services"]) == (500, "jo", ["seo"])
    assert crm.create(execution="y")["id"] != first["id"]
    assert crm.leads.board.total("acme", "Interest") == 2


def test_a_lead_is_found_by_what_it_has(crm):
    ada = crm.create("Ada", "1", email="ada@b.example", company="Acme")
    bob = crm.create("Bob", "2", status="Closed win")
    for wanted, ids in [
        ({"email": "ADA@b.example"}, [ada["id"]]), ({"status": "Closed win"}, [bob["id"]]),
        ({"company": "acme", "name": "ada"}, [ada["id"]]), ({"name": "Carol"}, []),
        ({"lead_id": bob["id"]}, [bob["id"]]), ({"lead_id": "gone"}, []),
        ({}, [ada["id"], bob["id"]]), ({"limit": 1}, [ada["id"]]),
    ]:  # fmt: skip
        found = crm.do("find-leads", **wanted).result["leads"]
        assert [lead["id"] for lead in found["items"]] == ids, wanted
        assert found["count"] == len(ids)
    assert crm.do("find-leads", name="Carol", missing="fail").error.type == "LeadNotFound"


def test_a_lead_is_changed_and_moved(crm):
    lead = crm.create(phone="1")
    changed = crm.do("update-lead", lead_id=lead["id"], value=9, name="Ada L").result["lead"]
    assert (changed["name"], changed["value"], changed["phone"]) == ("Ada L", 9, "1")
    moved = crm.do("move-lead", lead_id=lead["id"], status="Proposal sent").result["lead"]
    assert moved["status"] == "Proposal sent"
    assert crm.leads.board.total("acme", "Interest") == 0


def test_a_change_that_is_tried_again_is_answered_as_before(crm):
    lead = crm.create()
    first = crm.do("update-lead", lead_id=lead["id"], value=9).result["lead"]
    crm.do("update-lead", "later", lead_id=lead["id"], value=10)
    assert crm.do("update-lead", lead_id=lead["id"], value=9).result["lead"] == first
    assert crm.leads.get("acme", lead["id"]).value == 10


def test_another_tenant_has_no_such_lead(crm):
    lead = crm.create()
    assert crm.do("find-leads", tenant="other", lead_id=lead["id"]).result["leads"]["count"] == 0
    assert crm.do("find-leads", tenant="other").result["leads"]["count"] == 0
    for node_type, change in (("update-lead", {"value": 1}), ("move-lead", {"status": "Interest"})):
        done = crm.do(node_type, tenant="other", lead_id=lead["id"], **change)
        assert done.error.type == "LeadNotFound"


def test_a_flow_may_do_what_its_publisher_may(crm):
    lead = crm.create()
    assert crm.do("create-lead", "y", role="user", name="Eve").error.type == "ForbiddenError"
    done = crm.do("update-lead", role="user", lead_id=lead["id"], value=1)
    assert done.error.type == "ForbiddenError"
    assert crm.do("find-leads", role="user").result["leads"]["count"] == 1


def test_what_the_crm_refuses_is_told(crm):
    done = crm.do("create-lead", name="x", email="y" * 300)
    assert done.error.type == "LeadInvalid"
    assert "email" in done.error.message
