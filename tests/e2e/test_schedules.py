"""Schedules that somebody creates over the AWS API on the running platform, and a moved clock."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.infra.blueprint import of_type

pytestmark = pytest.mark.xdist_group("faults")

TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "scheduler.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


@pytest.fixture
def queue(running):
    running.platform.ready.wait(30)
    sqs = running.aws("sqs")
    url = sqs.create_queue(QueueName="ticks")["QueueUrl"]
    yield "arn:aws:sqs:us-east-1:123456789012:ticks"
    sqs.delete_queue(QueueUrl=url)


def role(running, *statements):
    iam = running.aws("iam")
    name = f"ticker-{len(statements)}"
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="Own", PolicyDocument=policy)
    return made


def once(running, minutes, **target):
    """A schedule that fires so many minutes from now, as the platform's clock has it."""
    now = running.platform.schedules.time.now()
    at = (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
    running.aws("scheduler").create_schedule(
        Name="tick",
        ScheduleExpression=f"at({at})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={"Input": "<aws.scheduler.scheduled-time>", **target},
    )
    return now, f"{at}Z"


def test_a_schedule_of_the_aws_api_fires_when_the_clock_is_moved(running, queue):
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
    now, at = once(running, 3, Arn=queue, RoleArn=role(running, allowed))
    running.platform.schedules.move_to(now + timedelta(minutes=4))
    sqs = running.aws("sqs")
    url = sqs.get_queue_url(QueueName="ticks")["QueueUrl"]
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == at
    names = [s["Name"] for s in running.aws("scheduler").list_schedules()["Schedules"]]
    assert set(names) == of_type("Scheduler::Schedule").keys()


def test_a_schedule_calls_with_its_own_role(running, queue):
    retries = {"MaximumRetryAttempts": 0}
    now, _ = once(running, 3, Arn=queue, RoleArn=role(running), RetryPolicy=retries)
    running.platform.schedules.move_to(now + timedelta(minutes=4))
    refusals = [(r.role, r.action, r.resource) for r in running.platform.access.refused]
    running.platform.access.refused.clear()
    assert refusals == [("ticker-0", "sqs:SendMessage", queue)]
