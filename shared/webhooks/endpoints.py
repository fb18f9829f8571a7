"""The endpoints of tenants, and what people do with them; each change is in the audit.

Credentials are written under a new name before the row that names it, and the old ones removed
after: at no moment does a row lack its credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.secrets import Secrets
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
    Write,
)
from shared.webhooks import rows
from shared.webhooks.addresses import Addresses
from shared.webhooks.credentials import OVERLAP, Credentials, new_key
from shared.webhooks.endpoint import Endpoint, EndpointFields, shown
from shared.webhooks.errors import (
    EndpointChangedError,
    EndpointNotFoundError,
    InvalidEndpointError,
    TooManyEndpointsError,
)

MOST: Final = 20
"""Endpoints of a tenant: what one event becomes is written in one transaction."""
WRITE: Final = "endpoint"

Also = Callable[[Endpoint], Sequence[Write]]
"""More writes of the same transaction, e.g. of an idempotency key."""


def nothing_else(_: Endpoint) -> Sequence[Write]:
    """No more writes."""
    return ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where endpoints are kept."""

    tables: Tables
    secrets: Secrets
    table: str
    prefix: str = "millrace"
    """The first part of the names of secrets."""
    clock: Clock = utc_now


class Endpoints:
    """What people do with endpoints."""

    def __init__(self, at: Places, audit: Audit, addresses: Addresses) -> None:
        self._at, self._audit, self._addresses = at, audit, addresses

    def page(
        self, tenant: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> tuple[list[Endpoint], Mapping[str, Any] | None]:
        """Endpoints, the oldest first, and where the next page starts."""
        asked = Query(self._at.table, ("pk", rows.endpoints(tenant)), limit=limit, start=start)
        page = self._at.tables.query(asked)
        fails = self._at.tables.query(Query(self._at.table, ("pk", rows.health(tenant))))
        health = {item["sk"]: item for item in fails.items}
        return [shown(item, health.get(item["sk"])) for item in page.items], page.next_start

    def get(self, tenant: str, endpoint_id: str) -> Endpoint:
        """One of them; raises EndpointNotFoundError."""
        item = read(self._at, tenant, endpoint_id)
        health = self._at.tables.get(self._at.table, rows.health_key(tenant, endpoint_id))
        return shown(item, health)

    async def create(
        self, who: Principal, fields: EndpointFields, also: Also = nothing_else
    ) -> tuple[Endpoint, str]:
        """Adds one; with its secret, which nobody is shown again.

        Raises:
            InvalidEndpointError: its address cannot be one.
            TooManyEndpointsError: there is no room.
        """
        await self._addresses.check(fields.url)
        mine = Query(self._at.table, ("pk", rows.endpoints(who.tenant)))
        if self._at.tables.count(mine) >= MOST:
            raise TooManyEndpointsError(f"a tenant has at most {MOST} endpoints; delete one")
        made, now = new_id(), iso(self._at.clock())
        credentials = Credentials(((new_key(), None),), fields.headers or {})
        item = _item(who.tenant, made, fields, credentials)
        item |= {"created_by": who.subject, "created_at": now, "updated_at": now, "version": 1}
        self._write(who, item, Absent(), "webhook_endpoint.created", credentials, also)
        return shown(item), credentials.key

    async def update(
        self,
        who: Principal,
        endpoint_id: str,
        fields: EndpointFields,
        version: int | None = None,
    ) -> Endpoint:
        """Changes one; headers that are left out stay.

        Raises:
            EndpointNotFoundError, EndpointChangedError, InvalidEndpointError.
        """
        before = self._at_version(who.tenant, endpoint_id, version)
        await self._addresses.check(fields.url)
        if fields.headers is None and before["header_names"] and _moved(before["url"], fields.url):
            mend = "give them again, or {} for none"
            raise InvalidEndpointError("headers", "they would be sent elsewhere", mend)
        old = credentials_of(self._at.secrets, before)
        changed = old.with_headers(fields.headers) if fields.headers is not None else None
        item = _item(who.tenant, endpoint_id, fields, changed or old)
        item |= self._carried(before)
        if not fields.enabled and "disabled" in before:
            item["disabled"] = before["disabled"]
        if changed is None:
            item["secret"] = before["secret"]
        return self._replace(who, before, item, "webhook_endpoint.changed", changed)

    def rotate(
        self,
        who: Principal,
        endpoint_id: str,
        version: int | None = None,
        also: Also = nothing_else,
    ) -> tuple[Endpoint, str]:
        """Gives one a new secret; the old one signs beside it for a day.

        Raises:
            EndpointNotFoundError, EndpointChangedError.
        """
        before = self._at_version(who.tenant, endpoint_id, version)
        now = self._at.clock()
        credentials = credentials_of(self._at.secrets, before).rotated(now)
        item = {**before, **self._carried(before), "old_secret_until": iso(now + OVERLAP)}
        action = "webhook_endpoint.secret_rotated"
        return self._replace(who, before, item, action, credentials, also), credentials.key

    def enable(self, who: Principal, endpoint_id: str, version: int | None = None) -> Endpoint:
        """Lets one get events again, as if it had never failed.

        Raises:
            EndpointNotFoundError, EndpointChangedError.
        """
        before = self._at_version(who.tenant, endpoint_id, version)
        item = {**before, **self._carried(before), "enabled": True}
        item.pop("disabled", None)
        return self._replace(who, before, item, "webhook_endpoint.enabled", None)

    def delete(self, who: Principal, endpoint_id: str, version: int | None = None) -> None:
        """Removes one and its secret; what waits for it is not sent.

        Raises:
            EndpointNotFoundError, EndpointChangedError.
        """
        before = self._at_version(who.tenant, endpoint_id, version)
        same = FieldIs("version", before["version"])
        gone = Delete(self._at.table, rows.endpoint_key(who.tenant, endpoint_id), same, WRITE)
        self._transact(who.tenant, endpoint_id, [
            gone, self._well(who.tenant, endpoint_id),
            self._audit.entry(who.tenant, who.subject, "webhook_endpoint.removed", endpoint_id),
        ])  # fmt: skip
        self._at.secrets.remove(before["secret"])

    def _replace(
        self,
        who: Principal,
        before: Item,
        item: Item,
        action: str,
        credentials: Credentials | None,
        also: Also = nothing_else,
    ) -> Endpoint:
        def more(made: Endpoint) -> Sequence[Write]:
            again = item["enabled"] and not before["enabled"]
            return [*also(made), *([self._well(who.tenant, item["id"])] if again else [])]

        same = FieldIs("version", before["version"])
        self._write(who, item, same, action, credentials, more)
        if credentials is not None:
            self._at.secrets.remove(before["secret"])
        return self.get(who.tenant, item["id"])

    def _write(
        self,
        who: Principal,
        item: Item,
        when: Absent | FieldIs,
        action: str,
        credentials: Credentials | None,
        also: Also,
    ) -> None:
        made: str = item["id"]
        if credentials is not None:
            item["secret"] = rows.secret_name(self._at.prefix, who.tenant, made)
            self._at.secrets.create(item["secret"], credentials.to_text())
        host = item["url"].split("/")[2]
        said = self._audit.entry(who.tenant, who.subject, action, made, host=host)
        writes = [Put(self._at.table, item, when, WRITE), *also(shown(item)), said]
        try:
            self._transact(who.tenant, made, writes)
        except (EndpointChangedError, EndpointNotFoundError, TransactionRefusedError):
            if credentials is not None:  # after any other error the row may be there
                self._at.secrets.remove(item["secret"])
            raise

    def _transact(self, tenant: str, endpoint_id: str, writes: Sequence[Write]) -> None:
        try:
            self._at.tables.transact(writes)
        except TransactionRefusedError as error:
            if error.labels != {WRITE}:
                raise
            raise EndpointChangedError(self.get(tenant, endpoint_id)) from None

    def _at_version(self, tenant: str, endpoint_id: str, version: int | None) -> Item:
        item = read(self._at, tenant, endpoint_id)
        if version not in (None, item["version"]):
            raise EndpointChangedError(shown(item))
        return item

    def _carried(self, before: Item) -> Item:
        names = ("created_by", "created_at", "old_secret_until")
        kept = {name: before[name] for name in names if name in before}
        return {**kept, "version": before["version"] + 1, "updated_at": iso(self._at.clock())}

    def _well(self, tenant: str, endpoint_id: str) -> Write:
        return Delete(self._at.table, rows.health_key(tenant, endpoint_id), label="health")


def read(at: Places, tenant: str, endpoint_id: str) -> Item:
    """The row of an endpoint; raises EndpointNotFoundError."""
    item = at.tables.get(at.table, rows.endpoint_key(tenant, endpoint_id))
    if item is None:
        raise EndpointNotFoundError(f"there is no webhook endpoint {endpoint_id:.50}; list them")
    return item


def credentials_of(secrets: Secrets, item: Item) -> Credentials:
    """The keys and headers of an endpoint; raises SecretGoneError."""
    return Credentials.of(secrets.read(item["secret"]))


def _moved(before: str, after: str) -> bool:
    """Whether another server gets what is sent."""
    return before.split("/")[:3] != after.split("/")[:3]


def _item(tenant: str, endpoint_id: str, fields: EndpointFields, of: Credentials) -> Item:
    return {
        **rows.endpoint_key(tenant, endpoint_id),
        "id": endpoint_id,
        "url": fields.url,
        "description": fields.description,
        "types": list(fields.types),
        "header_names": sorted(of.headers),
        "enabled": fields.enabled,
        **({"filter": fields.filter} if fields.filter else {}),
    }
