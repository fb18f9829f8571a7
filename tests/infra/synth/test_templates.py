"""What the templates have beyond the blueprint: alarms, encryption, protection of data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
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
    watching = [alarm for alarm in alarms if alarm["MetricName"] == metric]
    values = [alarm["Dimensions"][0]["Value"] for alarm in watching]
    return {value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0] for value in values}


@pytest.mark.parametrize("metric", ["Errors", "Throttles", "Duration"])
def test_every_function_has_its_alarms(resources: Resources, metric: str) -> None:
    assert alarmed(resources, metric) == set(of_type(resources, "Lambda::Function"))


def test_every_queue_has_its_alarm(resources: Resources) -> None:
    queues = of_type(resources, "SQS::Queue")
    working = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert alarmed(resources, "ApproximateAgeOfOldestMessage") == working
    assert alarmed(resources, "ApproximateNumberOfMessagesVisible") == set(queues) - working


def test_every_function_that_is_nearly_too_slow_is_told_of(resources: Resources) -> None:
    alarms = of_type(resources, "CloudWatch::Alarm").values()
    for alarm in (one for one in alarms if one["MetricName"] == "Duration"):
        function = resources[alarm["Dimensions"][0]["Value"]["Ref"]]["Properties"]
        assert alarm["ExtendedStatistic"] == "p99"
        assert alarm["Threshold"] == function["Timeout"] * 800


@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut"])
def test_every_machine_has_its_alarms(resources: Resources, metric: str) -> None:
    assert alarmed(resources, metric) == set(of_type(resources, "StepFunctions::StateMachine"))


def test_every_stream_has_its_alarm(resources: Resources) -> None:
    mappings = of_type(resources, "Lambda::EventSourceMapping").values()
    readers = {m["FunctionName"]["Ref"] for m in mappings if "StartingPosition" in m}
    assert alarmed(resources, "IteratorAge") == readers


def test_every_starter_has_an_alarm_of_what_it_gives_up(resources: Resources) -> None:
    functions = of_type(resources, "Lambda::Function").values()
    alarms = of_type(resources, "CloudWatch::Alarm").values()
    services = {
        function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for function in functions
        if "QUARANTINE_TABLE" in function["Environment"]["Variables"]
        and "QUEUE_URL" in function["Environment"]["Variables"]
    }
    watched = {a["Dimensions"][0]["Value"] for a in alarms if a["MetricName"] == "Quarantined"}
    assert watched == services != set()


def test_every_alarm_is_heard(resources: Resources) -> None:
    for name, alarm in of_type(resources, "CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == alarm["OKActions"] != [], name
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name


def test_alarms_are_told_under_a_key_that_cloudwatch_may_use(resources: Resources) -> None:
    topic = of_type(resources, "SNS::Topic")["AlarmTopic"]
    key = resources[topic["KmsMasterKeyId"]["Fn::GetAtt"][0]]["Properties"]
    told = [
        statement["Action"]
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"].get("Service") == "cloudwatch.amazonaws.com"
    ]
    assert told == [["kms:Decrypt", "kms:GenerateDataKey"]]


def test_the_dashboard_shows_every_function_queue_machine_and_the_api(
    resources: Resources,
) -> None:
    (board,) = of_type(resources, "CloudWatch::Dashboard").values()
    shown = json.dumps(board)
    kinds = ("Lambda::Function", "SQS::Queue", "StepFunctions::StateMachine", "ApiGatewayV2::Api")
    for kind in kinds:
        missing = [name for name in of_type(resources, kind) if name not in shown]
        assert missing == []


def test_a_stack_stays_far_from_what_cloudformation_allows(assembly: Path) -> None:
    for template in assembly.glob("*.template.json"):
        # Of the 500 there may be: a pipeline of five nodes more takes some 25.
        assert len(json.loads(template.read_text())["Resources"]) < 400, template.name


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_stage_can_be_synthesized(stage: str, tmp_path: Path) -> None:
    from infra.app import add_stacks, new_app

    app = new_app(tmp_path)
    app.node.set_context("stage", stage)
    app.node.set_context("stages", {stage: {"alarm_mail": "ops@acme.com"}})
    add_stacks(app)
    app.synth()
    data = json.loads((tmp_path / f"millrace-{stage}-data.template.json").read_text())
    assert data["Resources"]["AlarmMail"]["Properties"]["Endpoint"] == "ops@acme.com"


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


BUCKETS = ["ImportBucket", "MailInputMailBucket", "SpacesBucket", "ValuesBucket", "EventsBucket"]


@pytest.mark.parametrize("name", BUCKETS)
def test_every_bucket_is_private_and_encrypted(resources: Resources, name: str) -> None:
    bucket = resources[name]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert set(of_type(resources, "S3::Bucket")) == set(BUCKETS)


def test_the_bucket_of_imports_forgets(resources: Resources) -> None:
    (rule,) = resources["ImportBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (30, "Enabled")
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30


def test_the_cdk_warns_of_nothing(assembly: Path) -> None:
    said = {path.name: path.read_text() for path in assembly.glob("*.metadata.json")}
    assert said
    assert not [name for name, text in said.items() if "aws:cdk:warning" in text]
    assert "aws:cdk:warning" not in (assembly / "manifest.json").read_text()
