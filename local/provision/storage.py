"""Tables, queues, buckets, secrets, log groups."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from moto.kms.models import kms_backends

from local.blueprint import ACCOUNT, REGION
from local.provision.clients import aws
from local.provision.deployment import Deployment


def table(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A DynamoDB table; expired items stay, as they may on AWS, and readers pass them over."""
    physical = properties.get("TableName", name)
    request = {
        "TableName": physical,
        "KeySchema": properties["KeySchema"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes := properties.get("GlobalSecondaryIndexes"):
        kept = ("IndexName", "KeySchema", "Projection")
        request["GlobalSecondaryIndexes"] = [{k: i[k] for k in kept} for i in indexes]
    if stream := properties.get("StreamSpecification"):
        request["StreamSpecification"] = {"StreamEnabled": True, **stream}
    made = aws("dynamodb").create_table(**request)["TableDescription"]
    if lifetime := properties.get("TimeToLiveSpecification"):
        aws("dynamodb").update_time_to_live(TableName=physical, TimeToLiveSpecification=lifetime)
    return {
        "Ref": physical,
        "Name": physical,
        "Arn": made["TableArn"],
        "StreamArn": made.get("LatestStreamArn", ""),
    }


def queue(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """An SQS queue; its dead-letter queue is referred to and therefore made before."""
    fifo = bool(properties.get("FifoQueue"))
    physical = properties.get("QueueName", f"{name}.fifo" if fifo else name)
    attributes = {
        key: json.dumps(value) if isinstance(value, dict) else str(value)
        for key, value in properties.items()
        if key in {"VisibilityTimeout", "RedrivePolicy", "DelaySeconds", "MessageRetentionPeriod"}
    }
    if fifo:
        attributes["FifoQueue"] = "true"
    url = aws("sqs").create_queue(QueueName=physical, Attributes=attributes)["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return {
        "Ref": url,
        "Name": physical,
        "QueueName": physical,
        "Arn": arn["Attributes"]["QueueArn"],
    }


def bucket(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A bucket; its objects are in the snapshot unless it keeps versions."""
    # A bucket's name knows no capital letters.
    physical = properties.get("BucketName") or re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
    s3 = aws("s3")
    s3.create_bucket(Bucket=physical)
    if versioning := properties.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=physical, VersioningConfiguration=versioning)
    notified = properties.get("NotificationConfiguration", {})
    if notified.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        s3.put_bucket_notification_configuration(
            Bucket=physical, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    return {"Ref": physical, "Name": physical, "Arn": f"arn:aws:s3:::{physical}"}


def secret(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A secret; its value is the one of the last start, or new."""
    length = properties.get("GenerateSecretString", {}).get("PasswordLength", 32)
    value = deployment.secrets.get(name) or secrets.token_urlsafe(length)[:length]
    physical = properties.get("Name", name)
    made = aws("secretsmanager").create_secret(Name=physical, SecretString=value)
    return {"Ref": made["ARN"], "Name": physical, "Value": value}


def key(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A key of KMS; it is the one of the last start, so that what it encrypted can be read."""
    made = aws("kms").create_key(Description=properties.get("Description", name))["KeyMetadata"]
    backend = kms_backends[ACCOUNT][REGION]
    found = backend.keys.pop(made["KeyId"])
    if kept := deployment.secrets.get(name):
        found.id, material = kept.split(":")
        found.arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{found.id}"
        found.key_material = base64.b64decode(material)
    backend.keys[found.id] = found
    value = f"{found.id}:{base64.b64encode(found.key_material).decode()}"
    return {"Ref": found.id, "Name": found.id, "Arn": found.arn, "Value": value}


def log_group(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A name only: on a laptop functions write to the live log."""
    physical = properties.get("LogGroupName", name)
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{physical}:*"
    return {"Ref": physical, "Name": physical, "Arn": arn}
