"""The way of a received mail into leads.

SES ─ receipt rule ─┬─> bucket: the mail
                    └─> topic: who it was for, what SES thinks of it ─> queue ─> function
                                                        └─────────────────┴─> dead letters

S3's own event would tell of the object alone: whom the envelope named stands only in SES's notice.
"""

from __future__ import annotations

from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.arns import own_arn
from infra.constructs.data import Data
from infra.constructs.outside_consumer import OutsideConsumer
from infra.constructs.service_function import Deployment
from infra.constructs.tables import BOARD, GET, PUT, index_arn

RULE_SET: Final = "millrace"
_RULE: Final = "leads"
_KEPT: Final = cdk.Duration.days(30)


class MailInput(Construct):
    """Receipt rule, bucket, topic, queue and function."""

    def __init__(self, scope: Construct, deployment: Deployment, data: Data, sender: str) -> None:
        super().__init__(scope, "MailInput")
        config = deployment.config
        self._domain = config.mail_domain
        self._bucket = self._mails()
        self._topic = self._notices()
        told = {
            "CRM_TABLE": data.crm.table_name,
            "IDENTITY_TABLE": data.identity.table_name,
            "MAIL_DOMAIN": config.mail_domain,
            "MAIL_FROM": sender,
        }
        self.consumer = OutsideConsumer(self, "InboundMail", deployment, data, told)
        self._allow(data)
        self._lead_notices()
        self._receive()

    def _mails(self) -> s3.Bucket:
        """Private; mails end after a month: they are personal data."""
        bucket = s3.Bucket(
            self,
            "MailBucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            lifecycle_rules=[s3.LifecycleRule(expiration=_KEPT)],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        bucket.add_to_resource_policy(_for_ses(["s3:PutObject"], bucket.arn_for_objects("*")))
        return bucket

    def _notices(self) -> sns.Topic:
        key = kms.Key(
            self,
            "MailKey",
            description="Encrypts what SES tells of mail",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        key.add_to_resource_policy(_for_ses(["kms:Decrypt", "kms:GenerateDataKey"], "*"))
        topic = sns.Topic(self, "MailTopic", master_key=cast("kms.IKey", key), enforce_ssl=True)
        topic.add_to_resource_policy(_for_ses(["sns:Publish"], topic.topic_arn))
        return topic

    def _allow(self, data: Data) -> None:
        made = self.consumer.function
        made.allow(["s3:GetObject"], [self._bucket.arn_for_objects("*")])
        made.allow([*GET, *PUT, "dynamodb:Query", "dynamodb:UpdateItem"], [data.crm.table_arn])
        made.allow([*GET, *PUT, "dynamodb:UpdateItem"], [data.inbox.table_arn])
        made.allow(["dynamodb:Query"], [index_arn(data.crm, BOARD)])
        # Public keys, and nothing else of who is who.
        public = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["public_key#*"]}}
        made.allow(GET, [data.identity.table_arn], public)

    def _lead_notices(self) -> None:
        delivery, topic = self.consumer.delivery, self._topic.topic_arn
        for queue in (delivery.queue, delivery.dead_letters):
            queue.add_to_resource_policy(_from_topic(queue, topic))
        sns.CfnSubscription(
            self,
            "MailNotices",
            topic_arn=topic,
            protocol="sqs",
            endpoint=delivery.queue.queue_arn,
            raw_message_delivery=True,
            redrive_policy={"deadLetterTargetArn": delivery.dead_letters.queue_arn},
        )

    def _receive(self) -> None:
        rules = ses.CfnReceiptRuleSet(self, "MailRules", rule_set_name=RULE_SET)
        rule = ses.CfnReceiptRule(
            self,
            "MailRule",
            rule_set_name=rules.ref,
            rule=ses.CfnReceiptRule.RuleProperty(
                name=_RULE,
                enabled=True,
                recipients=[self._domain],
                scan_enabled=True,
                tls_policy="Optional",
                actions=[
                    ses.CfnReceiptRule.ActionProperty(
                        s3_action=ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=self._bucket.bucket_name,
                            topic_arn=self._topic.topic_arn,
                        )
                    )
                ],
            ),
        )
        # SES tries to write before it takes the rule.
        for policy in (self._bucket.policy, self._topic.node.find_child("Policy")):
            if policy is not None:
                rule.node.add_dependency(policy)


def _for_ses(allowed: list[str], resource: str) -> iam.PolicyStatement:
    """A right of SES for this account's rule alone; in a key's policy `*` is the key itself."""
    rule = own_arn("ses", f"receipt-rule-set/{RULE_SET}:receipt-rule/{_RULE}")
    return _statement(
        "ses.amazonaws.com", allowed, resource,
        {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID, "aws:SourceArn": rule}},
    )  # fmt: skip


def _from_topic(queue: sqs.Queue, topic: str) -> iam.PolicyStatement:
    condition = {"ArnEquals": {"aws:SourceArn": topic}}
    return _statement("sns.amazonaws.com", ["sqs:SendMessage"], queue.queue_arn, condition)


def _statement(
    service: str, allowed: list[str], resource: str, conditions: dict[str, Any]
) -> iam.PolicyStatement:
    # The generated classes name parameters otherwise than their interfaces, hence the cast.
    return iam.PolicyStatement(
        actions=allowed,
        resources=[resource],
        principals=[cast("iam.IPrincipal", iam.ServicePrincipal(service))],
        conditions=conditions,
    )
