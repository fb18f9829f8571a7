"""A state machine calls with its own role, and keeps its clients.

moto's interpreter calls as nobody in particular, and makes a new client for every task: 15 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import boto3
from moto.stepfunctions.parser.asl.utils import boto_client

Credentials = Callable[[str, str], Mapping[str, str]]
"""The credentials of a role (by ARN) for one of its users, as environment variables."""

_PACKAGE: Final = "moto.stepfunctions."
_NAME: Final = boto_client.boto_client_for.__name__
_credentials: Credentials = lambda role, session: {}  # noqa: E731


def _client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    return _client(region, service, state_credentials.role_arn if state_credentials else None)


@lru_cache(maxsize=128)
def _client(region: str, service: str, role: str | None) -> Any:
    keys = _credentials(role, "states") if role else {}
    given: Any = {name.lower(): value for name, value in keys.items()}
    return _session(region).client(service, **given)


@lru_cache(maxsize=4)
def _session(region: str) -> Any:
    # Kept: one session reads the descriptions of services once, most of a client's price.
    return boto3.Session(region_name=region)


def install(credentials: Credentials) -> None:
    """Replaces the making of clients, wherever the interpreter has imported it."""
    global _credentials
    _credentials = credentials
    _client.cache_clear()
    for name, module in list(sys.modules.items()):
        if name.startswith(_PACKAGE) and hasattr(module, _NAME):
            setattr(module, _NAME, _client_for)
    # Made now, or the first executions would each make one at the same time.
    _client("us-east-1", "lambda", None)
