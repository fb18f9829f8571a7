"""A schedule that AWS would refuse is refused: its expression and its time zone are read.

moto accepts any text for a schedule, `cron(banana)` for a rule, drops `ActionAfterCompletion` from
an update, and answers an unknown group with its own KeyError.
"""

from __future__ import annotations

from typing import Any

from moto.events.exceptions import ValidationException as RuleRefused
from moto.events.models import EventsBackend
from moto.scheduler.exceptions import ValidationException as ScheduleRefused
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local.schedules.entries import timing_of, zone_of
from local.schedules.expressions import ExpressionError
from local.seams.replacing import replace

_stock_create = EventBridgeSchedulerBackend.create_schedule
_stock_update = EventBridgeSchedulerBackend.update_schedule
_stock_answer_update = EventBridgeSchedulerResponse.update_schedule
_stock_put_rule = EventsBackend.put_rule


def _check(expression: str, zone: str | None) -> None:
    try:
        timing_of(expression)
    except ExpressionError as error:
        raise ScheduleRefused(f"Invalid Schedule Expression {expression}. {error}") from None
    try:
        zone_of(zone or "UTC")
    except ExpressionError as error:
        raise ScheduleRefused(f"Invalid ScheduleExpressionTimezone {zone}. {error}") from None


def _create(self: Any, **told: Any) -> Any:
    _check(told["schedule_expression"], told["schedule_expression_timezone"])
    self.get_schedule_group(told["group_name"])
    return _stock_create(self, **told)


def _update(self: Any, **told: Any) -> Any:
    _check(told["schedule_expression"], told["schedule_expression_timezone"])
    schedule = _stock_update(self, **told)
    # What an update does not name falls back to its default, as AWS has it.
    schedule.state = schedule.state or "ENABLED"
    return schedule


def _answer_update(self: Any) -> str:
    answer: str = _stock_answer_update(self)
    name = self.uri.split("?")[0].split("/")[-1]
    schedule = self.scheduler_backend.get_schedule(self._get_param("GroupName"), name)
    schedule.action_after_completion = self._get_param("ActionAfterCompletion")
    return answer


def _put_rule(self: Any, *positional: Any, **told: Any) -> Any:
    if expression := told.get("scheduled_expression"):
        try:
            timing_of(expression, True)
        except ExpressionError as error:
            refused = f"Parameter ScheduleExpression is not valid. {error}"
            raise RuleRefused(refused) from None
    return _stock_put_rule(self, *positional, **told)


def install() -> None:
    """Replaces how schedules and rules are put."""
    replace(EventBridgeSchedulerBackend, create_schedule=_create, update_schedule=_update)
    replace(EventBridgeSchedulerResponse, update_schedule=_answer_update)
    replace(EventsBackend, put_rule=_put_rule)
