"""Prices that providers publish, in US dollars per million tokens: input, cached input, output.

Data, in a module because assets hold modules alone. It has not been compared with the providers'
lists since 2025: compare it before you rely on limits of money. A tenant may name its own.
"""

from __future__ import annotations

from typing import Final

PUBLISHED: Final[dict[str, tuple[str, str, str]]] = {
    "claude-haiku-4-5": ("1.00", "0.10", "5.00"),
    "claude-opus-4-1": ("15.00", "1.50", "75.00"),
    "claude-sonnet-4-5": ("3.00", "0.30", "15.00"),
    "gemini-2.5-flash": ("0.30", "0.075", "2.50"),
    "gemini-2.5-flash-lite": ("0.10", "0.025", "0.40"),
    "gpt-4.1": ("2.00", "0.50", "8.00"),
    "gpt-4.1-mini": ("0.40", "0.10", "1.60"),
    "gpt-4.1-nano": ("0.10", "0.025", "0.40"),
    "gpt-4o": ("2.50", "1.25", "10.00"),
    "gpt-4o-mini": ("0.15", "0.075", "0.60"),
    "gpt-5": ("1.25", "0.125", "10.00"),
    "gpt-5-mini": ("0.25", "0.025", "2.00"),
    "gpt-5-nano": ("0.05", "0.005", "0.40"),
}
