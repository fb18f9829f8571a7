"""Buses, archives, rules, schedules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.blueprint import ACCOUNT, REGION, BlueprintError
from local.provision.clients import aws
from local.provision.deployment import Deployment
from local.schedules.entries import timing_of, zone_of
from local.schedules.expressions import ExpressionError


def bus(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """An event bus."""
    physical = properties.get("Name", name)
    arn = aws("events").create_event_bus(Name=physical)["EventBusArn"]
    return {"Ref": physical, "Name": physical, "Arn": arn}


def archive(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """An archive of a bus."""
    physical = properties.get("ArchiveName", name)
    made = aws("events").create_archive(
        ArchiveName=physical,
        EventSourceArn=properties["SourceArn"],
        RetentionDays=properties.get("RetentionDays", 0),
    )
    return {"Ref": physical, "Name": physical, "Arn": made["ArchiveArn"]}


def rule(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A rule with its targets."""
    physical = properties.get("Name", name)
    where = properties.get("EventBusName", "default")
    told: dict[str, Any] = {"State": properties.get("State", "ENABLED")}
    if pattern := properties.get("EventPattern"):
        told["EventPattern"] = json.dumps(pattern)
    if expression := properties.get("ScheduleExpression"):
        _readable(name, expression, "UTC", of_rule=True)
        told["ScheduleExpression"] = expression
    made = aws("events").put_rule(Name=physical, EventBusName=where, **told)
    aws("events").put_targets(Rule=physical, EventBusName=where, Targets=properties["Targets"])
    return {"Ref": physical, "Name": physical, "Arn": made["RuleArn"]}


def schedule(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A schedule; moto only keeps it, the clock of `local.schedules` acts on it."""
    physical, group = properties.get("Name", name), properties.get("GroupName", "default")
    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    _readable(name, properties["ScheduleExpression"], zone)
    deployment.later.append(
        lambda: aws("scheduler").create_schedule(**{**properties, "Name": physical})
    )
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{physical}"
    return {"Ref": physical, "Name": physical, "Arn": arn}


def _readable(name: str, expression: str, zone: str, *, of_rule: bool = False) -> None:
    try:
        timing_of(expression, of_rule)
        zone_of(zone)
    except ExpressionError as error:
        raise BlueprintError(f"{name}: {error}") from None
