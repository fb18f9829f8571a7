"""Tenants: their settings, and how many admins they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.identity import rows
from shared.identity.errors import NotFoundError
from shared.identity.places import Places
from shared.identity.principal import Principal
from shared.platform.clock import iso
from shared.platform.tables import Absent, FieldIs, Item, Put, TransactionRefusedError

TENANT_WRITE: Final = "tenant"
_ATTEMPTS: Final = 5


class TenantSettings(BaseModel):
    """What a tenant's admins may say about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        "USD", description="ISO 4217, e.g. EUR."
    )
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$")] = Field(
        "UTC", description="A name of the IANA database, e.g. Europe/Berlin."
    )


class Tenant(TenantSettings):
    """A tenant as it is shown."""

    id: str
    created_at: str


class Tenants:
    """All tenants."""

    def __init__(self, places: Places) -> None:
        self._at = places

    def get(self, tenant: str) -> Tenant:
        """One tenant; raises NotFoundError."""
        item = self.item(tenant)
        known = {name: item[name] for name in Tenant.model_fields if name in item}
        return Tenant.model_validate(known)

    def change(self, by: Principal, named: Mapping[str, Any]) -> Tenant:
        """Changes the settings that are named; raises NotFoundError."""
        for _ in range(_ATTEMPTS):
            write = changed(self._at, self.item(by.tenant), **named)
            noted = self._at.noted(by, "tenant.changed", by.tenant, fields=" ".join(sorted(named)))
            try:
                self._at.tables.transact([write, noted])
                break
            except TransactionRefusedError:
                continue  # somebody changed it meanwhile: what they did not name stays theirs
        return self.get(by.tenant)

    def item(self, tenant: str) -> Item:
        """The row of a tenant; raises NotFoundError."""
        item = self._at.tables.get(self._at.identity, rows.tenant(tenant))
        if item is None:
            raise NotFoundError(f"there is no tenant {tenant}")
        return item

    def founded(self, tenant: str, name: str) -> Put:
        """The write that makes a tenant with one admin."""
        settings = TenantSettings(name=name).model_dump()
        facts = {"id": tenant, "created_at": iso(self._at.clock()), "admins": 1, "version": 1}
        item = {**rows.tenant(tenant), **settings, **facts}
        return Put(self._at.identity, item, Absent(), label=TENANT_WRITE)


def changed(places: Places, item: Item, **fields: Any) -> Put:
    """The write that changes a tenant's row as it was read."""
    version = item["version"]
    return Put(
        places.identity,
        {**item, **fields, "version": version + 1},
        FieldIs("version", version),
        label=TENANT_WRITE,
    )
