"""What `shared.graph` promises can be imported, and a node's function does not pay for the rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

import shared.graph


def test_every_public_name_is_there() -> None:
    for name in shared.graph.__all__:
        assert getattr(shared.graph, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = shared.graph.nothing


def test_a_node_type_imports_neither_the_engine_nor_jinja() -> None:
    asks = "import sys, shared.nodes.transform; print([m for m in sys.modules if m.startswith("
    code = asks + "('jinja2', 'shared.graph.engine', 'asyncio', 'shared.graph.expressions'))])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
