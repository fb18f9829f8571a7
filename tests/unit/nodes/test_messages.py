"""E-mail and notices: who gets them, once, and what cannot be smuggled in."""

from __future__ import annotations

import asyncio

import pytest

from shared.nodes import registry
from shared.nodes.messages.tenant_mail import TenantMail
from shared.nodes.ports import MAIL, NOTICES, TEMPLATES, Template
from tests.fakes.graphs import graph, node, run
from tests.fakes.node_ports import MemoryMailer, MemoryNotices, MemoryTemplates
from tests.fakes.ports import MemoryMail

LETTER = {"subject": "Hello", "body": "Dear {{ data.name }}"}


def send(mailer, data=None, templates=None, times=1, **config):
    ports = {MAIL: mailer, TEMPLATES: templates or MemoryTemplates()}
    for _ in range(times):
        found = run(graph([node("it", "send-email", **config)]), data or {},
                    engine={"ports": ports}, execution_id="x")  # fmt: skip
    return found


def test_each_recipient_gets_it_once_however_often_it_is_tried():
    mailer = MemoryMailer()
    found = send(mailer, {"name": "Ada"}, times=3, to="a@b.example, c@d.example, A@b.example",
                 **LETTER)  # fmt: skip
    assert found.error is None
    assert sorted(mailer.sent.values()) == [
        ("a@b.example", "Hello", "Dear Ada"), ("c@d.example", "Hello", "Dear Ada"),
    ]  # fmt: skip


def test_a_template_is_rendered_with_its_values_and_data_is_never_a_template():
    letters = MemoryTemplates(
        hi=Template("Hi\n{{ data.name }}", "{{ data.values.n }} {{ data.x }}")
    )
    mailer = MemoryMailer()
    data = {"name": "Ada\r\nBcc: x@y.example", "x": "{{ workflowenv }}"}
    send(mailer, data, letters, to=["a@b.example"], template="hi", values={"n": 3})
    ((_, subject, body),) = mailer.sent.values()
    assert subject == "Hi Ada Bcc: x@y.example"
    assert body == "3 {{ workflowenv }}"


def test_a_template_reaches_no_secret_of_the_process():
    letters = MemoryTemplates(bad=Template("x", "{{ data.__class__.__mro__ }}"))
    mailer = MemoryMailer()
    found = send(mailer, {}, letters, to=["a@b.example"], template="bad")
    assert found.error is not None
    assert mailer.sent == {}


def test_a_template_that_is_not_there():
    found = send(MemoryMailer(), {}, MemoryTemplates(hi=Template("", "")), to=["a@b.example"],
                 template="by")  # fmt: skip
    assert found.error.type == "NoTemplate"
    assert "there are hi" in found.error.message


ONE = ["a@b.example"]


@pytest.mark.parametrize(
    "config",
    [
        {"to": ONE},
        {"to": [], **LETTER},
        {"to": ["a@b"], **LETTER},
        {"to": ["a@b.example\nBcc: c@d.example"], **LETTER},
        {"to": ["<a@b.example>"], **LETTER},
        {"to": ONE * 51, **LETTER},
        {"to": ONE, "subject": "x\ny", "body": "z"},
        {"to": ONE, "template": "t", "subject": "s", "body": "b"},
    ],
)
def test_mail_that_cannot_be_sent(config):
    assert registry().get("send-email").is_ready(config) is False


def test_an_address_out_of_the_data_is_checked_as_well():
    mailer = MemoryMailer()
    found = send(mailer, {"to": "a@b.example\nBcc: c@d.example"}, to=["{{ data.to }}"],
                 subject="s", body="b")  # fmt: skip
    assert found.error.type == "FormValidationError"
    assert mailer.sent == {}


class Refusals:
    async def has(self, address, topic):
        return (address, topic) == ("c@d.example", "offers")


def test_who_opted_out_of_a_topic_gets_no_mail_about_it():
    mail = MemoryMail()
    port = TenantMail(mail, "acme", Refusals())
    found = send(port, to=["a@b.example", "C@d.example"], subject="s", body="b", topic="offers")
    assert found.result["send_email"] == {
        "sent": ["a@b.example"], "opted_out": ["C@d.example"], "suppressed": [],
    }  # fmt: skip
    send(port, to=["c@d.example"], subject="s", body="b", topic="invoices")
    assert sorted(message.to for message in mail.sent.values()) == ["a@b.example", "c@d.example"]
    assert {tenant for tenant, _ in mail.sent} == {"acme"}


def test_what_was_sent_before_counts_as_sent():
    mail = MemoryMail()
    port = TenantMail(mail, "acme", Refusals())
    assert asyncio.run(port.send("a@b.example", "s", "b", "x", "k"))
    assert asyncio.run(port.send("a@b.example", "s", "b", "x", "k"))
    assert len(mail.sent) == 1


def test_a_notice_is_told_once():
    notices = MemoryNotices("u1", "u2")
    flow = graph([node("it", "notify", members=["u1", "u1", "u3"], title="Hi")])
    for _ in range(2):
        found = run(flow, engine={"ports": {NOTICES: notices}}, execution_id="x")
    assert found.result["notify"] == {"told": ["u1"], "unknown": ["u3"]}
    assert len(notices.told) == 1


@pytest.mark.parametrize("link", ["https://x.example", "//x.example", "javascript:x", "/\\x"])
def test_a_link_leads_nowhere_else(link):
    assert not registry().get("notify").is_ready({"members": ["u"], "title": "t", "link": link})
