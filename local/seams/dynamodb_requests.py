"""One DynamoDB request at a time.

moto's tables are plain dicts without a lock: 320 ADDs from eight threads counted to 302. The token
of a transaction that succeeded is remembered: moto ignores it, and a retry would count twice.
A token with another transaction is refused, as AWS does.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from typing import Any, Final

from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.responses import DynamoHandler

from local.seams import index_lag
from local.seams.replacing import replace
from local.seams.state_lock import CHANGES, STATE_LOCK

_TOKEN_SECONDS: Final = 600
_READING: Final = ("Get", "Query", "Scan", "Describe", "List", "BatchGet", "TransactGet")
_MISMATCH: Final = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"

_tokens: OrderedDict[str, tuple[float, str, Any]] = OrderedDict()
_stock_call = DynamoHandler.call_action
_stock_transact = DynamoHandler.transact_write_items


def _call_action(self: Any) -> Any:
    with STATE_LOCK:
        action = self._get_action()
        if action.startswith(_READING):
            return _stock_call(self)
        CHANGES.note()
        noted = index_lag.note(self.dynamodb_backend, action, self.params)
        answer = _stock_call(self)
        if int(answer[0]) < 300:
            index_lag.keep(noted)
        return answer


def _transact(self: Any) -> Any:
    token = self.body.get("ClientRequestToken")
    if not token:
        return _stock_transact(self)
    _forget()
    # Written down before: the request's items may be changed while it runs.
    asked = json.dumps(self.body, sort_keys=True, default=repr)
    if token in _tokens:
        _, known, answer = _tokens[token]
        if known != asked:
            raise DynamodbException(
                _MISMATCH, f"Token {token} was used with another transaction; draw a new one"
            )
        return answer
    answer = _stock_transact(self)
    _tokens[token] = (time.monotonic(), asked, answer)
    return answer


def _forget() -> None:
    while _tokens:
        token, (at, _, _) = next(iter(_tokens.items()))
        if time.monotonic() - at < _TOKEN_SECONDS and len(_tokens) < 10_000:
            return
        del _tokens[token]


def install() -> None:
    """Replaces the entry of every DynamoDB request; tokens of earlier tables are forgotten."""
    _tokens.clear()
    replace(DynamoHandler, call_action=_call_action, transact_write_items=_transact)
