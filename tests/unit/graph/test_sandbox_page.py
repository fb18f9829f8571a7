"""The page of what was tried tells what happens."""

from __future__ import annotations

from tests.unit.graph.sandbox_page import PAGE, page


def test_the_page_tells_what_happens() -> None:
    assert PAGE.read_text() == page(), "run python -m tests.unit.graph.sandbox_page"
