"""Buses, archives, rules, schedules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.provision.clients import aws
from local.provision.deployment import Deployment


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
    made = aws("events").put_rule(
        Name=physical,
        EventBusName=where,
        EventPattern=json.dumps(properties["EventPattern"]),
        State=properties.get("State", "ENABLED"),
    )
    aws("events").put_targets(Rule=physical, EventBusName=where, Targets=properties["Targets"])
    return {"Ref": physical, "Name": physical, "Arn": made["RuleArn"]}


def schedule(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A schedule; the clock of delivery acts on it, moto only stores such."""
    deployment.wiring.schedules.append({"Name": name, **properties})
    return {"Ref": name, "Name": name}
