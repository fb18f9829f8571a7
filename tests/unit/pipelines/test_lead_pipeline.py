"""The lead pipeline's rules, and what they do when a field is missing."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.pipeline_nodes.lead.budget import least_amount
from functions.pipeline_nodes.lead.facts import JudgedLead
from functions.pipeline_nodes.lead.respond import answer
from shared.events.catalog.registry import UnknownEventTypeError
from shared.pipelines.definition import load_definitions
from shared.pipelines.dispatcher import Dispatcher
from shared.pipelines.inline import run_inline
from shared.pipelines.mapping import mappings
from shared.pipelines.node import Context
from shared.pipelines.programs import Program, Registry, load_node
from tests.fakes.ports import MemoryMail
from tests.unit.pipelines.test_definition import ROOT

(LEAD,) = [p for p in load_definitions(ROOT) if p.name == "lead_pipeline"]


def _run(**lead):
    return run_inline(LEAD, lambda name: load_node(LEAD, name), {"name": "Jane", **lead})


def _analysis(**lead):
    return _run(**lead)["data"]["analysis"]


@pytest.mark.parametrize(
    ("lead", "priority"),
    [
        ({"project_budget": "100k+", "services": ["AI strategy"]}, "high"),
        ({"project_budget": "high", "services": "Enterprise rollout"}, "high"),
        ({"value": 100_000, "notes": "needs automation"}, "high"),
        ({"project_budget": "100k+", "services": ["Web site"]}, "medium"),
        ({"project_budget": "10k-50k", "services": ["machine learning"]}, "medium"),
        ({"value": 99_999, "services": ["Email campaign"]}, "low"),
        ({"project_budget": "low", "value": 500_000, "services": ["x"]}, "low"),
        ({}, "low"),
    ],
)
def test_priority(lead, priority):
    assert _analysis(**lead)["priority"] == priority


def test_a_word_inside_a_word_is_no_service():
    assert _analysis(services=["maintenance", "email"])["priority"] == "low"


def test_missing_fields_are_said():
    reasons = " ".join(_analysis()["reasons"])
    for told in ("budget: neither", "service: neither", "so neutral", "so unknown", "no e-mail"):
        assert told in reasons


@pytest.mark.parametrize(
    ("lead", "route"),
    [
        ({"project_budget": "100k+", "services": ["AI"]}, "escalation"),
        ({"value": "50000.01"}, "invoice"),
        ({"project_budget": "75k"}, "invoice"),
        ({"value": 50_000}, "response"),
        ({}, "response"),
    ],
)
def test_the_branch(lead, route):
    assert _run(**lead)["trace"][1]["route"] == route


def test_escalation_is_a_task_due_the_next_day():
    item = _run(project_budget="100k+", services=["AI"], company="Acme")
    assert item["data"]["status"] == "escalated"
    assert item["data"]["escalation"]["assigned_to"] == "sales_team"
    assert item["data"]["escalation"]["due_date"] > item["context"]["time"][:10]


def test_an_invoice_is_a_draft_with_the_value():
    item = _run(value="60000.50", services=["Design"])
    draft = item["data"]["invoice"]
    assert (draft["amount"], draft["status"], draft["services"]) == (
        "60000.50", "draft", ["Design"],
    )  # fmt: skip
    assert draft["proposal_id"].startswith("PROP-")
    assert item["data"]["status"] == "invoice_ready"


@pytest.mark.parametrize(
    ("notes", "sentiment"),
    [("Very interested!", "positive"), ("not interested", "negative"), ("x", "neutral")],
)
def test_sentiment(notes, sentiment):
    assert _analysis(notes=notes)["sentiment"] == sentiment


def _answer(mail, **lead):
    context = Context(
        "t", "p", "e1", "lead.created", "respond", "lead/1", None, "2026-01-01T00:00:00Z"
    )
    return answer(JudgedLead(name="Jane", analysis=_analysis(), **lead), context, lambda: mail)


def test_an_answer_goes_out_once_per_lead():
    mail = MemoryMail()
    assert _answer(mail, email="j@example.com").email_sent.status == "sent"
    assert _answer(mail, email="j@example.com").email_sent.status == "sent_before"
    assert len(mail.sent) == 1


def test_nobody_to_answer():
    mail = MemoryMail()
    answered = _answer(mail)
    assert (answered.status, answered.email_sent) == ("error", None)
    assert not mail.sent


@pytest.mark.parametrize(
    ("band", "amount"),
    [
        ("100k+", 100_000), ("50k-100k", 50_000), ("50-100k", 50_000), ("$1.5M", 1_500_000),
        ("2500 rmb", 2_500), ("25,000", 25_000), ("< 10k", 0), ("under 5k", 0), ("HIGH", 100_000),
        ("", None), (None, None), ("a lot", None),
    ],
)  # fmt: skip
def test_budget_bands(band, amount):
    assert least_amount(band) == (None if amount is None else Decimal(amount))


@given(st.text(max_size=40))
def test_no_text_breaks_a_band(text):
    amount = least_amount(text)
    assert amount is None or amount >= 0


_maybe = st.none()


@given(
    value=_maybe | st.decimals(0, 10**7, places=2).map(str),
    project_budget=_maybe | st.sampled_from(["100k+", "10k", "?", ""]),
    services=_maybe | st.lists(st.sampled_from(["AI", "Web"]), max_size=2),
    notes=_maybe | st.text(max_size=30),
)
def test_any_lead_is_judged_and_takes_one_branch(**lead):
    item = _run(**{k: v for k, v in lead.items() if v is not None})
    assert "error" not in item["data"]
    assert len(item["trace"]) == 3


def test_more_money_never_means_less_priority():
    order = ["low", "medium", "high"]
    found = [
        order.index(_analysis(value=v, services=["AI"])["priority"])
        for v in range(0, 200_000, 20_000)
    ]
    assert all(a <= b for a, b in itertools.pairwise(found))


def test_the_mappings_know_old_names_and_are_read_only():
    table = mappings([LEAD])
    for name in ("lead.created", "business_lead_created", "business_lead_updated", "process_lead"):
        assert table[name] == "lead_pipeline"
    with pytest.raises(TypeError):
        table["x"] = "y"


def test_dispatch_waits_for_the_result():
    dispatcher = Dispatcher(Registry([Program(LEAD)]))
    result = dispatcher.dispatch("business_lead_created", {"name": "A", "value": 60_000})
    assert result["status"] == "invoice_ready"
    assert dispatcher.dispatch("process_lead", {})["failed_node"] == "analyze"
    with pytest.raises(UnknownEventTypeError, match="Unsupported event type: nothing"):
        dispatcher.dispatch("nothing", {})
