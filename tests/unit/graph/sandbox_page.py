"""The page of what was tried against expressions: `python -m tests.unit.graph.sandbox_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from shared.graph.expressions import ExpressionError
from tests.unit.graph.test_sandbox import BOMBS, ESCAPES, tried

PAGE: Final = Path(__file__).parents[3] / "docs" / "expressions.md"
_HEAD: Final = """# Expressions: what was tried against them

[Compiling flows](compiling.md#expressions-in-configurations) says what expressions can do. Every
line here is tried by a test, as a template and as a condition; the page is written from the results
by `python -m tests.unit.graph.sandbox_page`. Nothing is run that is not offered, and nothing is
built beyond 100,000 steps and 1,000,000 characters.
"""
_LONGEST: Final = 90


def page() -> str:
    """The page, from what happens now."""
    return "\n".join([_HEAD, *_table("Escapes", ESCAPES), *_table("Bombs", BOMBS)])


def _table(title: str, cases: dict[str, str | None]) -> list[str]:
    rows = [f"| {_code(text)} | {_result(tried(text))} |" for text in cases]
    return [f"## {title}", "", f"| tried ({len(cases)}) | result |", "|---|---|", *rows, ""]


def _result(found: object) -> str:
    if isinstance(found, ExpressionError):
        if "recursion" in str(found) or "nests deeper" in str(found):
            return "refused: nested too deep"  # which of the two limits depends on the caller
        return "refused: " + _escaped(_cut(str(found).partition(";")[0], 160))
    told = repr(found)
    return "empty" if found is None else f"harmless: {_escaped(_cut(told, 40))}"


def _code(text: str) -> str:
    return f"`{_escaped(_cut(text, _LONGEST))}`"


def _cut(text: str, most: int) -> str:
    text = text.replace("\n", "\\n").replace("\t", "\\t")
    return text if len(text) <= most else f"{text[: most - 20]} … {len(text):,} characters"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").strip()


if __name__ == "__main__":
    PAGE.write_text(page())
