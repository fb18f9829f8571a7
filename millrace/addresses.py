"""Which addresses are of this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_laptop(url: str) -> bool:
    """Whether an address is of this machine."""
    host = urlsplit(url).hostname
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
