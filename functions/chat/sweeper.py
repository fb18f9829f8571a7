"""Fails what passed its deadline: called every minute, for all tenants."""

from __future__ import annotations

from typing import Any

from functions.chat.conversation_settings import ConversationSettings
from shared.assistant.conversations.conversations import Conversations
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.sweeping import sweep
from shared.assistant.conversations.tasks import Tasks
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger

log = logger("chat_sweeper")
_told = ConversationSettings()
_places = Places(DynamoTables(), _told.chat_table, _told.crm_table)


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Sweeps once."""
    failed = sweep(Tasks(_places, Conversations(_places)))
    if failed:
        log.warning("swept", failed=failed)
    return {"failed": failed}
