"""Buckets of other accounts, on moto: through a role, with an external id."""

from __future__ import annotations

import asyncio

import pytest

from local.provision.clients import aws
from shared.nodes.files.tenant_buckets import Opening
from shared.platform import aws as platform_aws
from shared.platform.foreign_buckets import BucketClosedError, ForeignBucket, ForeignBuckets

THEIRS = ForeignBucket(
    "acme-data",
    "arn:aws:iam::111122223333:role/millrace-bucket-acme",
    "millrace-1",
    "us-east-1",
    "in/",
)


@pytest.fixture
def opening(local):
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()
    yield ForeignBuckets()
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()


def test_a_bucket_is_read_and_written_below_its_prefix(opening):
    held: Opening = opening
    assert held.account() == "123456789012"
    aws("s3").create_bucket(Bucket="acme-data")
    aws("s3").put_object(Bucket="acme-data", Key="in/a.txt", Body=b"one")
    aws("s3").put_object(Bucket="acme-data", Key="secret.txt", Body=b"two")
    held.check(THEIRS)
    files = held.open(THEIRS)
    assert asyncio.run(files.list("", 10)) == ["a.txt"]
    assert asyncio.run(files.read("a.txt", 0, 10)) == b"one"
    asyncio.run(files.write("b.txt", b"three"))
    assert aws("s3").get_object(Bucket="acme-data", Key="in/b.txt")["Body"].read() == b"three"


def test_a_bucket_that_is_not_there_is_said(opening):
    with pytest.raises(BucketClosedError, match="NoSuchBucket"):
        opening.check(THEIRS)


def test_the_role_is_taken_with_the_external_id_and_kept_for_a_while(opening):
    aws("s3").create_bucket(Bucket="acme-data")
    asked = []
    sts = platform_aws.client("sts")
    sts.meta.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: (
        asked.append((params["RoleArn"], params["ExternalId"]))))  # fmt: skip
    now = [1_000.0]
    timed = ForeignBuckets(lambda: now[0])
    for _ in range(3):
        timed.check(THEIRS)
    assert asked == [(THEIRS.role, "millrace-1")]
    now[0] += 800
    timed.check(THEIRS)
    assert len(asked) == 2
