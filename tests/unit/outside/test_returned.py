"""Mail that came back: only what we sent counts, it ends the sending, each notice counts once."""

from __future__ import annotations

import copy
import json

import pytest

from shared.crm.lead import NewLead
from shared.crm.leads import Caller, Leads
from shared.crm.suppressed import NotSuppressedError, SuppressedAddresses
from shared.events import EntityRef
from shared.events.outbox import pending, timeline
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.outside.deliveries import LaterError, RefusedError
from shared.outside.returned import Returned
from shared.platform.mail import MailSuppressedError, Message, SesMail
from shared.platform.suppressions import suppressed_in
from shared.platform.tables import TablesBusyError
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables
from tools.aws_samples import SAMPLES

BOUNCED, COMPLAINT = SAMPLES["ses_email_bounced"], SAMPLES["ses_email_complaint_received"]
JANE = "Jane@example.com"
ADMIN = Principal("acme", "k", "admin", "key", frozenset(Right))


class World:
    def __init__(self):
        self.tables, self.clock, self.sent = MemoryTables(), MovedClock(), []
        self.leads = Leads(self.tables, "crm", "inbox", self.clock)
        self.returned = Returned(self.tables, "crm", "inbox", self.leads, self.clock)
        self.addresses = SuppressedAddresses(self.tables, "crm")
        none_to = suppressed_in(self.tables, "crm")
        self.mail, self.letters = (
            SesMail(self.tables, "inbox", "us@x.example", self.deliver, self.clock, **how)
            for how in ({"suppressed": none_to}, {})
        )

    def deliver(self, **asked):
        self.sent.append(asked)

    def send(self, tenant="acme", to=JANE, about=None, key=None):
        """The tags of a mail that went out."""
        self.mail.send(tenant, key or f"k{len(self.sent)}", Message(to, "s", "b", about))
        return {tag["Name"]: [tag["Value"]] for tag in self.sent[-1]["EmailTags"]}

    def tell(self, tags, sample=BOUNCED, feedback="f1", to=JANE, **said):
        """SES's notice about that mail."""
        event = copy.deepcopy(sample)
        detail = event["detail"]
        detail["mail"]["tags"] = {"ses:configuration-set": ["millrace-mail"], **tags}
        name = detail["eventType"].lower()
        detail[name] |= {"feedbackId": feedback, **said}
        for one in detail[name].get("bouncedRecipients") or detail[name]["complainedRecipients"]:
            one["emailAddress"] = to
        return self.returned.handle(json.dumps(event))

    def published(self):
        return [e for e in pending(self.tables, "crm", "9999") if e.event_type == "contact.bounced"]

    def why(self, tenant="acme", address=JANE):
        return self.addresses.get(tenant, address).reason


@pytest.fixture
def world():
    return World()


def test_a_bounce_for_good_ends_the_sending_of_that_tenant(world):
    assert world.tell(world.send()) == "suppressed: bounced"
    (event,) = world.published()
    assert (event.tenant, event.version) == ("acme", 2)
    assert event.data == {"email": "jane@example.com", "reason": "bounced",
                          "detail": "smtp; 550 5.1.1 user unknown"}  # fmt: skip
    before = len(world.sent)
    with pytest.raises(MailSuppressedError, match="no mail goes to jane@example"):
        world.send(to="JANE@example.com")
    assert len(world.sent) == before
    world.send("other")  # which never heard anything bad of her
    assert world.letters.send("acme", "reset", Message(JANE, "s", "b"))


def test_a_complaint_does_the_same_and_no_spam_after_all_does_nothing(world):
    tags = world.send()
    assert world.tell(tags, COMPLAINT, complaintFeedbackType="not-spam").startswith("ignored")
    assert world.tell(tags, COMPLAINT) == "suppressed: complained"
    assert world.why() == "complained"


def test_the_same_notice_again_and_a_second_one_change_nothing(world):
    tags = world.send()
    for feedback in ("f1", "f1", "f2"):
        world.tell(tags, feedback=feedback)
    assert len(world.published()) == 1


def test_what_was_sent_before_the_bounce_is_still_known_as_sent(world):
    world.tell(world.send(key="once"))
    assert not world.mail.send("acme", "once", Message(JANE, "s", "b"))


def test_bounces_for_a_while_count_each_once_within_their_week(world):
    soft = {"bounceType": "Transient"}
    first = world.send()
    for _ in range(5):
        assert world.tell(first, **soft).startswith("counted")
    world.clock.move(days=8)
    for n in (2, 3):
        assert world.tell(world.send(), feedback=f"f{n}", **soft).startswith("counted")
    last = world.send()
    assert world.tell(last, feedback="f4", **soft) == "suppressed: bounced too often"
    assert world.why() == "bounced too often"


