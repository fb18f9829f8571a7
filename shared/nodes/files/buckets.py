"""What the forms of both S3 nodes offer."""

from __future__ import annotations

from shared.nodes.config import Choice, Ports, Values
from shared.nodes.ports import BUCKETS, Buckets

_MOST = 200


async def bucket_names(values: Values, ports: Ports) -> list[Choice]:
    """The buckets of the tenant."""
    port: Buckets = ports[BUCKETS]
    return [Choice(name) for name in await port.names()]


async def object_keys(values: Values, ports: Ports) -> list[Choice]:
    """The first keys of the bucket that was chosen."""
    port: Buckets = ports[BUCKETS]
    files = await port.open(values["bucket_name"])
    return [Choice(key) for key in await files.list("", _MOST)]
