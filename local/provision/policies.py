"""Policies of resources: who else than their owner may use queues, buckets, buses and functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.lambda_host import name_of, qualifier_of
from local.provision.clients import aws
from local.provision.deployment import Deployment


def queue_policy(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """The policy of queues."""
    policy = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return {"Ref": name, "Name": name}


def bucket_policy(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """The policy of a bucket."""
    policy = json.dumps(properties["PolicyDocument"])
    aws("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return {"Ref": name, "Name": name}


def bus_policy(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """One statement about a bus."""
    policy = {"Version": "2012-10-17", "Statement": [properties["Statement"]]}
    aws("events").put_permission(EventBusName=properties["EventBusName"], Policy=json.dumps(policy))
    return {"Ref": name, "Name": name}


def permission(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """One caller that a function lets in."""
    function = properties["FunctionName"]
    told = {"Qualifier": qualifier_of(function), **properties}
    how: dict[str, Any] = {
        key: told[key] for key in ("Qualifier", "SourceArn", "SourceAccount") if told.get(key)
    }
    aws("lambda").add_permission(
        FunctionName=name_of(function),
        StatementId=name,
        Action=properties["Action"],
        Principal=properties["Principal"],
        **how,
    )
    return {"Ref": name, "Name": name}
