"""What answers look like."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal, Self

from pydantic import BaseModel, Field

from shared.identity.api_keys import ApiKey
from shared.identity.audit import AuditEntry
from shared.identity.directory import Member
from shared.identity.invitations import Invitation
from shared.identity.principal import Kind
from shared.identity.public_keys import PublicKey, Purpose, mail_address
from shared.identity.rights import Right, Role
from shared.identity.secret_tokens import SecretToken
from shared.identity.sessions import SignedIn
from shared.identity.tenants import Tenant


class MemberView(BaseModel):
    """A member."""

    id: str
    email: str
    name: str
    role: Role
    joined_at: str

    @classmethod
    def of(cls, member: Member) -> Self:
        """The view of a member."""
        return cls(
            id=member.user_id,
            email=member.email,
            name=member.name,
            role=member.role,
            joined_at=member.joined_at,
        )


class MembersView(BaseModel):
    """A tenant's members, in the order they joined."""

    members: list[MemberView]


class TokensView(BaseModel):
    """What a sign-in or a refresh gives; `access` and `refresh` are the same under older names."""

    access_token: str
    id_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str
    access: str
    refresh: str

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        """The view of a session."""
        tokens, refresh = signed_in.tokens, str(signed_in.refresh_token)
        return cls(
            access_token=tokens.access_token,
            id_token=tokens.id_token,
            token_type="bearer",  # noqa: S106 - the name of a scheme
            expires_in=tokens.expires_in,
            refresh_token=refresh,
            access=tokens.access_token,
            refresh=refresh,
        )


class RegisteredView(TokensView):
    """A new account, signed in."""

    user: MemberView


class MeView(BaseModel):
    """The caller: a member, or a key."""

    id: str
    kind: Kind
    tenant: Tenant
    role: Role
    rights: list[Right]
    email: str | None = None
    name: str | None = None


class KeyView(BaseModel):
    """A key without its secret."""

    id: str
    prefix: str
    name: str
    scopes: list[str]
    created_at: str
    created_by: str
    expires_at: str
    revoked_at: str | None
    last_used_at: str | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The view of a key."""
        return cls(
            id=key.id,
            prefix=key.shown_prefix,
            name=key.name,
            scopes=list(key.scopes),
            created_at=key.created_at,
            created_by=key.created_by,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            last_used_at=key.last_used_at,
        )


class NewKeyView(KeyView):
    """A new key; `key` is shown this once."""

    key: str

    @classmethod
    def made(cls, key: ApiKey, token: SecretToken) -> Self:
        """The view of a key with its secret."""
        return cls(**KeyView.of(key).model_dump(), key=str(token))


class KeysView(BaseModel):
    """A tenant's keys, the latest first."""

    keys: list[KeyView]


class PublicKeyView(BaseModel):
    """A public key as it is shown."""

    key: str
    tenant: str
    name: str
    purpose: Purpose
    per_minute: int
    origins: list[str]
    created_at: str
    created_by: str
    revoked_at: str | None = None
    address: str | None = Field(None, description="Whose mail becomes leads; of keys for mail.")

    @classmethod
    def of(cls, key: PublicKey, domain: str) -> Self:
        """A key, and its address where mail is received."""
        address = mail_address(key.key, domain) if key.purpose == "mail" and domain else None
        return cls.model_validate({**asdict(key), "address": address})


class PublicKeysView(BaseModel):
    """A tenant's public keys, the latest first."""

    public_keys: list[PublicKeyView]


class AuditView(BaseModel):
    """A page of the audit."""

    entries: list[AuditEntry]
    before: str | None
    """Where the next page starts, if there is one."""


class InvitationsView(BaseModel):
    """A tenant's invitations, the latest first."""

    invitations: list[Invitation]


class RoleView(BaseModel):
    """A role and what it may do."""

    role: Role
    rights: list[Right]


class RolesView(BaseModel):
    """The roles there are."""

    roles: list[RoleView]


class MessageView(BaseModel):
    """What was done, in a sentence."""

    message: str
