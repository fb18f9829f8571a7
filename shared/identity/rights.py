"""What each role may do: one table, from which docs/rights.md is written.

A right is `resource:action`. The four roles are those of the CRM's members; a key of the API holds
single rights, its scopes, and never more than the role of whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, get_args

Role = Literal["admin", "manager", "sales_rep", "user"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Right(StrEnum):
    """One thing that somebody may be allowed to do."""

    LEADS_VIEW = "leads:view"
    LEADS_ADD = "leads:add"
    LEADS_CHANGE = "leads:change"
    LEADS_DELETE = "leads:delete"
    WORKFLOWS_VIEW = "workflows:view"
    WORKFLOWS_ADD = "workflows:add"
    WORKFLOWS_CHANGE = "workflows:change"
    WORKFLOWS_DELETE = "workflows:delete"
    WORKFLOWS_PUBLISH = "workflows:publish"
    WORKFLOWS_RUN = "workflows:run"
    CONNECTIONS_VIEW = "connections:view"
    CONNECTIONS_ADD = "connections:add"
    CONNECTIONS_CHANGE = "connections:change"
    CONNECTIONS_DELETE = "connections:delete"
    WEBHOOKS_VIEW = "webhooks:view"
    WEBHOOKS_ADD = "webhooks:add"
    WEBHOOKS_CHANGE = "webhooks:change"
    WEBHOOKS_DELETE = "webhooks:delete"
    TOOLS_RUN = "tools:run"
    MODELS_VIEW = "models:view"
    MODELS_CHANGE = "models:change"
    CHAT_USE = "chat:use"
    EVENTS_PUBLISH = "events:publish"
    PLATFORM_VIEW = "platform:view"
    PLATFORM_OPERATE = "platform:operate"
    TENANT_VIEW = "tenant:view"
    TENANT_CHANGE = "tenant:change"
    MEMBERS_VIEW = "members:view"
    MEMBERS_INVITE = "members:invite"
    MEMBERS_CHANGE = "members:change"
    KEYS_VIEW = "keys:view"
    KEYS_ADD = "keys:add"
    KEYS_REVOKE = "keys:revoke"
    AUDIT_VIEW = "audit:view"


MEANING: Final[Mapping[Right, str]] = {
    Right.LEADS_VIEW: "see leads, the board and timelines",
    Right.LEADS_ADD: "add leads",
    Right.LEADS_CHANGE: "change and move leads",
    Right.LEADS_DELETE: "remove leads",
    Right.WORKFLOWS_VIEW: "see workflows, their versions and executions",
    Right.WORKFLOWS_ADD: "add workflows",
    Right.WORKFLOWS_CHANGE: "change workflows",
    Right.WORKFLOWS_DELETE: "remove workflows",
    Right.WORKFLOWS_PUBLISH: "publish versions and roll them back",
    Right.WORKFLOWS_RUN: "run workflows, and end runs",
    Right.CONNECTIONS_VIEW: "see connections and buckets, never their credentials",
    Right.CONNECTIONS_ADD: "add connections and buckets",
    Right.CONNECTIONS_CHANGE: "change, authorize and test connections and buckets",
    Right.CONNECTIONS_DELETE: "remove connections and buckets",
    Right.WEBHOOKS_VIEW: "see webhook endpoints and their deliveries, never their secrets",
    Right.WEBHOOKS_ADD: "add webhook endpoints, to which events are sent",
    Right.WEBHOOKS_CHANGE: "change and try webhook endpoints, and send deliveries again",
    Right.WEBHOOKS_DELETE: "remove webhook endpoints",
    Right.TOOLS_RUN: "call the tools of agents",
    Right.MODELS_VIEW: "see the providers of language models, never their keys",
    Right.MODELS_CHANGE: "change the providers of language models and how far agents go",
    Right.CHAT_USE: "talk to the assistant, which then may do what the caller may",
    Right.EVENTS_PUBLISH: "publish events, of each type by a right of its own",
    Right.PLATFORM_VIEW: "see events, pipelines, runs, traces and quarantined events",
    Right.PLATFORM_OPERATE: "redrive and discard quarantined events, replay, and try pipelines dry",
    Right.TENANT_VIEW: "see the tenant's settings",
    Right.TENANT_CHANGE: "change the tenant's settings",
    Right.MEMBERS_VIEW: "see who is a member, and with which role",
    Right.MEMBERS_INVITE: "invite people and take invitations back",
    Right.MEMBERS_CHANGE: "change roles and remove members",
    Right.KEYS_VIEW: "see keys of the API, never their secrets, and public keys",
    Right.KEYS_ADD: "make keys of the API, and public keys",
    Right.KEYS_REVOKE: "revoke keys of the API, and public keys",
    Right.AUDIT_VIEW: "see who changed what, and who was refused what",
}

_USER: Final = frozenset(
    {
        Right.LEADS_VIEW,
        Right.WORKFLOWS_VIEW,
        Right.MODELS_VIEW,
        Right.CHAT_USE,
        Right.TENANT_VIEW,
        Right.MEMBERS_VIEW,
    }
)
_SALES_REP: Final = _USER | {
    Right.LEADS_ADD,
    Right.LEADS_CHANGE,
    Right.EVENTS_PUBLISH,
    Right.WORKFLOWS_ADD,
    Right.WORKFLOWS_CHANGE,
    Right.WORKFLOWS_RUN,
    Right.CONNECTIONS_VIEW,
    Right.TOOLS_RUN,
}
_MANAGER: Final = _SALES_REP | {
    Right.WORKFLOWS_DELETE,
    Right.WORKFLOWS_PUBLISH,
    Right.CONNECTIONS_ADD,
    Right.CONNECTIONS_CHANGE,
    Right.CONNECTIONS_DELETE,
    Right.WEBHOOKS_VIEW,
    Right.WEBHOOKS_ADD,
    Right.WEBHOOKS_CHANGE,
    Right.WEBHOOKS_DELETE,
    Right.EVENTS_PUBLISH,
    Right.PLATFORM_VIEW,
    Right.PLATFORM_OPERATE,
}

ALLOWED: Final[Mapping[Role, frozenset[Right]]] = {
    "admin": frozenset(Right),
    "manager": _MANAGER,
    "sales_rep": _SALES_REP,
    "user": _USER,
}

OVER_OTHERS: Final[frozenset[Role]] = frozenset({"admin", "manager"})
"""Roles that may change what another member owns."""

NEVER_IN_A_KEY: Final = frozenset(
    {
        Right.TENANT_CHANGE,
        Right.MEMBERS_INVITE,
        Right.MEMBERS_CHANGE,
        Right.KEYS_ADD,
        Right.KEYS_REVOKE,
    }
)
"""What would let a key that leaked make itself a successor."""
