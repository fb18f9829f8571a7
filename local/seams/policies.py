"""The policies that moto holds: of roles, queues, buses, functions and buckets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.core.utils import utcnow
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends

from local.access import Session
from local.blueprint import ACCOUNT, REGION

_NOTHING: Final = '{"Statement": []}'


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
    if service == "iam" and name.startswith("role/"):
        role = _roles().get(arn)
        return [role.assume_role_policy_document] if role is not None else []
    if service == "s3":
        bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name.partition("/")[0])
        return [bucket.policy.decode()] if bucket is not None and bucket.policy else []
    return []


def assumed(access_key: str) -> Session | None:
    """The session that STS gave an access key for; one that has ended may do nothing."""
    for one in reversed(sts_backends[ACCOUNT]["aws"].assumed_roles):
        if one.access_key_id == access_key:
            ended = one.expiration <= utcnow()
            return Session(one.role_arn, one.session_name, _NOTHING if ended else one.policy)
    return None


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
