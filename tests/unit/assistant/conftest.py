"""A board with a few leads."""

from __future__ import annotations

import pytest

from tests.fakes.assistant import World


@pytest.fixture
def world() -> World:
    return World()
