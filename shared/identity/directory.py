"""The members of a tenant: who joins, who gets another role, who goes.

Each step is one transaction: the membership that the authorizer reads, the row of the tenant's
list, the count of admins where it changes, and the user's event with its place in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from shared.events import EntityRef, Event
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.identity import rows
from shared.identity.errors import NotFoundError, TakenError, UnusableError
from shared.identity.places import Places
from shared.identity.principal import Principal
from shared.identity.rights import Role
from shared.identity.tenants import TENANT_WRITE, Tenants, changed
from shared.platform.clock import iso
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    Query,
    TablesBusyError,
    TransactionRefusedError,
    Write,
)

_MEMBERSHIP: Final = "membership"
_ATTEMPTS: Final = 5

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a tenant."""

    user_id: str
    email: str
    name: str
    role: Role
    joined_at: str


class Directory:
    """The members of all tenants."""

    def __init__(self, places: Places, tenants: Tenants) -> None:
        self._at = places
        self._tenants = tenants

    def members(self, tenant: str) -> list[Member]:
        """A tenant's members, in the order they joined."""
        page = self._at.tables.query(Query(self._at.identity, ("pk", rows.members(tenant))))
        found = [_member(item) for item in page.items]
        return sorted(found, key=lambda member: (member.joined_at, member.user_id))

    def get(self, tenant: str, user_id: str) -> Member:
        """One of them; raises NotFoundError."""
        return _member(self._listed(tenant, user_id))

    def membership(self, user_id: str) -> Item | None:
        """The row that the authorizer goes by."""
        return self._at.tables.get(self._at.identity, rows.membership(user_id))

    def join(
        self, tenant: str, tenant_name: str, member: Member, actor: str, also: Sequence[Write]
    ) -> None:
        """Makes somebody a member; `also` counts the admin, if it is one more.

        Raises:
            TakenError: they are a member, here or elsewhere.
        """
        facts = {
            "email": member.email,
            "name": member.name,
            "role": member.role,
            "joined_at": member.joined_at,
        }
        own = {**rows.membership(member.user_id), **facts, "tenant": tenant, "version": 1}
        data = {
            "user_id": member.user_id,
            "email": member.email,
            "name": member.name,
            "role": member.role,
            "tenant_name": tenant_name,
        }
        writes = [
            Put(self._at.identity, own, Absent(), label=_MEMBERSHIP),
            Put(self._at.identity, {**_list_key(tenant, member.user_id), **facts}),
            *also,
        ]
        try:
            self._commit(tenant, member.user_id, "user.created", data, actor, writes)
        except TransactionRefusedError as refused:
            if _MEMBERSHIP in refused.labels:
                raise TakenError("this address belongs to a member of a tenant") from None
            raise

    def change_role(self, by: Principal, user_id: str, role: Role) -> Member:
        """Gives a member another role, which holds for them within a minute.

        Raises:
            NotFoundError: there is no such member.
            UnusableError: it is the last admin.
        """
        return self._retried(lambda: self._change_role(by, user_id, role))

    def remove(self, by: Principal, user_id: str) -> None:
        """Ends a membership; their tokens open nothing from within a minute on.

        Raises:
            NotFoundError: there is no such member.
            UnusableError: it is the last admin.
        """
        self._retried(lambda: self._remove(by, user_id))

    def _change_role(self, by: Principal, user_id: str, role: Role) -> Member:
        own, listed = self._own(by.tenant, user_id), self._listed(by.tenant, user_id)
        old = own["role"]
        if old != role:
            data = {"user_id": user_id, "old_role": old, "new_role": role}
            step = {"role": role, "version": own["version"] + 1}
            writes = [
                Put(self._at.identity, {**own, **step}, _as_read(own), label=_MEMBERSHIP),
                Put(self._at.identity, {**listed, "role": role}),
                *self._counted(by.tenant, (role == "admin") - (old == "admin")),
                self._at.noted(by, "member.role_changed", user_id, old=old, new=role),
            ]
            self._commit(by.tenant, user_id, "user.role_changed", data, by.subject, writes)
        return _member({**listed, "role": role})

    def _remove(self, by: Principal, user_id: str) -> None:
        own = self._own(by.tenant, user_id)
        data = {"user_id": user_id, "role": own["role"]}
        key = rows.membership(user_id)
        writes = [
            Delete(self._at.identity, key, _as_read(own), label=_MEMBERSHIP),
            Delete(self._at.identity, _list_key(by.tenant, user_id)),
            *self._counted(by.tenant, -(own["role"] == "admin")),
            self._at.noted(by, "member.removed", user_id, role=own["role"]),
        ]
        self._commit(by.tenant, user_id, "user.removed", data, by.subject, writes)

    def _counted(self, tenant: str, step: int) -> list[Write]:
        if not step:
            return []
        item = self._tenants.item(tenant)
        if item["admins"] + step < 1:
            fix = "make another member an admin first"
            raise UnusableError("role", "this is the last admin of the tenant", fix)
        return [changed(self._at, item, admins=item["admins"] + step)]

    def _commit(
        self,
        tenant: str,
        user_id: str,
        event_type: str,
        data: Mapping[str, Any],
        actor: str,
        writes: Sequence[Write],
    ) -> None:
        entity = EntityRef("user", user_id)
        key = {"pk": partition(tenant, entity), "sk": STATE}
        before = self._at.tables.get(self._at.crm, key) or {}
        state = {name: value for name, value in before.items() if name not in (*key, "version")}
        # What is personal leaves the state with the member; the timeline says that they were there.
        kept = {} if event_type == "user.removed" else {**state, **data}
        event = Event(
            event_type, data, {"actor": actor}, source="millrace.identity", time=self._at.clock()
        )
        change = Change(tenant, entity, before.get("version", 0), kept, (event,))
        commit(self._at.tables, self._at.crm, change, writes)

    def _retried(self, step: Callable[[], R]) -> R:
        for _ in range(_ATTEMPTS):
            try:
                return step()
            except VersionConflictError:
                continue
            except TransactionRefusedError as refused:
                if not refused.labels & {TENANT_WRITE, _MEMBERSHIP, "version"}:
                    raise
        raise TablesBusyError("the members are changed by many at once; try again")

    def _own(self, tenant: str, user_id: str) -> Item:
        item = self.membership(user_id)
        if item is None or item["tenant"] != tenant:
            raise NotFoundError(f"there is no member {user_id}")
        return item

    def _listed(self, tenant: str, user_id: str) -> Item:
        item = self._at.tables.get(self._at.identity, _list_key(tenant, user_id))
        if item is None:
            raise NotFoundError(f"there is no member {user_id}")
        return item

    def member(self, user_id: str, email: str, name: str, role: Role) -> Member:
        """Somebody who joins now."""
        return Member(user_id, email, name, role, iso(self._at.clock()))


def _as_read(own: Item) -> FieldIs:
    return FieldIs("version", own["version"])


def _list_key(tenant: str, user_id: str) -> dict[str, str]:
    return {"pk": rows.members(tenant), "sk": user_id}


def _member(item: Item) -> Member:
    return Member(item["sk"], item["email"], item["name"], item["role"], item["joined_at"])
