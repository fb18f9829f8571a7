"""Events over the API: the log, publishing, replays, a lead rebuilt, the quarantine in bulk."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from functions.crm.settings import ConsumerFacts
from shared.consumers.declaration import Declaration
from shared.consumers.replaying import Replayer
from shared.events import Event
from shared.events.claims import LostDataError
from shared.events.figures import Figures, Flow
from shared.events.log import EventLog, log_write
from shared.events.metrics import Outcome, Tally
from shared.events.outbox import event_of, pending
from shared.events.quarantine import Quarantined, entry_id
from tests.unit.crm.conftest import Crm
from tests.unit.events.test_quarantine import ENTRY

FACTS = {"about": "a", "topics": [], "types": []}


@pytest.fixture
def at(crm):
    consumers = {
        "log": ConsumerFacts(**FACTS, ordered=False, outside=False),
        "mailer": ConsumerFacts(**FACTS, ordered=False, outside=True),
    }
    crm.app.state.services = replace(crm.app.state.services, consumers=consumers)
    return crm.app.state.services


def _logged(crm, count, tenant="acme", kind="lead.qualified"):
    made = []
    for number in range(count):
        crm.clock.move(minutes=1)
        event = Event(kind, {"lead_id": "1", "score": number}, tenant=tenant, time=crm.clock())
        crm.tables.transact([log_write("event_log", tenant, event)])
        made.append(event)
    return made


def _listed(crm, **params):
    answer = crm.call("GET", "/events/", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_log_by_type_time_and_page(crm):
    made = _logged(crm, 5) + _logged(crm, 2, kind="lead.rejected") + _logged(crm, 1, "other")
    assert [e["id"] for e in _listed(crm)["events"]] == [e.id for e in made[:7]]
    assert len(_listed(crm, type="lead.rejected")["events"]) == 2
    window = {"since": made[1].time.isoformat(), "until": made[3].time.isoformat()}
    assert [e["id"] for e in _listed(crm, **window)["events"]] == [made[1].id, made[2].id]
    first = _listed(crm, limit=3)
    rest = _listed(crm, limit=9, cursor=first["cursor"])
    assert [e["id"] for e in first["events"] + rest["events"]] == [e.id for e in made[:7]]
    refused = crm.call("GET", "/events/", params={"cursor": first["cursor"], "type": "x"})
    assert refused.status_code == 400


def test_events_of_an_entity_are_those_of_its_timeline(crm):
    lead = crm.create()
    crm.call("PUT", f"/leads/{lead['id']}/", json={"notes": "called"})
    entity = f"lead/{lead['id']}"
    kinds = [e["type"] for e in _listed(crm, entity=entity)["events"]]
    assert kinds == ["lead.created", "lead.updated"]
    assert [e["type"] for e in _listed(crm, entity=entity, type="lead.updated")["events"]] == [
        "lead.updated"
    ]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"entity": "lead"}, "entity"),
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "until"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-03-02T00:00:00"}, "since"),
    ],
)
def test_questions_that_cannot_be_answered(crm, params, field):
    answer = crm.call("GET", "/events/", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def _publish(crm, kind="process_lead", data=None, **how):
    body = {"type": kind, "data": {"name": "Ann"} if data is None else data}
    return crm.call("POST", "/events/", json=body, **how)


def test_a_published_event_waits_for_the_relay_and_is_written_down(crm):
    answer = _publish(crm, role="sales_rep")
    assert answer.status_code == 202, answer.text
    (event,) = pending(crm.tables, "crm", "9")
    told = answer.json()
    assert (told["id"], told["type"]) == (event.id, "process_lead")
    assert (event.tenant, event.source) == ("acme", "millrace.api")
    assert event.metadata == {"actor": "jo"}
    (noted,) = crm.tables.all("audit")
    assert (noted["action"], noted["target"]) == ("event.published", event.id)


def test_the_same_request_again_publishes_nothing_more(crm):
    key = {"Idempotency-Key": "k"}
    first, second = (_publish(crm, headers=key) for _ in range(2))
    assert (first.json(), second.headers["Idempotency-Replayed"]) == (second.json(), "true")
    assert len(pending(crm.tables, "crm", "9")) == 1
    assert _publish(crm, data={"name": "Bob"}, headers=key).status_code == 422


@pytest.mark.parametrize(
    ("kind", "data", "how", "status", "told"),
    [
        ("lead.created", {}, {}, 403, "Millrace's alone"),
        ("user.created", {}, {}, 403, "Millrace's alone"),
        ("process_lead", None, {"role": "user"}, 403, "lacks events:publish"),
        ("nothing.known", {}, {}, 400, "Unsupported event type"),
        ("process_lead", {}, {}, 400, "name"),
        ("process_lead", {"name": 3}, {}, 400, "name"),
    ],
)
def test_what_is_not_published(crm, kind, data, how, status, told):
    answer = _publish(crm, kind, data, **how)
    assert answer.status_code == status
    assert told in answer.text
    assert pending(crm.tables, "crm", "9") == []


@pytest.mark.parametrize("forged", [{"tenant": "other"}, {"source": "millrace.crm"}, {"id": "1"}])
def test_nobody_says_a_tenant_or_a_source(crm, forged):
    body = {"type": "process_lead", "data": {"name": "A"}, **forged}
    answer = crm.call("POST", "/events/", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(forged))


def test_a_tenant_in_the_data_counts_for_nothing(crm):
    assert _publish(crm, data={"name": "A", "tenant": "other"}).status_code == 202
    (event,) = pending(crm.tables, "crm", "9")
    assert event.tenant == "acme"


def test_a_key_needs_the_right_of_the_type_too(crm):
    who = {"tenant": "acme", "subject": "k", "role": "admin", "kind": "key"}
    crm_call = crm._call
    crm._call = lambda method, path, context, host, how: crm_call(
        method, path, {**who, "scopes": "events:publish"}, host, how
    )
    answer = _publish(crm)
    assert (answer.status_code, "leads:add" in answer.text) == (403, True)
    assert crm.tables.all("audit")[0]["action"] == "publish process_lead"


@pytest.fixture
def wide(monkeypatch):
    """An API that takes bodies of more than an event's size."""
    monkeypatch.setenv("MAX_BODY_BYTES", "5000000")
    return Crm()


