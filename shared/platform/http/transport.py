"""Connections that go to the address that was checked.

A name is resolved once, every address is checked, and one of them is connected to: between check
and connection nobody can give the name another address. TLS still asks for the name.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from functools import cache
from ssl import SSLContext
from typing import Any, Final

import httpcore
import httpx

from shared.platform.http.egress import Egress, Resolve

for _name in ("httpx", "httpcore"):  # they log addresses and headers, and so what is secret
    logging.getLogger(_name).setLevel(logging.WARNING)

FAILURES: Final = (
    httpx.HTTPError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
)
"""What a request that gets no answer ends with."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections where an egress allows it."""

    def __init__(self, egress: Egress, resolve: Resolve) -> None:
        self._egress, self._resolve = egress, resolve
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first address that answers.

        Raises:
            EgressRefusedError: one of the addresses is not public.
        """
        addresses = await self._resolve(host, port)
        for address in addresses:
            self._egress.check_address(host, address)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._plain.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class CheckedTransport(httpx.AsyncBaseTransport):
    """httpx on those connections; no proxies, no environment."""

    def __init__(self, egress: Egress, resolve: Resolve) -> None:
        backend = CheckedBackend(egress, resolve)
        self._pool = httpcore.AsyncConnectionPool(ssl_context=_tls(), network_backend=backend)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    async def aclose(self) -> None:
        """Ends all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@cache
def _tls() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)
