"""Buckets that only our functions read: large values of runs and events, files of tenants."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.tables import removal


def private_bucket(scope: Construct, name: str, config: StageConfig) -> s3.Bucket:
    """An encrypted bucket in which the tenant leads every key."""
    return s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        lifecycle_rules=[
            s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(1))
        ],
        removal_policy=removal(config),
    )
