"""What the templates have beyond the blueprint: alarms, encryption, protection of data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

Resources = Mapping[str, Any]


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    """The properties of every resource of a type."""
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == f"AWS::{kind}"
    }


def alarmed(resources: Resources, metric: str) -> set[str]:
    """The resources that an alarm watches by a metric."""
    alarms = of_type(resources, "CloudWatch::Alarm").values()
    watching = [alarm for alarm in alarms if alarm.get("MetricName") == metric]
    values = [alarm["Dimensions"][0]["Value"] for alarm in watching]
    return {value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0] for value in values}


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_its_alarms(resources: Resources, metric: str) -> None:
    assert alarmed(resources, metric) == set(of_type(resources, "Lambda::Function"))


def test_every_queue_has_its_alarm(resources: Resources) -> None:
    queues = of_type(resources, "SQS::Queue")
    working = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert alarmed(resources, "ApproximateAgeOfOldestMessage") == working
    assert alarmed(resources, "ApproximateNumberOfMessagesVisible") == set(queues) - working


def test_every_queue_is_encrypted(resources: Resources) -> None:
    assert all(q["SqsManagedSseEnabled"] for q in of_type(resources, "SQS::Queue").values())


def test_every_function_traces(resources: Resources) -> None:
    functions = of_type(resources, "Lambda::Function").values()
    assert {function["TracingConfig"]["Mode"] for function in functions} == {"Active"}


def test_no_rights_stand_outside_the_roles(resources: Resources) -> None:
    assert not of_type(resources, "IAM::Policy")
    assert not any("ManagedPolicyArns" in r for r in of_type(resources, "IAM::Role").values())


def test_data_of_production_cannot_be_deleted() -> None:
    from aws_cdk import App, assertions

    from infra.config import STAGES
    from infra.stacks.data import DataStack

    template = assertions.Template.from_stack(DataStack(App(), "data", STAGES["prod"]))
    kept = {"DeletionPolicy": "Retain", "Properties": {"DeletionProtectionEnabled": True}}
    template.all_resources("AWS::DynamoDB::Table", kept)
    template.all_resources_properties("AWS::Cognito::UserPool", {"DeletionProtection": "ACTIVE"})


def test_the_api_calls_the_published_version_that_has_a_snapshot(resources: Resources) -> None:
    assert resources["CrmFunction"]["Properties"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    live = {"Ref": "CrmFunctionLive"}
    version = resources["CrmFunctionLive"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
    assert resources[version]["Type"] == "AWS::Lambda::Version"
    assert resources["CrmIntegration"]["Properties"]["IntegrationUri"] == live
    assert resources["ApiMayCallCrm"]["Properties"]["FunctionName"] == live
