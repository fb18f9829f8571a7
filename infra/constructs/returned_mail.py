"""The way of a bounce or a complaint to whom the mail was of: default bus ─ rule ─> queue."""

from __future__ import annotations

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.data import Data
from infra.constructs.outside_consumer import OutsideConsumer
from infra.constructs.sending import CONFIGURATION_SET
from infra.constructs.service_function import Deployment
from infra.constructs.tables import GET, PUT


def returned_mail(scope: Construct, deployment: Deployment, data: Data) -> OutsideConsumer:
    """Rule, queue and function `ReturnedMail`."""
    crm = {"CRM_TABLE": data.crm.table_name}
    made = OutsideConsumer(scope, "ReturnedMail", deployment, data, crm)
    tables = [data.crm.table_arn, data.inbox.table_arn]
    made.function.allow([*GET, *PUT], tables)
    # A bounce is an event without a state: its transaction makes sure that there is none.
    bounces = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#bounce#*"]}}
    made.function.allow(["dynamodb:DeleteItem"], [data.crm.table_arn], bounces)
    events.Rule(
        made,
        "Rule",
        description="Mails of ours that came back, or were complained about",
        event_pattern=events.EventPattern(
            source=["aws.ses"],
            detail_type=["Email Bounced", "Email Complaint Received"],
            detail={"mail": {"tags": {"ses:configuration-set": [CONFIGURATION_SET]}}},
        ),
        targets=[made.delivery.as_target()],
    )
    return made
