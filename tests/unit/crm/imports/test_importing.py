"""Imports: once whatever comes twice, on from where time ran out, and always a report."""

from __future__ import annotations

import json

import pytest

from shared.crm.imports.importing import MAX_BYTES, Importer
from shared.crm.imports.receiving import ImportReceiver, Message
from shared.crm.imports.upload import registered_folders
from shared.crm.leads import Leads
from shared.events import EntityRef
from shared.events.outbox import timeline
from shared.events.quarantine import NO_TENANT, Quarantine
from shared.platform.objects import TooLargeError
from shared.platform.tables import Put, TablesBusyError
from tests.fakes.ports import MemoryQueues, MovedClock
from tests.fakes.tables import MemoryTables

CSV = "name,value\nAnn,1\n,2\nBob,3\n"


class MemoryObjects:
    """The port `Objects`."""

    def __init__(self):
        self.found = {}
        self.written = {}

    def read(self, bucket, key, version, limit):
        content = self.found[bucket, key, version]
        if len(content) > limit:
            raise TooLargeError(len(content), limit)
        return content

    def write(self, bucket, key, body):
        self.written[key] = json.loads(body)


class World:
    def __init__(self):
        self.tables, self.objects, self.queues = MemoryTables(), MemoryObjects(), MemoryQueues()
        self.clock = MovedClock()
        row = {"pk": "import#demo", "sk": "import", "tenant": "acme"}
        self.tables.transact([Put("identity", row)])
        self.leads = Leads(self.tables, "crm", "inbox", self.clock)
        self.receiver = ImportReceiver(
            Importer(self.leads, self.tables, "crm", self.objects),
            registered_folders(self.tables, "identity"),
            Quarantine(self.tables, "quarantine", self.clock),
            self.queues,
            "queue",
            self.clock,
        )

    def put(self, content=CSV, key="demo/leads.csv", version="v1"):
        self.objects.found["b", key, version] = content.encode()
        told = {"key": key, "version-id": version, "size": len(content)}
        return json.dumps(
            {"id": f"e-{version}", "source": "aws.s3", "detail-type": "Object Created",
             "detail": {"bucket": {"name": "b"}, "object": told}}
        )  # fmt: skip

    def receive(self, body, attempt=1, out_of_time=lambda: False):
        return self.receiver.receive(Message("m", body, "r", attempt), out_of_time)

    def names(self, tenant="acme"):
        return [lead.name for lead in self.leads.board.column(tenant, "Interest").cards]

    def report(self, key="reports/demo/leads.csv.json"):
        return self.objects.written[key]

    def quarantined(self):
        return Quarantine(self.tables, "quarantine", self.clock).page(NO_TENANT, limit=10)[0]


@pytest.fixture
def world():
    return World()


def test_rows_become_leads_of_the_folders_tenant_with_report_and_event(world):
    assert world.receive(world.put()) == ("imported", "2 created, 1 refused")
    assert world.names() == ["Ann", "Bob"]
    report = world.report()
    assert (report["created"], report["refused"], report["error"]) == (2, 1, None)
    assert [(p["line"], p["field"]) for p in report["problems"]] == [(3, "name")]
    ref = EntityRef("import", report["import_id"])
    [event], _ = timeline(world.tables, "crm", "acme", ref, limit=10)
    assert (event.event_type, event.sequence, event.tenant) == ("import.completed", 1, "acme")
    assert event.data["report"] == "reports/demo/leads.csv.json"
    assert "Ann" not in json.dumps(dict(event.data))


def test_what_comes_twice_is_imported_once(world):
    body = world.put()
    world.receive(body)
    assert world.receive(body, 2) == ("repeated", "it was imported before")
    assert world.names() == ["Ann", "Bob"]


def test_a_new_version_of_the_file_is_a_new_import(world):
    world.receive(world.put())
    world.receive(world.put("name\nCleo\n", version="v2"))
    assert world.names() == ["Ann", "Bob", "Cleo"]


def test_when_time_runs_out_the_next_delivery_goes_on(world):
    body = world.put()
    answers = iter([False, True])
    outcome = world.receive(body, 1, lambda: next(answers))
    assert outcome == ("again", "1 leads stand; the rest comes next")
    assert world.names() == ["Ann"]
    assert world.objects.written == {}
    [(queue, receipt, seconds)] = world.queues.delayed
    assert (queue, receipt) == ("queue", "r")
    assert seconds >= 1
    world.clock.move(days=13)  # longer than a request's key is known
    assert world.receive(body, 2) == ("imported", "2 created, 1 refused")
    assert world.names() == ["Ann", "Bob"]


def test_after_a_failure_the_next_delivery_goes_on(world):
    body, fail = world.put(), iter([False, True])

    def busy(writes):
        if next(fail, False):
            raise TablesBusyError("busy")

    world.tables.before_transact = busy
    assert world.receive(body) == ("again", "TablesBusyError: busy")
    assert world.receive(body, 2)[0] == "imported"
    assert world.names() == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("phone\n1\n", "names no column `name`"),
        ("name\n" + "x" * MAX_BYTES, "5,000,005 bytes are more than 5,000,000; split the file"),
    ],
)
def test_a_file_that_is_refused_whole_has_a_report_that_says_so(world, content, said):
    outcome, why = world.receive(world.put(content))
    assert outcome == "imported"
    assert said in why
    assert said in world.report()["error"]
    assert world.names() == []


def test_the_event_carries_the_first_problems_only(world):
    world.receive(world.put("name,value\n" + ",1\n" * 50))
    report = world.report()
    assert len(report["problems"]) == 50
    ref = EntityRef("import", report["import_id"])
    [event], _ = timeline(world.tables, "crm", "acme", ref, limit=10)
    assert (len(event.data["problems"]), event.data["refused"]) == (20, 50)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("other/leads.csv", "the folder other is not registered; register it for a tenant"),
        ("leads.csv", "leads.csv lies in no folder; put it into the import folder of a tenant"),
    ],
)
def test_a_folder_of_nobody_goes_to_quarantine(world, key, said):
    assert world.receive(world.put(key=key)) == ("quarantined", said)
    [entry] = world.quarantined()
    assert (entry.error, entry.consumer, entry.tenant) == (said, "lead_import", NO_TENANT)
    assert world.names() == []


@pytest.mark.parametrize(
    "body",
    [
        "banana",
        "[]",
        '{"id": "x", "source": "aws.s3", "detail-type": "Object Created", "detail": {}}',
        '{"id": "x", "source": "aws.s3", "detail-type": "Object Deleted", "detail": {"bucket": '
        '{"name": "b"}, "object": {"key": "demo/a", "version-id": "1"}}}',
    ],
)
def test_what_is_no_upload_goes_to_quarantine(world, body):
    assert world.receive(body)[0] == "quarantined"
    assert world.quarantined()


def test_a_folder_that_was_made_is_no_file(world):
    assert world.receive(world.put("", key="demo/")) == ("ignored", "a folder was made")
    assert world.objects.written == {}
