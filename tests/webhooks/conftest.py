"""A world whose endpoints are servers of this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.platform.http import CheckedHttp, Egress
from shared.webhooks.addresses import Addresses
from tests.unit.webhooks.world import World


@pytest.fixture
def world() -> World:
    """Its endpoints may be private, and have one second to answer."""
    made = World()
    made.endpoints._addresses = Addresses(private=True)
    http = CheckedHttp(Egress(private=True))
    made.sender = replace(made.sender, http=http, timeout=1.0)
    return made
