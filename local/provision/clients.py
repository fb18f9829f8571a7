"""boto3 clients of this process, which moto answers; made once per service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import boto3

from local.blueprint import REGION


@lru_cache(maxsize=1)
def _session() -> Any:
    # One session reads the descriptions of services once, which is most of a client's price.
    return boto3.Session(region_name=REGION)


@lru_cache(maxsize=32)
def aws(service: str) -> Any:
    """The client of a service."""
    return _session().client(service)


def with_keys(service: str, keys: Mapping[str, str]) -> Any:
    """A client that calls with credentials, given as the environment of a function has them."""
    return _session().client(service, **{name.lower(): value for name, value in keys.items()})
