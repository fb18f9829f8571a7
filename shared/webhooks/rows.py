"""Where webhooks are kept; the tenant leads every key but that of the platform's own index.

{tenant}#endpoints              {endpoint}            what is said about it
{tenant}#endpoint_health        {endpoint}            since when it fails; absent while all is well
{tenant}#endpoint_stats#{e}     {day}                 counts of a day
{tenant}#deliveries#{endpoint}  {moment}-{event}      one event on its way to one endpoint
{tenant}#message#{event}        message               the body, the same for all endpoints
{tenant}#message#{event}        to#{endpoint}         which delivery brings it there
{tenant}#recoveries#{endpoint}  {recovery}            a job that sends again what failed
"""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Final

from shared.platform.ids import new_id

KEPT: Final = timedelta(days=30)
"""For how long deliveries, their bodies and recoveries are kept."""
SHARDS: Final = 4
"""Partitions of the index of what is due."""
MESSAGE: Final = "message"
TO: Final = "to#"


def endpoints(tenant: str) -> str:
    """The partition of a tenant's endpoints."""
    return f"{tenant}#endpoints"


def endpoint_key(tenant: str, endpoint_id: str) -> dict[str, str]:
    """The key of an endpoint."""
    return {"pk": endpoints(tenant), "sk": endpoint_id}


def health(tenant: str) -> str:
    """The partition that says which endpoints of a tenant fail."""
    return f"{tenant}#endpoint_health"


def health_key(tenant: str, endpoint_id: str) -> dict[str, str]:
    """The key of an endpoint's health."""
    return {"pk": health(tenant), "sk": endpoint_id}


def stats(tenant: str, endpoint_id: str) -> str:
    """The partition of an endpoint's counts."""
    return f"{tenant}#endpoint_stats#{endpoint_id}"


def deliveries(tenant: str, endpoint_id: str) -> str:
    """The partition of an endpoint's deliveries."""
    return f"{tenant}#deliveries#{endpoint_id}"


def delivery_key(tenant: str, endpoint_id: str, delivery_id: str) -> dict[str, str]:
    """The key of a delivery."""
    return {"pk": deliveries(tenant, endpoint_id), "sk": delivery_id}


def message(tenant: str, event_id: str) -> str:
    """The partition of an event's body and of where it goes."""
    return f"{tenant}#message#{event_id}"


def recoveries(tenant: str, endpoint_id: str) -> str:
    """The partition of an endpoint's recoveries."""
    return f"{tenant}#recoveries#{endpoint_id}"


def shard(delivery_id: str) -> str:
    """The partition of the index `due` that lists a delivery."""
    return shard_name(zlib.crc32(delivery_id.encode()) % SHARDS)


def shard_name(number: int) -> str:
    """One partition of the index `due`."""
    return f"due#{number}"


def secret_name(prefix: str, tenant: str, endpoint_id: str) -> str:
    """A new name for the credentials of an endpoint."""
    if not tenant or set(tenant) & set("/*?#"):
        raise ValueError(f"{tenant!r} is no id of a tenant; ids have no /, *, ? or #")
    return f"{prefix}/{tenant}/webhooks/{endpoint_id}/{new_id()}"
