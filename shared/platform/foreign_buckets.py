"""Buckets of other accounts, through a role there that lets us in for an external id.

The role's trust policy names the external id, which is ours to give: whoever registers somebody
else's role gets another one, and stays outside.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from shared.platform.aws import client, error_code, s3_as
from shared.platform.spaces import S3Space

ROLE_PREFIX: Final = "millrace-bucket-"
"""How the name of such a role begins: no role of ours does, so none can be taken by its name."""
_SECONDS: Final = 900
_RESERVE: Final = 120
_KEPT: Final = 100


class BucketClosedError(Exception):
    """The bucket cannot be reached; the message says what AWS said."""

    error_type: Final = "BucketClosed"


@dataclass(frozen=True, slots=True)
class ForeignBucket:
    """A bucket, and how we come to it."""

    name: str
    role: str
    """The ARN of a role in the bucket's account."""
    external_id: str
    region: str
    prefix: str = ""


class ForeignBuckets:
    """Opens buckets; the sessions are kept, each for its own role and external id."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: OrderedDict[ForeignBucket, tuple[Any, float]] = OrderedDict()

    def account(self) -> str:
        """Our own account: no role in it may be registered."""
        return _account()

    def open(self, bucket: ForeignBucket) -> S3Space:
        """What is in a bucket; the role is taken when something is asked of it."""
        return S3Space(bucket.name, bucket.prefix, lambda: self._client(bucket))

    def check(self, bucket: ForeignBucket) -> None:
        """Looks whether the bucket can be listed.

        Raises:
            BucketClosedError: the role does not let us in, or cannot see the bucket.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client(bucket).list_objects_v2(
                Bucket=bucket.name, Prefix=bucket.prefix, MaxKeys=1
            )
        except ClientError as error:
            raise BucketClosedError(f"{error_code(error)}; look at the role's policies") from None
        except BotoCoreError as error:
            raise BucketClosedError(type(error).__name__) from None

    def _client(self, bucket: ForeignBucket) -> Any:
        found, until = self._kept.get(bucket, (None, 0.0))
        if found is None or until - _RESERVE <= self._clock():
            found = self._assumed(bucket)
            self._kept[bucket] = found, self._clock() + _SECONDS
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _assumed(self, bucket: ForeignBucket) -> Any:
        from botocore.exceptions import ClientError

        try:
            given = client("sts").assume_role(
                RoleArn=bucket.role, RoleSessionName="millrace", ExternalId=bucket.external_id,
                DurationSeconds=_SECONDS,
            )["Credentials"]  # fmt: skip
        except ClientError as error:
            told = f"the role does not let Millrace in ({error_code(error)})"
            raise BucketClosedError(f"{told}; let its trust policy name the external id") from None
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return s3_as(*keys, bucket.region)


@cache
def _account() -> str:
    return str(client("sts").get_caller_identity()["Account"])
