"""What moto looks up anew for every request and what never changes, looked up once.

The backend of a host is found by listing folders and trying two hundred patterns, the methods of a
class by inspecting them all: together a twentieth of the price of a lead's journey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.seams.replacing import replace

_stock_backend = DomainDispatcherApplication.get_backend_for_host
_methods = lru_cache(maxsize=512)(method_names_from_class)


def _backend(self: Any, host: str | None) -> Any:
    known = self.__dict__.setdefault("_millrace_backends", {})
    if host not in known:
        known[host] = _stock_backend(self, host)
    return known[host]


def install() -> None:
    """Replaces both lookups."""
    replace(DomainDispatcherApplication, get_backend_for_host=_backend)
    replace(responses, method_names_from_class=_methods)