def test_a_crash_after_the_count_still_suppresses(world):
    soft = {"bounceType": "Undetermined"}
    tags = [world.send() for _ in range(3)]
    for n in (0, 1):
        world.tell(tags[n], feedback=f"f{n}", **soft)
    writes = []

    def fail_the_second(asked):
        writes.append(asked)
        if len(writes) == 2:
            raise TablesBusyError("throttled")

    world.tables.before_transact = fail_the_second
    with pytest.raises(TablesBusyError):
        world.tell(tags[2], feedback="f2", **soft)
    assert world.tell(tags[2], feedback="f2", **soft) == "suppressed: bounced too often"


def test_two_counts_at_once_lose_none(world):
    soft = {"bounceType": "Transient"}
    first, second = world.send(), world.send()
    world.tell(first, feedback="f0", **soft)
    inner = []

    def meanwhile(asked):
        if not inner:
            inner.append(True)
            world.tell(second, feedback="f1", **soft)

    world.tables.before_transact = meanwhile
    with pytest.raises(LaterError):
        world.tell(first, feedback="f2", **soft)
    assert world.tell(first, feedback="f2", **soft) == "suppressed: bounced too often"


def test_the_lead_that_the_mail_was_about_has_it_in_its_timeline_once(world):
    lead = world.leads.create(Caller(ADMIN, "r"), NewLead(name="Jane", email=JANE))
    tags = world.send(about=f"lead/{lead.id}")
    for _ in range(2):
        world.tell(tags)
    events, _ = timeline(world.tables, "crm", "acme", EntityRef("lead", lead.id), limit=9)
    assert [event.event_type for event in events] == ["lead.created", "lead.mail_returned"]
    assert world.leads.get("acme", lead.id).version == 2


@pytest.mark.parametrize("about", ["lead/gone", "user/1", "lead", "", "/"])
def test_a_mail_about_nothing_that_is_there(world, about):
    assert world.tell(world.send(about=about)) == "suppressed: bounced"


@pytest.mark.parametrize(
    "forged",
    [
        {"reference": ["01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f"]},
        {"tenant": ["other"]},
        {"tenant": ["acme#sent"]},
        {"tenant": []},
        {"reference": [""]},
        {"tenant": "acme"},
    ],
)
def test_a_notice_of_a_mail_that_the_tenant_never_sent_is_refused(world, forged):
    tags = {**world.send(), **forged}
    with pytest.raises(RefusedError):
        world.tell(tags)
    assert world.published() == []
    for tenant in ("acme", "other"):
        with pytest.raises(NotSuppressedError):
            world.why(tenant)


def test_a_notice_of_a_registered_mail_about_another_address_is_refused(world):
    tags = world.send()
    with pytest.raises(RefusedError, match="another address"):
        world.tell(tags, to="boss@example.com")
    assert world.published() == []


@pytest.mark.parametrize(
    "body",
    ["", "null", "{}", '{"source": "aws.ses", "detail": []}',
     json.dumps({**BOUNCED, "source": "demo.website"}),
     json.dumps({**BOUNCED, "detail": {"eventType": "Bounce"}}),
     json.dumps({**BOUNCED, "detail": {"eventType": "Bounce", "bounce": 7, "mail": {}}})],
)  # fmt: skip
def test_what_is_no_notice_is_refused(world, body):
    with pytest.raises(RefusedError):
        world.returned.handle(body)


@pytest.mark.parametrize("kind", ["DeliveryDelay", "Delivery", "Send", "Open"])
def test_other_notices_are_ignored(world, kind):
    event = copy.deepcopy(BOUNCED)
    event["detail"] = {"eventType": kind, "mail": {"tags": world.send()}}
    assert world.returned.handle(json.dumps(event)).startswith("ignored")


def test_the_address_as_a_header_had_it_is_the_same_address(world):
    assert world.tell(world.send(), to='"Jane" <JANE@example.com>') == "suppressed: bounced"


def test_a_lifted_address_takes_mail_again_and_the_audit_has_it(world):
    world.tell(world.send())
    audit = Audit(world.tables, "audit", world.clock)
    with pytest.raises(NotSuppressedError):
        world.addresses.lift(Principal("other", "o", "admin"), JANE, audit)
    world.addresses.lift(ADMIN, JANE, audit)
    world.send()
    (entry,) = audit.page("acme", limit=9)[0]
    assert (entry.action, entry.target) == ("suppression.lifted", "jane@example.com")
    assert world.tell(world.send(), feedback="f9") == "suppressed: bounced"


def test_pages_of_addresses(world):
    for n in range(3):
        world.tell(world.send(to=f"u{n}@x.example"), to=f"u{n}@x.example", feedback=f"f{n}")
    first, more = world.addresses.page("acme", limit=2)
    rest, end = world.addresses.page("acme", limit=2, before=more)
    assert [one.address[:2] for one in (*first, *rest)] == ["u2", "u1", "u0"]
    assert end is None
    assert world.addresses.page("other", limit=2) == ([], None)
