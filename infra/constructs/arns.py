"""ARNs that are written out because no construct knows them."""

from __future__ import annotations

import aws_cdk as cdk


def own_arn(service: str, resource: str) -> str:
    """The ARN of something in this account and region."""
    aws = cdk.Aws
    return f"arn:{aws.PARTITION}:{service}:{aws.REGION}:{aws.ACCOUNT_ID}:{resource}"
