"""A schedule of the running platform across a change of the clocks, on a moved clock."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.conftest import Running, serving

pytestmark = pytest.mark.xdist_group("faults")

BERLIN = ZoneInfo("Europe/Berlin")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:half-hours"


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(running):
    iam = running.aws("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "scheduler.amazonaws.com"}}  # fmt: skip
    made = iam.create_role(RoleName="ticker", AssumeRolePolicyDocument=document(trust))
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
    iam.put_role_policy(RoleName="ticker", PolicyName="Own", PolicyDocument=document(allowed))
    return made["Role"]["Arn"]


def fired(running):
    """The scheduled times that a schedule sent, in order."""
    sqs = running.aws("sqs")
    url = sqs.get_queue_url(QueueName="half-hours")["QueueUrl"]
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return sorted(found)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # 02:30 does not exist on the 29th of March: clocks go from 02:00 to 03:00.
        (
            "2026-03-29T00:20:00",
            "2026-03-29T02:40:00",
            ["01:30", "03:00", "03:30", "04:00", "04:30"],
        ),
        # On the 25th of October 02:00 and 02:30 come twice: each fires the first time only.
        ("2026-10-24T23:50:00", "2026-10-25T02:40:00", ["02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_half_hours_of_berlin_while_its_clocks_are_changed(tmp_path, start, end, expected):
    begin, over = (datetime.fromisoformat(f"{at}+00:00") for at in (start, end))
    with serving(tmp_path, now=begin) as platform:
        running = Running(platform)
        assert platform.ready.wait(30)
        running.aws("sqs").create_queue(QueueName="half-hours")
        running.aws("scheduler").create_schedule(
            Name="half-hours",
            ScheduleExpression="cron(0/30 * * * ? *)",
            ScheduleExpressionTimezone="Europe/Berlin",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": QUEUE, "RoleArn": role(running),
                    "Input": "<aws.scheduler.scheduled-time>"},
        )  # fmt: skip
        platform.schedules.move_to(over)
        times = [datetime.fromisoformat(at).astimezone(BERLIN) for at in fired(running)]
    assert [f"{at:%H:%M}" for at in times] == expected
