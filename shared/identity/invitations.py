"""Invitations: into one tenant, with one role, for one address, for seven days and one use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from shared.identity import rows
from shared.identity.directory import Directory, Member
from shared.identity.errors import NotFoundError, UnusableError
from shared.identity.letters import Letters
from shared.identity.places import Places
from shared.identity.principal import Principal
from shared.identity.registration import account
from shared.identity.rights import Role
from shared.identity.secret_tokens import SecretToken
from shared.identity.tenants import Tenants, changed
from shared.platform.clock import iso
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    TransactionRefusedError,
    Write,
)
from shared.platform.user_pool import UserPool

PREFIX: Final = "mri"
KEPT: Final = timedelta(days=7)
OPEN_PER_TENANT: Final = 100
_INVITATION: Final = "invitation"

State = Literal["open", "accepted", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One of them, without its token."""

    id: str
    email: str
    role: Role
    state: State
    invited_by: str
    created_at: str
    expires_at: str


class Invitations:
    """The invitations of all tenants."""

    def __init__(
        self,
        places: Places,
        pool: UserPool,
        tenants: Tenants,
        directory: Directory,
        letters: Letters,
    ) -> None:
        self._at = places
        self._pool = pool
        self._tenants = tenants
        self._directory = directory
        self._letters = letters

    def create(self, by: Principal, email: str, role: Role) -> Invitation:
        """Invites an address by mail.

        Raises:
            UnusableError: too many are open.
        """
        waiting = [one for one in self.list(by.tenant) if one.state == "open"]
        if len(waiting) >= OPEN_PER_TENANT:
            fix = "take one back first"
            raise UnusableError("email", f"{OPEN_PER_TENANT} invitations are open", fix)
        token, now = SecretToken.make(PREFIX), self._at.clock()
        item: Item = {
            "pk": rows.invitations(by.tenant),
            "sk": token.id,
            "hash": token.hash,
            "email": email,
            "role": role,
            "state": "open",
            "invited_by": by.subject,
            "created_at": iso(now),
            "expires_at": iso(now + KEPT),
        }
        pointer = {**rows.invitation(token.id), "tenant": by.tenant}
        self._at.tables.transact(
            [
                Put(self._at.identity, item, Absent()),
                Put(self._at.identity, pointer, Absent()),
                self._at.noted(by, "invitation.created", token.id, role=role),
            ]
        )
        self._letters.invitation(by.tenant, self._tenants.get(by.tenant).name, email, role, token)
        return self._shown(item)

    def list(self, tenant: str) -> list[Invitation]:
        """A tenant's invitations, the latest first."""
        page = self._at.tables.query(Query(self._at.identity, ("pk", rows.invitations(tenant))))
        found = [self._shown(item) for item in page.items]
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)

    def revoke(self, by: Principal, invitation_id: str) -> Invitation:
        """Takes an invitation back.

        Raises:
            NotFoundError: this tenant has none of that id.
            UnusableError: it was accepted.
        """
        key = {"pk": rows.invitations(by.tenant), "sk": invitation_id}
        item = self._at.tables.get(self._at.identity, key)
        if item is None:
            raise NotFoundError(f"there is no invitation {invitation_id}")
        if item["state"] == "open":
            item = {**item, "state": "revoked"}
            try:
                noted = self._at.noted(by, "invitation.revoked", invitation_id)
                self._at.tables.transact(
                    [Put(self._at.identity, item, FieldIs("state", "open")), noted]
                )
            except TransactionRefusedError:
                return self.revoke(by, invitation_id)  # accepted, or revoked by another
        elif item["state"] == "accepted":
            raise UnusableError("id", "it was accepted", "remove the member instead")
        return self._shown(item)

    def accept(self, text: str, name: str, password: str) -> Member:
        """Makes whoever has the token a member.

        Raises:
            UnusableError: the token is none, or was used, or is too old.
            TakenError: the address belongs to a member, or has an account with another password.
            WeakPasswordError: the pool's policy refuses the password; the token stays good.
        """
        tenant, item = self._opened(text)
        role: Role = item["role"]
        member = self._directory.member(
            account(self._pool, item["email"], password), item["email"], name, role
        )
        used = {**item, "state": "accepted"}
        also: list[Write] = [
            Put(self._at.identity, used, FieldIs("state", "open"), label=_INVITATION)
        ]
        if role == "admin":
            row = self._tenants.item(tenant)
            also.append(changed(self._at, row, admins=row["admins"] + 1))
        tenant_name = self._tenants.get(tenant).name
        try:
            self._directory.join(tenant, tenant_name, member, member.user_id, also)
        except TransactionRefusedError as refused:
            if _INVITATION in refused.labels:
                raise _unusable() from None
            raise
        return member

    def _opened(self, text: str) -> tuple[str, Item]:
        token = SecretToken.read(text, PREFIX)
        if token is None:
            raise _unusable()
        pointer = self._at.tables.get(self._at.identity, rows.invitation(token.id))
        if pointer is None:
            raise _unusable()
        tenant = str(pointer["tenant"])
        key = {"pk": rows.invitations(tenant), "sk": token.id}
        item = self._at.tables.get(self._at.identity, key)
        if item is None or not token.fits(item["hash"]) or self._shown(item).state != "open":
            raise _unusable()
        return tenant, item

    def _shown(self, item: Item) -> Invitation:
        late = item["state"] == "open" and item["expires_at"] <= iso(self._at.clock())
        return Invitation(
            id=item["sk"],
            email=item["email"],
            role=item["role"],
            state="expired" if late else item["state"],
            invited_by=item["invited_by"],
            created_at=item["created_at"],
            expires_at=item["expires_at"],
        )


def _unusable() -> UnusableError:
    return UnusableError("token", "not an invitation that is still good", "ask for a new one")
