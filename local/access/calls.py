"""What a call of AWS's API asks for: actions, the resources they touch, and their context.

Source: the service authorization reference. A call that stands in no table here asks for its own
action on `*`, which only a statement about all resources allows: nothing passes by oversight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.access.conditions import Values
from local.access.leading_keys import keys_context, leading_keys
from local.blueprint import ACCOUNT, REGION

Params = Mapping[str, Any]
CONFIGURATION_SET: Final = "millrace-mail"
"""The one that the sender's identity names; the laptop has no other."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a call asks for."""

    action: str
    resource: str = "*"
    context: Mapping[str, Values] = field(default_factory=dict)


def needs(service: str, operation: str, params: Params) -> list[Need]:
    """Everything that a call asks for; `service` is IAM's prefix, e.g. `states`."""
    special = _SPECIAL.get((service, operation))
    if special:
        return list(special(params))
    locate = _RESOURCE.get(service)
    context = keys_context(params) if service == "dynamodb" else {}
    return [Need(f"{service}:{operation}", locate(params) if locate else "*", context)]


def arn(service: str, name: str) -> str:
    """The ARN of something in this account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def _table(params: Params) -> str:
    name = str(params.get("TableName", "*"))
    table = name if name.startswith("arn:") else arn("dynamodb", f"table/{name}")
    return f"{table}/index/{params['IndexName']}" if params.get("IndexName") else table


_WRITES: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def _transaction(params: Params) -> Iterator[Need]:
    for item in params.get("TransactItems", ()):
        for kind, operation in item.items():
            yield Need(f"dynamodb:{_WRITES[kind]}", _table(operation), keys_context(operation))


def _batch(action: str) -> Callable[[Params], Iterator[Need]]:
    def of(params: Params) -> Iterator[Need]:
        for name, asked in params.get("RequestItems", {}).items():
            yield Need(action, _table({"TableName": name}), leading_keys(_rows(asked)))

    return of


def _rows(asked: Any) -> Iterator[Params]:
    """The keys or items of one table in a batch."""
    if isinstance(asked, Mapping):
        yield from asked.get("Keys", ())
        return
    for request in asked:
        for operation in request.values():
            yield operation.get("Key") or operation.get("Item") or {}


def _assume(params: Params) -> Iterator[Need]:
    yield Need("sts:AssumeRole", str(params.get("RoleArn", "*")))


def _events(params: Params) -> Iterator[Need]:
    for entry in params.get("Entries", ()):
        context = {
            "events:source": (str(entry.get("Source", "")),),
            "events:detail-type": (str(entry.get("DetailType", "")),),
        }
        yield Need("events:PutEvents", bus_arn(entry.get("EventBusName")), context)


def bus_arn(name: str | None) -> str:
    """The ARN of a bus by name or ARN; none is the default bus."""
    name = name or "default"
    return name if name.startswith("arn:") else arn("events", f"event-bus/{name}")


def _invoke(params: Params) -> Iterator[Need]:
    name = str(params.get("FunctionName", "*"))
    function = name if name.startswith("arn:") else arn("lambda", f"function:{name}")
    if qualifier := params.get("Qualifier"):
        function = f"{function}:{qualifier}"
    yield Need("lambda:InvokeFunction", function)


def _mail(params: Params) -> Iterator[Need]:
    address = str(params.get("FromEmailAddress") or params.get("Source") or "*")
    # "Name <address>" is sent by the address.
    address = address.rpartition("<")[2].rstrip("> ")
    yield Need("ses:SendEmail", arn("ses", f"identity/{address}"))
    # The identity's own set takes part in each of its mails, and needs the right as well.
    yield Need("ses:SendEmail", arn("ses", f"configuration-set/{CONFIGURATION_SET}"))


def _queue(params: Params) -> str:
    return arn("sqs", str(params.get("QueueUrl", "*")).rpartition("/")[2])


def _machine(params: Params) -> str:
    named = ("stateMachineArn", "executionArn", "resourceArn")
    return next((str(params[name]) for name in named if params.get(name)), "*")


def _created_machine(params: Params) -> Iterator[Need]:
    machine = arn("states", f"stateMachine:{params.get('name', '*')}")
    yield Need("states:CreateStateMachine", machine)
    if params.get("tags"):
        yield Need("states:TagResource", machine)
    passed = {"iam:PassedToService": ("states.amazonaws.com",)}
    yield Need("iam:PassRole", str(params.get("roleArn", "*")), passed)


def _answered(params: Params) -> Iterator[Need]:
    # Whose a token is, it does not tell; only machines of flows wait for one.
    yield Need("states:SendTaskSuccess", arn("states", "stateMachine:millrace-flow-of-a-token"))


def _secret(params: Params) -> str:
    name = str(params.get("SecretId") or params.get("Name") or "*")
    return name if name.startswith("arn:") else arn("secretsmanager", f"secret:{name}")


def _object(params: Params) -> str:
    bucket, key = params.get("Bucket", "*"), params.get("Key")
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def _pool(params: Params) -> str:
    return arn("cognito-idp", f"userpool/{params.get('UserPoolId', '*')}")


def _key(params: Params) -> str:
    name = str(params.get("KeyId", "*"))
    return name if name.startswith("arn:") else arn("kms", f"key/{name}")


_RESOURCE: Final[Mapping[str, Callable[[Params], str]]] = {
    "cognito-idp": _pool,
    "dynamodb": _table,
    "kms": _key,
    "s3": _object,
    "secretsmanager": _secret,
    "sqs": _queue,
    "states": _machine,
}
_SPECIAL: Final[Mapping[tuple[str, str], Callable[[Params], Iterator[Need]]]] = {
    ("dynamodb", "BatchGetItem"): _batch("dynamodb:BatchGetItem"),
    ("dynamodb", "BatchWriteItem"): _batch("dynamodb:BatchWriteItem"),
    ("dynamodb", "TransactGetItems"): _transaction,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("events", "PutEvents"): _events,
    ("lambda", "Invoke"): _invoke,
    ("lambda", "InvokeFunction"): _invoke,
    ("ses", "SendEmail"): _mail,
    ("states", "CreateStateMachine"): _created_machine,
    ("states", "SendTaskSuccess"): _answered,
    ("sts", "AssumeRole"): _assume,
    ("sts", "GetCallerIdentity"): lambda params: iter(()),  # whoever has credentials may
    ("sqs", "SendMessageBatch"): lambda params: iter([Need("sqs:SendMessage", _queue(params))]),
    ("sqs", "DeleteMessageBatch"): lambda params: iter([Need("sqs:DeleteMessage", _queue(params))]),
    ("sqs", "ChangeMessageVisibilityBatch"): lambda params: iter(
        [Need("sqs:ChangeMessageVisibility", _queue(params))]
    ),
}
