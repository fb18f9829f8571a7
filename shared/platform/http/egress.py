"""Which servers may be asked: decided on the address that is connected to, never on a name."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_NAT64: Final = IPv6Network("64:ff9b::/96")


class EgressRefusedError(Exception):
    """This server must not be asked; the message says why."""

    error_type: Final = "EgressRefused"


@dataclass(frozen=True, slots=True)
class Egress:
    """Where requests may go."""

    hosts: tuple[str, ...] = ()
    """Names, or `*.example.com` for all below one; nothing is any public server."""
    private: bool = False
    """Whether private addresses may be asked as well: for tests against servers of their own."""

    def check_host(self, scheme: str, host: str) -> None:
        """Looks at a request before anything is resolved.

        Raises:
            EgressRefusedError: it must not go there.
        """
        if scheme not in ("http", "https"):
            raise EgressRefusedError(f"{scheme}:// is not asked; use http:// or https://")
        name = host.rstrip(".").lower()
        if self.hosts and not any(_matches(name, wanted) for wanted in self.hosts):
            raise EgressRefusedError(
                f"{name} is not among the servers that may be asked: {', '.join(self.hosts)}"
            )

    def check_address(self, host: str, address: str) -> None:
        """Looks at an address that a name stands for.

        Raises:
            EgressRefusedError: it is not public.
        """
        if not self.private and not is_public(ip_address(address.partition("%")[0])):
            raise EgressRefusedError(f"{host} stands for {address}, which is not a public address")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may have it; addresses inside addresses count as well."""
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
    )


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _matches(name: str, wanted: str) -> bool:
    wanted = wanted.lower()
    if wanted.startswith("*."):
        return name.endswith(wanted[1:])
    return name == wanted


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system finds them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
