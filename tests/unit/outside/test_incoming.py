"""A mail and its tenant: the address decides, whatever the mail says; once, in bounds."""

from __future__ import annotations

import copy
import json

import pytest

from shared.crm.leads import Leads
from shared.events import EntityRef
from shared.events.outbox import timeline
from shared.events.quarantine import NO_TENANT, Quarantine
from shared.identity.principal import Principal
from shared.identity.public_keys import PublicKeys, mail_address
from shared.identity.rate_limits import RateLimits
from shared.identity.rights import Right
from shared.outside.deliveries import Receiver
from shared.outside.incoming import Incoming
from shared.platform.tables import TablesBusyError
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MemoryQueues, MovedClock
from tests.fakes.tables import MemoryTables
from tools.aws_samples import SAMPLES

DOMAIN = "mail.millrace.example"
OURS = "no-reply@millrace.example"


class World:
    def __init__(self):
        self.tables, self.clock, self.queues = MemoryTables(), MovedClock(), MemoryQueues()
        self.keys = PublicKeys(self.tables, "identity", self.clock)
        self.to = {tenant: self.address(tenant) for tenant in ("acme", "other")}
        self.leads = Leads(self.tables, "crm", "inbox", self.clock)
        self.mails = {}
        incoming = Incoming(
            self.leads, self.tables, "crm", self.keys,
            RateLimits(MemoryCounters(), "inbox", self.clock),
            lambda bucket, key, limit: self.mails[key][:limit], DOMAIN, frozenset({OURS}),
        )  # fmt: skip
        self.quarantine = Quarantine(self.tables, "quarantine", self.clock)
        self.receiver = Receiver(
            "inbound_mail", incoming.handle, self.quarantine, self.queues, "queue", self.clock
        )

    def address(self, tenant, per_minute=600, purpose="mail"):
        admin = Principal(tenant, "jo", "admin")
        made = self.keys.create(admin, "Inbox", purpose, per_minute, [])
        return mail_address(made.key, DOMAIN)

    def mail(self, *to, sender="Ann <ann@x.example>", text="Hi", message_id="<1@x>", head="",
             **receipt):  # fmt: skip
        """SES's notice of a mail that now lies in its bucket."""
        notice = copy.deepcopy(SAMPLES["ses_mail_received"])
        key = f"mail-{len(self.mails)}"
        named = f"Message-ID: {message_id}\r\n" if message_id else ""
        raw = f"From: {sender}\r\n{named}Subject: Hello\r\n{head}\r\n{text}"
        self.mails[key] = raw.encode()
        notice["mail"] |= {"messageId": key, "source": receipt.pop("source", "ann@x.example")}
        notice["receipt"]["action"]["objectKey"] = key
        notice["receipt"] |= {"recipients": list(to), **receipt}
        return json.dumps(notice)

    def give(self, body, attempt=1):
        """Whether the message is done with."""
        record = {
            "messageId": "m1", "body": body, "receiptHandle": "r",
            "attributes": {"ApproximateReceiveCount": str(attempt)},
        }  # fmt: skip
        return not self.receiver.receive({"Records": [record]})["batchItemFailures"]

    def board(self, tenant="acme"):
        return self.leads.board.column(tenant, "Interest", limit=50).cards

    def events(self, lead, tenant="acme"):
        ref = EntityRef("lead", lead.id)
        return timeline(self.tables, "crm", tenant, ref, limit=50)[0]

    def given_up(self, tenant=NO_TENANT):
        return [entry.error for entry in self.quarantine.page(tenant, limit=9)[0]]


@pytest.fixture
def world():
    return World()


def test_a_mail_becomes_a_lead_of_the_addresses_tenant(world):
    assert world.give(world.mail(world.to["acme"], text="We need help."))
    (lead,) = world.board()
    assert (lead.name, lead.email, lead.source) == ("Ann", "ann@x.example", "Email Campaign")
    assert lead.notes == "Hello\n\nWe need help."
    assert lead.owner_id is None
    assert world.board("other") == []


def test_the_same_mail_again_changes_nothing_even_under_another_id_of_ses(world):
    first = world.mail(world.to["acme"])
    for body in (first, first, world.mail(world.to["acme"]), world.mail(world.to["acme"])):
        assert world.give(body)
    (lead,) = world.board()
    assert [event.event_type for event in world.events(lead)] == ["lead.created"]


def test_a_mail_without_an_id_is_known_by_that_of_ses(world):
    body = world.mail(world.to["acme"], message_id="")
    assert world.give(body)
    assert world.give(body)
    assert len(world.events(world.board()[0])) == 1


def test_another_mail_of_the_sender_is_a_line_in_the_timeline_once(world):
    world.give(world.mail(world.to["acme"]))
    again = world.mail(world.to["acme"], sender="ANN@x.example", message_id="<2@x>", text="And?")
    assert world.give(again)
    assert world.give(again)
    (lead,) = world.board()
    assert lead.notes == "Hello\n\nHi"
    created, noted = world.events(lead)
    assert (noted.event_type, noted.data["text"], noted.sequence) == (
        "lead.mail_received", "And?", 2)  # fmt: skip
    assert created.tenant == noted.tenant == "acme"


def test_a_stranger_who_names_the_same_id_hides_no_mail(world):
    world.give(world.mail(world.to["acme"], sender="eve@x.example"))
    world.give(world.mail(world.to["acme"], sender="bob@x.example"))
    assert {lead.email for lead in world.board()} == {"eve@x.example", "bob@x.example"}


