"""The user pipeline: a welcome, a profile, the end of the set-up."""

from __future__ import annotations

import pytest

from functions.pipeline_nodes.user.facts import NewUser
from functions.pipeline_nodes.user.welcome import greet
from shared.pipelines.definition import load_definitions
from shared.pipelines.mapping import mappings
from shared.pipelines.node import Context
from shared.pipelines.programs import load_node
from tests.fakes.ports import MemoryMail
from tests.unit.pipelines.test_definition import ROOT

(USER,) = [p for p in load_definitions(ROOT) if p.name == "user_pipeline"]
JANE = {
    "user_id": "u1", "email": "jane@example.com", "name": "Jane Q. Doe", "role": "user",
    "tenant_name": "Example Corp",
}  # fmt: skip
CONTEXT = Context(
    "acme", "user_pipeline", "e1", "user.created", "welcome", "user/u1", "c1",
    "2026-03-01T12:00:00Z",
)  # fmt: skip


def test_both_names_of_the_event_start_it():
    found = mappings([USER])
    assert found["user.created"] == found["user_created"] == "user_pipeline"


def test_the_welcome_goes_out_once():
    mail = MemoryMail()
    for _ in range(2):
        assert greet(NewUser(**JANE), CONTEXT, lambda: mail).welcome_email_sent
    ((key, message),) = mail.sent.items()
    assert key == ("acme", "welcome/e1")
    assert message.to == "jane@example.com"
    assert "Example Corp" in message.body


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Jane Q. Doe", "JD"), ("jane", "J"), ("  ", "J"), ("Ärmel Öl", "ÄÖ")],
)
def test_the_profile(name, initials):
    step = load_node(USER, "profile")
    added = step(NewUser(**{**JANE, "name": name}), CONTEXT)
    assert added.profile_initialized
    assert added.profile.initials == initials


def test_the_end():
    done = load_node(USER, "complete")(JANE, CONTEXT)
    assert (done.status, done.processed_at) == ("new_user_setup_complete", CONTEXT.time)
