"""Objects of S3."""

from __future__ import annotations

from typing import Protocol

from shared.platform.aws import client


class TooLargeError(Exception):
    """An object that is larger than its reader takes; the message says the limit."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"{size:,} bytes are more than {limit:,}; split the file")


class Objects(Protocol):
    """The port to objects."""

    def read(self, bucket: str, key: str, version: str, limit: int) -> bytes:
        """One version of an object.

        Raises:
            TooLargeError: it has more bytes than the limit; none of them is read.
        """

    def write(self, bucket: str, key: str, body: str) -> None:
        """Puts a JSON document."""


class S3Objects:
    """The port `Objects` on S3."""

    def read(self, bucket: str, key: str, version: str, limit: int) -> bytes:
        """See `Objects.read`."""
        found = client("s3").get_object(Bucket=bucket, Key=key, VersionId=version)
        with found["Body"] as body:
            if found["ContentLength"] > limit:
                raise TooLargeError(found["ContentLength"], limit)
            return bytes(body.read())

    def write(self, bucket: str, key: str, body: str) -> None:
        """See `Objects.write`."""
        client("s3").put_object(
            Bucket=bucket, Key=key, Body=body.encode(), ContentType="application/json"
        )


def beginning(bucket: str, key: str, limit: int) -> bytes:
    """The first bytes of an object, at most `limit`."""
    found = client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{limit - 1}")
    with found["Body"] as body:
        return bytes(body.read(limit))
