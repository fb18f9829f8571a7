"""Every make target that the documents name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_that_is_named_exists(page):
    text = page.read_text()
    lines = "\n".join(re.findall(r"^make [a-z-]+", text, re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z-]+)", f"{lines}\n{text}", re.MULTILINE)
    assert set(named) <= TARGETS
    links = re.findall(r"\]\((?!https?:)([^)#]+)[)#]", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
