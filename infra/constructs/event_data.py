"""Who may leave and fetch what the bus does not carry of events, and who opens what is sealed.

What is too large lies under TENANT/events/ and is kept as long as timelines are, which have no
end: it goes with its tenant. What a transaction that failed has left there is the same object at
its next try.
"""

from __future__ import annotations

from infra.constructs.data import Data
from infra.constructs.service_function import ServiceFunction
from infra.constructs.tables import PUT

BUCKET = "EVENTS_BUCKET"
KEY = "DATA_KEY_ID"
KEY_ROWS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#data_keys"]}}
"""The rows of data keys, which only KMS makes readable."""


def may_leave(made: ServiceFunction, data: Data) -> None:
    """A function that writes events."""
    made.add_environment(BUCKET, data.events.bucket_name)
    made.allow(["s3:PutObject"], [data.events.arn_for_objects("*/events/*")])


def may_fetch(made: ServiceFunction, data: Data) -> None:
    """A function that works with events, or shows them."""
    made.add_environment(BUCKET, data.events.bucket_name)
    made.allow(["s3:GetObject"], [data.events.arn_for_objects("*/events/*")])
    # Without it S3 does not say whether an object is gone or nobody may read it.
    made.allow(["s3:ListBucket"], [data.events.bucket_arn])


def may_open(made: ServiceFunction, data: Data) -> None:
    """A function that works with whole events: with what is large, and what is personal."""
    may_fetch(made, data)
    made.add_environment(KEY, data.data_key.key_id)
    made.allow(["kms:Decrypt"], [data.data_key.key_arn])


def may_seal(made: ServiceFunction, data: Data) -> None:
    """A function that puts events on the bus: it makes keys, and keeps them encrypted."""
    made.add_environment(KEY, data.data_key.key_id)
    made.add_environment("IDENTITY_TABLE", data.identity.table_name)
    made.allow(["kms:Decrypt", "kms:GenerateDataKey"], [data.data_key.key_arn])
    made.allow(["dynamodb:Query", *PUT], [data.identity.table_arn], KEY_ROWS)
