"""The texts of tenants: subjects and bodies with templates inside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.nodes.ports import Template
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Delete, Item, Put, Query, Tables

_MOST: Final = 500
TextName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class TextNotFoundError(Exception):
    """The tenant has no such text."""


class TooManyTextsError(Exception):
    """The tenant has as many texts as it may have."""


class TextFields(BaseModel):
    """What people say about a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field("", max_length=998, description="Of mail; may have templates")
    body: str = Field(min_length=1, max_length=100_000, description="May have templates")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        from shared.graph.expressions import ExpressionError, check

        if not self.subject.isprintable():
            raise ValueError("subject: it is one line")
        for name in ("subject", "body"):
            try:
                check(getattr(self, name))
            except ExpressionError as error:
                raise ValueError(f"{name}: {error}") from None
        return self


class Text(TextFields):
    """A text as it is shown."""

    name: str
    updated_by: str
    updated_at: str


class TenantTexts:
    """The texts of all tenants."""

    def __init__(
        self, tables: Tables, table: str, audit: Audit | None = None, clock: Clock = utc_now
    ) -> None:
        """Changes need an audit; reading needs none."""
        self._tables, self._table, self._audit, self._clock = tables, table, audit, clock

    def list(self, tenant: str) -> Sequence[Text]:
        """All of them, by name."""
        items: list[Item] = []
        start = None
        while True:  # bodies are long: a page may end before the last one
            query = Query(self._table, ("pk", _partition(tenant)), limit=_MOST, start=start)
            page = self._tables.query(query)
            items += page.items
            if not (start := page.next_start):
                return [_shown(item) for item in items]

    def get(self, tenant: str, name: str) -> Text:
        """One of them; raises TextNotFoundError."""
        item = self._tables.get(self._table, _key(tenant, name))
        if item is None:
            raise TextNotFoundError(f"there is no text {name:.70}; list them")
        return _shown(item)

    def put(self, who: Principal, name: str, fields: TextFields) -> Text:
        """Adds a text or changes it; raises TooManyTextsError."""
        key = _key(who.tenant, name)
        new = self._tables.get(self._table, key) is None
        count = Query(self._table, ("pk", _partition(who.tenant)))
        if new and self._tables.count(count) >= _MOST:
            raise TooManyTextsError(f"a tenant has at most {_MOST} texts; delete one")
        about = {"updated_by": who.subject, "updated_at": iso(self._clock())}
        item = {**key, "name": name, **fields.model_dump(include={"subject", "body"}), **about}
        self._write(who, "text.added" if new else "text.changed", name, Put(self._table, item))
        return _shown(item)

    def remove(self, who: Principal, name: str) -> None:
        """Removes one; raises TextNotFoundError."""
        self.get(who.tenant, name)
        self._write(who, "text.removed", name, Delete(self._table, _key(who.tenant, name)))

    def _write(self, who: Principal, action: str, name: str, write: Put | Delete) -> None:
        if self._audit is None:
            raise TypeError("texts without an audit are only read")
        said = self._audit.entry(who.tenant, who.subject, action, name)
        self._tables.transact([write, said])


@dataclass(frozen=True, slots=True)
class TextsOf:
    """The port `Templates` of one tenant."""

    texts: TenantTexts
    tenant: str

    async def names(self) -> Sequence[str]:
        """See `Templates.names`."""
        found = await asyncio.to_thread(self.texts.list, self.tenant)
        return [one.name for one in found]

    async def get(self, name: str) -> Template | None:
        """See `Templates.get`."""
        try:
            found = await asyncio.to_thread(self.texts.get, self.tenant, name)
        except TextNotFoundError:
            return None
        return Template(found.subject, found.body)


def _partition(tenant: str) -> str:
    return f"{tenant}#texts"


def _key(tenant: str, name: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": name}


def _shown(item: Item) -> Text:
    return Text.model_validate({name: item[name] for name in Text.model_fields})
