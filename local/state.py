"""The local state as plain data, in one picture: tables, queues, users, objects, machines."""

from __future__ import annotations

import pickle
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import Message, sqs_backends

from local.blueprint import ACCOUNT, REGION
from local.seams import cognito_users, saved_machines, saved_objects
from local.seams.state_lock import CHANGES, STATE_LOCK


def change_count() -> int:
    """Grows with every change."""
    return CHANGES.count


def dump() -> bytes:
    """Everything that a restart must bring back."""
    with STATE_LOCK:
        tables = {
            table.name: [item.to_json()["Attributes"] for item in table.all_items()]
            for table in dynamodb_backends[ACCOUNT][REGION].tables.values()
        }
        queues = {
            queue.name: [_message(message) for message in queue._messages]
            for queue in sqs_backends[ACCOUNT][REGION].queues.values()
        }
        users = cognito_users.dump()
        secrets = _secrets()
        machines, objects = saved_machines.dump(), saved_objects.dump()
    kept = {"tables": tables, "queues": queues, "users": users, "secrets": secrets}
    return pickle.dumps({**kept, "machines": machines, "objects": objects})


def load(data: bytes) -> list[str]:
    """Puts a dump into the tables and queues that stand; which of the dump's do not."""
    state: dict[str, Any] = pickle.loads(data)
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    queues = sqs_backends[ACCOUNT][REGION].queues
    with STATE_LOCK:
        for name, items in state["tables"].items():
            if name in tables:
                for item in items:
                    _restore_item(tables[name], item)
        for name, messages in state["queues"].items():
            if name in queues:
                for message in messages:
                    queues[name].add_message(_restored(message))
        cognito_users.load(state.get("users", {}))
        _restore_secrets(state.get("secrets", {}))
        saved_objects.load(state.get("objects", {}))
        saved_machines.keep(state.get("machines", []))
    absent = (state["tables"].keys() - tables.keys()) | (state["queues"].keys() - queues.keys())
    return sorted(absent)


def _secrets() -> dict[str, str]:
    """All secrets: those that functions made are in no blueprint."""
    kept = secretsmanager_backends[ACCOUNT][REGION].secrets
    said = {
        secret.name: secret.versions.get(secret.default_version_id or "", {}).get("secret_string")
        for secret in list(kept.values())
        if not secret.is_deleted()
    }
    return {name: value for name, value in said.items() if value is not None}


def _restore_secrets(saved: dict[str, str]) -> None:
    backend = secretsmanager_backends[ACCOUNT][REGION]
    for name, value in saved.items():
        if name not in backend.secrets:  # the deployment's own are there already
            backend.create_secret(name, value, None, None, None, None, None, [], False)


def _restore_item(table: Any, item: dict[str, Any]) -> None:
    stream, table.stream_shard = table.stream_shard, None
    try:
        table.put_item(item)
    finally:
        table.stream_shard = stream


def _message(message: Any) -> dict[str, Any]:
    return {
        "id": message.id,
        "body": message.body,
        "attributes": message.message_attributes,
        "sent": message.sent_timestamp,
        "received": message.approximate_receive_count,
        "group": message.group_id,
        "deduplication": message.deduplication_id,
    }


def _restored(saved: dict[str, Any]) -> Any:
    """Whoever had the message in hand is gone: it is visible again."""
    message = Message(saved["id"], saved["body"])
    message.message_attributes = saved["attributes"]
    message.sent_timestamp = saved["sent"]
    message.approximate_receive_count = saved["received"]
    message.group_id = saved["group"]
    message.deduplication_id = saved["deduplication"]
    return message
