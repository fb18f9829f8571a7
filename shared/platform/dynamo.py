"""Tables in DynamoDB."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from shared.platform.aws import client, error_code
from shared.platform.backoff import delays
from shared.platform.tables import (
    Absent,
    Add,
    Condition,
    Item,
    Key,
    Page,
    Present,
    Put,
    Query,
    TablesBusyError,
    TransactionRefusedError,
    Write,
)

_ATTEMPTS = 6


class DynamoTables:
    """The port `Tables` on DynamoDB's own client."""

    def __init__(self, dynamodb: Callable[[], Any] = lambda: client("dynamodb")) -> None:
        """`dynamodb` gives the client of a call; that of one tenant sees no other's rows."""
        self._client = dynamodb

    def get(self, table: str, key: Key) -> Item | None:
        """See `Tables.get`."""
        answer = self._client().get_item(TableName=table, Key=_wire(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def query(self, query: Query) -> Page:
        """See `Tables.query`."""
        answer = self._client().query(**_request(query))
        found = [_plain(item) for item in answer["Items"]]
        if query.since is not None and query.before is not None:
            found = [item for item in found if item[query.sort] != query.before]
        return Page(found, answer.get("LastEvaluatedKey"))

    def count(self, query: Query) -> int:
        """See `Tables.count`."""
        request = _request(query) | {"Select": "COUNT"}
        total = 0
        while True:
            answer = self._client().query(**request)
            total += int(answer["Count"])
            if not (last := answer.get("LastEvaluatedKey")):
                return total
            request["ExclusiveStartKey"] = last

    def transact(self, writes: Sequence[Write]) -> None:
        """See `Tables.transact`."""
        from botocore.exceptions import ClientError

        if len(writes) == 1 and isinstance(writes[0], Put) and writes[0].when is None:
            send = partial(self._client().put_item, **_write(writes[0])["Put"])
        else:
            items = [_write(write) for write in writes]
            send = partial(self._client().transact_write_items, TransactItems=items)
        waits = delays(_ATTEMPTS, base=0.05, cap=1.0)
        while True:
            try:
                send()
                return
            except ClientError as error:
                _raise_if_final(error, writes)
                wait = next(waits, None)
                if wait is None:
                    raise TablesBusyError("too many writers at once; try again") from error
                time.sleep(wait)

    def remove_fields(self, table: str, key: Key, names: Sequence[str]) -> None:
        """See `Tables.remove_fields`."""
        from botocore.exceptions import ClientError

        try:
            self._client().update_item(
                TableName=table,
                Key=_wire(key),
                UpdateExpression="REMOVE " + ", ".join(f"#{name}" for name in names),
                ExpressionAttributeNames={f"#{name}": name for name in names} | {"#pk": "pk"},
                ConditionExpression="attribute_exists(#pk)",
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    def add(self, table: str, key: Key, amounts: Mapping[str, int], expires_at: int) -> None:
        """See `Tables.add`."""
        names = {f"#{place}": name for place, name in enumerate(amounts)}
        values = {f":{place}": amount for place, amount in enumerate(amounts.values())}
        adding = ", ".join(f"#{place} :{place}" for place in range(len(amounts)))
        self._client().update_item(
            TableName=table,
            Key=_wire(key),
            UpdateExpression=f"ADD {adding} SET #e = if_not_exists(#e, :e)",
            ExpressionAttributeNames={**names, "#e": "expires_at"},
            ExpressionAttributeValues=_wire({**values, ":e": expires_at}),
        )


_BUSY: Final = {
    "TransactionInProgressException", "TransactionConflictException", "ThrottlingException",
}  # fmt: skip


def _raise_if_final(error: Any, writes: Sequence[Write]) -> None:
    code = error_code(error)
    if code == "TransactionCanceledException":
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
        refused = [
            write.label
            for write, reason in zip(writes, reasons, strict=False)
            if reason == "ConditionalCheckFailed"
        ]
        if refused:
            raise TransactionRefusedError(refused) from error
        if set(reasons) <= {"None", "TransactionConflict", "ThrottlingError", None}:
            return
    elif code in _BUSY:
        return
    raise error


def _write(write: Write) -> dict[str, Any]:
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    if isinstance(write, Add):
        names["#n"], values[":n"] = write.name, write.amount
        body = {"Key": _wire(write.key), "UpdateExpression": "ADD #n :n"}
        return {"Update": _operation(write.table, body, names, values)}
    body = {"Item": _wire(write.item)} if isinstance(write, Put) else {"Key": _wire(write.key)}
    if write.when is not None:
        body["ConditionExpression"] = _condition(write.when, names, values)
    kind = "Put" if isinstance(write, Put) else "Delete"
    return {kind: _operation(write.table, body, names, values)}


def _operation(
    table: str, body: dict[str, Any], names: dict[str, str], values: dict[str, Any]
) -> dict[str, Any]:
    operation = {"TableName": table, **body}
    if names:
        operation["ExpressionAttributeNames"] = names
    if values:
        operation["ExpressionAttributeValues"] = _wire(values)
    return operation


def _condition(when: Condition, names: dict[str, str], values: dict[str, Any]) -> str:
    if isinstance(when, Absent | Present):
        names["#pk"] = "pk"
        exists = "attribute_exists" if isinstance(when, Present) else "attribute_not_exists"
        return f"{exists}(#pk)"
    names["#w"], values[":w"] = when.name, when.value
    return "#w = :w"


def _request(query: Query) -> dict[str, Any]:
    names = {"#p": query.partition[0]}
    values = {":p": query.partition[1]}
    condition = "#p = :p" + _range(query, names, values)
    request: dict[str, Any] = {
        "TableName": query.table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": _wire(values),
        "ScanIndexForward": not query.descending,
        "ConsistentRead": query.index is None,
    }
    if query.index:
        request["IndexName"] = query.index
    if query.limit:
        request["Limit"] = query.limit
    if query.start:
        request["ExclusiveStartKey"] = dict(query.start)
    return request


def _range(query: Query, names: dict[str, str], values: dict[str, str]) -> str:
    """DynamoDB takes one condition on the sort key."""
    if query.prefix is not None:
        told = {":s": query.prefix}
        text = " AND begins_with(#s, :s)"
    elif query.since is not None and query.before is not None:
        # What equals `before` is dropped afterwards.
        told = {":s": query.since, ":b": query.before}
        text = " AND #s BETWEEN :s AND :b"
    elif (bound := query.since or query.before) is not None:
        told = {":s": bound}
        text = f" AND #s {'>=' if query.since is not None else '<'} :s"
    else:
        return ""
    names["#s"] = query.sort
    values.update(told)
    return text


def _wire(item: Any) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    serializer = TypeSerializer()
    return {name: serializer.serialize(_exact(value)) for name, value in item.items()}


def _plain(item: dict[str, Any]) -> Item:
    from boto3.dynamodb.types import TypeDeserializer

    deserializer = TypeDeserializer()
    return {name: _whole(deserializer.deserialize(value)) for name, value in item.items()}


def _exact(value: Any) -> Any:
    """DynamoDB takes no binary fractions; their shortest decimal form is the same number."""
    return _mapped(value, lambda leaf: Decimal(repr(leaf)) if isinstance(leaf, float) else leaf)


def _whole(value: Any) -> Any:
    """A number without fraction comes back as the integer it was."""
    return _mapped(
        value,
        lambda leaf: int(leaf) if isinstance(leaf, Decimal) and leaf == int(leaf) else leaf,
    )


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_mapped(part, change) for part in value]
    return change(value)
