"""What outside sources may say, and whose events they are."""

from __future__ import annotations

import json

import pytest

from shared.events.arrivals import RejectedEventError, arrived

USER = {"user_id": "u", "email": "a@x.example", "name": "A", "role": "user", "tenant_name": "T"}


def message(source: str, event_type: str, detail: dict) -> str:
    return json.dumps(
        {"id": "e1", "source": source, "detail-type": event_type, "detail": detail,
         "time": "2026-03-01T12:00:00Z"}
    )  # fmt: skip


def registered(source):
    return {"demo.website": "demo"}.get(source)


def test_an_outside_event_is_of_the_tenant_that_its_source_is_registered_for():
    event = arrived(message("demo.website", "process_lead", {"name": "Ann"}), registered)
    assert (event.tenant, event.event_type, event.id) == ("demo", "process_lead", "e1")


@pytest.mark.parametrize("name", ["user.created", "user_created", "user.removed"])
def test_nobody_else_says_who_became_a_member(name):
    with pytest.raises(RejectedEventError, match="is Millrace's alone to say") as refused:
        arrived(message("demo.website", name, USER), registered)
    assert refused.value.tenant == "demo"


def test_an_unregistered_source_is_refused():
    with pytest.raises(RejectedEventError, match="is not registered"):
        arrived(message("evil.website", "process_lead", {"name": "Ann"}), registered)


@pytest.mark.parametrize("time", ["never", None, "2026-03-01T12:00:00"])
def test_a_time_that_nobody_can_read_is_refused_and_not_tried_again(time):
    body = json.loads(message("demo.website", "process_lead", {"name": "Ann"})) | {"time": time}
    with pytest.raises(RejectedEventError) as refused:
        arrived(json.dumps(body), registered)
    assert (refused.value.tenant, refused.value.event_type) == ("demo", "process_lead")
