"""Where an endpoint may be: looked at when it is registered, and at each connection again."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.platform.http import Egress, EgressRefusedError
from shared.platform.http.egress import Resolve, resolve
from shared.webhooks.errors import InvalidEndpointError


@dataclass(frozen=True, slots=True)
class Addresses:
    """Looks at the addresses of endpoints."""

    private: bool = False
    """Whether servers of one's own may be named, also unencrypted: for tests and the laptop."""
    resolve: Resolve = resolve

    async def check(self, url: str) -> None:
        """Whether events may be sent there.

        Raises:
            InvalidEndpointError: it is not encrypted, or not on the internet.
        """
        host, port = self._parts(url)
        if self.private:
            return
        try:
            addresses = await self.resolve(host, port)
            for address in addresses:
                Egress().check_address(host, address)
        except EgressRefusedError as error:
            raise _refused(str(error), "name a server on the internet") from None
        except (socket.gaierror, UnicodeError):
            addresses = []
        if not addresses:
            raise _refused(f"{host[:100]} has no address", "give it one first")

    def _parts(self, url: str) -> tuple[str, int]:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _refused("it is no address", "write https://…") from None
        plain = self.private and parts.scheme == "http"
        if parts.scheme != "https" and not plain:
            raise _refused("it is not encrypted", "begin it with https://")
        if parts.username is not None or parts.password is not None:
            raise _refused("it has a password in it", "send one as a header")
        if parts.fragment or not parts.hostname or not url.isprintable() or " " in url:
            raise _refused("it is no address of a server", "write https://host/path")
        return parts.hostname, port or (80 if plain else 443)


def _refused(problem: str, mend: str) -> InvalidEndpointError:
    return InvalidEndpointError("url", problem, mend)
