"""Objects of the buckets whose versions nobody keeps: values of runs, and files of tenants."""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends

from local.blueprint import ACCOUNT
from local.provision.clients import aws

Saved = dict[str, dict[str, tuple[bytes, dict[str, str]]]]


def dump() -> Saved:
    """By bucket and key: the bytes and what the object says of itself."""
    buckets: dict[str, Any] = s3_backends[ACCOUNT]["aws"].buckets
    return {
        bucket.name: {
            key: (found.value, dict(found.metadata)) for key, found in list(bucket.keys.items())
        }
        for bucket in list(buckets.values())
        if not bucket.is_versioned
    }


def load(saved: Saved) -> None:
    """Puts objects into the buckets that stand."""
    s3, standing = aws("s3"), s3_backends[ACCOUNT]["aws"].buckets
    for bucket, objects in saved.items():
        for key, (body, said) in objects.items():
            if bucket in standing:
                s3.put_object(Bucket=bucket, Key=key, Body=body)
                # As it was: a client would take the type of the content for a user's own word.
                standing[bucket].keys[key].set_metadata(dict(said))