def test_large_data_is_published_by_reference_and_listed_whole(wide):
    crm = wide
    data = {"name": "A", "notes": "x" * 300_000}
    assert _publish(crm, data=data).status_code == 202
    (item,) = [one for one in crm.tables.all("crm") if "event" in one]
    assert len(item["event"]) < 1_000
    at, event = crm.app.state.services, event_of(item)
    crm.tables.transact([log_write("event_log", "acme", event)])
    (listed,) = _listed(crm, personal=True)["events"]
    assert (listed["data"], listed["dataref"]) == (data, None)
    crm.blobs.clear()
    (listed,) = _listed(crm, personal=True)["events"]
    assert (listed["data"], listed["dataref"]) == ({"name": "A"}, event.dataref)
    with pytest.raises(LostDataError, match="gone"):
        at.claims.redeem(event)


def test_what_is_personal_is_shown_to_who_asks_and_may_see_leads(crm):
    sealed = Event("lead.created", {"lead_id": "1", "name": "Jane"}, tenant="acme", sequence=1)
    sealed = crm.app.state.services.seals.seal(replace(sealed, time=crm.clock()))
    crm.tables.transact([log_write("event_log", "acme", sealed, crm.clock)])
    assert "Jane" not in str(crm.tables.all("event_log"))
    (hidden,) = _listed(crm)["events"]
    (shown,) = _listed(crm, personal=True)["events"]
    assert (hidden["data"]["name"], shown["data"]["name"]) == ("[personal]", "Jane")
    who = {"tenant": "acme", "subject": "k", "role": "admin", "kind": "key"}
    crm_call = crm._call
    crm._call = lambda method, path, context, host, how: crm_call(
        method, path, {**who, "scopes": "platform:view"}, host, how
    )
    assert crm.call("GET", "/events/").status_code == 200
    assert crm.call("GET", "/events/?personal=true").status_code == 403
    assert crm.call("GET", "/trace/x/?personal=true").status_code in (403, 404)


