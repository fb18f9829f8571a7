"""A durable consumer: the way from the bus to it, its function, and what it may touch.

bus ─ rule ─> queue ─> function
          └──────┴─> dead letters
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import MAX_ATTEMPTS
from infra.constructs.alarms import alarm_of_quarantine
from infra.constructs.data import Data
from infra.constructs.event_data import may_open
from infra.constructs.figures import count_figures
from infra.constructs.pipeline import Surroundings, pascal
from infra.constructs.queue_with_dead_letters import CONSUME, QueueWithDeadLetters
from infra.constructs.service_function import ServiceFunction
from infra.constructs.tables import GET, PUT
from shared.consumers.declaration import Action, Declaration, Place
from shared.events.catalog import spellings

_TIMEOUT_SECONDS: Final = 30
_RECEIVES_BEYOND_ATTEMPTS: Final = 3
"""The consumer quarantines after MAX_ATTEMPTS; only when it cannot do even that, SQS steps in."""
_BATCH: Final = 10
_GRANTS: Final[dict[Action, str]] = {
    "get": "dynamodb:GetItem",
    "query": "dynamodb:Query",
    "put": "dynamodb:PutItem",
    "add": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
}


_KEYS: Final[dict[Place, dict[str, Any]]] = {
    "workflows": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#triggers#*"]}},
}
"""Of a table that others own, the rows that consumers may see."""


class Consumer(Construct):
    """One file of `functions/events/consumers/`, deployed."""

    def __init__(
        self,
        scope: Construct,
        said: Declaration,
        around: Surroundings,
        outlets: Mapping[str, sqs.Queue],
    ) -> None:
        """`outlets` are the queues that consumers may send to."""
        super().__init__(scope, f"{pascal(said.name)}Consumer")
        self.name = said.name
        self._said = said
        self._around = around
        self._outlets = {name: outlets[name] for name in said.sends}
        delivery = QueueWithDeadLetters(
            self,
            "delivery",
            consumer_timeout=_TIMEOUT_SECONDS,
            max_receives=MAX_ATTEMPTS + _RECEIVES_BEYOND_ATTEMPTS,
        )
        self.queue: sqs.Queue = delivery.queue
        self._add_rule(delivery)
        self.function: ServiceFunction = self._add_function()
        alarm_of_quarantine(self, said.name)

    def _add_rule(self, delivery: QueueWithDeadLetters) -> None:
        events.Rule(
            self,
            "Rule",
            event_bus=self._around.bus,
            description=f"Events that {self._said.name} hears",
            event_pattern=_pattern(self._said),
            targets=[delivery.as_target()],
        )

    def _add_function(self) -> ServiceFunction:
        data = self._around.data
        made = ServiceFunction(
            self,
            "Function",
            self._around.deployment,
            service=self._said.name,
            handler=self._said.handler,
            timeout=_TIMEOUT_SECONDS,
            environment={
                "INBOX_TABLE": data.inbox.table_name,
                "QUARANTINE_TABLE": data.quarantine.table_name,
                "IDENTITY_TABLE": data.identity.table_name,
                "QUEUE_URL": self.queue.queue_url,
                "MAX_ATTEMPTS": str(MAX_ATTEMPTS),
                "FIGURES_TABLE": data.projections.table_name,
                **self._places(),
                **{
                    f"{name.upper()}_QUEUE_URL": queue.queue_url
                    for name, queue in self._outlets.items()
                },
            },
        )
        if self._outlets:
            made.allow(["sqs:SendMessage"], [one.queue_arn for one in self._outlets.values()])
        if not self._said.repeatable:
            made.allow([*GET, *PUT], [data.inbox.table_arn])
        if self._said.outside and not self._said.repeatable:
            made.allow(["dynamodb:DeleteItem"], [data.inbox.table_arn])  # a lease is given back
        made.allow(GET, [data.identity.table_arn])
        made.allow(PUT, [data.quarantine.table_arn])
        made.allow(CONSUME, [self.queue.queue_arn])
        count_figures(made, data.projections)
        for place, actions in self._said.needs.items():
            table = _table(data, place).table_arn
            made.allow([_GRANTS[action] for action in actions], [table], _KEYS.get(place))
        if self._said.ordered:
            self._allow_order(made)
        if not self._said.thin:
            may_open(made, data)
        self._map(made)
        return made

    def _places(self) -> dict[str, str]:
        order = ("crm", "projections") if self._said.ordered else ()
        places = sorted({*self._said.needs, *order})
        return {
            f"{place.upper()}_TABLE": _table(self._around.data, place).table_name
            for place in places
        }

    def _allow_order(self, made: ServiceFunction) -> None:
        """Its positions and what waits; the timelines that fill gaps; what was given up."""
        data = self._around.data
        kept: tuple[Action, ...] = ("get", "query", "put", "delete")
        missing = [a for a in kept if a not in self._said.needs.get("projections", ())]
        made.allow([_GRANTS[action] for action in missing], [data.projections.table_arn])
        made.allow(["dynamodb:Query"], [data.crm.table_arn])
        made.allow(GET, [data.quarantine.table_arn])

    def _map(self, made: ServiceFunction) -> None:
        others = self._around.deployment.config.concurrency.others
        lambda_.CfnEventSourceMapping(
            self,
            "QueueMapping",
            function_name=made.function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=_BATCH,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=others
            ),
        )


def _pattern(said: Declaration) -> events.EventPattern:
    pattern = said.pattern()
    types, detail = spellings(said.types) or None, pattern.get("detail")
    if not types and not detail:
        return events.EventPattern(source=events.Match.prefix(""))  # everything
    return events.EventPattern(detail_type=types, detail=detail)


def _table(data: Data, place: str) -> Any:
    return getattr(data, place)  # a place is called as its table is
