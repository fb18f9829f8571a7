"""The bus, its archive, and who may speak for Millrace on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_events as events
from constructs import Construct

BUS_NAME: Final = "millrace"
_ARCHIVE_DAYS: Final = 365


def event_bus(scope: Construct) -> events.EventBus:
    """The bus and an archive of everything that was on it."""
    bus = events.EventBus(scope, "EventBus", event_bus_name=BUS_NAME)
    events.CfnArchive(
        scope,
        "EventArchive",
        source_arn=bus.event_bus_arn,
        description="Every event of a year, for replay.",
        retention_days=_ARCHIVE_DAYS,
    )
    return bus


def reserve_own_sources(
    scope: Construct, bus: events.EventBus, role_arns: Sequence[str]
) -> events.CfnEventBusPolicy:
    """Denies the sources `millrace.*` to everyone but the given roles.

    Everyone else in the account may put other sources as far as their own policies go.
    """
    return events.CfnEventBusPolicy(
        scope,
        "EventBusPolicy",
        event_bus_name=bus.event_bus_name,
        statement_id="OnlyTheOutboxSpeaksForMillrace",
        statement={
            "Sid": "OnlyTheOutboxSpeaksForMillrace",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "events:PutEvents",
            "Resource": bus.event_bus_arn,
            "Condition": {
                "StringLike": {"events:source": "millrace.*"},
                "ArnNotEquals": {"aws:PrincipalArn": list(role_arns)},
            },
        },
    )
