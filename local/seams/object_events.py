"""S3 tells EventBridge what it tells it on AWS, and the snapshot that something changed.

moto writes `eTag`, the kind of event as the reason, one sequencer for everything, sends to the
rules of every bus, tells of an upload in parts twice, and swallows whatever goes wrong.
"""

from __future__ import annotations

import itertools
import logging
import time
import uuid
from typing import Any, Final

from moto.events.models import events_backends
from moto.s3 import notifications
from moto.s3.models import S3Backend

from local.seams.replacing import replace
from local.seams.state_lock import CHANGES, STATE_LOCK

_log = logging.getLogger(__name__)
_stock_type = notifications._detail_type
_stock_put = S3Backend.put_object
_stock_delete = S3Backend.delete_object
_numbers = itertools.count(1)
_REASONS: Final = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
}


def _tell(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
    try:
        event: Any = _event(account_id, bucket, event_name, key)
        rules = events_backends[account_id][bucket.region_name].event_buses["default"].rules
        for rule in list(rules.values()):
            rule.send_to_targets(event)
    except Exception as error:  # the object stands, whoever hears of it
        _log.warning("%s of %s/%s was not told: %r", event_name, bucket.name, key.name, error)


def _event(account_id: str, bucket: Any, event_name: str, key: Any) -> dict[str, Any]:
    name = event_name.rpartition(":")[2]
    told = {
        "key": key.name,
        "size": key.size,
        "etag": key.etag.replace('"', ""),
        "sequencer": f"{time.time_ns():016X}{next(_numbers):04X}",
    }
    if bucket.is_versioned:
        told["version-id"] = key.version_id
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _stock_type(event_name),
        "source": "aws.s3",
        "account": account_id,
        "time": time.time(),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": told,
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": _REASONS.get(name, name),
        },
    }


def _put_object(self: Any, *positional: Any, **named: Any) -> Any:
    if named.get("multipart"):  # its completion is told of by its own event
        named["disable_notification"] = True
    key = _stock_put(self, *positional, **named)
    _note()
    return key


def _delete_object(self: Any, *positional: Any, **named: Any) -> Any:
    answer = _stock_delete(self, *positional, **named)
    _note()
    return answer


def _note() -> None:
    with STATE_LOCK:
        CHANGES.note()


def install() -> None:
    """Replaces how a bucket tells the bus, and counts its changes."""
    replace(S3Backend, put_object=_put_object, delete_object=_delete_object)
    replace(notifications, _send_event_bridge_message=_tell)
