"""What S3 tells EventBridge: AWS's shape, the default bus only, and the key as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


@pytest.fixture
def bucket(seamed):
    s3, events = seamed.s3, seamed.events
    s3.create_bucket(Bucket="uploads")
    s3.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    events.create_event_bus(Name="other")
    for bus in ("default", "other"):
        pattern = json.dumps({"source": ["aws.s3"]})
        events.put_rule(Name="r", EventBusName=bus, EventPattern=pattern)
        events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "1", "Arn": QUEUE}])
    return s3


def told(seamed, kind="Object Created"):
    found = [json.loads(body) for _, body, _ in seamed.delivered]
    return [event for event in found if event["detail-type"] == kind]


def shape(value):
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else ...


def test_an_event_has_the_shape_of_the_sample(seamed, bucket):
    sample = json.loads((ROOT / "events/aws/s3_object_created.json").read_text())
    put = bucket.put_object(Bucket="uploads", Key="demo/a.csv", Body=b"name\n")
    [event] = told(seamed)
    assert shape(event) == shape(sample)
    detail = event["detail"]
    assert detail["object"]["version-id"] == put["VersionId"]
    assert detail["object"]["size"] == 5
    assert (detail["bucket"]["name"], detail["reason"]) == ("uploads", "PutObject")


@pytest.mark.parametrize("key", ["demo/März 2026+100%.csv", "demo/a%2Fb.csv"])
def test_a_key_is_not_encoded(seamed, bucket, key):
    bucket.put_object(Bucket="uploads", Key=key, Body=b"x")
    assert [event["detail"]["object"]["key"] for event in told(seamed)] == [key]


def test_events_can_be_told_apart_and_put_in_order(seamed, bucket):
    for n in range(3):
        bucket.put_object(Bucket="uploads", Key="a", Body=str(n).encode())
    events = told(seamed)
    assert len({event["id"] for event in events}) == 3
    numbers = [event["detail"]["object"]["sequencer"] for event in events]
    assert numbers == sorted(set(numbers))


def test_an_upload_in_parts_is_created_once(seamed, bucket):
    started = bucket.create_multipart_upload(Bucket="uploads", Key="big")["UploadId"]
    same = {"Bucket": "uploads", "Key": "big", "UploadId": started}
    part = bucket.upload_part(**same, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    bucket.complete_multipart_upload(**same, MultipartUpload=parts)
    assert [e["detail"]["reason"] for e in told(seamed)] == ["CompleteMultipartUpload"]


def test_a_queue_that_is_gone_fails_no_upload(seamed, bucket, caplog):
    seamed.refused.add(QUEUE)
    bucket.put_object(Bucket="uploads", Key="a", Body=b"x")
    assert QUEUE in caplog.text


def test_a_policy_that_demands_encryption_lets_the_owner_in(seamed, bucket):
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::uploads/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    bucket.put_bucket_policy(Bucket="uploads", Policy=json.dumps({"Statement": [statement]}))
    assert bucket.put_object(Bucket="uploads", Key="a", Body=b"x")["VersionId"]
