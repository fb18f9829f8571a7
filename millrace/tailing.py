"""Events as they pass the bus: a rule and a queue that exist while somebody looks.

bus ─ rule millrace-tail-… ─> queue millrace-tail-… ─ long polls ─> this process

Both are removed at the end, also after Ctrl-C, a SIGTERM, or when the terminal closes. After a
SIGKILL they stay: their names say what they are, and the queue keeps a message for five minutes.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from secrets import token_hex
from types import FrameType
from typing import Any, Final

from millrace.aws import Aws
from millrace.failing import CommandError

NAME: Final = "millrace-tail-"
_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
"""Also when the terminal is closed, the rule and the queue go."""
_KEEP_SECONDS: Final = "300"
_POLL_SECONDS: Final = 10
Arrived = dict[str, Any]


@contextmanager
def tailed(aws: Aws, bus: str, types: Sequence[str]) -> Iterator[Callable[[float], list[Arrived]]]:
    """Gives what takes the events that came, waiting at most so many seconds for the first."""
    name = f"{NAME}{token_hex(4)}"
    sqs, events = aws.client("sqs"), aws.client("events")
    with ExitStack() as undoing, _terminated_like_interrupted():
        url = sqs.create_queue(
            QueueName=name, Attributes={"MessageRetentionPeriod": _KEEP_SECONDS}
        )["QueueUrl"]
        undoing.callback(sqs.delete_queue, QueueUrl=url)
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        queue_arn = answer["Attributes"]["QueueArn"]
        rule_arn = events.put_rule(
            Name=name, EventBusName=bus, EventPattern=json.dumps(_pattern(types)),
            Description="Somebody runs `millrace events tail`; may be removed.",
        )["RuleArn"]  # fmt: skip
        undoing.callback(events.delete_rule, Name=name, EventBusName=bus)
        policy = json.dumps(_policy(queue_arn, rule_arn))
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        _aim(events, name, bus, queue_arn)
        undoing.callback(events.remove_targets, Rule=name, EventBusName=bus, Ids=["tail"])
        yield lambda seconds: _take(sqs, url, seconds)


def _aim(events: Any, rule: str, bus: str, queue_arn: str) -> None:
    targets = [{"Id": "tail", "Arn": queue_arn}]
    answer = events.put_targets(Rule=rule, EventBusName=bus, Targets=targets)
    for failed in answer.get("FailedEntries", ()):
        raise CommandError(f"AWS refused the target of the rule: {failed.get('ErrorMessage')}")


def _take(sqs: Any, url: str, seconds: float) -> list[Arrived]:
    wait = round(min(_POLL_SECONDS, seconds))
    until = time.monotonic() + min(seconds, wait or 0.2)
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
    messages = answer.get("Messages", [])
    if not messages and (rest := until - time.monotonic()) > 0:
        time.sleep(rest)  # who does not hold a long poll is not asked more often for it
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def _pattern(types: Sequence[str]) -> dict[str, Any]:
    everything: dict[str, Any] = {"source": [{"prefix": ""}]}
    return everything | ({"detail-type": list(types)} if types else {})


def _policy(queue_arn: str, rule_arn: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in _ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
