"""A tenant's space in S3, on moto."""

from __future__ import annotations

import asyncio

import pytest

from local.provision.clients import aws
from shared.platform import aws as platform_aws
from shared.platform.spaces import S3Space


@pytest.fixture
def space(local):
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()
    aws("s3").create_bucket(Bucket="files")
    aws("s3").put_object(Bucket="files", Key="tenants/acme-2/secret.txt", Body=b"theirs")
    yield S3Space("files", "tenants/acme/")
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()


def do(call):
    return asyncio.run(call)


def test_a_file_is_written_read_and_listed(space):
    do(space.write("in/a.txt", b"0123456789"))
    assert do(space.size("in/a.txt")) == 10
    assert do(space.read("in/a.txt", 3, 4)) == b"3456"
    do(space.write("b.txt", b""))
    assert do(space.read("b.txt", 0, 0)) == b""
    assert do(space.list("", 10)) == ["b.txt", "in/a.txt"]
    assert do(space.list("in/", 10)) == ["in/a.txt"]
    assert do(space.list("", 1)) == ["b.txt"]
    assert do(space.size("gone")) is None


def test_security_a_neighbour_whose_name_begins_alike_is_not_seen(space):
    assert do(space.list("", 10)) == []
    with pytest.raises(ValueError, match="end it with /"):
        S3Space("files", "tenants/acme")


def test_a_new_file_takes_a_free_name_once_per_key(space):
    assert do(space.create("r.csv", b"1", "k1")) == "r.csv"
    assert do(space.create("r.csv", b"2", "k2")) == "r_1.csv"
    assert do(space.create("r.csv", b"1", "k1")) == "r.csv"
    assert do(space.create("r.csv", b"2", "k2")) == "r_1.csv"
    assert do(space.read("r_1.csv", 0, 9)) == b"2"


def test_an_append_is_done_once_per_key_whatever_came_in_between(space):
    for key in ("k1", "k2", "k1", "k2"):
        do(space.append("log", key.encode() + b"\n", key))
    assert do(space.read("log", 0, 99)) == b"k1\nk2\n"


def test_an_append_that_was_overtaken_reads_again(space):
    do(space.append("log", b"a", "k1"))
    head, overtaken = space._head, []

    def overtaking(path):
        found = head(path)
        if not overtaken:
            overtaken.append(path)
            do(space.append(path, b"b", "k2"))
        return found

    space._head = overtaking
    do(space.append("log", b"c", "k3"))
    assert do(space.read("log", 0, 99)) == b"abc"
