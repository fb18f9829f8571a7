"""The policies that moto holds: of roles, queues, buses, functions and buckets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from local.blueprint import ACCOUNT, REGION


def of_role(arn: str) -> Iterable[str]:
    """The documents of a role's own and attached policies."""
    role = _roles().get(arn)
    if role is None:
        return []
    attached = (policy.document for policy in role.managed_policies.values())
    return [*role.policies.values(), *attached]


def of_resource(arn: str) -> Iterable[str]:
    """The documents of a resource's own policy; none for what has none."""
    if arn == "*":
        return []
    service, name = arn.split(":")[2], arn.split(":", 5)[-1]
    if service == "sqs":
        queue: Any = sqs_backends[ACCOUNT][REGION].queues.get(name)
        return [queue.policy] if queue is not None and queue.policy else []
    if service == "events" and name.startswith("event-bus/"):
        bus = events_backends[ACCOUNT][REGION].event_buses.get(name.partition("/")[2])
        return [bus.policy] if bus is not None and bus.policy else []
    if service == "lambda" and name.startswith("function:"):
        return _of_function(name.split(":")[1])
    if service == "s3":
        bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name.partition("/")[0])
        return [bucket.policy.decode()] if bucket is not None and bucket.policy else []
    return []


def _of_function(name: str) -> list[str]:
    function: Any = lambda_backends[ACCOUNT][REGION]._lambdas._functions.get(name)
    if not function or function["latest"] is None:
        return []
    return [json.dumps({"Statement": function["latest"].policy.statements})]


def _roles() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for role in iam_backends[ACCOUNT]["aws"].roles.values():
        found[role.arn] = role
    return found
