"""Files of tenants and values of runs outlive a clean stop, whatever else was changed."""

from __future__ import annotations

import asyncio

import pytest

from local.seams.state_lock import CHANGES
from local.snapshots import Snapshots
from shared.platform import aws
from shared.platform.blobs import S3Blobs
from shared.platform.spaces import S3Space


@pytest.fixture
def buckets(seamed):
    aws.client.cache_clear()
    for name in ("spaces", "values"):
        seamed.s3.create_bucket(Bucket=name)
    yield seamed
    aws.client.cache_clear()


def stopped(home, said):
    """Snapshots of a platform that runs and has nothing to write yet."""
    made = Snapshots(home, lambda *told: said.append(told))
    made._write()
    return made


def test_an_object_that_comes_or_goes_is_a_change(buckets):
    counts = [CHANGES.count]
    buckets.s3.put_object(Bucket="spaces", Key="k", Body=b"")
    counts.append(CHANGES.count)
    buckets.s3.get_object(Bucket="spaces", Key="k")
    assert CHANGES.count == counts[-1]
    buckets.s3.delete_object(Bucket="spaces", Key="k")
    counts.append(CHANGES.count)
    assert counts == sorted(set(counts))


def emptied(local):
    for bucket in ("spaces", "values"):
        for entry in local.s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            local.s3.delete_object(Bucket=bucket, Key=entry["Key"])


def test_files_and_values_come_back_after_a_clean_stop(buckets, tmp_path):
    said = []
    running = stopped(tmp_path, said)
    space, values = S3Space("spaces", "tenants/acme/"), S3Blobs("values")
    asyncio.run(space.append("in/log ä.txt", b"a\x00\xff", "call"))
    values.write("0a1b", '{"x": 1}')
    buckets.s3.put_object(
        Bucket="spaces", Key="plain", Body=b"", ContentType="text/csv", Metadata={"Who": "ada"}
    )
    running.close()
    emptied(buckets)
    assert asyncio.run(space.size("in/log ä.txt")) is None
    Snapshots(tmp_path, lambda *told: said.append(told)).restore()
    asyncio.run(space.append("in/log ä.txt", b"a\x00\xff", "call"))  # it knows that call still
    assert asyncio.run(space.read("in/log ä.txt", 0, 9)) == b"a\x00\xff"
    assert values.read("0a1b") == '{"x": 1}'
    plain = buckets.s3.head_object(Bucket="spaces", Key="plain")
    assert (plain["ContentType"], plain["Metadata"]) == ("text/csv", {"who": "ada"})
    assert said == []
