"""Answers messages, one after the other in each session: one message of the queue per call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from functions.chat.answer_settings import settings
from functions.chat.assisting import assistant
from shared.assistant.answering.submitters import Submitters
from shared.assistant.answering.worker import Answering
from shared.assistant.conversations.places import Places
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger

_ALONE: Final = 60.0
"""Seconds of a call whose context tells no time: one by hand."""

log = logger("chat_answer")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes one message per call; what fails here comes again."""
    seconds = context.get_remaining_time_in_millis() / 1000 if context else _ALONE
    return consume(event, _answering(), seconds)


def consume(event: Mapping[str, Any], at: Answering, seconds: float) -> dict[str, Any]:
    """What the handler does, on given services."""
    for record in event["Records"]:
        told = json.loads(record["body"])
        ended = asyncio.run(at.work(told["tenant"], told["task_id"], seconds))
        log.info("worked", task_id=told["task_id"], ended=ended)
    return {"batchItemFailures": []}


@lru_cache(maxsize=1)
def _answering() -> Answering:
    told, tables = settings(), DynamoTables()
    return Answering(
        Places(tables, told.chat_table, told.crm_table),
        Submitters(tables, told.identity_table),
        assistant(told, tables),
        timedelta(seconds=told.answer_lease_seconds),
    )
