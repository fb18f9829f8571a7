"""The committed blueprint, provisioned: what stands in moto, and what was noted for delivery."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from local.blueprint import load
from local.demo import SUBJECT, TENANT, Demo
from local.provision import Deployment, provision
from local.provision.clients import aws
from tests.local.patched import patched

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made():
    deployment = Deployment({"JWKS_URL": "http://here/{pool}/keys"}, {"CursorSecret": "kept"})
    with patched():
        provision(load(ROOT / "infra" / "blueprint"), deployment)
        for create in deployment.later:
            create()
        yield deployment


def test_what_is_provisioned_stands(made):
    table = aws("dynamodb").describe_table(TableName=made.name("CrmTable"))["Table"]
    carried = {i["IndexName"]: i["Projection"] for i in table["GlobalSecondaryIndexes"]}
    assert carried.keys() == {"board", "pending", "correlation"}
    assert carried["correlation"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["event"]}
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert table["LatestStreamArn"] == made.attribute("CrmTable", "StreamArn")
    lifetime = aws("dynamodb").describe_time_to_live(TableName=made.name("InboxTable"))
    assert lifetime["TimeToLiveDescription"]["AttributeName"] == "expires_at"

    url = made.attribute("LeadPipelineQueue", "Ref")
    found = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    redrive = json.loads(found["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == made.attribute("LeadPipelineDeadLetters", "Arn")

    (rule,) = aws("events").list_rules(EventBusName="millrace", NamePrefix="LeadPipeline")["Rules"]
    targets = aws("events").list_targets_by_rule(Rule=rule["Name"], EventBusName="millrace")
    assert targets["Targets"][0]["Arn"] == made.attribute("LeadPipelineQueue", "Arn")

    arn = made.attribute("LeadPipelineMachine", "Arn")
    machine = aws("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert machine["type"] == "EXPRESS"
    assert made.attribute("LeadPipelineAnalyzeFunction", "Arn") in machine["definition"]

    role = made.name("CrmFunctionRole")
    assert aws("iam").list_role_policies(RoleName=role)["PolicyNames"] == ["Own"]
    secret = aws("secretsmanager").get_secret_value(SecretId=made.attribute("CursorSecret", "Ref"))
    assert secret["SecretString"] == "kept"


def test_what_delivery_and_gateway_act_on_is_noted(made):
    wiring = made.wiring
    functions = {mapping["FunctionName"] for mapping in wiring.mappings}
    assert {"RelayFunction", "LeadPipelineStarterFunction"} <= functions <= set(wiring.functions)
    assert "HttpApi" in wiring.gateway
    authorizer = wiring.functions["AuthorizerFunction"].environment
    pool = made.attribute("UserPool", "Ref")
    assert authorizer["JWKS_URL"] == f"http://here/{pool}/keys"
    assert authorizer["ISSUER"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    told = [pair for f in wiring.functions.values() for pair in f.environment.items()]
    documents = {name: json.loads(value) for name, value in told if "{" in value}
    assert documents.keys() == {"CONSUMERS", "CONSUMER_QUEUES", "PIPELINES", "PIPELINE_MACHINES"}
    assert "Fn::" not in json.dumps(documents)
    assert '"Ref"' not in json.dumps(documents)


def test_the_demo_admin_keeps_its_subject_and_has_a_membership(made):
    identities = made.name("IdentityTable")
    pool, client = made.attribute("UserPool", "Ref"), made.attribute("UserPoolClient", "Ref")
    demo = Demo(pool, client, identities)
    demo.create()
    claims = json.loads(base64.urlsafe_b64decode(demo.mint().split(".")[1] + "=="))
    assert (claims["sub"], claims["token_use"]) == (SUBJECT, "access")
    key = {"pk": {"S": f"user#{SUBJECT}"}, "sk": {"S": "membership"}}
    item = aws("dynamodb").get_item(TableName=identities, Key=key)["Item"]
    assert (item["tenant"]["S"], item["role"]["S"]) == (TENANT, "admin")


def test_a_function_can_be_called_by_its_alias(made, local):
    local.functions["CrmFunction"] = lambda payload: (b'"called"', False, "")
    live = made.attribute("CrmFunctionLive", "Ref")
    assert live == made.attribute("CrmFunction", "Arn") + ":live"
    answer = aws("lambda").invoke(FunctionName=live, Payload=b"{}")
    assert json.loads(answer["Payload"].read()) == "called"
