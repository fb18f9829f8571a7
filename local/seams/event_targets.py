"""What a rule matches goes to its queues, and a target that cannot be reached stops no other.

moto raises NotImplementedError out of PutEvents for functions and machines, and ignores `Input`.
Our rules target queues only; archives keep moto's own way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.utils import utcnow
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser

from local.seams.replacing import replace

Deliver = Callable[[str, str, str | None], None]
"""Queue ARN, message, and the ARN of the rule's dead-letter queue."""

_deliver: Deliver = lambda arn, body, dead_letters: None  # noqa: E731
_stock_send = Rule.send_to_targets


def _send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
    if not self.event_pattern.matches_event(original_event):
        return
    others = [t for t in self.targets if ":sqs:" not in t["Arn"]]
    for target in self.targets:
        if target not in others:
            dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
            _deliver(target["Arn"], _body(self, target, original_event), dead_letters)
    if others:
        queues, self.targets = self.targets, others
        try:
            _stock_send(self, original_event, transform_input)
        finally:
            self.targets = queues


def _body(rule: Any, target: dict[str, Any], event: Any) -> str:
    if "Input" in target:
        return str(target["Input"])
    if transformer := target.get("InputTransformer"):
        made: Any = EventTemplateParser.parse(
            transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event
        )
        return made if isinstance(made, str) else json.dumps(made)
    return json.dumps({**event, "account": rule.account_id, "time": _time(event.get("time"))})


def _time(given: Any) -> str:
    moment = utcnow() if given is None else datetime.fromtimestamp(float(given), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def install(deliver: Deliver) -> None:
    """Replaces how a rule sends."""
    global _deliver
    _deliver = deliver
    replace(Rule, send_to_targets=_send_to_targets)
