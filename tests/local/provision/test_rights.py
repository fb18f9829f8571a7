"""A right that the wiring needs and a role lacks is named before anything runs."""

from __future__ import annotations

import copy

import pytest

from local.access import Access
from local.blueprint import BlueprintError, Resource, load
from local.platform import ROOT
from local.provision import Deployment, provision
from local.provision.rights import require_rights
from local.seams import policies

RESOURCES = load(ROOT / "infra" / "blueprint")


def without(role: str, action: str) -> dict[str, Resource]:
    """The blueprint, one action of a role taken away."""
    changed = dict(RESOURCES)
    properties = copy.deepcopy(dict(RESOURCES[role].properties))
    for policy in properties["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            listed = actions if isinstance(actions, list) else [actions]
            kept = [one for one in listed if one != action]
            statement["Action"] = kept or ["nothing:AtAll"]
    changed[role] = Resource(role, RESOURCES[role].type, properties)
    return changed


def lacking(resources: dict[str, Resource]) -> str:
    deployment = provision(resources, Deployment({}, {}))
    access = Access(policies.of_role, policies.of_resource)
    with pytest.raises(BlueprintError) as caught:
        require_rights(resources, deployment, access)
    return str(caught.value)


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
def test_the_action_the_role_and_the_resource_are_named(local, role, action, on):
    said = lacking(without(role, action))
    assert f"{role} may not {action} on" in said
    assert on in said


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("LeadPipelineQueuePolicy", "does not let rule LeadPipelineRule send"),
        ("ApiMayCallCrm", "function:CrmFunction"),
        ("ApiMayCallAuthorizer", "does not let Authorizer invoke it"),
    ],
)
def test_a_resource_that_lets_nobody_in(local, gone, said):
    assert said in lacking({name: one for name, one in RESOURCES.items() if name != gone})


def test_the_committed_blueprint_lacks_nothing(local):
    deployment = provision(RESOURCES, Deployment({}, {}))
    require_rights(RESOURCES, deployment, Access(policies.of_role, policies.of_resource))
