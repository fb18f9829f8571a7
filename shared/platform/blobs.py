"""Texts under names that are their hashes, in S3: written once, never changed."""

from __future__ import annotations

from shared.platform.aws import client


class S3Blobs:
    """Keeps texts in a bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def write(self, name: str, text: str) -> None:
        """Keeps a text; the same text again changes nothing."""
        client("s3").put_object(
            Bucket=self._bucket, Key=name, Body=text.encode(), ContentType="application/json"
        )

    def read(self, name: str) -> str:
        """The text of a name."""
        found = client("s3").get_object(Bucket=self._bucket, Key=name)
        with found["Body"] as body:
            return bytes(body.read()).decode()
