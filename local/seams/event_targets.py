"""What a rule matches goes to its queues, and a target that cannot be reached stops no other.

moto raises NotImplementedError out of PutEvents for functions and machines, ignores `Input` and
`InputPath`, sends for disabled rules, and takes a rule that has a schedule and no pattern for one
that matches everything. Our rules target queues only; archives keep moto's way.
"""

from __future__ import annotations

import copy
import json
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.utils import utcnow
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser

from local.seams.replacing import replace

Deliver = Callable[[str, str, str | None], None]
"""Queue ARN, message, and the ARN of the rule's dead-letter queue."""

_log = logging.getLogger(__name__)
_deliver: Deliver = lambda arn, body, dead_letters: None  # noqa: E731
_stock_send = Rule.send_to_targets


def _send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
    if self.state == "DISABLED" or not self.event_pattern.dump():
        return
    if self.event_pattern.matches_event(original_event):
        _send_to_all(self, original_event, transform_input)


def send_scheduled(rule: Any, due: datetime) -> None:
    """Sends what EventBridge makes of a rule's schedule to the rule's targets."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": due.timestamp(),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    _send_to_all(rule, event, True)


def _send_to_all(rule: Any, event: Any, transform_input: bool) -> None:
    for target in list(rule.targets):
        try:
            _send(rule, target, event, transform_input)
        except Exception as error:  # PutEvents has succeeded once the event is on the bus
            _log.warning("rule %s did not reach %s: %r", rule.name, target["Arn"], error)


def _send(rule: Any, target: dict[str, Any], event: Any, transform_input: bool) -> None:
    if ":sqs:" in target["Arn"]:
        dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
        _deliver(target["Arn"], _body(rule, target, event), dead_letters)
        return
    # A rule of this target alone: threads publish through the same rule.
    alone = copy.copy(rule)
    alone.targets = [target]
    _stock_send(alone, copy.deepcopy(event), transform_input)


def _body(rule: Any, target: dict[str, Any], event: Any) -> str:
    if "Input" in target:
        return str(target["Input"])
    if transformer := target.get("InputTransformer"):
        made: Any = EventTemplateParser.parse(
            transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event
        )
        return made if isinstance(made, str) else json.dumps(made)
    whole = {**event, "account": rule.account_id, "time": _time(event.get("time"))}
    whole.pop("ingestion-time", None)  # moto's own note
    return json.dumps(_at(whole, target["InputPath"]) if "InputPath" in target else whole)


def _at(event: Any, path: str) -> Any:
    import jsonpath_ng.ext

    library: Any = jsonpath_ng.ext  # its stubs do not name what it exports
    found: Any = library.parse(path).find(event)
    return found[0].value if found else None


def _time(given: Any) -> str:
    moment = utcnow() if given is None else datetime.fromtimestamp(float(given), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def install(deliver: Deliver) -> None:
    """Replaces how a rule sends."""
    global _deliver
    _deliver = deliver
    replace(Rule, send_to_targets=_send_to_targets)
