"""Where identity's rows are: what belongs to a tenant has it first, the rest is found by a secret.

A credential is looked up before anybody knows its tenant: by the user's `sub`, by the public id of
a key, by the hash of a token. Such a row names the tenant, and nothing else leads to one.
"""

from __future__ import annotations

Row = dict[str, str]


def membership(subject: str) -> Row:
    """Which tenant a user belongs to, and with which role."""
    return {"pk": f"user#{subject}", "sk": "membership"}


def api_key(key_id: str) -> Row:
    """A key of the API."""
    return {"pk": f"key#{key_id}", "sk": "key"}


def api_key_use(key_id: str) -> Row:
    """When a key was last used; a row of its own, which the authorizer may write and no other."""
    return {"pk": f"use#{key_id}", "sk": "use"}


def tenant(tenant_id: str) -> Row:
    """A tenant and its settings."""
    return {"pk": f"{tenant_id}#tenant", "sk": "tenant"}


def members(tenant_id: str) -> str:
    """The partition of a tenant's members, each by `sub`."""
    return f"{tenant_id}#members"


def api_keys(tenant_id: str) -> str:
    """The partition of a tenant's keys, each by its public id."""
    return f"{tenant_id}#keys"


def invitations(tenant_id: str) -> str:
    """The partition of a tenant's invitations, each by its id."""
    return f"{tenant_id}#invitations"


def username(name: str) -> Row:
    """The e-mail address of somebody who chose a name to sign in with."""
    return {"pk": f"username#{name}", "sk": "username"}


def invitation(invitation_id: str) -> Row:
    """Which tenant an invitation is of."""
    return {"pk": f"invitation#{invitation_id}", "sk": "invitation"}


def public_key(key: str) -> Row:
    """A public key, which names its tenant."""
    return {"pk": f"public_key#{key}", "sk": "public_key"}


def public_keys(tenant_id: str) -> str:
    """The partition of a tenant's public keys."""
    return f"{tenant_id}#public_keys"


def audit(tenant_id: str) -> str:
    """The partition of a tenant's audit, by time."""
    return f"{tenant_id}#audit"
