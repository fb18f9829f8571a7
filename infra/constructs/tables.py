"""The tables, and the sets of rights that are given on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.config import StageConfig

GET: Final = ("dynamodb:GetItem",)
READ: Final = (*GET, "dynamodb:Query")
# Transactions need no action of their own: each of their writes is checked as if it stood alone.
PUT: Final = ("dynamodb:PutItem",)
WRITE: Final = ("dynamodb:DeleteItem", *PUT, "dynamodb:UpdateItem")
STREAM: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
)

BOARD: Final = "board"
PENDING: Final = "pending"
CORRELATION: Final = "correlation"
RECENT: Final = "recent"
WORKFLOW: Final = "workflow"
USER: Final = "user"
DUE: Final = "due"
TYPE: Final = "type"

WHOLE: Final = None
"""An index that carries whole items."""


def table(
    scope: Construct,
    name: str,
    config: StageConfig,
    *,
    sort: bool = True,
    keeps: bool = True,
    expires: bool = False,
    indexes: Mapping[str, Sequence[str] | None] | None = None,
    stream: bool = False,
) -> dynamodb.Table:
    """A table keyed by `pk` and `sk`, billed by request.

    Args:
        keeps: its items are the truth, so every moment of 35 days can be restored.
        expires: items with a past `expires_at` are removed.
        indexes: each is keyed by `<name>_pk` and `<name>_sk` and carries the attributes that stand
            there, or WHOLE items; a change of what it does not carry costs it no write.
    """
    made = dynamodb.Table(
        scope,
        name,
        partition_key=_text("pk"),
        sort_key=_text("sk") if sort else None,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=keeps
        ),
        time_to_live_attribute="expires_at" if expires else None,
        stream=dynamodb.StreamViewType.NEW_IMAGE if stream else None,
        deletion_protection=config.keep_data,
        removal_policy=removal(config),
    )
    for index, carried in (indexes or {}).items():
        made.add_global_secondary_index(
            index_name=index,
            partition_key=_text(f"{index}_pk"),
            sort_key=_text(f"{index}_sk"),
            projection_type=(
                dynamodb.ProjectionType.ALL if carried is WHOLE else dynamodb.ProjectionType.INCLUDE
            ),
            non_key_attributes=None if carried is WHOLE else list(carried),
        )
    return made


def index_arn(of: dynamodb.ITable, index: str) -> str:
    """The ARN of one index: rights on a table do not include its indexes."""
    return f"{of.table_arn}/index/{index}"


def removal(config: StageConfig) -> cdk.RemovalPolicy:
    """Whether what holds data outlives its stack."""
    return cdk.RemovalPolicy.RETAIN if config.keep_data else cdk.RemovalPolicy.DESTROY


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
