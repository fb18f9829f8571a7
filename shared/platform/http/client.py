"""The client: bounded in time, in size and in redirects."""

from __future__ import annotations

import asyncio
import socket
from time import perf_counter
from typing import TYPE_CHECKING, Final

from shared.platform.http.bodies import ACCEPTED, read_body
from shared.platform.http.calls import HttpAnswer, HttpCall, HttpTransportError
from shared.platform.http.egress import Egress, EgressRefusedError, Resolve, resolve

if TYPE_CHECKING:
    import httpx

_OURS: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)
_HARMLESS: Final = frozenset({"accept", "accept-language", "content-type", "user-agent", *_OURS})
"""What another origin may know of a request that was meant for the first."""


class CheckedHttp:
    """The port `Http`. Nothing is kept between calls, so that tenants share no connection."""

    def __init__(self, egress: Egress, resolve: Resolve = resolve) -> None:
        """Takes where requests may go."""
        self._egress, self._resolve = egress, resolve

    async def send(self, call: HttpCall) -> HttpAnswer:
        """See `Http.send`."""
        import httpx  # an import of 0.1 s: paid by whoever sends

        from shared.platform.http.transport import FAILURES

        try:
            async with asyncio.timeout(call.timeout):
                return await self._send(call)
        except TimeoutError:
            raise HttpTransportError("Timeout", f"no answer in {call.timeout:g} s") from None
        except httpx.InvalidURL as error:
            raise HttpTransportError("InvalidUrl", str(error)) from None
        except socket.gaierror:
            raise HttpTransportError("NameNotFound", f"{call.url[:200]} has no address") from None
        except FAILURES as error:
            message = str(error) or "the connection broke"
            raise HttpTransportError(type(error).__name__, message) from None

    async def _send(self, call: HttpCall) -> HttpAnswer:
        import httpx

        from shared.platform.http.transport import CheckedTransport

        started = perf_counter()
        transport = CheckedTransport(self._egress, self._resolve)
        headers = {k: v for k, v in call.headers.items() if k.lower() not in _OURS}
        headers["Accept-Encoding"] = ACCEPTED
        async with httpx.AsyncClient(
            transport=transport, trust_env=False, timeout=call.timeout
        ) as client:
            request = client.build_request(
                call.method, call.url, headers=headers, content=call.body
            )
            for _ in range(call.redirects + 1):
                self._check(request.url, call.hosts)
                answer = await client.send(request, stream=True)
                try:
                    if call.redirects and (following := answer.next_request) is not None:
                        request = _for_origin(following, request)
                        continue
                    body = await read_body(answer, call.max_bytes, cut=call.cut)
                finally:
                    await answer.aclose()
                spent = round((perf_counter() - started) * 1000)
                told = dict(answer.headers.items())
                return HttpAnswer(answer.status_code, told, body, str(request.url), spent)
        raise HttpTransportError("TooManyRedirects", f"more than {call.redirects} redirects")

    def _check(self, url: httpx.URL, hosts: tuple[str, ...]) -> None:
        if url.userinfo:
            raise EgressRefusedError("the address has a password in it; use the authentication")
        if not url.host:
            raise EgressRefusedError(f"{str(url)[:200]!r} names no server; write https://…")
        self._egress.check_host(url.scheme, url.host)
        Egress(hosts).check_host(url.scheme, url.host)


def _for_origin(following: httpx.Request, before: httpx.Request) -> httpx.Request:
    """Another origin learns no header that may be a secret."""
    one, other = before.url, following.url
    if (one.scheme, one.host, one.port) != (other.scheme, other.host, other.port):
        for name in list(following.headers):
            if name.lower() not in _HARMLESS:
                del following.headers[name]
    return following
