"""HTTP that reaches public addresses alone, whatever a tenant wrote as a base URL.

The address that was checked is the one that is connected to: a name that leads elsewhere the next
moment changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final

import httpx2

from shared.llm.errors import PrivateAddressError

_UNICAST: Final = ipaddress.ip_network("2000::/3")

Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class ConfinedTransport(httpx2.BaseTransport):
    """Connects to public addresses only."""

    def __init__(
        self, provider: str, onward: httpx2.BaseTransport, resolve: Resolve = resolved
    ) -> None:
        self._provider = provider
        self._onward = onward
        self._resolve = resolve

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request to the address that was checked, under the name that was asked for."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            addresses = self._resolve(host, port)
        except OSError:
            raise httpx2.ConnectError("the name is not known", request=request) from None
        if not addresses or not all(is_public(address) for address in addresses):
            raise PrivateAddressError(self._provider)
        request.url = request.url.copy_with(host=addresses[0])
        request.extensions = {**request.extensions, "sni_hostname": host}
        return self._onward.handle_request(request)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, and of nobody's own network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
        if parsed not in _UNICAST:  # the rest is reserved, or leads to addresses of version 4
            return False
    return parsed.is_global and not parsed.is_multicast
