"""Where every alarm of a stage is told, and who hears it."""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.arns import own_arn


class AlarmTopic(Construct):
    """An encrypted topic that CloudWatch alone may publish to, over TLS alone."""

    def __init__(self, scope: Construct, name: str, config: StageConfig) -> None:
        super().__init__(scope, name)
        # A key of our own: CloudWatch may not use the one that AWS manages for topics.
        key = kms.Key(
            self,
            "AlarmKey",
            description="Encrypts what alarms say",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._topic = sns.Topic(
            self, "AlarmTopic", master_key=cast("kms.IKey", key), enforce_ssl=True
        )
        key.add_to_resource_policy(_for_cloudwatch(["kms:Decrypt", "kms:GenerateDataKey"], "*"))
        self._topic.add_to_resource_policy(_for_cloudwatch(["sns:Publish"], self._topic.topic_arn))
        if config.alarm_mail:
            sns.CfnSubscription(
                self,
                "AlarmMail",
                topic_arn=self._topic.topic_arn,
                protocol="email",
                endpoint=config.alarm_mail,
            )

    def hear_alarms_of(self, scope: Construct) -> None:
        """Tells this topic of every alarm below a scope, and when it is over."""
        told = [self._topic.topic_arn]
        for found in scope.node.find_all():
            if isinstance(found, cloudwatch.CfnAlarm):
                found.alarm_actions = found.ok_actions = told


def _for_cloudwatch(allowed: list[str], resource: str) -> iam.PolicyStatement:
    """A right of this account's alarms; in a key's policy `*` is the key itself."""
    # The generated classes name parameters otherwise than their interfaces, hence the casts.
    return iam.PolicyStatement(
        actions=allowed,
        resources=[resource],
        principals=[cast("iam.IPrincipal", iam.ServicePrincipal("cloudwatch.amazonaws.com"))],
        conditions={"ArnLike": {"aws:SourceArn": own_arn("cloudwatch", "alarm:*")}},
    )
