"""The buckets that tenants registered: theirs, in accounts of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field

from shared.graph import NodeFailedError
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.nodes.ports import Files
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.foreign_buckets import ROLE_PREFIX, BucketClosedError, ForeignBucket
from shared.platform.tables import (
    Absent,
    Delete,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
)

_MOST: Final = 50
_WRITE: Final = "bucket"
BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]


class BucketNotFoundError(Exception):
    """The tenant has registered no such bucket."""


class BucketRefusedError(Exception):
    """The bucket cannot be registered so."""


class BucketFields(BaseModel):
    """What people say about a bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: BucketName
    role: str = Field(
        pattern=rf"^arn:aws[a-z-]*:iam::[0-9]{{12}}:role/{ROLE_PREFIX}[A-Za-z0-9+=,.@_-]{{1,48}}$",
        description="A role of the bucket's account that may read and write it, by the name of "
        f"{ROLE_PREFIX}…",
    )
    region: str = Field("us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")
    prefix: str = Field(
        "", max_length=500, pattern=r"^([^\x00-\x1f/][^\x00-\x1f]*/)?$", description="data/"
    )


class Bucket(BucketFields):
    """A bucket as it is shown."""

    external_id: str = Field(description="What the role's trust policy must ask for")
    works: bool | None = Field(None, description="What the last test found")
    message: str = "not tested yet"
    created_by: str
    created_at: str


class Opening(Protocol):
    """Comes to buckets of other accounts; see `ForeignBuckets`."""

    def account(self) -> str:
        """Our own account."""

    def open(self, bucket: ForeignBucket) -> Files:
        """What is in a bucket."""

    def check(self, bucket: ForeignBucket) -> None:
        """Looks whether it can be listed; raises BucketClosedError."""


class TenantBuckets:
    """The registered buckets of all tenants."""

    def __init__(
        self,
        tables: Tables,
        table: str,
        opening: Opening,
        audit: Audit | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Changes need an audit; runs need none."""
        self._tables, self._table, self._opening = tables, table, opening
        self._audit, self._clock = audit, clock

    def list(self, tenant: str) -> Sequence[Bucket]:
        """All of them, by name."""
        page = self._tables.query(Query(self._table, ("pk", _partition(tenant)), limit=_MOST))
        return [_shown(item) for item in page.items]

    def get(self, tenant: str, name: str) -> Bucket:
        """One of them; raises BucketNotFoundError."""
        item = self._tables.get(self._table, _key(tenant, name))
        if item is None:
            raise BucketNotFoundError(f"no bucket {name!r:.80} is registered; list them")
        return _shown(item)

    def add(self, who: Principal, fields: BucketFields) -> Bucket:
        """Registers a bucket, with an external id of its own.

        Raises:
            BucketRefusedError: it is registered already, or the role is one of Millrace's.
        """
        if fields.role.split(":")[4] == self._opening.account():
            raise BucketRefusedError("the role is in Millrace's own account; name one of yours")
        if len(self.list(who.tenant)) >= _MOST:
            raise BucketRefusedError(f"a tenant has at most {_MOST} buckets; remove one")
        about = {"created_by": who.subject, "created_at": iso(self._clock())}
        external = f"millrace-{token_hex(16)}"
        item = {**_key(who.tenant, fields.name), **fields.model_dump(), **about}
        item |= {"external_id": external, "message": "not tested yet"}
        try:
            self._write(who, "bucket.added", fields.name, Put(self._table, item, Absent(), _WRITE))
        except TransactionRefusedError as error:
            if _WRITE not in error.labels:
                raise
            raise BucketRefusedError(f"{fields.name} is registered; remove it first") from None
        return _shown(item)

    def test(self, who: Principal, name: str) -> Bucket:
        """Looks whether a bucket can be listed, and notes it; raises BucketNotFoundError."""
        found = self.get(who.tenant, name)
        works, message = True, "the bucket was listed"
        try:
            self._opening.check(_foreign(found))
        except BucketClosedError as error:
            works, message = False, str(error)
        tested = found.model_copy(update={"works": works, "message": message})
        item = {**_key(who.tenant, name), **tested.model_dump(exclude_none=True)}
        self._write(who, "bucket.tested", name, Put(self._table, item))
        return tested

    def remove(self, who: Principal, name: str) -> None:
        """Forgets a bucket, and leaves what is in it; raises BucketNotFoundError."""
        self.get(who.tenant, name)
        self._write(who, "bucket.removed", name, Delete(self._table, _key(who.tenant, name)))

    def opened(self, tenant: str, name: str) -> Files:
        """What is in a bucket; raises BucketNotFoundError."""
        return self._opening.open(_foreign(self.get(tenant, name)))

    def _write(self, who: Principal, action: str, name: str, write: Put | Delete) -> None:
        if self._audit is None:
            raise TypeError("buckets without an audit are only opened")
        said = self._audit.entry(who.tenant, who.subject, action, name)
        self._tables.transact([write, said])


@dataclass(frozen=True, slots=True)
class BucketsOf:
    """The port `Buckets` of one tenant."""

    buckets: TenantBuckets
    tenant: str

    async def names(self) -> Sequence[str]:
        """See `Buckets.names`."""
        found = await asyncio.to_thread(self.buckets.list, self.tenant)
        return [one.name for one in found]

    async def open(self, bucket: str) -> Files:
        """See `Buckets.open`."""
        try:
            return await asyncio.to_thread(self.buckets.opened, self.tenant, bucket)
        except BucketNotFoundError as error:
            raise NodeFailedError("BucketRefused", str(error)) from None


def _foreign(one: Bucket) -> ForeignBucket:
    return ForeignBucket(one.name, one.role, one.external_id, one.region, one.prefix)


def _partition(tenant: str) -> str:
    return f"{tenant}#buckets"


def _key(tenant: str, name: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": name}


def _shown(item: Item) -> Bucket:
    return Bucket.model_validate({n: item[n] for n in Bucket.model_fields if n in item})
