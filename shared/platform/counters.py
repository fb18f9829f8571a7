"""Numbers that many processes add to at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from shared.platform.aws import client


class Counters(Protocol):
    """The port to counters."""

    def add(self, table: str, key: str, amount: int, expires_at: int) -> int:
        """Adds to a counter that starts at zero, and gives what it is then.

        Args:
            expires_at: when it may be forgotten, in seconds since 1970; the first to add says so.
        """


class DynamoCounters:
    """The port on DynamoDB: one write each."""

    def __init__(self, dynamodb: Callable[[], Any] = lambda: client("dynamodb")) -> None:
        """`dynamodb` gives the client of a call."""
        self._client = dynamodb

    def add(self, table: str, key: str, amount: int, expires_at: int) -> int:
        """See `Counters.add`."""
        answer = self._client().update_item(
            TableName=table,
            Key={"pk": {"S": key}},
            UpdateExpression="ADD #n :n SET #e = if_not_exists(#e, :e)",
            ExpressionAttributeNames={"#n": "used", "#e": "expires_at"},
            ExpressionAttributeValues={":n": {"N": str(amount)}, ":e": {"N": str(expires_at)}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["used"]["N"])
