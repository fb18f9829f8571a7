"""One firing of a schedule of EventBridge Scheduler: what is sent, where to, and in whose name."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from local.blueprint import ACCOUNT, REGION
from local.schedules.entries import Entry, target_of

Clients = Callable[[str, str], Any]
"""The boto3 client of a service that calls with a role (its ARN)."""

_ATTRIBUTE: Final = "<aws.scheduler.{}>"
_DEFAULT_RETRIES: Final = 185
_DEFAULT_AGE_SECONDS: Final = 86_400


class UnsupportedTargetError(Exception):
    """A target that the laptop cannot call."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A firing and how often it was tried."""

    entry: Entry
    scheduled: datetime
    attempt: int = 1
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def target(self) -> Mapping[str, Any]:
        """Where it goes."""
        return target_of(self.entry)

    @property
    def max_retries(self) -> int:
        """How often it may be tried again."""
        policy = self.target.get("RetryPolicy", {})
        return int(policy.get("MaximumRetryAttempts", _DEFAULT_RETRIES))

    @property
    def max_age_seconds(self) -> int:
        """For how long it may be tried."""
        policy = self.target.get("RetryPolicy", {})
        return int(policy.get("MaximumEventAgeInSeconds", _DEFAULT_AGE_SECONDS))

    @property
    def body(self) -> str:
        """What the target gets: its input with the context filled in, or AWS's own event."""
        given = self.target.get("Input")
        if given is None:
            return json.dumps(self._event())
        context = {
            "schedule-arn": self.entry.arn,
            "scheduled-time": stamp(self.scheduled),
            "execution-id": self.id,
            "attempt-number": str(self.attempt),
        }
        for name, value in context.items():
            given = given.replace(_ATTRIBUTE.format(name), value)
        return str(given)

    def _event(self) -> dict[str, Any]:
        return {
            "version": "0",
            "id": self.id,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": stamp(self.scheduled),
            "region": REGION,
            "resources": [self.entry.arn],
            "detail": "{}",
        }


def stamp(moment: datetime) -> str:
    """A moment as AWS writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def send(firing: Firing, clients: Clients) -> None:
    """Calls the target once; functions are called asynchronously, as the Scheduler does.

    Raises:
        ClientError: AWS refuses the call.
        UnsupportedTargetError: the target is of a kind that the laptop does not know.
    """
    target = firing.target
    arn, role = str(target["Arn"]), str(target.get("RoleArn", ""))
    service = arn.split(":")[2]
    if service not in _SEND:
        raise UnsupportedTargetError(
            f"{arn} is no target that the laptop knows; use a function, a queue, a state machine "
            "or an event bus"
        )
    client, call = _SEND[service]
    call(clients(client, role), firing, arn)


def bury(firing: Firing, error: Exception, exhausted: str, clients: Clients) -> bool:
    """Sends what could not be delivered to the schedule's dead letters; whether it has some."""
    target = firing.target
    arn = target.get("DeadLetterConfig", {}).get("Arn")
    if not arn:
        return False
    code, message = _said(error)
    attributes = {
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
        "EXECUTION_ID": firing.id,
        "EXHAUSTED_RETRY_CONDITION": exhausted,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(firing.attempt - 1),
        "SCHEDULED_TIME": stamp(firing.scheduled),
        "SCHEDULE_ARN": firing.entry.arn,
        "TARGET_ARN": str(target["Arn"]),
    }
    clients("sqs", str(target.get("RoleArn", ""))).send_message(
        QueueUrl=_queue_url(arn),
        MessageBody=firing.body,
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )
    return True


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, ClientError):
        told = error.response["Error"]
        return told.get("Code", "Unknown"), told.get("Message") or str(error)
    return type(error).__name__, str(error)


def _queue_url(arn: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{arn.rpartition(':')[2]}"


def _call_function(client: Any, firing: Firing, arn: str) -> None:
    client.invoke(FunctionName=arn, InvocationType="Event", Payload=firing.body.encode())


def _send_message(client: Any, firing: Firing, arn: str) -> None:
    group = firing.target.get("SqsParameters", {}).get("MessageGroupId")
    grouped = {"MessageGroupId": group} if group else {}
    client.send_message(QueueUrl=_queue_url(arn), MessageBody=firing.body, **grouped)


def _start_execution(client: Any, firing: Firing, arn: str) -> None:
    client.start_execution(stateMachineArn=arn, name=firing.id, input=firing.body)


def _put_event(client: Any, firing: Firing, arn: str) -> None:
    told = firing.target.get("EventBridgeParameters", {})
    entry = {
        "EventBusName": arn,
        "Source": told.get("Source", ""),
        "DetailType": told.get("DetailType", ""),
        "Detail": firing.body,
    }
    [answer] = client.put_events(Entries=[entry])["Entries"]
    if "ErrorCode" in answer:
        raise ClientError(
            {"Error": {"Code": answer["ErrorCode"], "Message": answer.get("ErrorMessage", "")}},
            "PutEvents",
        )


_SEND: Final[Mapping[str, tuple[str, Callable[[Any, Firing, str], None]]]] = {
    "lambda": ("lambda", _call_function),
    "sqs": ("sqs", _send_message),
    "states": ("stepfunctions", _start_execution),
    "events": ("events", _put_event),
}