def test_who_writes_after_the_lead_was_deleted_is_a_new_one(world):
    world.give(world.mail(world.to["acme"]))
    (gone,) = world.board()
    from shared.crm.leads import Caller

    who = Principal("acme", "k", "admin", "key", frozenset(Right))
    world.leads.delete(Caller(who, "r"), gone.id)
    assert world.give(world.mail(world.to["acme"], message_id="<2@x>"))
    (lead,) = world.board()
    assert lead.id != gone.id


def test_tenants_that_are_written_to_at_once_have_a_lead_each(world):
    second = world.address("acme")
    assert world.give(
        world.mail(world.to["acme"], world.to["other"], second, "x@elsewhere.example")
    )
    assert len(world.board("acme")) == len(world.board("other")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        f"leads+mrpub_{'0' * 32}@{DOMAIN}",
        f"leads+demo@{DOMAIN}",
        f"leads@{DOMAIN}",
        f"acme@{DOMAIN}",
        f"leads+MRPUB@{DOMAIN}",
        "leads+%s@elsewhere.example",
        f"other+%s@{DOMAIN}",
        f"leads+%s@{DOMAIN}.evil.example",
    ],
)
def test_an_address_that_is_nobodys_is_quarantined_and_never_guessed(world, wrong):
    """Though the mail says in To, Cc and everywhere else that it is for a tenant."""
    key = world.to["acme"].partition("+")[2].partition("@")[0]
    to = wrong.replace("%s", key)
    head = f"To: {world.to['acme']}\r\nCc: {world.to['other']}\r\nX-Tenant: acme\r\n"
    assert world.give(world.mail(to, head=head))
    assert world.board() == world.board("other") == []
    assert world.given_up() == [
        "none of its recipients is registered; make a public key for mail"]  # fmt: skip


def test_a_key_for_forms_and_a_revoked_one_open_no_mail(world):
    form = world.address("acme", purpose="form")
    gone = world.address("acme")
    admin = Principal("acme", "jo", "admin")
    world.keys.revoke(admin, gone.partition("+")[2].partition("@")[0])
    assert world.give(world.mail(form, gone))
    assert world.board() == []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"spamVerdict": {"status": "FAIL"}}, "spam"),
        ({"virusVerdict": {"status": "FAIL"}}, "virus"),
        ({"dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "reject"}, "forged"),
        ({"source": "<>"}, "bounce"),
        ({"source": ""}, "bounce"),
        ({"sender": OURS}, "loop"),
        ({"sender": f"x@{DOMAIN}"}, "loop"),
        ({"head": "Auto-Submitted: auto-replied\r\n"}, "automatic"),
        ({"head": "Precedence: list\r\n"}, "list"),
    ],
)
def test_what_no_person_wrote_or_nobody_wants_is_ignored(world, how, why):
    assert world.give(world.mail(world.to["acme"], **how)), why
    assert world.board() == []
    assert world.given_up() == world.given_up("acme") == []


def test_a_gray_verdict_and_a_lenient_domain_let_it_through(world):
    how = {"spamVerdict": {"status": "GRAY"}, "dmarcVerdict": {"status": "FAIL"},
           "dmarcPolicy": "none"}  # fmt: skip
    assert world.give(world.mail(world.to["acme"], **how))
    assert len(world.board()) == 1


def test_verdicts_in_the_mail_count_for_nothing(world):
    assert world.give(world.mail(world.to["acme"], head="X-SES-Spam-Verdict: PASS\r\n",
                                 spamVerdict={"status": "FAIL"}))  # fmt: skip
    assert world.board() == []


def test_a_mail_without_a_sender_is_in_the_tenants_quarantine(world):
    assert world.give(world.mail(world.to["acme"], sender=""))
    (error,) = world.given_up("acme")
    assert error.endswith("its From names no address")


def test_what_is_above_the_keys_rate_waits_and_comes_in_later(world):
    to = world.address("acme", per_minute=1)
    assert world.give(world.mail(to))
    late = world.mail(to, sender="bob@x.example", message_id="<2@x>")
    assert not world.give(late, attempt=40)
    assert world.queues.delayed[-1][2] > 1
    assert world.given_up() == []
    world.clock.move(minutes=1)
    assert world.give(late)
    assert len(world.board()) == 2


def test_a_failure_comes_again_and_in_the_end_to_quarantine(world):
    body = world.mail(world.to["acme"])

    def down(writes):
        if writes[0].table != "quarantine":
            raise TablesBusyError("throttled")

    world.tables.before_transact = down
    assert not world.give(body)
    assert world.queues.delayed
    assert world.give(body, attempt=5)
    assert "throttled" in world.given_up()[0]
    world.tables.before_transact = lambda writes: None
    assert world.give(body)
    assert len(world.board()) == 1


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", '{"Records": []}', '{"notificationType": "AMAZON_SES_SETUP"}',
     json.dumps({**SAMPLES["ses_mail_received"], "notificationType": "Bounce"})],
)  # fmt: skip
def test_what_is_no_notice_is_quarantined(world, body):
    assert world.give(body)
    assert "not SES's notice" in world.given_up()[0]


def test_thousands_of_recipients_are_more_than_ses_takes(world):
    many = [f"u{n}@{DOMAIN}" for n in range(5_000)]
    assert world.give(world.mail(*many, world.to["acme"]))
    assert world.board() == []
    assert "more than 100 recipients" in world.given_up()[0]
