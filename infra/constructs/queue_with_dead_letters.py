"""A queue that loses nothing: what nobody could handle lies beside it and rings an alarm."""

from __future__ import annotations

from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import alarm_when

_KEPT: Final = cdk.Duration.days(14)
_TOO_OLD_SECONDS: Final = 900
_RULE_RETRIES: Final = 185
"""As many as EventBridge fits into the day that it tries for."""
TAKE: Final = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
CONSUME: Final = ("sqs:ChangeMessageVisibility", *TAKE)
"""For who also says when a message shall come again."""


def dead_letters(scope: Construct, name: str, *, in_order: bool = False) -> sqs.Queue:
    """A queue for what failed for good; its first message is an alarm."""
    queue = sqs.Queue(
        scope,
        name,
        retention_period=_KEPT,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        fifo=in_order or None,
    )
    waiting = queue.metric_approximate_number_of_messages_visible(period=cdk.Duration.minutes(1))
    alarm_when(scope, f"{name}NotEmpty", waiting, above=0)
    return queue


class QueueWithDeadLetters(Construct):
    """`Queue` and `DeadLetters`.

    A message is invisible for six times its consumer's timeout, as AWS advises: a throttled
    function gets it again only after the poller has given up. `invisible` says otherwise, in
    seconds, for a consumer that is never throttled by others. With `in_order` it is a FIFO queue.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        consumer_timeout: int,
        max_receives: int,
        invisible: int | None = None,
        in_order: bool = False,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letters(self, "DeadLetters", in_order=in_order)
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=cdk.Duration.seconds(invisible or 6 * consumer_timeout),
            fifo=in_order or None,
            retention_period=_KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=max_receives
            ),
        )
        age = self.queue.metric_approximate_age_of_oldest_message(period=cdk.Duration.minutes(5))
        alarm_when(self, "QueueTooOld", age, above=_TOO_OLD_SECONDS)

    def as_target(self) -> events.IRuleTarget:
        """The queue as a rule's target: what cannot be delivered within a day is a dead letter."""
        made = targets.SqsQueue(
            self.queue, dead_letter_queue=self.dead_letters, retry_attempts=_RULE_RETRIES
        )
        # The generated class names a parameter otherwise than its interface, hence the cast.
        return cast("events.IRuleTarget", made)
