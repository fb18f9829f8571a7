"""A function that is called again and again."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.queue_with_dead_letters import dead_letters
from infra.constructs.roles import right, service_role
from infra.constructs.service_function import ServiceFunction


def repeat(scope: Construct, name: str, function: ServiceFunction, rate: str) -> None:
    """Calls a function at a rate such as `rate(1 minute)`, with a role of its own.

    The next call does what this one left: an old one is worth nothing.
    """
    failed = dead_letters(scope, f"{name}DeadLetters")
    rights = [
        right(["lambda:InvokeFunction"], [function.arn]),
        right(["sqs:SendMessage"], [failed.queue_arn]),
    ]
    role = service_role(
        scope, f"{name}ScheduleRole", "scheduler", iam.PolicyDocument(statements=rights)
    )
    target = scheduler.CfnSchedule.TargetProperty(
        arn=function.arn,
        role_arn=role.role_arn,
        retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
            maximum_event_age_in_seconds=60, maximum_retry_attempts=1
        ),
        dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failed.queue_arn),
    )
    scheduler.CfnSchedule(
        scope,
        f"{name}Schedule",
        schedule_expression=rate,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=target,
    )
