"""Texts under names that are their hashes, in S3: written once, never changed."""

from __future__ import annotations

from shared.platform.aws import client


class MissingBlobError(LookupError):
    """There is no text of a name; the message is the name."""


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
        """The text of a name.

        Raises:
            MissingBlobError: there is none.
        """
        s3 = client("s3")
        try:
            found = s3.get_object(Bucket=self._bucket, Key=name)
        except s3.exceptions.NoSuchKey:
            raise MissingBlobError(name) from None
        with found["Body"] as body:
            return bytes(body.read()).decode()
