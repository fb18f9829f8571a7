"""The bucket that files of leads are put into, and their reports."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.tables import removal

_KEPT: Final = cdk.Duration.days(30)


def import_bucket(scope: Construct, config: StageConfig) -> s3.Bucket:
    """A private bucket whose objects end after a month: they are personal data.

    It has versions, so that what is read is what its event tells of, whoever writes meanwhile.
    """
    bucket = s3.Bucket(
        scope,
        "ImportBucket",
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=_KEPT,
                noncurrent_version_expiration=_KEPT,
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
            )
        ],
        removal_policy=removal(config),
    )
    # The CDK's own switch would deploy a function to set this property.
    made = bucket.node.default_child
    assert isinstance(made, s3.CfnBucket)  # noqa: S101
    made.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
            event_bridge_enabled=True
        )
    )
    return bucket
