"""Who may leave and who may fetch the data of events that is too large for the bus.

It lies under TENANT/events/ and is kept as long as timelines are, which have no end: it goes with
its tenant. What a transaction that failed has left there is the same object at its next try.
"""

from __future__ import annotations

from infra.constructs.data import Data
from infra.constructs.service_function import ServiceFunction

BUCKET = "EVENTS_BUCKET"


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
