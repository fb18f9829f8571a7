"""boto3 clients of this process, which moto answers; made once per service."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import boto3

from local.blueprint import REGION


@lru_cache(maxsize=32)
def aws(service: str) -> Any:
    """The client of a service."""
    session = boto3.Session(region_name=REGION)
    return session.client(service)  # type: ignore[call-overload]  # the name comes from a caller
