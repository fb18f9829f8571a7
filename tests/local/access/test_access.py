"""The judge: roles, the account's owner, services of AWS, what was refused and never used."""

from __future__ import annotations

import json

import pytest

from local.access import Access, Need, RefusedError

ROLE = "arn:aws:iam::123456789012:role/R"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


def document(effect: str, action: str, resource: str, **more) -> str:
    return json.dumps(
        {"Statement": {"Effect": effect, "Action": action, "Resource": resource, **more}}
    )


class World:
    def __init__(self) -> None:
        self.roles: dict[str, list[str]] = {}
        self.resources: dict[str, list[str]] = {}
        self.told: list[str] = []
        self.access = Access(
            lambda arn: self.roles.get(arn, []),
            lambda arn: self.resources.get(arn, []),
            lambda refusal: self.told.append(str(refusal)),
        )

    def send(self, key: str) -> None:
        self.access.check(key, "sqs", lambda: [Need("sqs:SendMessage", QUEUE)])


@pytest.fixture
def world() -> World:
    return World()


def test_a_role_without_the_right_is_refused_by_name(world):
    key = world.access.credentials(ROLE, "F")["AWS_ACCESS_KEY_ID"]
    with pytest.raises(RefusedError, match=r"role/R/F is not .*sqs:SendMessage .*:q because"):
        world.send(key)
    assert world.told == [f"R may not sqs:SendMessage on {QUEUE}; allow it in infra/ if it must"]
    assert [refusal.role for refusal in world.access.refused] == ["R"]


def test_a_role_with_the_right_passes_and_the_grant_counts_as_used(world):
    world.roles[ROLE] = [document("Allow", "sqs:SendMessage", QUEUE)]
    assert world.access.unused(ROLE) == [("sqs:SendMessage", QUEUE)]
    world.send(world.access.credentials(ROLE, "F")["AWS_ACCESS_KEY_ID"])
    assert world.access.unused(ROLE) == []
    assert not world.access.refused


def test_rights_taken_away_while_running_are_gone(world):
    key = world.access.credentials(ROLE, "F")["AWS_ACCESS_KEY_ID"]
    world.roles[ROLE] = [document("Allow", "sqs:*", "*")]
    world.send(key)
    world.roles[ROLE] = []
    with pytest.raises(RefusedError):
        world.send(key)


def test_the_resource_may_let_a_role_in_or_keep_it_out(world):
    key = world.access.credentials(ROLE, "F")["AWS_ACCESS_KEY_ID"]
    world.resources[QUEUE] = [document("Allow", "sqs:*", QUEUE, Principal={"AWS": ROLE})]
    world.send(key)
    world.resources[QUEUE] = [document("Deny", "sqs:*", QUEUE, Principal="*")]
    world.roles[ROLE] = [document("Allow", "sqs:*", "*")]
    with pytest.raises(RefusedError, match="explicit deny"):
        world.send(key)
    assert world.access.refused[0].explicit


def test_the_owner_may_do_what_no_resource_denies(world):
    world.send("AKIA0000000000000000")
    world.resources[QUEUE] = [document("Deny", "sqs:SendMessage", QUEUE, Principal="*")]
    with pytest.raises(RefusedError, match=":root is not authorized"):
        world.send("AKIA0000000000000000")
    assert not world.access.refused, "only roles of the platform are listed"


def test_services_without_policies_do_not_ask_about_the_owner(world):
    world.access.check("AKIA0000000000000000", "dynamodb", lambda: 1 / 0)


def test_a_service_is_let_in_for_its_source_only(world):
    rule = "arn:aws:events:us-east-1:123456789012:rule/r"
    world.resources[QUEUE] = [
        document(
            "Allow",
            "sqs:SendMessage",
            QUEUE,
            Principal={"Service": "events.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": rule}},
        )
    ]
    ask = ("events.amazonaws.com", "sqs:SendMessage", QUEUE)
    assert world.access.admits(*ask, rule)
    assert not world.access.admits(*ask, f"{rule}2")
    assert not world.access.admits("sns.amazonaws.com", "sqs:SendMessage", QUEUE, rule)


def test_what_a_service_needs_of_a_role(world):
    with pytest.raises(RefusedError, match="used by Poller"):
        world.access.require(ROLE, "sqs:ReceiveMessage", QUEUE, service="Poller")
