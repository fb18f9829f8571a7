"""What mail that comes in passes: receipt rules, topics, and the queues that hear of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.provision.clients import aws
from local.provision.deployment import Deployment


def receipt_rule_set(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A set of receipt rules, active at once: nobody has to switch a laptop's on."""
    physical = properties.get("RuleSetName", name)
    aws("ses").create_receipt_rule_set(RuleSetName=physical)
    aws("ses").set_active_receipt_rule_set(RuleSetName=physical)
    return {"Ref": physical, "Name": physical}


def receipt_rule(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """One rule; the laptop's SES acts on it when a mail is handed to it."""
    rule = properties["Rule"]
    aws("ses").create_receipt_rule(RuleSetName=properties["RuleSetName"], Rule=rule)
    return {"Ref": rule.get("Name", name), "Name": rule.get("Name", name)}


def topic(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A topic."""
    physical = properties.get("TopicName", name)
    arn = aws("sns").create_topic(Name=physical)["TopicArn"]
    return {"Ref": arn, "Name": physical, "Arn": arn, "TopicArn": arn, "TopicName": physical}


def subscription(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """Who hears of a topic."""
    raw = str(properties.get("RawMessageDelivery", False)).lower()
    made = aws("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes={"RawMessageDelivery": raw},
    )
    return {"Ref": made["SubscriptionArn"], "Name": name, "Arn": made["SubscriptionArn"]}