def test_the_log_of_a_forgotten_tenant_shows_the_rest(crm):
    seals = crm.app.state.services.seals
    event = Event("lead.created", {"lead_id": "1", "name": "Jane"}, tenant="acme")
    sealed = seals.seal(replace(event, time=crm.clock()))
    crm.tables.transact([log_write("event_log", "acme", sealed, crm.clock)])
    seals.keys.forget("acme")
    (shown,) = _listed(crm, personal=True)["events"]
    assert shown["data"] == {"lead_id": "1", "name": "[personal]"}


def test_an_event_has_an_end(wide):
    crm = wide
    answer = _publish(crm, data={"name": "A", "notes": "x" * 1_000_000})
    assert (answer.status_code, answer.json()["title"]) == (413, "Event too large")
    assert "1,000,000 are allowed" in answer.text
    assert (crm.blobs, [one for one in crm.tables.all("crm") if "event" in one]) == ({}, [])


def test_a_bucket_that_is_away_publishes_nothing(wide, monkeypatch):
    crm = wide

    def away(name, text):
        raise OSError("no bucket")

    monkeypatch.setattr(crm.blobs, "write", away)
    assert _publish(crm, data={"name": "A", "notes": "x" * 300_000}).status_code == 500
    assert [one for one in crm.tables.all("crm") if "event" in one] == []


WINDOW = {"since": "2026-03-01T12:00:00Z", "until": "2026-03-01T13:00:00Z"}


def _replayer(crm, at):
    known = {"log": (Declaration("log", types=("lead.qualified",)), "http://log")}
    log = EventLog(crm.tables, "event_log", "crm")
    return Replayer(at.replays, log, crm.queues, "http://replays", known, crm.clock)


def _steps(crm, replayer):
    """Takes steps until there is none; what went into the consumer's queue."""
    while steps := [sent for sent in crm.queues.sent if sent[0] == "http://replays"]:
        crm.queues.sent = [sent for sent in crm.queues.sent if sent not in steps]
        for _, body in steps:
            replayer.step(body)
    return [json.loads(body) for url, body in crm.queues.sent if url == "http://log"]


