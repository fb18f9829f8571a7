"""The catalogue of event types: one model per type and version, a module per entity.

Schemas, samples, docs and rule patterns are generated from here. A model's fields are a published
contract: add optional ones, or publish a new version.
"""

from shared.events.catalog import (
    accounts,
    chats,
    contacts,
    deals,
    examples,
    executions,
    imports,
    leads,
    users,
    webhooks,
    workflows,
)
from shared.events.catalog.registry import EventType, all_types, lookup, spellings

__all__ = [
    "EventType",
    "accounts",
    "all_types",
    "chats",
    "contacts",
    "deals",
    "examples",
    "executions",
    "imports",
    "leads",
    "lookup",
    "spellings",
    "users",
    "webhooks",
    "workflows",
]
