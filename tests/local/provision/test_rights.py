"""A right that the wiring needs and a role lacks is named before anything runs."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.access import Access
from local.blueprint import BlueprintError, load
from local.platform import ROOT
from local.provision import Deployment, provision
from local.provision.clients import aws
from local.provision.rights import require_rights
from local.seams import policies
from tests.local.patched import patched

RESOURCES = load(ROOT / "infra" / "blueprint")


@pytest.fixture(scope="module")
def made():
    deployment = Deployment({}, {})
    with patched():
        provision(RESOURCES, deployment)
        yield deployment


def lacking(deployment: Deployment) -> str:
    with pytest.raises(BlueprintError) as caught:
        require_rights(RESOURCES, deployment, Access(policies.of_role, policies.of_resource))
    return str(caught.value)


@contextmanager
def without(role: str, action: str) -> Iterator[None]:
    """One action of a role taken away, and given back."""
    iam = aws("iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        less = copy.deepcopy(document)
        for statement in less["Statement"]:
            actions = statement["Action"]
            listed = actions if isinstance(actions, list) else [actions]
            statement["Action"] = [one for one in listed if one != action] or ["nothing:AtAll"]
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(less))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


@pytest.mark.parametrize(
    ("role", "action", "on"),
    [
        ("CrmFunctionRole", "logs:PutLogEvents", "CrmFunctionLogs"),
        ("CrmFunctionRole", "xray:PutTraceSegments", "*"),
        ("LeadPipelineStarterFunctionRole", "sqs:ReceiveMessage", "LeadPipelineQueue"),
        ("RelayFunctionRole", "dynamodb:GetRecords", "stream"),
        ("RelayFunctionRole", "sqs:SendMessage", "RelayDeadLetters"),
        ("SweeperScheduleRole", "lambda:InvokeFunction", "SweeperFunction"),
        ("SweeperScheduleRole", "sqs:SendMessage", "SweeperDeadLetters"),
        ("LeadPipelineMachineRole", "lambda:InvokeFunction", "LeadPipelineAnalyzeFunction"),
        ("LeadPipelineMachineRole", "logs:CreateLogDelivery", "*"),
    ],
)
def test_the_action_the_role_and_the_resource_are_named(made, role, action, on):
    with without(made.name(role), action):
        said = lacking(made)
    assert f"{role} may not {action} on" in said
    assert on in said


def test_the_committed_blueprint_lacks_nothing(made):
    require_rights(RESOURCES, made, Access(policies.of_role, policies.of_resource))