def test_a_replay_from_its_start_to_its_end(crm, at):
    made = _logged(crm, 25) + _logged(crm, 3, kind="lead.rejected")
    _logged(crm, 60)
    answer = crm.call(
        "POST", "/events/replays/", json={"consumer": "log", **WINDOW, "per_second": 10}
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    sent = _steps(crm, _replayer(crm, at))
    replay = crm.call("GET", f"/events/replays/{answer.json()['id']}/").json()
    assert [body["id"] for body in sent][:25] == [event.id for event in made[:25]]
    assert len(sent) == 25 + 31  # the last of its window is just before 13:00
    assert {body["replay"]["id"] for body in sent} == {replay["id"]}
    assert (replay["status"], replay["sent"], replay["passed"]) == ("done", 56, 3)
    assert crm.queues.waits.count(1) >= 5  # ten a second
    (listed,) = crm.call("GET", "/events/replays/").json()["replays"]
    assert listed == replay
    assert crm.tables.all("audit")[0]["action"] == "replay.started"


def test_a_replay_is_cancelled_resumed_and_not_taken_twice(crm, at):
    _logged(crm, 30)
    asked = {"consumer": "log", **WINDOW, "per_second": 10}
    path = f"/events/replays/{crm.call('POST', '/events/replays/', json=asked).json()['id']}/"
    replayer = _replayer(crm, at)
    ((_, first),) = crm.queues.sent
    assert replayer.step(first).sent == 10
    assert replayer.step(first) is None  # the queue brought it twice
    assert crm.call("POST", f"{path}resume/").status_code == 202
    assert crm.call("DELETE", path).json()["status"] == "cancelled"
    assert len(_steps(crm, replayer)) == 10
    for again in (crm.call("DELETE", path), crm.call("POST", f"{path}resume/")):
        assert (again.status_code, "is cancelled" in again.text) == (409, True)


def test_a_replay_for_a_consumer_that_was_taken_away_says_so(crm, at):
    _logged(crm, 1)
    asked = {"consumer": "log", **WINDOW}
    path = f"/events/replays/{crm.call('POST', '/events/replays/', json=asked).json()['id']}/"
    gone = Replayer(at.replays, at.event_log, crm.queues, "http://replays", {}, crm.clock)
    assert _steps(crm, gone) == []
    assert crm.call("GET", path).json()["error"] == "there is no consumer log any more"
    assert crm.call("POST", f"{path}resume/").json()["status"] == "running"
    assert len(_steps(crm, _replayer(crm, at))) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consumer": "nobody"}, "consumer"),
        ({"consumer": "mailer"}, "effects"),
        ({"until": WINDOW["since"]}, "until"),
        ({"type": "what"}, "type"),
        ({"per_second": 0}, "per_second"),
        ({"tenant": "other"}, "tenant"),
    ],
)
def test_replays_that_cannot_be(crm, at, change, field):
    answer = crm.call("POST", "/events/replays/", json={"consumer": "log", **WINDOW, **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert crm.queues.sent == []


def test_another_tenants_replay_is_not_there(crm, at):
    made = crm.call("POST", "/events/replays/", json={"consumer": "log", **WINDOW}).json()
    path = f"/events/replays/{made['id']}/"
    assert crm.call("GET", path, tenant="other").status_code == 404
    assert crm.call("DELETE", path, tenant="other").status_code == 404


def _quarantine(at, count, consumer="log", error="ValueError: bad"):
    for number in range(count):
        event_id = f"{consumer}-{error}-{number:03d}"
        entry = Quarantined(
            id=entry_id(event_id, consumer), tenant="acme", event_id=event_id,
            event_type="lead.created", consumer=consumer, node=None, error=error, attempts=5,
            at="2026-03-01T12:00:00Z", queue_url=f"http://{consumer}", body=event_id,
        )  # fmt: skip
        at.quarantine.add(entry)


def _sweep(crm, what, **body):
    done, cursor = 0, None
    while True:
        answer = crm.call("POST", f"/events/quarantine/{what}/", json={**body, "cursor": cursor})
        assert answer.is_success, answer.text
        done, cursor = done + answer.json()["done"], answer.json()["cursor"]
        if cursor is None:
            return done


def test_many_are_redriven_by_consumer_and_error(crm, at):
    _quarantine(at, 150)
    _quarantine(at, 5, error="KeyError: other")
    _quarantine(at, 5, consumer="mailer")
    assert _sweep(crm, "redrive", consumer="log", error="ValueError") == 150
    assert {url for url, _ in crm.queues.sent} == {"http://log"}
    assert len(crm.queues.sent) == 150
    assert _sweep(crm, "redrive", consumer="log", error="ValueError") == 0
    assert _sweep(crm, "discard", consumer="log") == 5
    assert _sweep(crm, "discard", consumer="mailer", type="lead.deleted") == 0
    left = [e for e in crm.tables.all("quarantine") if e["status"] == "quarantined"]
    assert {entry["consumer"] for entry in left} == {"mailer"}


def test_all_of_everybody_is_no_choice(crm, at):
    answer = crm.call("POST", "/events/quarantine/discard/", json={})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "consumer")


def test_a_lead_and_what_its_events_say(crm):
    lead = crm.create(value="10.50")
    path = f"/leads/{lead['id']}/rebuilt/"
    told = crm.call("GET", path).json()
    assert (told["version"], told["differences"]) == (1, [])
    crm.tables.items["crm", f"acme#lead#{lead['id']}", "state"]["name"] = "Forged"
    (difference,) = crm.call("GET", path).json()["differences"]
    assert difference == {"field": "name", "row": "Forged", "events": "Jane Doe"}
    assert crm.call("GET", path, tenant="other").status_code == 404


def test_leads_by_day_of_a_window(crm):
    for day, what, leads in (("2026-02-27", "created", 2), ("2026-03-01", "Interest", 1)):
        row = {"pk": "acme#lead_days", "sk": f"{day}#{what}", "leads": leads}
        crm.tables.items["projections", row["pk"], row["sk"]] = row
    window = {"since": "2026-02-27", "until": "2026-03-01"}
    told = crm.call("GET", "/reports/leads/", params=window).json()["days"]
    assert [(day["day"], day["created"], day["entered"]) for day in told] == [
        ("2026-02-27", 2, {}), ("2026-03-01", 0, {"Interest": 1}),
    ]  # fmt: skip
    later = crm.call("GET", "/reports/leads/", params={**window, "since": "2026-02-28"})
    assert len(later.json()["days"]) == 1
    assert (
        crm.call("GET", "/reports/leads/", params={**window, "since": "2020-01-01"}).status_code
        == 400
    )


def test_figures_of_a_window_are_the_tenants_own(crm):
    counted = Figures(crm.tables, "projections", crm.clock)
    flow = Flow("lead_pipeline", counted, Tally(), crm.clock)
    event = Event("lead.created", {}, time=crm.clock())
    crm.clock.move(seconds=2)
    for outcome, tenant in (("delivered", "acme"), ("failed", "acme"), ("delivered", "other")):
        flow.tell(Outcome(outcome), event, tenant)
    flow.dead("acme", "never.heard.of")
    flow.add()
    asked = lambda since, until: crm.call(  # noqa: E731
        "GET", "/events/metrics/", params={"since": since, "until": until}
    )
    told = asked("2026-02-27", "2026-03-01").json()["flows"]
    seen = [(one["event_type"], one["delivered"], one["failed"], one["dead"]) for one in told]
    assert seen == [("lead.created", 1, 1, 0), ("other", 0, 0, 1)]
    assert told[0]["mean_seconds"] == 2.0
    assert asked("2026-03-02", "2026-03-03").json()["flows"] == []
    long = asked("2026-01-01", "2026-03-03")
    assert (long.status_code, long.json()["errors"][0]["field"]) == (400, "since")


def test_what_operators_do_stands_in_the_audit(crm, at):
    def entry(number):
        one = replace(ENTRY, id=f"e{number}:lead_pipeline", event_id=f"e{number}", tenant="acme")
        at.quarantine.add(one)
        return one.id

    many, chosen = "/events/quarantine/", {"consumer": ENTRY.consumer}
    asked = [
        ("POST", lambda: f"/events/quarantine/{entry(1)}/redrive/", None, "quarantine.redriven"),
        ("DELETE", lambda: f"/events/quarantine/{entry(2)}/", None, "quarantine.discarded"),
        ("POST", lambda: entry(3) and f"{many}redrive/", chosen, "quarantine.redriven"),
        (
            "POST",
            lambda: entry(4) and f"{many}discard/",
            chosen,
            "quarantine.discarded",
        ),
    ]
    for method, path, body, _ in asked:
        assert crm.call(method, path(), json=body).status_code < 300
    noted = [(one["action"], one["target"], one["actor"]) for one in crm.tables.all("audit")]
    assert noted == [
        (action, f"e{number}:lead_pipeline", "jo")
        for number, (*_, action) in enumerate(asked, start=1)
    ]


def test_replays_that_are_ended_or_go_on_stand_in_the_audit(crm, at):
    window = {"since": "2026-02-27T00:00:00Z", "until": "2026-03-01T00:00:00Z"}
    made = crm.call("POST", "/events/replays/", json={"consumer": "log", **window}).json()
    path = f"/events/replays/{made['id']}/"
    assert crm.call("POST", f"{path}resume/").status_code == 202
    assert crm.call("DELETE", path).status_code == 200
    assert crm.call("DELETE", path).status_code == 409
    actions = [one["action"] for one in crm.tables.all("audit")]
    assert actions == ["replay.started", "replay.resumed", "replay.cancelled"]
