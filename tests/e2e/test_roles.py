"""Every function has its own role: it suffices, it holds nothing idle, and it binds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.access import Access
from local.blueprint import load
from local.platform import ROOT
from tests.connections.conftest import Service
from tests.e2e.conftest import Running, serving
from tests.e2e.everything import arn, use_everything

pytestmark = pytest.mark.xdist_group("faults")

ROLES = [r.id for r in load(ROOT / "infra" / "blueprint").values() if r.type == "AWS::IAM::Role"]

LATER = "sqs:ChangeMessageVisibility arn:aws:sqs:us-east-1:123456789012"
NOT_HERE = {
    f"{LATER}:AlarmNoticesQueue": "for when mail or a table fails, and neither does here",
    f"{LATER}:ReturnedMailQueue": "for notices at one moment, and a table that fails",
    "ec2:": "Lambda places a function in its subnets with these; here none has a subnet",
    "s3:ListBucket arn:aws:s3:::events-bucket": "by it S3 says that an object is gone; no call is",
    "sts:AssumeRole arn:aws:iam::*:role/millrace-bucket-": "such a role is in a tenant's account",
}
"""How the grants begin that no call on the laptop can need, and why."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service() as made:
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("home")
    with serving(home, private_connections=True) as platform:
        yield Running(platform)


def as_role(running, service: str, role: str):
    """A client that calls with a role of the platform."""
    keys = running.platform.access.credentials(arn(role), "test")
    return boto3.client(
        service,
        endpoint_url=running.platform.aws_url,
        region_name="us-east-1",
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )


def refused(running, call, **parameters) -> dict[str, str]:
    """AWS's error for a call that a role may not make; the platform's list is emptied again."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    running.platform.access.refused.clear()
    return caught.value.response["Error"]


def test_a_role_grants_what_is_needed_and_nothing_else(running, service):
    access: Access = running.platform.access
    assert running.platform.ready.wait(60)
    use_everything(running, service)
    idle = [(role, " ".join(grant)) for role in ROLES for grant in access.unused(arn(role))]
    left = [one for one in idle if not one[1].startswith(tuple(NOT_HERE))]
    assert not left, "\n".join(map(" ".join, left))
    assert [word for word in NOT_HERE if word not in str(idle)] == []


def test_what_a_role_lacks_is_denied_in_the_words_of_aws(running):
    table = running.platform.table("CrmTable")
    error = refused(
        running,
        as_role(running, "dynamodb", "LeadPipelineAnalyzeFunctionRole").get_item,
        TableName=table,
        Key={"pk": {"S": "a"}, "sk": {"S": "b"}},
    )
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        "User: arn:aws:sts::123456789012:assumed-role/LeadPipelineAnalyzeFunctionRole/test "
        "is not authorized to perform: dynamodb:GetItem on resource: "
        f"arn:aws:dynamodb:us-east-1:123456789012:table/{table} because no identity-based policy "
        "allows the dynamodb:GetItem action"
    )


def test_each_write_of_a_transaction_is_judged(running):
    key = {"pk": {"S": "x"}, "sk": {"S": "y"}}
    write = {"Delete": {"TableName": running.platform.table("QuarantineTable"), "Key": key}}
    error = refused(
        running,
        as_role(running, "dynamodb", "LeadPipelineStarterFunctionRole").transact_write_items,
        TransactItems=[write],
    )
    assert "dynamodb:DeleteItem" in error["Message"]


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sqs", "list_queues", {}),
        ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}),
        ("stepfunctions", "list_state_machines", {}),
        ("secretsmanager", "get_secret_value", {"SecretId": "CursorSecret"}),
        ("sesv2", "list_email_identities", {}),
        ("lambda", "invoke", {"FunctionName": "CrmFunction"}),
        ("iam", "list_roles", {}),
        ("s3", "list_objects_v2", {"Bucket": "any"}),
    ],
)
def test_a_role_without_rights_reaches_no_service(running, service, operation, parameters):
    call = getattr(as_role(running, service, "LeadPipelineDecideFunctionRole"), operation)
    assert refused(running, call, **parameters)["Code"].startswith("AccessDenied")


@pytest.mark.parametrize("role", [None, "LeadPipelineStarterFunctionRole"])
def test_only_the_outbox_speaks_for_millrace(running, role):
    events = as_role(running, "events", role) if role else running.aws("events")
    entry = {
        "EventBusName": "millrace",
        "Source": "millrace.crm",
        "DetailType": "lead.created",
        "Detail": "{}",
    }
    error = refused(running, events.put_events, Entries=[entry])
    assert "explicit deny" in error["Message"]


def test_a_machine_calls_with_its_own_role(running):
    assert running.platform.ready.wait(60)
    iam, role = running.aws("iam"), "LeadPipelineMachineRole"
    deny = {"Effect": "Deny", "Action": "lambda:InvokeFunction", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="Off", PolicyDocument=policy)
    try:
        ended = boto3.client(
            "stepfunctions",
            endpoint_url=running.platform.aws_url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(inject_host_prefix=False),
        ).start_sync_execution(
            stateMachineArn=running.platform.deployment.attribute("LeadPipelineMachine", "Arn"),
            input=json.dumps({"data": {"name": "N"}}),
        )
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="Off")
    refusals = {(r.role, r.action) for r in running.platform.access.refused}
    running.platform.access.refused.clear()
    assert ended["status"] == "FAILED"
    assert refusals == {(role, "lambda:InvokeFunction")}
