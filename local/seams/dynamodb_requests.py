"""One DynamoDB request at a time.

moto's tables are plain dicts without a lock: 320 ADDs from eight threads counted to 302. The token
of a transaction that succeeded is remembered: moto ignores it, and a retry would count twice.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, Final

from moto.dynamodb.responses import DynamoHandler

from local.seams.replacing import replace
from local.seams.state_lock import CHANGES, STATE_LOCK

_TOKEN_SECONDS: Final = 600

_tokens: OrderedDict[str, tuple[float, Any]] = OrderedDict()
_stock_call = DynamoHandler.call_action
_stock_transact = DynamoHandler.transact_write_items


def _call_action(self: Any) -> Any:
    with STATE_LOCK:
        if not self._get_action().startswith(("Get", "Query", "Describe", "List", "BatchGet")):
            CHANGES.note()
        return _stock_call(self)


def _transact(self: Any) -> Any:
    token = self.body.get("ClientRequestToken")
    _forget()
    if token in _tokens:
        return _tokens[token][1]
    answer = _stock_transact(self)
    if token:
        _tokens[token] = (time.monotonic(), answer)
    return answer


def _forget() -> None:
    while _tokens:
        token, (at, _) = next(iter(_tokens.items()))
        if time.monotonic() - at < _TOKEN_SECONDS and len(_tokens) < 10_000:
            return
        del _tokens[token]


def install() -> None:
    """Replaces the entry of every DynamoDB request."""
    replace(DynamoHandler, call_action=_call_action, transact_write_items=_transact)
