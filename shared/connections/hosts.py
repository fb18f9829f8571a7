"""The hosts that a credential may be sent to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from shared.connections.errors import CredentialRefusedError

_HOST: Final = re.compile(
    r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]{1,5})?|\[[0-9a-f:.]+\](:[0-9]{1,5})?"
)
_PORTS: Final = {"https": 443, "http": 80}


def _host(text: str) -> str:
    found = text.strip().lower().rstrip(".")
    if not _HOST.fullmatch(found):
        raise ValueError("write a host as api.example.com, *.example.com or api.example.com:8443")
    if found.startswith("*.") and "." not in found[2:].partition(":")[0]:
        raise ValueError("a pattern names at least two parts of the host, e.g. *.example.com")
    return found


Host = Annotated[str, AfterValidator(_host)]


def check_destination(url: str, hosts: Iterable[str], *, plain: bool = False) -> None:
    """Whether a credential may go to an address.

    Args:
        plain: whether it may go there unencrypted, which is for one's own machine alone.

    Raises:
        CredentialRefusedError: another host, no TLS, or an address that can be read in two ways.
    """
    import httpx  # what reads the address here is what will be asked with it

    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise CredentialRefusedError(
            "the address cannot be read; write https://host/path"
        ) from None
    name = parts.host.rstrip(".").lower()
    if parts.userinfo or not name:
        raise CredentialRefusedError("the address names no host alone; write https://host/path")
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        raise CredentialRefusedError("a credential is sent over https:// alone")
    port = parts.port or _PORTS[parts.scheme]
    if not any(_matches(name, port, parts.scheme, wanted) for wanted in hosts):
        where = name if port == _PORTS[parts.scheme] else f"{name}:{port}"
        raise CredentialRefusedError(
            f"{where:.200} is none of the hosts that the connection may be used for; add it there"
        )


def _matches(name: str, port: int, scheme: str, wanted: str) -> bool:
    parts = urlsplit(f"//{wanted}")
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    if (parts.port or _PORTS[scheme]) != port:
        return False
    if host.startswith("*."):
        return name.endswith(host[1:])
    return name == host.strip("[]")
